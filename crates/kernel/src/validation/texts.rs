//! Texts people write.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC, trimmed. A multiline text keeps line feeds and tabs (CRLF becomes LF); other control
/// characters and those that turn the writing direction are refused. Errors: `text_invalid`.
pub fn clean_text(text: &str, multiline: bool) -> Result<String, &'static str> {
    let text: String = text.nfc().collect();
    let text = if multiline { text.replace("\r\n", "\n") } else { text };
    let text = text.trim();
    let wrong = |c: char| (c.is_control() && !(multiline && matches!(c, '\n' | '\t'))) || turns_direction(c);
    if text.chars().any(wrong) { Err("text_invalid") } else { Ok(text.to_owned()) }
}

/// The property Bidi_Control of Unicode.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
