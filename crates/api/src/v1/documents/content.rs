//! Sending a file, whole or one range of it (RFC 9110 §14).

use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use documents::document::{self, entity::file_version};
use kernel::fault::{self, Fault};

use crate::call::{Call, Reply};
use crate::v1::calls;

/// Answers a file of a document the caller may know of. Its `ETag` is the content's sha-256.
pub async fn send(call: Call) -> Result<Reply, Fault> {
    let number = call.query_value("version").map(str::parse::<i32>).transpose();
    let number = number.map_err(|_| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "version"))?;
    let id = call.id()?;
    let file = document::content(&call.reading(), id, number).await?;
    calls::hear_document(&call, id).await?;
    send_file(&call, &file).await
}

/// Answers a file, or the range of it that was asked for.
pub async fn send_file(call: &Call, file: &file_version::Model) -> Result<Reply, Fault> {
    let size = file.size.unsigned_abs();
    let tag = format!("\"{}\"", file.sha256);
    if sent(call, header::IF_NONE_MATCH).is_some_and(|known| matches(known, &tag)) {
        return Ok(Reply::Raw(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish()));
    }
    // A range of another content than the caller has a part of would not fit that part.
    let fits = sent(call, header::IF_RANGE).is_none_or(|known| known.trim() == tag);
    let asked = sent(call, header::RANGE).filter(|_| fits);
    let (status, from, length) = match asked.map(|asked| range(asked, size)) {
        None | Some(Range::Ignored) => (StatusCode::OK, 0, size),
        Some(Range::Part(from, to)) => (StatusCode::PARTIAL_CONTENT, from, to - from + 1),
        Some(Range::Outside) => return Err(Fault::new(&fault::RANGE_NOT_SATISFIABLE).with("size", size)),
    };
    let content = call.state.files.read(&file.sha256, from..from + length).await?;
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, file.media_type.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, disposition(&file.file_name)))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    if status == StatusCode::PARTIAL_CONTENT {
        response.insert_header((header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", from + length - 1)));
    }
    Ok(Reply::Raw(response.body(SizedStream::new(length, content))))
}

fn sent(call: &Call, name: HeaderName) -> Option<&str> {
    call.request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Whether a list of tags holds this one, or any will do.
fn matches(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// First and last byte.
    Part(u64, u64),
    Outside,
    /// Several ranges, other units, nonsense: the whole is sent.
    Ignored,
}

fn range(header: &str, size: u64) -> Range {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|list| list.trim().split_once('-')) else {
        return Range::Ignored;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), _) if first >= size && (last.is_empty() || last.parse::<u64>().is_ok()) => Range::Outside,
        (Ok(first), Ok(last)) if first <= last => Range::Part(first, last.min(size - 1)),
        (Ok(first), Err(_)) if last.is_empty() => Range::Part(first, size - 1),
        (Err(_), Ok(0)) if first.is_empty() => Range::Outside,
        (Err(_), Ok(count)) if first.is_empty() && size > 0 => Range::Part(size.saturating_sub(count), size - 1),
        _ => Range::Ignored,
    }
}

/// Always an attachment, with the name in both forms (RFC 6266, RFC 8187).
pub fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let mut extended = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => extended.push(char::from(byte)),
            _ => drop(write!(extended, "%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        let check = |header: &str, wanted: Range| assert_eq!(range(header, 10), wanted, "{header}");
        check("bytes=0-3", Range::Part(0, 3));
        check("bytes=4-", Range::Part(4, 9));
        check("bytes=-3", Range::Part(7, 9));
        check("bytes=-30", Range::Part(0, 9));
        check("bytes=5-99", Range::Part(5, 9));
        check("bytes=10-", Range::Outside);
        check("bytes=0-1,3-4", Range::Ignored);
        check("lines=0-1", Range::Ignored);
        check("bytes=3-1", Range::Ignored);
    }

    #[test]
    fn a_known_content_is_recognised_by_its_tag() {
        let tag = "\"ab12\"";
        assert!(matches("\"x\", W/\"ab12\"", tag) && matches("*", tag) && matches(tag, tag));
        assert!(!matches("\"ab\"", tag) && !matches("", tag));
    }

    #[test]
    fn names_travel_in_both_forms() {
        assert_eq!(disposition("图 1.pdf"), "attachment; filename=\"_ 1.pdf\"; filename*=UTF-8''%E5%9B%BE%201.pdf");
    }
}
