//! What a file is by its first bytes, against what the sender says it is.

use kernel::fault::{Fault, TYPE_MISMATCH};

const UNKNOWN: &str = "application/octet-stream";
/// Formats that are a zip or an OLE container inside.
const CONTAINERS: &[(&str, &[&str])] = &[
    (
        "application/zip",
        &[
            "application/vnd.openxmlformats-officedocument.",
            "application/epub+zip",
            "application/x-zip-compressed",
            "application/vnd.oasis.opendocument.",
        ],
    ),
    ("application/x-ole-storage", &["application/msword", "application/vnd.ms-", "application/vnd.visio"]),
];
/// Other names of one format.
const ALIASES: &[(&str, &str)] = &[
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/wav", "audio/x-wav"),
    ("audio/wave", "audio/x-wav"),
    ("audio/m4a", "audio/x-m4a"),
    ("application/x-pdf", "application/pdf"),
    ("application/xml", "text/xml"),
];

/// The type a file is kept under.
///
/// # Errors
/// 415 `type_mismatch` when its content is of another type than declared.
pub fn judge(head: &[u8], declared: Option<&str>) -> Result<String, Fault> {
    let found = infer::get(head).map(|kind| kind.mime_type());
    let declared = declared.map(canonical).filter(|declared| declared != UNKNOWN);
    let Some(declared) = declared else { return Ok(found.unwrap_or(UNKNOWN).to_owned()) };
    let fits = match found {
        Some(found) => found == declared || is_container_of(found, &declared) || both_text(found, &declared),
        // A type with a signature has to show it; text has none, but no NUL either.
        None if is_text(&declared) => !head.contains(&0),
        None => !infer::is_mime_supported(&declared),
    };
    match fits {
        true => Ok(declared),
        false => Err(Fault::new(&TYPE_MISMATCH)
            .rule("PF-E13")
            .with("declared", declared)
            .with("found", found.unwrap_or("unknown"))),
    }
}

fn canonical(declared: &str) -> String {
    let plain = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ALIASES.iter().find(|(alias, _)| *alias == plain).map_or(plain, |(_, name)| (*name).to_owned())
}

fn is_text(media: &str) -> bool {
    media.starts_with("text/") || media == "application/json" || media == "image/svg+xml"
}

fn both_text(found: &str, declared: &str) -> bool {
    is_text(found) && is_text(declared)
}

fn is_container_of(found: &str, declared: &str) -> bool {
    let inside = |(container, formats): &(&str, &[&str])| {
        *container == found && formats.iter().any(|format| declared.starts_with(format))
    };
    CONTAINERS.iter().any(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_declaration_agree_or_are_refused() {
        let png: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let pdf: &[u8] = b"%PDF-1.7\n";
        let check = |head: &[u8], declared: Option<&str>, wanted: Option<&str>| {
            assert_eq!(judge(head, declared).ok().as_deref(), wanted, "{declared:?}");
        };
        check(png, Some("image/png"), Some("image/png"));
        check(pdf, Some("image/png"), None);
        check(pdf, None, Some("application/pdf"));
        check(pdf, Some("application/octet-stream"), Some("application/pdf"));
        check(b"abc", Some("image/png"), None);
        check("说明".as_bytes(), Some("text/plain; charset=utf-8"), Some("text/plain"));
        check(b"a\0b", Some("text/plain"), None);
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpg"), Some("image/jpeg"));
    }
}
