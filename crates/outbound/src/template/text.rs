//! Texts with `{{variables}}`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kernel::fault::{Fault, FieldErrors};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

use crate::notification::kinds::Kind;

#[expect(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{\{\s*([a-z_]+)\s*\}\}").unwrap());

/// Subject and body of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub subject: Option<String>,
    pub body: String,
}

impl Text {
    /// The text with its variables filled in. A value is text, whatever it looks like.
    pub fn fill(&self, values: &BTreeMap<&'static str, String>) -> Self {
        let fill = |text: &String| {
            let value = |found: &Captures<'_>| values.get(&found[1]).cloned().unwrap_or_default();
            VARIABLE.replace_all(text, value).into_owned()
        };
        // A subject is one line.
        let line = |text: &String| fill(text).split_whitespace().collect::<Vec<_>>().join(" ");
        Self { subject: self.subject.as_ref().map(line), body: fill(&self.body) }
    }
}

/// Refuses variables the kind does not have, and braces that are none.
///
/// # Errors
/// 422 `unknown_placeholder` or `invalid_format` at the field.
pub fn check(kind: &Kind, subject: Option<&str>, body: &str) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (pointer, text) in [("/subject", subject.unwrap_or_default()), ("/body", body)] {
        let known = |name: &str| kind.variables.iter().any(|(variable, _)| *variable == name);
        let unknown = VARIABLE.captures_iter(text).any(|found| !known(&found[1]));
        errors.add_if(unknown, pointer, "unknown_placeholder");
        let rest = VARIABLE.replace_all(text, "");
        errors.add_if(!unknown && (rest.contains("{{") || rest.contains("}}")), pointer, "invalid_format");
    }
    errors.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::kinds::TICKET_ASSIGNED;

    #[test]
    fn variables_are_filled_once() {
        let text = Text { subject: Some("{{number}}\n!".into()), body: "{{ number }} {{severity}} {{ other }}".into() };
        let values = BTreeMap::from([("number", "{{severity}}".to_owned()), ("severity", "major".to_owned())]);
        let filled = text.fill(&values);
        assert_eq!(filled.subject.as_deref(), Some("{{severity}} !"));
        assert_eq!(filled.body, "{{severity}} major ");
    }

    #[test]
    fn unknown_variables_are_refused() {
        let code = |subject, body| check(&TICKET_ASSIGNED, subject, body).map_err(|fault| fault.code().to_owned());
        assert_eq!(code(Some("{{number}}"), "{{category}}"), Ok(()));
        assert_eq!(code(None, "{{answer}}"), Err("unknown_placeholder".to_owned()));
        assert_eq!(code(Some("{{phone}}"), "x"), Err("unknown_placeholder".to_owned()));
        assert_eq!(code(None, "{{Number}}"), Err("invalid_format".to_owned()));
        assert_eq!(code(None, "{{number}"), Err("invalid_format".to_owned()));
    }
}
