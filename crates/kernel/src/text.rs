//! The one form in which texts are compared, and the one tokenizer of full-text search, for what is stored and for what
//! is asked.

use unicode_normalization::UnicodeNormalization;

/// The search form of a text: tokens separated by blanks. Runs of CJK characters become overlapping
/// pairs (a lone character stands alone), other letters and digits whole lower-case words.
pub fn bigrams(text: &str) -> String {
    search_phrase(text).join(" ")
}

/// The form in which names, codes and numbers are compared: full and half width, large and small letters are the same.
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The tokens of a query, to be found next to each other and in this order. A single CJK character is
/// one token and stands only for itself: match it as a prefix to find it inside longer runs.
pub fn search_phrase(text: &str) -> Vec<String> {
    let folded: Vec<char> = folded(text).chars().collect();
    let runs = folded.chunk_by(|left, right| sort(*left) == sort(*right));
    runs.flat_map(|run| match sort(run[0]) {
        Sort::Break => Vec::new(),
        Sort::Cjk if run.len() > 1 => run.windows(2).map(String::from_iter).collect(),
        Sort::Cjk | Sort::Word => vec![String::from_iter(run)],
    })
    .collect()
}

#[derive(PartialEq, Eq)]
enum Sort {
    Cjk,
    Word,
    Break,
}

fn sort(c: char) -> Sort {
    match c {
        '々' | '〇' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => Sort::Cjk,
        '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => Sort::Cjk,
        _ if c.is_alphanumeric() => Sort::Word,
        _ => Sort::Break,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_pairs_and_words() {
        let check = |text: &str, wanted: &str| assert_eq!(bigrams(text), wanted, "{text}");
        check("暖气漏水", "暖气 气漏 漏水");
        check("厨房、水", "厨房 水");
        check("3单元Ａ座 Leak!", "3 单元 a 座 leak");
        check("TK-20260115-000123", "tk 20260115 000123");
        check("ＴＫ－20260115", "tk 20260115");
        check("  ,。\n", "");
    }

    #[test]
    fn texts_are_compared_in_one_form() {
        for (text, wanted) in [("ＡＢＣ（北京）１", "abc(北京)1"), ("e\u{301}", "é"), ("王", "王")] {
            assert_eq!(folded(text), wanted);
        }
    }

    #[test]
    fn what_is_stored_is_found() {
        let check = |text: &str, query: &str, found| {
            let stored = format!(" {} ", bigrams(text));
            assert_eq!(stored.contains(&format!(" {} ", bigrams(query))), found, "{query} in {text}");
        };
        check("3幢2单元暖气漏水,急", "漏水", true);
        check("3幢2单元暖气漏水,急", "暖气漏", true);
        check("3幢2单元暖气漏水,急", "气水", false);
        check("工单 TK-20260115-000123 已派", "tk-20260115-000123", true);
        check("工单 TK-20260115-000123 已派", "TK-20260115-00012", false);
        check("工单 TK-20260115-000123 已派", "000123", true);
    }
}
