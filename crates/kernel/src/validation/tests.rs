use super::*;

#[test]
fn identity_cards() {
    let check = |text: &str, wanted: Result<&str, &'static str>| {
        assert_eq!(IdCard::parse(text).map(|card| card.as_str().to_owned()), wanted.map(str::to_owned), "{text}");
    };
    check("11010519491231002X", Ok("11010519491231002X"));
    check(" 11010519491231002x", Ok("11010519491231002X"));
    check("２10105198002290017", Ok("210105198002290017"));
    for text in [
        "110105194912310021",
        "210105198102290017",
        "110105491231002",
        "99010519491231002X",
        "1101051949123100X2",
        "11010519491231002XX",
        "11010519491231002学",
        "",
    ] {
        check(text, Err("id_invalid"));
    }
    let born = parse_date("1949-12-31").unwrap();
    let card = IdCard::parse_on("11010519491231002X", born).unwrap();
    assert_eq!((card.born_on(), format!("{card:?}").as_str()), (born, "IdCard(110*************2X)"));
    assert_eq!(IdCard::parse_on("11010519491231002X", born.pred_opt().unwrap()), Err("id_invalid"));
}

#[test]
fn credit_codes() {
    for code in ["91350100M000100Y43", "91621000MA7XXXXX1H"] {
        assert_eq!(Uscc::parse(code).map(|uscc| uscc.to_string()), Ok(code.to_owned()));
    }
    for letter in ["I", "O", "S", "V", "Z"] {
        assert_eq!(Uscc::parse(&format!("91350100M000100{letter}43")), Err("uscc_invalid"), "{letter}");
    }
    for code in ["91350100M000100Y44", "91350100M000100Y4", "91350100M000100Y433", "", "91350100m000100y43"] {
        assert_eq!(Uscc::parse(code), Err("uscc_invalid"), "{code}");
    }
}

#[test]
fn phones() {
    let check = |text: &str, wanted: Option<(&str, PhoneKind)>| {
        let phone = Phone::parse(text);
        let read = phone.as_ref().ok().map(|phone| (phone.as_str(), phone.kind()));
        assert_eq!(read, wanted, "{text}");
        if let Some((form, _)) = wanted {
            assert_eq!(Phone::parse(form), phone, "the one form is stable");
        }
    };
    check("13800135678", Some(("13800135678", PhoneKind::Mobile)));
    check("+86 138-0013-5678", Some(("13800135678", PhoneKind::Mobile)));
    check("＋86－138 0013 ５678", Some(("13800135678", PhoneKind::Mobile)));
    check("0451-87654321", Some(("0451-87654321", PhoneKind::Landline)));
    check("045187654321", Some(("0451-87654321", PhoneKind::Landline)));
    check("+86 010-12345678", Some(("010-12345678", PhoneKind::Landline)));
    check("02412345678-102", Some(("024-12345678-102", PhoneKind::Landline)));
    check("0316-1234567-1", Some(("0316-1234567-1", PhoneKind::Landline)));
    check("96123-4", Some(("96123-4", PhoneKind::Service)));
    check("12345", Some(("12345", PhoneKind::Service)));
    for text in [
        "",
        "12800135678",
        "1380013567",
        "138001356789",
        "+8612345",
        "0451-876543",
        "0451-87654321-1234567",
        "451-87654321",
        "96123-45",
        "961234",
        "phone",
        "0451--87654321",
        "+86",
        "-",
        "1380013567八",
    ] {
        check(text, None);
    }
}

#[test]
fn rooms() {
    let check = |text: &str, wanted: Option<(&str, RoomKind)>| {
        let room = RoomNo::parse(text);
        assert_eq!(room.as_ref().ok().map(|room| (room.as_str(), room.kind())), wanted, "{text}");
        if let Some((form, _)) = wanted {
            assert_eq!(RoomNo::parse(form), room, "the one form is stable");
        }
    };
    check("3-2-1201", Some(("3-2-1201", RoomKind::Residence)));
    check("3幢2单元1201室", Some(("3-2-1201", RoomKind::Residence)));
    check("3号楼 2单元 1201", Some(("3-2-1201", RoomKind::Residence)));
    check("０3－２－０801", Some(("3-2-801", RoomKind::Residence)));
    check("3幢2单元-101室", Some(("3-2--101", RoomKind::Residence)));
    check("3-2--101", Some(("3-2--101", RoomKind::Residence)));
    check("商-12", Some(("商-12", RoomKind::Shop)));
    check("b1-023", Some(("B1-023", RoomKind::Parking)));
    check("A-1034", Some(("A-1034", RoomKind::Parking)));
    check("0123", Some(("0123", RoomKind::Parking)));
    for text in
        ["", "3-2-01", "3-2-12011", "3-2-", "1234-1-101", "3-2---101", "商-", "商-12345", "AB-101", "3-2-1A1", "室"]
    {
        check(text, None);
    }
}

#[test]
fn texts() {
    let check = |text: &str, multiline, wanted: Result<&str, &'static str>| {
        assert_eq!(clean_text(text, multiline), wanted.map(str::to_owned), "{text:?}");
    };
    check("  漏水 \n", false, Ok("漏水"));
    check("e\u{301}", false, Ok("é"));
    check("a\r\nb\tc", true, Ok("a\nb\tc"));
    check("１２", false, Ok("１２"));
    check("", false, Ok(""));
    check("a\nb", false, Err("text_invalid"));
    for c in ['\0', '\u{1}', '\r', '\u{1b}', '\u{7f}', '\u{202e}', '\u{2066}', '\u{200f}'] {
        check(&format!("a{c}b"), true, Err("text_invalid"));
    }
}

#[test]
fn masks() {
    let check = |masked: String, wanted: &str| assert_eq!(masked, wanted);
    check(mask_name("王小明"), "王*");
    check(mask_name("王"), "王*");
    check(mask_phone("13800135678"), "138****5678");
    check(mask_phone("0451-87654321"), "0451-****4321");
    check(mask_phone("0451-87654321-12"), "0451-****4321");
    check(mask_phone("96123-4"), "96123-4");
    check(mask_phone("1380013"), "****");
    check(mask_phone("0451-12"), "0451-****");
    check(mask_id("11010519491231002X"), "110*************2X");
    check(mask_id("E12345678"), "E12****78");
    check(mask_id("E1234"), "*****");
    check(mask_address("哈尔滨市南岗区西大直街1号"), "哈尔滨市南岗区****");
    check(mask_address("廊坊市幸福小区3号楼"), "廊坊市****");
    check(mask_address("区"), "****");
    check(mask_address("西大直街1号"), "****");
}

#[test]
fn formats_answer_the_code() {
    let check = |format: &str, good: &str, bad: &str, code: &'static str| {
        assert_eq!(check_format(format, good), Ok(()), "{format} {good}");
        assert_eq!(check_format(format, bad), Err(code), "{format} {bad}");
    };
    check("money", "12.30", "12,30", "money_format");
    check("money", "-12", "1.234", "too_many_decimals");
    check("area", "89.37", "0", "out_of_range");
    check("height", "2.9", "x", "number_format");
    check("temperature", "-30", "50.1", "out_of_range");
    check("percent", "12.50", "12.505", "too_many_decimals");
    check("decimal", "-12.505", "1,5", "number_format");
    check("phone", "96123-4", "1380013567", "phone_invalid");
    check("id_card", "11010519491231002x", "110105491231002", "id_invalid");
    check("uscc", "91350100M000100Y43", "91350100M000100Y44", "uscc_invalid");
    check("room_no", "3幢2单元1201室", "3", "room_invalid");
    check("date", "2024-02-29", "2023-02-29", "invalid_format");
    check("date-time", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00", "invalid_format");
    check("uuid", "0194f3c2-0000-7000-8000-000000000000", "0194f3c2000070008000000000000000", "invalid_format");
    check("month", "2026-01", "2026-13", "invalid_format");
    assert_eq!(check_format("other", "anything"), Ok(()));
    assert!(serde_json::from_str::<Phone>("13800135678").unwrap_err().to_string().starts_with("phone_invalid"));
    assert_eq!(serde_json::from_str::<RoomNo>("\"3幢2单元1201室\"").unwrap().as_str(), "3-2-1201");
}
