//! Lists as files (PF-14): the same rows as the list shows, all of them, page by page into CSV or a spreadsheet.

use std::fmt;
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use futures_util::stream;
use kernel::fault::{self, Fault};
use kernel::time;
use printing::{TableCell, XlsxTable, csv_heading, csv_rows};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use store::journal::{Audience, Fact};
use store::{Answer, Reading, Resource, Work, list};
use tokio::io::AsyncReadExt;

use crate::accept;
use crate::call::{Call, Reply};
use crate::contract::Parameter;
use crate::expand;
use crate::router::TRANSFER;

/// Bytes read from a finished file at a time.
const CHUNK: u64 = 64 * 1024;

pub const CSV: &str = "text/csv; charset=utf-8";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The parameter as the contract shows it.
pub fn parameter() -> Parameter {
    let text = "`csv` or `xlsx`: every row as a file, from `cursor` on, at most `limit`; also by `Accept`.";
    Parameter::one_of("format", &["json", "csv", "xlsx"], text)
}

/// A file a list may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// The file a caller asks for; `None`: the page as JSON. `format=` wins over `Accept`.
pub fn asked(query: &[(String, String)], headers: &HeaderMap) -> Result<Option<Format>, Fault> {
    if let Some((_, format)) = query.iter().find(|(name, _)| name == "format") {
        return match format.as_str() {
            "json" => Ok(None),
            "csv" => Ok(Some(Format::Csv)),
            "xlsx" => Ok(Some(Format::Xlsx)),
            _ => {
                let known = vec!["json", "csv", "xlsx"];
                Err(Fault::new(&fault::INVALID_PARAMETER).with("parameter", "format").with("expected", known))
            }
        };
    }
    let known = accept::ranges(headers).into_iter().flatten().find_map(|range| match range.as_str() {
        "text/csv" | "text/*" => Some(Some(Format::Csv)),
        XLSX => Some(Some(Format::Xlsx)),
        "application/json" | "*/*" | "application/*" => Some(None),
        _ => None,
    });
    Ok(known.flatten())
}

/// Whether `Accept` takes JSON – as anything, too – or a file a list may become. Without the header all is taken.
pub fn acceptable(headers: &HeaderMap, exports: bool) -> bool {
    let takes = |range: &String| {
        let json = ["*/*", "application/*", "application/json", "application/problem+json"].contains(&range.as_str());
        json || (exports && ["text/csv", "text/*", XLSX].contains(&range.as_str()))
    };
    accept::ranges(headers).is_none_or(|ranges| ranges.iter().any(takes))
}

/// The query without the parameter that names the format.
pub fn rest(query: &[(String, String)]) -> Vec<(String, String)> {
    query.iter().filter(|(name, _)| name != "format").cloned().collect()
}

/// The rows of a list on their way into a file.
struct Rows<R: Resource> {
    at: Reading,
    query: list::Query,
    expand: Vec<String>,
    columns: Vec<String>,
    /// Rows the caller still wants; none: all.
    left: Option<u64>,
    over: bool,
    marker: std::marker::PhantomData<R>,
}

impl<R: Resource> Rows<R> {
    /// The next page; empty at the end.
    async fn page(&mut self) -> Result<Vec<Value>, Fault> {
        if self.over {
            return Ok(Vec::new());
        }
        let limit = self.left.unwrap_or(list::MAX_LIMIT).min(list::MAX_LIMIT);
        self.query.limit = Some(limit);
        let page = list::page::<R>(&self.at, &self.query).await?;
        let read = page.items.len() as u64;
        self.left = self.left.map(|left| left.saturating_sub(read));
        self.over = page.next_cursor.is_none() || self.left == Some(0);
        self.query.cursor = page.next_cursor;
        if self.columns.is_empty() {
            self.columns = columns::<R>(page.items.first(), &self.expand)?;
        }
        let mut items = Vec::with_capacity(page.items.len());
        for item in &page.items {
            items.push(serde_json::to_value(item).map_err(Fault::internal)?);
        }
        expand::fill::<R>(&self.at, &self.expand, &mut items).await?;
        Ok(items)
    }

    fn cells(&self, items: &[Value]) -> Vec<Vec<TableCell>> {
        let row = |item: &Value| self.columns.iter().map(|column| cell(&item[column.as_str()])).collect();
        items.iter().map(row).collect()
    }
}

/// Answers a list as a file. The caller's rows and no others, masked as everywhere; journaled.
pub async fn send<R: Resource>(
    call: Call,
    format: Format,
    query: list::Query,
    expand: Vec<String>,
) -> Result<Reply, Fault> {
    let mut rows = Rows::<R> {
        at: call.reading(),
        left: query.limit,
        query: list::Query { include_total: false, ..query },
        expand,
        columns: Vec::new(),
        over: false,
        marker: std::marker::PhantomData,
    };
    // The first page before anything is sent: what is wrong with the query is still a problem.
    let first = rows.page().await?;
    record::<R>(&call, format, &rows.query).await?;
    let day = time::business_day(rows.at.now);
    let name =
        format!("attachment; filename=\"{}-{day}.{}\"", R::PATH.rsplit('/').next().unwrap_or("list"), format.name());
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::VARY, "Accept"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"));
    match format {
        Format::Csv => {
            let mut start = csv_heading(&rows.columns).map_err(Fault::internal)?;
            start.extend(csv_rows(&rows.cells(&first)).map_err(Fault::internal)?);
            let state = Sending { rows, start: Some(start), since: Instant::now() };
            Ok(Reply::Raw(response.content_type(CSV).streaming(stream::try_unfold(state, Sending::next))))
        }
        Format::Xlsx => {
            let file = workbook(&call, rows, first).await?;
            let length = file.metadata().await.map_err(Fault::unavailable)?.len();
            let body = SizedStream::new(length, Box::pin(chunks(file, length)));
            Ok(Reply::Raw(response.content_type(XLSX).body(body)))
        }
    }
}

/// A CSV file on its way out.
struct Sending<R: Resource> {
    rows: Rows<R>,
    start: Option<Vec<u8>>,
    since: Instant,
}

impl<R: Resource> Sending<R> {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, std::io::Error> {
        if let Some(start) = self.start.take() {
            return Ok(Some((start.into(), self)));
        }
        if self.since.elapsed() > TRANSFER {
            return Err(std::io::Error::other("the time limit of this operation was reached"));
        }
        let page = self.rows.page().await.inspect_err(|fault| tracing::error!(%fault, "an export broke off"));
        let page = page.map_err(std::io::Error::other)?;
        if page.is_empty() {
            return Ok(None);
        }
        let bytes = csv_rows(&self.rows.cells(&page)).map_err(std::io::Error::other)?;
        Ok(Some((bytes.into(), self)))
    }
}

/// Writes the rows into a workbook on the disk; the file has no name any more when it is sent.
async fn workbook<R: Resource>(call: &Call, mut rows: Rows<R>, first: Vec<Value>) -> Result<tokio::fs::File, Fault> {
    let folder = call.state.folder.join("exports");
    tokio::fs::create_dir_all(&folder).await.map_err(Fault::unavailable)?;
    let mut table = XlsxTable::start(&folder, &rows.columns).map_err(Fault::internal)?;
    let mut page = first;
    while !page.is_empty() {
        if !table.has_room(page.len()) {
            return Err(Fault::new(&fault::TOO_LARGE));
        }
        table.add(&rows.cells(&page)).map_err(Fault::internal)?;
        page = rows.page().await?;
    }
    let path = folder.join(uuid::Uuid::now_v7().to_string());
    let place = path.clone();
    let saved = tokio::task::spawn_blocking(move || table.save(&place)).await.map_err(Fault::internal)?;
    let file = match saved {
        Ok(()) => tokio::fs::File::open(&path).await.map_err(Fault::unavailable),
        Err(error) => Err(Fault::unavailable(error)),
    };
    let _ = tokio::fs::remove_file(&path).await;
    file
}

/// Leaves a trace of who took which list out of the house; filters by name, for values may be personal.
async fn record<R: Resource>(call: &Call, format: Format, query: &list::Query) -> Result<(), Fault> {
    let filters: Vec<String> = query.filters.iter().map(|(name, _)| name.clone()).collect();
    let note = async move |work: &Work| {
        let fact =
            Fact::new("list.exported", R::NAME, None).with("format", format.name()).with("filters", filters.clone());
        work.record(fact.audience(Audience::Audit));
        Ok::<_, Fault>(Answer::no_content())
    };
    call.state.store.write(call.ctx.clone(), note).await.map(drop)
}

/// The columns: every field of the view, in the order a row shows them, then what is expanded.
fn columns<R: Resource>(first: Option<&R::View>, expand: &[String]) -> Result<Vec<String>, Fault> {
    let mut names: Vec<String> = match first {
        Some(view) => {
            let text = serde_json::to_string(view).map_err(Fault::internal)?;
            serde_json::Deserializer::from_str(&text).deserialize_map(Names).map_err(Fault::internal)?
        }
        None => Vec::new(),
    };
    let schema = serde_json::to_value(<R::View as utoipa::PartialSchema>::schema()).map_err(Fault::internal)?;
    let fields = schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys());
    for name in fields.chain(expand) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Ok(names)
}

/// Reads the names of an object's fields, in order.
struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
            names.push(name);
        }
        Ok(names)
    }
}

/// A field as one cell: lists of plain values joined, what is nested as JSON.
fn cell(value: &Value) -> TableCell {
    match value {
        Value::Null => TableCell::Nothing,
        Value::String(text) => TableCell::Text(text.clone()),
        Value::Number(number) => TableCell::Number(number.to_string()),
        Value::Bool(truth) => TableCell::Text(truth.to_string()),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let texts: Vec<String> =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
            if texts.is_empty() { TableCell::Nothing } else { TableCell::Text(texts.join(";")) }
        }
        nested => TableCell::Text(nested.to_string()),
    }
}

/// The bytes of a file, some at a time.
pub fn chunks(
    content: tokio::fs::File,
    length: u64,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    stream::try_unfold((content, length), |(mut content, left)| async move {
        let mut chunk = vec![0; left.min(CHUNK) as usize];
        let read = if left == 0 { 0 } else { content.read(&mut chunk).await? };
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), (content, left - read as u64))))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_format_is_named_or_accepted() {
        let check = |query: &str, accept: &'static str, wanted: Result<Option<Format>, ()>| {
            let query: Vec<_> = query.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).into_iter().collect();
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(asked(&query, &headers).map_err(drop), wanted, "{query:?} {accept}");
        };
        check("format=csv", "application/json", Ok(Some(Format::Csv)));
        check("format=json", "text/csv", Ok(None));
        check("format=pdf", "", Err(()));
        check("", "text/csv;q=0.9, */*", Ok(Some(Format::Csv)));
        check("", XLSX, Ok(Some(Format::Xlsx)));
        check("", "application/json, text/csv", Ok(None));
        check("", "application/json;q=0.5, Text/CSV;q=0.9", Ok(Some(Format::Csv)));
        check("", "text/csv;q=0, application/json", Ok(None));
        check("", "text/html", Ok(None));
        check("", "text/*", Ok(Some(Format::Csv)));
        check("", "text/*;q=0.5, application/json", Ok(None));
    }

    #[test]
    fn json_is_taken_unless_accept_says_otherwise() {
        let check = |accept: &'static str, exports: bool, wanted: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(acceptable(&headers, exports), wanted, "{accept} {exports}");
        };
        check("", false, true);
        check("application/xml, */*;q=0.1", false, true);
        check("Application/JSON; charset=utf-8", false, true);
        check("application/xml", false, false);
        check("application/json;q=0", false, false);
        check("application/json;q=0.0, text/html", false, false);
        check("text/csv", false, false);
        check("text/csv", true, true);
        check(XLSX, true, true);
        check("text/*", true, true);
        check("text/*", false, false);
        assert!(acceptable(&HeaderMap::new(), false));
    }

    #[test]
    fn fields_become_cells() {
        let check = |value: Value, wanted: TableCell| assert_eq!(cell(&value), wanted, "{value}");
        check(json!(null), TableCell::Nothing);
        check(json!([]), TableCell::Nothing);
        check(json!(["a", 2]), TableCell::Text("a;2".to_owned()));
        check(json!(7), TableCell::Number("7".to_owned()));
        check(json!({"system": "crm"}), TableCell::Text("{\"system\":\"crm\"}".to_owned()));
    }
}
