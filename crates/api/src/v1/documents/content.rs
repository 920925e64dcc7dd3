//! Sending a file, whole or one range of it (RFC 9110 §14).

use std::fmt::Write;
use std::io::SeekFrom;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Bytes;
use documents::document::Document;
use documents::file;
use futures_util::stream;
use kernel::fault::Fault;
use store::resource;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::call::{Call, Reply};

const CHUNK: u64 = 64 * 1024;

/// Answers the content of a document the caller may know of.
pub async fn send(call: Call) -> Result<Reply, Fault> {
    let row = resource::find::<Document>(&call.reading(), call.id()?).await?;
    let size = row.size.unsigned_abs();
    let asked = call.request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, from, length) = match asked.map(|asked| range(asked, size)) {
        None | Some(Range::Ignored) => (StatusCode::OK, 0, size),
        Some(Range::Part(from, to)) => (StatusCode::PARTIAL_CONTENT, from, to - from + 1),
        Some(Range::Outside) => {
            let mut response = HttpResponse::build(StatusCode::RANGE_NOT_SATISFIABLE);
            return Ok(Reply::Raw(response.insert_header((header::CONTENT_RANGE, format!("bytes */{size}"))).finish()));
        }
    };
    let mut content = file::open(&call.state.files, &row.sha256).await?;
    content.seek(SeekFrom::Start(from)).await.map_err(Fault::unavailable)?;
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, row.media_type.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, disposition(&row.file_name)))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    if status == StatusCode::PARTIAL_CONTENT {
        response.insert_header((header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", from + length - 1)));
    }
    Ok(Reply::Raw(response.body(SizedStream::new(length, Box::pin(chunks(content, length))))))
}

/// The first bytes of an open file, piece by piece.
pub fn chunks(content: File, length: u64) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    stream::try_unfold((content, length), |(mut content, left)| async move {
        let mut chunk = vec![0; left.min(CHUNK) as usize];
        let read = if left == 0 { 0 } else { content.read(&mut chunk).await? };
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), (content, left - read as u64))))
    })
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
    fn names_travel_in_both_forms() {
        assert_eq!(disposition("图 1.pdf"), "attachment; filename=\"_ 1.pdf\"; filename*=UTF-8''%E5%9B%BE%201.pdf");
    }
}
