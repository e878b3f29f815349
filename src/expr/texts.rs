//! Functions of texts: an empty argument is `''`, and a result that is `''` is empty.

use std::cell::RefCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use regex::{Regex, RegexBuilder};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::expr::value::Value;
use crate::lang::Words;

/// How large a compiled pattern may become, in bytes: enough for any mask, small enough for any author.
const PATTERN_LIMIT: usize = 1 << 20;

pub(super) fn string(values: &[Value]) -> Value {
    Value::text(values[0].as_text())
}

pub(super) fn concat(values: &[Value]) -> Value {
    Value::text(values.iter().flat_map(Value::elements).map(Value::as_text).collect::<String>())
}

pub(super) fn length(values: &[Value]) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "texts are far shorter than 2^53")]
    Value::Number(values[0].as_text().chars().count() as f64)
}

/// A pattern that matches whole strings; `None` if it cannot be read by itself or grows too large.
pub(super) fn pattern(written: &str) -> Option<Regex> {
    // `a)|(b` is no pattern, though its anchored form would be one.
    RegexBuilder::new(written).size_limit(PATTERN_LIMIT).build().ok()?;
    RegexBuilder::new(&format!("^(?:{written})$")).size_limit(PATTERN_LIMIT).build().ok()
}

thread_local! {
    /// The pattern read last: a column has one for all its rows, and reading it costs more than a match.
    static LAST: RefCell<(String, Option<Regex>)> = const { RefCell::new((String::new(), None)) };
}

/// Matches the whole string (language law 2); a pattern that cannot be read is empty.
pub(super) fn regex(values: &[Value]) -> Value {
    let (text, written) = (values[0].as_text(), values[1].as_text());
    if written.is_empty() {
        return Value::Boolean(text.is_empty());
    }
    LAST.with_borrow_mut(|(known, regex)| {
        if *known != written {
            *regex = pattern(&written);
            *known = written;
        }
        regex.as_ref().map_or(Value::Empty, |regex| Value::Boolean(regex.is_match(&text)))
    })
}

fn test(values: &[Value], holds: impl Fn(&str, &str) -> bool) -> Value {
    Value::Boolean(holds(&values[0].as_text(), &values[1].as_text()))
}

pub(super) fn contains(values: &[Value]) -> Value {
    test(values, |text, part| text.contains(part))
}

pub(super) fn starts_with(values: &[Value]) -> Value {
    test(values, |text, part| text.starts_with(part))
}

pub(super) fn ends_with(values: &[Value]) -> Value {
    test(values, |text, part| text.ends_with(part))
}

/// Characters from the first index (from 0) up to but not including the second; negative indexes count from the end.
pub(super) fn substr(values: &[Value]) -> Value {
    let text: Vec<char> = values[0].as_text().chars().collect();
    let Some(start) = values[1].as_number() else { return Value::Empty };
    let end = match values.get(2) {
        None => None,
        Some(Value::Number(end)) => Some(*end),
        Some(_) => return Value::Empty,
    };
    #[expect(clippy::cast_precision_loss, reason = "texts are far shorter than 2^53")]
    let length = text.len() as f64;
    let place = |index: f64| if index < 0.0 { index + length } else { index }.clamp(0.0, length);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the text's length")]
    let (from, to) = (place(start.trunc()) as usize, end.map_or(length, |e| place(e.trunc())) as usize);
    Value::text(text.get(from..to.max(from)).unwrap_or_default().iter().collect::<String>())
}

pub(super) fn before(values: &[Value]) -> Value {
    let text = values[0].as_text();
    Value::text(text.split_once(&values[1].as_text()).map_or("", |(before, _)| before))
}

pub(super) fn after(values: &[Value]) -> Value {
    let text = values[0].as_text();
    Value::text(text.split_once(&values[1].as_text()).map_or("", |(_, after)| after))
}

pub(super) fn normalize_space(values: &[Value]) -> Value {
    Value::text(values[0].as_text().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Characters from a place (from 1), so many of them, as XPath counts: places are rounded half up.
pub(super) fn substring(values: &[Value]) -> Value {
    let (text, Some(start)) = (values[0].as_text(), values[1].as_number()) else { return Value::Empty };
    let start = (start + 0.5).floor();
    let end = match values.get(2) {
        None => f64::INFINITY,
        Some(Value::Number(length)) => start + (length + 0.5).floor(),
        Some(_) => return Value::Empty,
    };
    let places = text.chars().scan(0.0, |place, c| {
        *place += 1.0;
        Some((*place, c))
    });
    Value::text(places.filter(|(place, _)| *place >= start && *place < end).map(|(_, c)| c).collect::<String>())
}

/// Characters of the second text become those of the third; those without a counterpart are left out.
pub(super) fn translate(values: &[Value]) -> Value {
    let [from, to]: [Vec<char>; 2] = [1, 2].map(|index| values[index].as_text().chars().collect());
    let one = |c: char| match from.iter().position(|known| *known == c) {
        None => Some(c),
        Some(place) => to.get(place).copied(),
    };
    Value::text(values[0].as_text().chars().filter_map(one).collect::<String>())
}

/// The names of the algorithms that `digest()` takes, as XLSForm has them; MD5 and SHA-1 protect nothing any more, but
/// still tell whether two texts are the same.
const ALGORITHMS: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/// What is wrong with the name of an algorithm.
pub(super) fn algorithm(name: &str) -> Option<Words> {
    let known = ALGORITHMS.contains(&name);
    (!known).then(|| Words::new("expr.algorithm").with("known", ALGORITHMS.join(", ")))
}

/// The ways in which `digest()` writes a hash.
const LETTERS: [&str; 2] = ["base64", "hex"];

/// What is wrong with the name of a way to write a hash.
pub(super) fn letters(name: &str) -> Option<Words> {
    let known = LETTERS.contains(&name);
    (!known).then(|| Words::new("expr.letters").with("known", LETTERS.join(", ")))
}

/// The hash of a text: in hexadecimal digits where that is asked for, else in base64.
pub(super) fn digest(values: &[Value]) -> Value {
    let text = values[0].as_text();
    let hash = match values[1].as_text().as_str() {
        "MD5" => Md5::digest(text).to_vec(),
        "SHA-1" => Sha1::digest(text).to_vec(),
        "SHA-256" => Sha256::digest(text).to_vec(),
        "SHA-384" => Sha384::digest(text).to_vec(),
        "SHA-512" => Sha512::digest(text).to_vec(),
        _ => return Value::Empty,
    };
    match values.get(2).map(Value::as_text).as_deref() {
        Some("hex") => Value::text(hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        Some("base64") | None => Value::text(STANDARD.encode(hash)),
        Some(_) => Value::Empty,
    }
}

/// The text that was written in base64; empty where that cannot be read.
pub(super) fn base64_decode(values: &[Value]) -> Value {
    let bytes = STANDARD.decode(values[0].as_text()).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Value::Empty, Value::text)
}
