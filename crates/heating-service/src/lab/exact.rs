//! Exact decimals as the laboratory writes them: read with just the decimals asked for, rounded half to even.

use rust_decimal::Decimal;

/// The nearest whole number of a quotient, half to even. The denominator is positive.
pub fn half_even(numerator: i128, denominator: i128) -> i128 {
    let (whole, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole.rem_euclid(2),
    }
}

fn parts(text: &str) -> Result<(&str, &str), &'static str> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || text.ends_with('.') || !digits(whole) || !digits(decimals) {
        return Err("number_format");
    }
    Ok((whole, decimals))
}

/// A figure that is not negative and has exactly so many decimals, in units of the last.
/// Errors: `number_format`, `decimals`, `out_of_range`.
pub fn read(text: &str, decimals: usize) -> Result<i64, &'static str> {
    let (whole, part) = parts(text)?;
    if part.len() != decimals {
        return Err("decimals");
    }
    format!("{whole}{part}").parse().map_err(|_| "out_of_range")
}

/// A figure that is not negative and has at most so many decimals, in units of the last.
/// Errors: `number_format`, `too_many_decimals`, `out_of_range`.
pub fn read_up_to(text: &str, decimals: usize) -> Result<i64, &'static str> {
    let (whole, part) = parts(text)?;
    if part.len() > decimals {
        return Err("too_many_decimals");
    }
    format!("{whole}{part:0<decimals$}").parse().map_err(|_| "out_of_range")
}

/// A figure as it is written, with all its decimals.
pub fn shown(units: i64, decimals: usize) -> String {
    Decimal::new(units, u32::try_from(decimals).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        for (numerator, denominator, wanted) in
            [(1961, 2, 980), (1963, 2, 982), (5655, 2, 2828), (5481, 2, 2740), (-3, 2, -2), (-5, 2, -2), (29, 3, 10)]
        {
            assert_eq!(half_even(numerator, denominator), wanted, "{numerator}/{denominator}");
        }
    }

    #[test]
    fn figures_have_the_decimals_of_their_item() {
        assert_eq!(read("9.88", 2), Ok(988));
        assert_eq!(read("22146", 0), Ok(22_146));
        for (text, wrong) in [("9.8", "decimals"), ("9.880", "decimals"), ("9", "decimals"), ("-1.00", "number_format"),
            ("1e2", "number_format"), ("1.", "number_format"), (".50", "number_format"), ("", "number_format")]
        {
            assert_eq!(read(text, 2), Err(wrong), "{text}");
        }
        assert_eq!(read_up_to("1.2", 4), Ok(12_000));
        assert_eq!(read_up_to("1.00001", 4), Err("too_many_decimals"));
        assert_eq!(shown(980, 2), "9.80");
        assert_eq!(shown(22_084, 0), "22084");
    }
}
