//! Percent-encoded text (RFC 3986 §2.1), as paths, queries and forms are written.

/// The text behind it. A `+` is itself: only queries and forms mean a blank by it.
///
/// None when a `%` leads no two hex digits, when the bytes are no UTF-8, and when they hold NUL, which no text of ours
/// has.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        bytes.extend(u8::try_from(high * 16 + low));
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_encoded_text_is_told_from_what_is() {
        for (text, wanted) in [
            ("q=%E6%B0%B4&a=b+c", Some("q=水&a=b+c")),
            ("q=100%25", Some("q=100%")),
            ("A+B%2FC&D", Some("A+B/C&D")),
            ("", Some("")),
            ("q=100%", None),
            ("q=%2", None),
            ("q=%zz", None),
            ("q=%+1", None),
            ("q=%ff%fe", None),
            ("q=%E6%B0", None),
            ("a%00b", None),
        ] {
            assert_eq!(decoded(text).as_deref(), wanted, "{text}");
        }
    }
}
