//! What a caller takes for an answer (RFC 9110 §12.5.1).

use std::cmp::Reverse;

use actix_web::http::header::{self, HeaderMap};

/// The media ranges `Accept` names in lower case, the most wanted first and anything at all last; what is not wanted
/// is left out. None without the header: all is taken.
pub fn ranges(headers: &HeaderMap) -> Option<Vec<String>> {
    let lines = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).filter(|range| !range.trim().is_empty()).collect();
    if named.is_empty() {
        return None;
    }
    let mut ranges: Vec<(String, u16)> = named.into_iter().map(read).filter(|(_, weight)| *weight > 0).collect();
    ranges.sort_by_key(|(media, weight)| (media == "*/*", Reverse(*weight)));
    Some(ranges.into_iter().map(|(media, _)| media).collect())
}

/// A range and its weight in thousandths.
fn read(range: &str) -> (String, u16) {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    (media, weight.map_or(1000, thousandths))
}

/// `0.8` is 800; what is no weight counts as 1.
fn thousandths(text: &str) -> u16 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{decimals:0<3}").parse().map_or(1000, |weight: u16| weight.min(1000))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_most_wanted_comes_first() {
        let check = |accept: &'static str, wanted: Option<&[&str]>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            let wanted = wanted.map(|wanted| wanted.iter().map(|range| (*range).to_owned()).collect::<Vec<String>>());
            assert_eq!(ranges(&headers), wanted, "{accept}");
        };
        check("", None);
        check(" , ", None);
        check("Text/CSV; charset=utf-8", Some(&["text/csv"]));
        check("text/csv, application/json", Some(&["text/csv", "application/json"]));
        check("text/csv;q=0.5, application/json; q=0.85, */*", Some(&["application/json", "text/csv", "*/*"]));
        check("text/csv;q=0, application/json;q=0.0", Some(&[]));
        check("*/*;q=0.001", Some(&["*/*"]));
        assert_eq!(ranges(&HeaderMap::new()), None);
    }
}
