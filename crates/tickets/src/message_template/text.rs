//! Texts with `{{placeholders}}`, and how many messages one makes (TK-R35).

use std::collections::BTreeMap;

use kernel::fault::Fault;

/// What a template may ask for.
pub const PLACEHOLDERS: &[&str] =
    &["customer_name", "unit_number", "project_name", "amount", "due_on", "agent_name", "agent_number", "link"];

/// A piece of a template.
enum Piece<'a> {
    Plain(&'a str),
    Placeholder(&'a str),
}

/// Splits a template; none when braces do not match.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((plain, tail)) = rest.split_once("{{") {
        let (name, tail) = tail.split_once("}}")?;
        if plain.contains("}}") {
            return None;
        }
        pieces.extend([Piece::Plain(plain), Piece::Placeholder(name.trim())]);
        rest = tail;
    }
    if rest.contains("}}") {
        return None;
    }
    pieces.push(Piece::Plain(rest));
    Some(pieces)
}

/// Refuses placeholders there are not.
///
/// # Errors
/// 422 `unknown_placeholder` or `invalid_format` at `/text`.
pub fn check(text: &str) -> Result<(), Fault> {
    let pieces = pieces(text).ok_or_else(|| Fault::field("/text", "invalid_format"))?;
    let unknown = |piece: &Piece<'_>| matches!(piece, Piece::Placeholder(name) if !PLACEHOLDERS.contains(name));
    match pieces.iter().any(unknown) {
        true => Err(Fault::field("/text", "unknown_placeholder").rule("TK-R35")),
        false => Ok(()),
    }
}

/// The text with its values, each put in as it is; or the placeholders without one.
pub fn fill<'a>(text: &'a str, values: &BTreeMap<&str, String>) -> Result<String, Vec<&'a str>> {
    let (mut filled, mut missing) = (String::new(), Vec::new());
    for piece in pieces(text).unwrap_or_default() {
        match piece {
            Piece::Plain(plain) => filled.push_str(plain),
            Piece::Placeholder(name) => match values.get(name).filter(|value| !value.trim().is_empty()) {
                Some(value) => filled.push_str(value),
                None => missing.push(name),
            },
        }
    }
    if missing.is_empty() { Ok(filled) } else { Err(missing) }
}

/// How many short messages a text makes: one up to `single` UTF-16 units, then one for each `part`.
pub fn segments(text: &str, single: usize, part: usize) -> usize {
    match text.encode_utf16().count() {
        units if units <= single => 1,
        units => units.div_ceil(part.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tk_e17_segments_of_a_short_message() {
        for (units, expected) in [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)] {
            assert_eq!(segments(&"字".repeat(units), 70, 67), expected, "{units}");
        }
        // A character outside the basic plane counts twice.
        assert_eq!(segments(&"😀".repeat(35), 70, 67), 1);
        assert_eq!(segments(&"😀".repeat(36), 70, 67), 2);
    }

    #[test]
    fn placeholders_are_those_of_the_list() {
        let code = |text: &str| check(text).map_err(|fault| fault.code().to_owned());
        assert_eq!(code("{{customer_name}}您好,{{ link }}"), Ok(()));
        assert_eq!(code("没有变量"), Ok(()));
        assert_eq!(code("{{phone}}"), Err("unknown_placeholder".to_owned()));
        assert_eq!(code("{{}}"), Err("unknown_placeholder".to_owned()));
        assert_eq!(code("{{customer_name"), Err("invalid_format".to_owned()));
        assert_eq!(code("customer_name}}"), Err("invalid_format".to_owned()));
        for name in PLACEHOLDERS {
            assert_eq!(code(&format!("{{{{{name}}}}}")), Ok(()));
        }
    }

    #[test]
    fn values_are_put_in_once() {
        let values = BTreeMap::from([("customer_name", "{{link}}".to_owned()), ("amount", String::new())]);
        assert_eq!(fill("致{{customer_name}}:", &values), Ok("致{{link}}:".to_owned()));
        assert_eq!(fill("{{amount}}{{due_on}}{{customer_name}}", &values), Err(vec!["amount", "due_on"]));
    }
}
