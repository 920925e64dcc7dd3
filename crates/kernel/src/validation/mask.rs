//! What of personal data is shown by default. A masked form never equals the clear text of a whole value.

/// A name: the first character and one asterisk – 王*.
pub fn mask_name(name: &str) -> String {
    name.chars().take(1).chain(['*']).collect()
}

/// A phone number: 138****5678, 0451-****4321; a public service number as it is.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let tail = |digits: &[char]| -> String { digits.iter().skip(digits.len().saturating_sub(4)).collect() };
    match phone.split_once('-') {
        Some((area, local)) if area.starts_with('0') && area.len() <= 4 => {
            let number: Vec<char> = local.split('-').next().unwrap_or_default().chars().collect();
            if number.len() < 7 { format!("{area}-****") } else { format!("{area}-****{}", tail(&number)) }
        }
        _ if digits.len() >= 11 => {
            format!("{}****{}", String::from_iter(&digits[..3]), tail(&digits))
        }
        _ if crate::validation::Phone::parse(phone).is_ok() => phone.to_owned(),
        _ => "****".to_owned(),
    }
}

/// An identity number of any kind: the first 3 and the last 2; a number too short for that not at all.
pub fn mask_id(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    let hidden = match letters.len() {
        0..8 => 0..letters.len(),
        length => 3..length - 2,
    };
    letters.iter().enumerate().map(|(at, letter)| if hidden.contains(&at) { '*' } else { *letter }).collect()
}

/// An address: down to the district (区, 县, 旗), else the city – 哈尔滨市南岗区****.
pub fn mask_address(address: &str) -> String {
    // 小区 and 社区 are no districts; what begins a name cannot end one.
    let district = |at: usize| at > 3 && !address[..at].ends_with(['小', '社', '园', '城']);
    let ends = address.char_indices().filter(|(_, c)| matches!(c, '区' | '县' | '旗'));
    let end = ends.map(|(at, c)| at..at + c.len_utf8()).find(|part| district(part.start)).map(|part| part.end);
    let city = || address.find('市').map(|at| at + '市'.len_utf8());
    format!("{}****", end.or_else(city).map_or("", |end| &address[..end]))
}
