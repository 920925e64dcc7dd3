//! Texts people write.

use unicode_normalization::UnicodeNormalization;

use crate::fault::Fault;

/// The text in NFC, trimmed. A multiline text keeps line feeds and tabs (CRLF becomes LF); other control
/// characters and those that turn the writing direction are refused. Errors: `text_invalid`.
pub fn clean_text(text: &str, multiline: bool) -> Result<String, &'static str> {
    let text: String = text.nfc().collect();
    let text = if multiline { text.replace("\r\n", "\n") } else { text };
    let text = text.trim();
    let wrong = |c: char| (c.is_control() && !(multiline && matches!(c, '\n' | '\t'))) || turns_direction(c);
    if text.chars().any(wrong) { Err("text_invalid") } else { Ok(text.to_owned()) }
}

/// A name, title or code on one line: in NFC, trimmed, not empty.
///
/// # Errors
/// 422 at `pointer`: `text_invalid` for what [`clean_text`] refuses and for line breaks, `required` when nothing is left.
pub fn clean_name(text: &str, pointer: &str) -> Result<String, Fault> {
    match clean_text(text, false) {
        Ok(name) if name.is_empty() => Err(Fault::field(pointer, "required")),
        Ok(name) => Ok(name),
        Err(code) => Err(Fault::field(pointer, code)),
    }
}

/// A code or number people give something: as [`clean_name`], its full-width letters and digits in ASCII.
///
/// # Errors
/// As [`clean_name`].
pub fn clean_code(text: &str, pointer: &str) -> Result<String, Fault> {
    let text: String = text.nfkc().collect();
    clean_name(&text, pointer)
}

/// The property Bidi_Control of Unicode.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
