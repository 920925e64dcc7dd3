//! Amounts in words: groups of four digits named 万 and 亿, zeros between digits as one 零.

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [(u64, &str); 4] = [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")];

pub(super) fn rmb_upper(fen: i64) -> String {
    let size = fen.unsigned_abs();
    let (yuan, jiao, fen_digit) = (size / 100, size / 10 % 10, size % 10);
    let mut words = String::from(if fen < 0 { "负" } else { "" });
    if yuan > 0 {
        words += &number(yuan);
        words.push('元');
    }
    match (jiao, fen_digit) {
        (0, 0) if yuan == 0 => words.push_str("零元整"),
        (0, 0) => words.push('整'),
        (0, last) => {
            if yuan > 0 {
                words.push('零');
            }
            push(&mut words, last, "分");
        }
        (first, last) => {
            if yuan > 0 && yuan % 10 == 0 {
                words.push('零');
            }
            push(&mut words, first, "角");
            if last > 0 {
                push(&mut words, last, "分");
            }
        }
    }
    words
}

fn push(words: &mut String, digit: u64, unit: &str) {
    words.push(DIGITS[(digit % 10) as usize]);
    words.push_str(unit);
}

/// A positive whole number below 10^16.
fn number(value: u64) -> String {
    let groups = [value / 1_0000_0000_0000, value / 1_0000_0000 % 1_0000, value / 1_0000 % 1_0000, value % 1_0000];
    // 万亿 is one unit only while no 亿 group follows it.
    let units = [if groups[1] == 0 { "万亿" } else { "万" }, "亿", "万", ""];
    let (mut words, mut skipped) = (String::new(), false);
    for (group, unit) in groups.into_iter().zip(units) {
        if group == 0 {
            skipped = true;
            continue;
        }
        if !words.is_empty() && (skipped || group < 1000) {
            words.push('零');
        }
        four_digits(&mut words, group);
        words.push_str(unit);
        skipped = false;
    }
    words
}

fn four_digits(words: &mut String, group: u64) {
    let (mut started, mut zero) = (false, false);
    for (place, unit) in PLACES {
        let digit = group / place % 10;
        if digit == 0 {
            zero = started;
            continue;
        }
        if zero {
            words.push('零');
        }
        push(words, digit, unit);
        (started, zero) = (true, false);
    }
}
