//! Query parameters as the contract shows them.

use serde_json::{Value, json};
use store::list::FilterDoc;

/// A query parameter.
pub struct Parameter {
    name: String,
    schema: Value,
    text: String,
    required: bool,
}

impl Parameter {
    fn of(name: &str, schema: Value, text: String) -> Self {
        Self { name: name.to_owned(), schema, text, required: false }
    }

    pub fn new(name: &str, kind: &str, text: &str) -> Self {
        Self::of(name, schema_of(kind), text.to_owned())
    }

    /// One that has to be given.
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// A filter of a list.
    pub fn filter(doc: FilterDoc) -> Self {
        if doc.codes.is_empty() {
            return Self::new(&doc.name, doc.kind, doc.text);
        }
        let schema = json!({ "type": "string", "pattern": list_of("", &doc.codes) });
        Self::of(&doc.name, schema, format!("Any of, comma-separated: {}.", doc.codes.join(", ")))
    }

    /// One of these words.
    pub fn one_of(name: &str, words: &[&str], text: &str) -> Self {
        Self::of(name, json!({ "type": "string", "enum": words, "default": words.first() }), text.to_owned())
    }

    /// What every list takes.
    pub fn paging(sorts: &[&str], default: &str) -> impl Iterator<Item = Self> {
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 });
        let sort = json!({ "type": "string", "default": default, "pattern": list_of("-?", sorts) });
        [
            Self::of("limit", limit, "Rows a page.".to_owned()),
            Self::new("cursor", "string", "`next_cursor` of the page before."),
            Self::of("sort", sort, format!("Fields, comma-separated, `-` for descending: {}.", sorts.join(", "))),
            Self::new("include_total", "boolean", "Count the rows, up to 100,000."),
        ]
        .into_iter()
    }

    pub(super) fn shown(&self) -> Value {
        json!({ "name": self.name, "in": "query", "required": self.required, "description": self.text,
            "schema": self.schema })
    }
}

/// The pattern of a list of words with commas between.
fn list_of(before: &str, words: &[&str]) -> String {
    let word = format!("{before}({})", words.join("|").replace('.', "\\."));
    format!("^{word}(,{word})*$")
}

fn schema_of(kind: &str) -> Value {
    match kind {
        "uuid" | "date" | "date-time" => json!({ "type": "string", "format": kind }),
        "uuids" => json!({ "type": "string" }),
        other => json!({ "type": other }),
    }
}
