//! Bodies: parsed once, then every structural error at once with pointers, by the schema of the contract.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind as Wrong};
use jsonschema::{ValidationError, Validator};
use kernel::fault::{Fault, FieldError, pointer_step};
use kernel::validation;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::contract::Named;

/// The formats of `kernel::validation::check_format`.
const FORMATS: &[&str] = &[
    "money",
    "area",
    "height",
    "temperature",
    "percent",
    "quantity",
    "stock_quantity",
    "decimal",
    "phone",
    "email",
    "id_card",
    "uscc",
    "room_no",
    "date",
    "date-time",
    "uuid",
    "month",
];

/// The input schemas of the contract, each compiled when the first body comes that needs it.
#[derive(Default)]
pub struct Bodies(HashMap<String, Input>);

/// An input type.
struct Input {
    /// Its schema and those it refers to.
    types: fn() -> Named,
    /// Properties callers see in answers but only the server writes: `computed_field` in a body.
    view: Vec<fn() -> Vec<String>>,
    compiled: OnceLock<Result<Compiled, String>>,
}

struct Compiled {
    validator: Validator,
    computed: Vec<String>,
    /// The formats of ours, by the place of their schema.
    formats: HashMap<String, &'static str>,
}

impl Compiled {
    /// The format of ours a value does not meet by this keyword of its schema.
    fn format(&self, error: &ValidationError<'_>, keyword: &str) -> Option<&'static str> {
        let place = error.schema_path().as_str().strip_suffix(keyword)?;
        self.formats.get(place).copied()
    }

    /// A number where money is meant is `money_format`, as its text would be.
    fn wrong_type(&self, error: &ValidationError<'_>) -> &'static str {
        let code = self.format(error, "/type").and_then(|format| validation::check_format(format, "").err());
        code.filter(|code| *code != "invalid_format").unwrap_or("invalid_type")
    }

    /// What is wrong with a text that does not match its pattern; nothing where a format of ours judges it, which folds
    /// full-width digits and blanks around them as no pattern does. How many decimals a plain number may have only its
    /// pattern says.
    fn wrong_pattern(&self, error: &ValidationError<'_>) -> Option<&'static str> {
        let text = error.instance().as_str().unwrap_or_default();
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        match self.format(error, "/pattern") {
            None => Some("invalid_format"),
            Some("decimal") if plain && validation::check_format("decimal", text).is_ok() => Some("too_many_decimals"),
            Some(_) => None,
        }
    }
}

impl Bodies {
    /// Registers an input type by its schema name, with the properties of the view it belongs to.
    pub fn register(&mut self, name: &str, types: fn() -> Named, view: Option<fn() -> Vec<String>>) {
        let new = || Input { types, view: Vec::new(), compiled: OnceLock::new() };
        self.0.entry(name.to_owned()).or_insert_with(new).view.extend(view);
    }

    fn compiled(&self, name: &str) -> Result<&Compiled, Fault> {
        let input = self.0.get(name).ok_or_else(|| Fault::internal(format!("no schema {name}")))?;
        let compiled = input.compiled.get_or_init(|| {
            let computed = input.view.iter().flat_map(|properties| properties()).collect();
            let schema = document(name, (input.types)())?;
            let mut formats = HashMap::new();
            formats_in(&schema, &mut String::new(), &mut formats);
            Ok(Compiled { validator: compile(&schema)?, computed, formats })
        });
        compiled.as_ref().map_err(Fault::internal)
    }

    /// Reads a body as `T`.
    ///
    /// # Errors
    /// 422 with every wrong field: unknown, missing, of a wrong type, format, length or code.
    pub fn read<T: DeserializeOwned>(&self, name: &str, body: &Value) -> Result<T, Fault> {
        self.check(name, body)?;
        serde_json::from_value(body.clone()).map_err(|error| {
            let code = error.to_string();
            let known = crate::problem::lookup(&code).is_some();
            Fault::field("", if known { code.as_str() } else { "invalid" })
        })
    }

    /// Checks a body against a schema.
    ///
    /// # Errors
    /// 422 with every wrong field: unknown, missing, of a wrong type, format, length or code.
    pub fn check(&self, name: &str, body: &Value) -> Result<(), Fault> {
        let mut errors = Vec::new();
        unfit_text(body, &mut String::new(), &mut errors);
        wrong_cards(body, &mut String::new(), &mut errors);
        let input = self.compiled(name)?;
        for error in input.validator.iter_errors(body) {
            explain(&error, input, &mut errors);
        }
        if padded(body) {
            for error in too_short(body, input) {
                if !errors.contains(&error) {
                    errors.push(error);
                }
            }
        }
        if !errors.is_empty() {
            tidy(&mut errors);
            return Err(Fault::fields(errors));
        }
        Ok(())
    }
}

/// The schema of a type among those it refers to. One without fields gets its empty list of them: only then does the
/// validator name what is too much.
fn document(name: &str, types: Named) -> Result<Value, String> {
    let mut schemas = Map::new();
    for (name, schema) in types {
        let mut schema = serde_json::to_value(schema).map_err(|error| error.to_string())?;
        if let Some(fields) = schema.as_object_mut()
            && fields.get("additionalProperties") == Some(&Value::Bool(false))
        {
            fields.entry("properties").or_insert_with(|| json!({}));
        }
        schemas.insert(name, schema);
    }
    let components = json!({ "schemas": schemas });
    Ok(json!({ "$ref": format!("#/components/schemas/{name}"), "components": components }))
}

fn compile(schema: &Value) -> Result<Validator, String> {
    let mut options = jsonschema::options().should_validate_formats(true);
    for format in FORMATS {
        options = options.with_format(*format, move |text: &str| validation::check_format(format, text).is_ok());
    }
    options.build(schema).map_err(|error| error.to_string())
}

/// Finds the schemas with a format of ours.
fn formats_in(schema: &Value, place: &mut String, found: &mut HashMap<String, &'static str>) {
    if let Some(format) = FORMATS.iter().copied().find(|format| schema["format"] == *format) {
        found.insert(place.clone(), format);
    }
    let length = place.len();
    let mut go_on = |name: &str, inner: &Value| {
        place.push('/');
        place.push_str(&pointer_step(name));
        formats_in(inner, place, found);
        place.truncate(length);
    };
    match schema {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| go_on(name, inner)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, inner)| go_on(&n.to_string(), inner)),
        _ => {}
    }
}

/// By pointer, each once; a bare `invalid_format` yields to a code that says more.
fn tidy(errors: &mut Vec<FieldError>) {
    let said_better: Vec<String> =
        errors.iter().filter(|error| error.code != "invalid_format").map(|error| error.pointer.clone()).collect();
    errors.retain(|error| error.code != "invalid_format" || !said_better.contains(&error.pointer));
    errors.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    errors.dedup_by(|later, first| later.pointer == first.pointer && later.code == first.code);
}

/// Whether a text of a body has blanks around it.
fn padded(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().len() != text.len(),
        Value::Array(items) => items.iter().any(padded),
        Value::Object(fields) => fields.values().any(padded),
        _ => false,
    }
}

fn trimmed(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(text.trim()),
        Value::Array(items) => items.iter().map(trimmed).collect(),
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), trimmed(inner))).collect(),
        other => other.clone(),
    }
}

/// What says too little: blanks around a text do not make it long enough.
fn too_short(body: &Value, input: &Compiled) -> Vec<FieldError> {
    let bare = trimmed(body);
    let mut errors = Vec::new();
    for error in input.validator.iter_errors(&bare) {
        explain(&error, input, &mut errors);
    }
    errors.retain(|error| matches!(error.code.as_str(), "required" | "too_short"));
    errors
}

/// NUL, control, direction and invisible characters are refused wherever text is meant.
fn unfit_text(value: &Value, pointer: &mut String, errors: &mut Vec<FieldError>) {
    let length = pointer.len();
    match value {
        Value::String(text) if text.chars().any(unfit) => {
            errors.push(FieldError::new(pointer.as_str(), "text_invalid"));
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{n}"));
                unfit_text(item, pointer, errors);
                pointer.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                pointer.push_str(&format!("/{}", pointer_step(name)));
                if name.chars().any(unfit) {
                    errors.push(FieldError::new("", "text_invalid"));
                }
                unfit_text(field, pointer, errors);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// What is wrong with the number of an identity card hangs on the kind of paper beside it, which a format cannot see;
/// here it is told with the other fields.
fn wrong_cards(value: &Value, pointer: &mut String, errors: &mut Vec<FieldError>) {
    let length = pointer.len();
    let mut go_on = |name: &str, inner: &Value| {
        pointer.push('/');
        pointer.push_str(name);
        wrong_cards(inner, pointer, errors);
        pointer.truncate(length);
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| go_on(&n.to_string(), item)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| go_on(&pointer_step(name), field));
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            if text("type") == Some("id_card")
                && let Some(number) = text("number").filter(|it| !it.trim().is_empty() && !it.chars().any(unfit))
                && let Err(code) = validation::check_format("id_card", number)
            {
                errors.push(FieldError::new(format!("{pointer}/number"), code));
            }
        }
        _ => {}
    }
}

fn unfit(c: char) -> bool {
    let direction =
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let invisible = matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || direction || invisible
}

fn explain(error: &ValidationError<'_>, input: &Compiled, out: &mut Vec<FieldError>) {
    let pointer = error.instance_path().as_str().to_owned();
    let child = |name: &str| format!("{pointer}/{}", pointer_step(name));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match error.kind() {
        // Null where something has to stand is nothing.
        Wrong::Type { .. } | Wrong::Enum { .. } if error.instance().is_null() => {
            out.push(FieldError::new(pointer, "required"));
        }
        Wrong::AdditionalProperties { unexpected } | Wrong::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let known = pointer.is_empty() && input.computed.contains(name);
                out.push(FieldError::new(child(name), if known { "computed_field" } else { "unknown_field" }));
            }
        }
        Wrong::Required { property } => out.push(FieldError::new(child(&text(property)), "required")),
        Wrong::Enum { options } => {
            out.push(FieldError::new(pointer, "invalid_enum").with("allowed", (**options).clone()));
        }
        Wrong::Constant { .. } => out.push(FieldError::new(pointer, "invalid_enum")),
        Wrong::MaxLength { limit } => out.push(FieldError::new(pointer, "too_long").with("limit", *limit)),
        Wrong::MinLength { limit: 1 } => out.push(FieldError::new(pointer, "required")),
        Wrong::MinLength { limit } => out.push(FieldError::new(pointer, "too_short").with("limit", *limit)),
        Wrong::MaxItems { limit } => out.push(FieldError::new(pointer, "too_many_items").with("limit", *limit)),
        Wrong::MinItems { limit } => out.push(FieldError::new(pointer, "too_few_items").with("limit", *limit)),
        Wrong::UniqueItems => out.push(FieldError::new(pointer, "repeated_items")),
        Wrong::Minimum { limit } => out.push(FieldError::new(pointer, "out_of_range").with("min", limit.clone())),
        Wrong::ExclusiveMinimum { limit } => {
            out.push(FieldError::new(pointer, "out_of_range").with("above", limit.clone()));
        }
        Wrong::Maximum { limit } => out.push(FieldError::new(pointer, "out_of_range").with("max", limit.clone())),
        Wrong::ExclusiveMaximum { limit } => {
            out.push(FieldError::new(pointer, "out_of_range").with("below", limit.clone()));
        }
        Wrong::Format { format } => {
            let code = error.instance().as_str().and_then(|text| validation::check_format(format, text).err());
            let wrong = FieldError::new(pointer, code.unwrap_or("invalid_format"));
            out.push(match written(format) {
                Some(example) => wrong.with("expected", example),
                None => wrong,
            });
        }
        Wrong::Pattern { pattern } => {
            let code = input.wrong_pattern(error);
            out.extend(code.map(|code| FieldError::new(pointer, code).with("expected", pattern.as_str())));
        }
        Wrong::Type { kind } => {
            out.push(FieldError::new(pointer, input.wrong_type(error)).with("expected", types(kind)));
        }
        Wrong::OneOfNotValid { context } | Wrong::AnyOf { context } => {
            // An optional reference is "null or X": what is wrong is told by the branch that is not null.
            let branch = context.iter().rfind(|branch| !branch.iter().any(|inner| is_null_branch(inner)));
            match branch {
                Some(branch) if !branch.is_empty() => {
                    branch.iter().for_each(|inner| explain(inner, input, out));
                }
                _ => out.push(FieldError::new(pointer, "invalid_type")),
            }
        }
        _ => out.push(FieldError::new(pointer, "invalid")),
    }
}

/// The types a value may be of.
fn types(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    }
}

/// How a format is written that its name alone does not tell.
fn written(format: &str) -> Option<&'static str> {
    match format {
        "date" => Some("YYYY-MM-DD"),
        "date-time" => Some("2026-01-15T09:30:00+08:00"),
        "month" => Some("YYYY-MM"),
        "uuid" => Some("UUID"),
        _ => None,
    }
}

fn is_null_branch(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Wrong::Type { .. }) && error.to_string().ends_with("\"null\"")
}
