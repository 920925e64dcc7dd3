use rust_decimal::Decimal;

use super::*;

fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

#[test]
fn amounts_are_read_strictly_and_written_with_two_decimals() {
    let check = |text: &str, wanted: Result<&str, MoneyError>| {
        assert_eq!(Money::parse(text).map(|m| m.to_string()), wanted.map(str::to_owned), "{text}");
    };
    check("0", Ok("0.00"));
    check("-0.00", Ok("0.00"));
    check("12.5", Ok("12.50"));
    check("-0.05", Ok("-0.05"));
    check("１２.５０", Ok("12.50"));
    check("9999999999999.99", Ok("9999999999999.99"));
    check("99999999999999", Err(MoneyError::OutOfRange));
    check("1.234", Err(MoneyError::TooManyDecimals));
    for text in ["", "-", ".5", "1.", "+1", "1,000.00", "1e3", "abc", "1.2.3", "--1", "0x10"] {
        check(text, Err(MoneyError::Format));
    }
}

#[test]
fn json_holds_a_string_and_refuses_everything_else_with_the_code() {
    assert_eq!(serde_json::to_string(&money("1184867.46")).unwrap(), "\"1184867.46\"");
    let check = |json: &str, code: &str| {
        let error = serde_json::from_str::<Money>(json).unwrap_err().to_string();
        assert!(error.starts_with(code), "{json}: {error}");
    };
    check("12.5", "money_format");
    check("12", "money_format");
    check("null", "money_format");
    check("true", "money_format");
    check("\"1.005\"", "too_many_decimals");
    assert_eq!(serde_json::from_value::<Money>("7.10".into()).unwrap().fen(), 710);
}

#[test]
fn the_range_holds_in_sums() {
    let max = Money::from_fen(Money::MAX_FEN).unwrap();
    assert_eq!(max.checked_add(Money(1)), Err(MoneyError::OutOfRange));
    assert_eq!(max.negated().checked_sub(Money(1)), Err(MoneyError::OutOfRange));
    assert_eq!(max.checked_sub(max), Ok(Money::ZERO));
    assert_eq!(Money::total([Money(1), Money(2)]), Ok(Money(3)));
}

#[test]
fn products_round_half_up_once() {
    let check = |amount: &str, factor: &str, wanted: &str| {
        let factor: Decimal = factor.parse().unwrap();
        assert_eq!(money(amount).times(factor).unwrap().to_string(), wanted, "{amount} × {factor}");
    };
    check("0.01", "0.5", "0.01");
    check("0.01", "0.49", "0.00");
    check("-0.01", "0.5", "-0.01");
    check("364867.46", "0.0017", "620.27");
    check("9999999999999.99", "0.3333333333333333333333333333", "3333333333333.33");
    check("9999999999999.99", "1.0000000000000000000000000001", "9999999999999.99");
    check("100.00", "0.015", "1.50");
    assert_eq!(money("9999999999999.99").times(2.into()), Err(MoneyError::OutOfRange));
    assert_eq!(Money::MAX_FEN, Money::from_yuan(Decimal::from(10_000_000_000_000_i64)).unwrap().fen());
    assert_eq!(Money::from_yuan(Decimal::MAX), Err(MoneyError::OutOfRange));
}

#[test]
fn splits_sum_to_the_whole() {
    let check = |amount: &str, weights: &[i64], wanted: &[&str]| {
        let parts = money(amount).split(weights);
        assert_eq!(Money::total(parts.iter().copied()).unwrap(), money(amount));
        assert_eq!(parts.iter().map(Money::to_string).collect::<Vec<_>>(), wanted, "{amount}");
    };
    check("100.00", &[1, 1, 1], &["33.34", "33.33", "33.33"]);
    check("-100.00", &[1, 1, 1], &["-33.34", "-33.33", "-33.33"]);
    check("0.05", &[1, 2, 3], &["0.01", "0.02", "0.02"]);
    check("10.00", &[0, 3, -5], &["0.00", "10.00", "0.00"]);
    check("0.03", &[0, 0], &["0.02", "0.01"]);
    check("9999999999999.99", &[i64::MAX, i64::MAX], &["5000000000000.00", "4999999999999.99"]);
    assert!(money("1.00").split(&[]).is_empty());
}

#[test]
fn amounts_in_words() {
    let check = |text: &str, wanted: &str| assert_eq!(money(text).rmb_upper(), wanted, "{text}");
    check("100050.00", "壹拾万零伍拾元整");
    check("1409.50", "壹仟肆佰零玖元伍角");
    check("6007.14", "陆仟零柒元壹角肆分");
    check("107000.53", "壹拾万柒仟元零伍角叁分");
    check("0.05", "伍分");
    check("20300400.00", "贰仟零叁拾万零肆佰元整");
    check("0.00", "零元整");
    check("0.50", "伍角");
    check("0.53", "伍角叁分");
    check("1.05", "壹元零伍分");
    check("10.00", "壹拾元整");
    check("10.50", "壹拾元零伍角");
    check("-1.00", "负壹元整");
    check("100000000.00", "壹亿元整");
    check("100001000.00", "壹亿零壹仟元整");
    check("100000001.00", "壹亿零壹元整");
    check("110000000.00", "壹亿壹仟万元整");
    check("1005000000000.00", "壹万零伍拾亿元整");
    check("1000000000000.00", "壹万亿元整");
    assert_eq!(Money(Money::MAX_FEN).rmb_upper(), "壹拾万亿元整");
}
