//! The two languages of human texts.

use serde::{Deserialize, Serialize};

/// A language of answers; machine codes are the same in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Chinese (zh-CN), the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The best language of an `Accept-Language` header (RFC 9110 §12.5.4); Chinese when none is ours.
    pub fn from_accept_language(header: &str) -> Self {
        let wanted = header.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
            Some((Self::of_tag(tag)?, weight.map_or(Some(1000), thousandths)?))
        });
        // Of equal weights the first wins; max_by_key would take the last.
        let best =
            wanted.filter(|(_, weight)| *weight > 0).reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::default(), |(lang, _)| lang)
    }

    /// The language tag for `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// This language's of two texts, Chinese first.
    pub fn of<T>(self, (zh, en): (T, T)) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" | "*" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// A weight of 0 to 1 with at most three decimals, in thousandths.
fn thousandths(weight: &str) -> Option<i64> {
    let (negative, whole, decimals) = crate::wire::decimal_parts(weight)?;
    let fits = !negative && decimals.len() <= 3;
    crate::wire::scaled(false, whole, decimals, 3).filter(|weight| fits && *weight <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_weight_wins() {
        let check = |header: &str, wanted| assert_eq!(Lang::from_accept_language(header), wanted, "{header}");
        check("", Lang::Zh);
        check("en", Lang::En);
        check("en-GB,en;q=0.9", Lang::En);
        check("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh);
        check("en;q=0.5, zh;q=0.7", Lang::Zh);
        check("fr, de;q=0.9, en;q=0.1", Lang::En);
        check("en;q=0", Lang::Zh);
        check("fr", Lang::Zh);
        check("*", Lang::Zh);
        check("en;q=x", Lang::Zh);
    }
}
