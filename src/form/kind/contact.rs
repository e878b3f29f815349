//! `url`, `email`, `phone`.

use serde_json::Value as Json;

use super::text::{LENGTH, show};
use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::lang::Words;

/// A link to a page: `http://…` or `https://…` without spaces.
pub(super) static URL: Kind = Kind {
    name: "url",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "url", number: false, unit: "" },
    cell: CellRule::Text,
    read: |json, _| {
        let link = json.as_str().filter(|text| {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            rest.is_some_and(|rest| rest.contains('.') && !rest.starts_with('.') && !rest.contains(char::is_whitespace))
                && text.len() <= LENGTH
        });
        link.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-url")))
    },
    type_in: |typed, _| Json::from(typed),
    show,
    bounds: (None, None),
};

/// An address of mail: something, `@`, a domain with a dot.
pub(super) static EMAIL: Kind = Kind {
    name: "email",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "email", number: false, unit: "" },
    cell: CellRule::Text,
    read: |json, _| {
        let address = json.as_str().filter(|text| is_address(text));
        address.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-email")))
    },
    type_in: |typed, _| Json::from(typed.strip_prefix("mailto:").unwrap_or(typed)),
    show,
    bounds: (None, None),
};

/// A telephone number; a Russian one is stored as `+7` and ten digits.
pub(super) static PHONE: Kind = Kind {
    name: "phone",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "tel", number: false, unit: "" },
    cell: CellRule::Text,
    read: |json, _| {
        let number = json.as_str().filter(|text| is_phone(text));
        number.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-phone")))
    },
    type_in: |typed, _| Json::from(russian(typed).unwrap_or_else(|| typed.to_owned())),
    show: |value, _, _| spaced(&value.as_text()),
    bounds: (None, None),
};

fn is_address(text: &str) -> bool {
    let Some((person, domain)) = text.rsplit_once('@') else { return false };
    let sound = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '@');
    let parts: Vec<&str> = domain.split('.').collect();
    !person.is_empty()
        && text.len() <= 254
        && person.chars().all(sound)
        && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        && parts.len() > 1
        && parts.iter().all(|part| !part.is_empty() && !part.starts_with('-'))
}

/// Digits with the signs between them that people write, and an extension behind «доб.».
fn is_phone(text: &str) -> bool {
    let (number, extension) = split(text);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let rest = number.strip_prefix('+').unwrap_or(number);
    (5..=15).contains(&digits)
        && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '(' | ')' | '-' | '–'))
        && extension.chars().all(|c| c.is_ascii_digit())
        && extension.len() <= 8
}

fn split(text: &str) -> (&str, &str) {
    ["доб.", "доб", "ext.", "ext"]
        .iter()
        .find_map(|word| text.split_once(word))
        .map_or((text, ""), |(number, extension)| (number.trim_end_matches([' ', ',']), extension.trim()))
}

/// `8 (913) 123-45-67`, `+7 913 1234567`, `9131234567` as `+79131234567`.
fn russian(typed: &str) -> Option<String> {
    let (number, extension) = split(typed);
    if !is_phone(typed) {
        return None;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let ten = match (digits.len(), number.starts_with('+')) {
        (11, true) => digits.strip_prefix('7')?,
        (11, false) => digits.strip_prefix(['7', '8'])?,
        (10, false) => digits.as_str(),
        _ => return None,
    };
    let extension = if extension.is_empty() { String::new() } else { format!(" доб. {extension}") };
    Some(format!("+7{ten}{extension}"))
}

/// A Russian number in the groups that people read: `+7 913 123-45-67`.
fn spaced(stored: &str) -> String {
    let (number, extension) = stored.split_once(' ').unwrap_or((stored, ""));
    match number.strip_prefix("+7").filter(|ten| ten.len() == 10 && ten.bytes().all(|b| b.is_ascii_digit())) {
        Some(ten) => {
            let shown = format!("+7 {} {}-{}-{}", &ten[..3], &ten[3..6], &ten[6..8], &ten[8..]);
            if extension.is_empty() { shown } else { format!("{shown} {extension}") }
        }
        None => stored.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_read_as_people_write_them() {
        for (typed, stored, shown) in [
            ("8 (913) 123-45-67", "+79131234567", "+7 913 123-45-67"),
            ("+7 913 1234567", "+79131234567", "+7 913 123-45-67"),
            ("9131234567", "+79131234567", "+7 913 123-45-67"),
            ("8(385)2-12-34-56, доб. 12", "+73852123456 доб. 12", "+7 385 212-34-56 доб. 12"),
            ("2-12-34", "2-12-34", "2-12-34"),
            ("+375 17 123-45-67", "+375 17 123-45-67", "+375 17 123-45-67"),
        ] {
            let json = (PHONE.type_in)(typed, &crate::form::choices::NONE);
            assert_eq!(json, Json::from(stored));
            assert!(is_phone(stored), "{stored}");
            assert_eq!(spaced(stored), shown);
        }
        for wrong in ["нет", "123", "8 913 123 45 67 89 01 23", "8-913 (директор)"] {
            assert!(!is_phone(wrong), "{wrong}");
        }
    }

    #[test]
    fn addresses_of_mail() {
        for right in ["school@mail.ru", "a.b-c+d@edu.altai.ru", "директор@школа.рф"] {
            assert!(is_address(right), "{right}");
        }
        for wrong in ["school", "school@mail", "@mail.ru", "a b@mail.ru", "a@b@mail.ru", "a@mail..ru", "a@m.ru, b@m.ru"]
        {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
