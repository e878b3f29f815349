//! The column `type`: what each word of XLSForm is here.

use crate::expr::{Scalar, Type};
use crate::text;

/// What a row of the survey is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A question without a list; the word of form files.
    Plain(&'static str),
    /// A file; what its media type begins with, if that matters.
    File(&'static str),
    /// A choice from a list.
    Choice(Choice),
    /// A text to read.
    Note,
    /// A value that is computed.
    Calculate,
    /// A value that nobody sees.
    Hidden,
    /// What the telephone notes by itself.
    Meta(&'static str),
    /// The beginning of a group, repeat or loop.
    Begin(Block),
    /// The end of one.
    End(Block),
    /// A file of values beside the form, for `pulldata()`.
    Data,
    /// Needs a telephone; what is needed.
    Phone(&'static str),
    /// A setting written as a row.
    Setting,
}

/// A choice from a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// `select_one`, `select_multiple` or `rank`.
    pub word: &'static str,
    /// The list's name or the file's.
    pub list: String,
    /// Where the list is.
    pub from: From,
    /// Another answer may be typed.
    pub or_other: bool,
}

/// Where a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Choices,
    External,
    File,
}

/// What holds other rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Group,
    Repeat,
    /// A group for each choice of a list.
    Loop(String),
}

impl Block {
    /// Whether one ends the other: a loop ends without its list.
    pub fn same(&self, other: &Block) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// The word of XLSForm.
    pub fn word(&self) -> &'static str {
        match self {
            Block::Group => "group",
            Block::Repeat => "repeat",
            Block::Loop(_) => "loop",
        }
    }
}

/// Questions without a list, with the older words for them.
const PLAIN: [(&str, &str); 28] = [
    ("text", "text"),
    ("string", "text"),
    ("q string", "text"),
    ("add text prompt", "text"),
    ("integer", "integer"),
    ("int", "integer"),
    ("q int", "integer"),
    ("add integer prompt", "integer"),
    ("decimal", "decimal"),
    ("q decimal", "decimal"),
    ("add decimal prompt", "decimal"),
    ("percentage", "percent"),
    ("date", "date"),
    ("q date", "date"),
    ("add date prompt", "date"),
    ("time", "time"),
    ("datetime", "datetime"),
    ("dateTime", "datetime"),
    ("date time", "datetime"),
    ("q date time", "datetime"),
    ("q dateTime", "datetime"),
    ("add date time prompt", "datetime"),
    ("add dateTime prompt", "datetime"),
    ("range", "range"),
    ("acknowledge", "acknowledge"),
    ("trigger", "acknowledge"),
    ("q acknowledge", "acknowledge"),
    ("phone number", "text"),
];

/// Files, with what their media types begin with.
const FILES: [(&str, &str); 14] = [
    ("file", ""),
    ("add file prompt", ""),
    ("image", "image/"),
    ("photo", "image/"),
    ("q image", "image/"),
    ("q picture", "image/"),
    ("add image prompt", "image/"),
    ("add photo prompt", "image/"),
    ("audio", "audio/"),
    ("q audio", "audio/"),
    ("add audio prompt", "audio/"),
    ("video", "video/"),
    ("q video", "video/"),
    ("add video prompt", "video/"),
];

/// What the telephone notes by itself, without a question.
const META: [(&str, &str); 26] = [
    ("start", "moment"),
    ("start time", "moment"),
    ("get start time", "moment"),
    ("end", "moment"),
    ("end time", "moment"),
    ("get end time", "moment"),
    ("today", "today"),
    ("get today", "today"),
    ("deviceid", "text"),
    ("device id", "text"),
    ("get device id", "text"),
    ("imei", "text"),
    ("username", "text"),
    ("phonenumber", "text"),
    ("get phone number", "text"),
    ("email", "text"),
    ("simserial", "text"),
    ("sim id", "text"),
    ("get sim id", "text"),
    ("subscriberid", "text"),
    ("subscriber id", "text"),
    ("get subscriber id", "text"),
    ("uri:deviceid", "text"),
    ("uri:username", "text"),
    ("uri:phonenumber", "text"),
    ("audit", "text"),
];

/// What needs a telephone, with the key of what is needed.
const PHONE: [(&str, &str); 18] = [
    ("geopoint", "xlsform.need-place"),
    ("gps", "xlsform.need-place"),
    ("location", "xlsform.need-place"),
    ("q location", "xlsform.need-place"),
    ("q geopoint", "xlsform.need-place"),
    ("add location prompt", "xlsform.need-place"),
    ("add geopoint prompt", "xlsform.need-place"),
    ("geotrace", "xlsform.need-place"),
    ("q geotrace", "xlsform.need-place"),
    ("geoshape", "xlsform.need-place"),
    ("q geoshape", "xlsform.need-place"),
    ("start-geopoint", "xlsform.need-place"),
    ("background-geopoint", "xlsform.need-place"),
    ("osm", "xlsform.need-place"),
    ("barcode", "xlsform.need-camera"),
    ("q barcode", "xlsform.need-camera"),
    ("add barcode prompt", "xlsform.need-camera"),
    ("background-audio", "xlsform.need-microphone"),
];

/// Choices from a list, the longer words first.
const CHOICES: [(&str, &str, From); 16] = [
    ("select_one_from_file", "select_one", From::File),
    ("select one from file", "select_one", From::File),
    ("select_multiple_from_file", "select_multiple", From::File),
    ("select multiple from file", "select_multiple", From::File),
    ("select_one_external", "select_one", From::External),
    ("select one external", "select_one", From::External),
    ("add select multiple prompt using", "select_multiple", From::Choices),
    ("add select one prompt using", "select_one", From::Choices),
    ("select all that apply from", "select_multiple", From::Choices),
    ("select all that apply", "select_multiple", From::Choices),
    ("select one from", "select_one", From::Choices),
    ("select_one", "select_one", From::Choices),
    ("select one", "select_one", From::Choices),
    ("select1", "select_one", From::Choices),
    ("select_multiple", "select_multiple", From::Choices),
    ("rank", "rank", From::Choices),
];

const OTHER: [&str; 3] = [" or specify other", " or_other", " or other"];

/// Reads a type.
pub(super) fn read(written: &str) -> Option<Kind> {
    let find = |table: &[(&'static str, &'static str)]| {
        table.iter().find(|(word, _)| *word == written).map(|(_, meaning)| *meaning)
    };
    if let Some(word) = find(&PLAIN) {
        return Some(Kind::Plain(word));
    }
    if let Some(media) = find(&FILES) {
        return Some(Kind::File(media));
    }
    if let Some(what) = find(&META) {
        return Some(Kind::Meta(what));
    }
    let first = written.split(' ').next().unwrap_or_default();
    if let Some(need) = find(&PHONE).or((first == "osm").then_some("xlsform.need-place")) {
        return Some(Kind::Phone(need));
    }
    match written {
        "note" | "q note" | "add note prompt" => Some(Kind::Note),
        "calculate" | "q calculate" | "add calculate prompt" => Some(Kind::Calculate),
        "hidden" => Some(Kind::Hidden),
        "csv-external" | "xml-external" => Some(Kind::Data),
        "set form title" | "set form id" | "set_form_title" | "set_form_id" => Some(Kind::Setting),
        _ => block(written).or_else(|| choice(written)),
    }
}

fn block(written: &str) -> Option<Kind> {
    let (edge, rest) = written.split_once([' ', '_'])?;
    let (word, list) = match rest.split_once(' ') {
        Some((word, list)) if edge == "begin" => (word, Some(list)),
        _ => (rest, None),
    };
    let block = match word {
        "group" => Block::Group,
        "repeat" | "lgroup" | "looped group" => Block::Repeat,
        "loop" => Block::Loop(list.unwrap_or_default().trim_start_matches("over ").trim().to_owned()),
        _ => return None,
    };
    match edge {
        "begin" => Some(Kind::Begin(block)),
        "end" => Some(Kind::End(block)),
        _ => None,
    }
}

fn choice(written: &str) -> Option<Kind> {
    let (word, from, rest) = CHOICES.iter().find_map(|(start, word, from)| {
        let rest = written.strip_prefix(start)?.strip_prefix(' ')?;
        Some((*word, *from, rest.trim()))
    })?;
    let other = OTHER.iter().find_map(|ending| rest.strip_suffix(ending));
    let list = other.unwrap_or(rest).trim();
    let single = !list.is_empty() && !list.contains(char::is_whitespace);
    single.then(|| Kind::Choice(Choice { word, list: list.to_owned(), from, or_other: other.is_some() }))
}

/// The narrower type of ours that was written beside the type, where the form had been one of ours.
pub(super) fn ours(kind: Kind, written: Option<&str>) -> Kind {
    const NARROWER: [(&str, &str); 8] = [
        ("percent", "decimal"),
        ("money", "decimal"),
        ("url", "text"),
        ("email", "text"),
        ("phone", "text"),
        ("month", "text"),
        ("term", "text"),
        ("organisation", "text"),
    ];
    let Kind::Plain(word) = kind else { return kind };
    let said = written.unwrap_or_default().split(' ').next().unwrap_or_default();
    let found = NARROWER.iter().find(|(narrower, wider)| *narrower == said && *wider == word);
    Kind::Plain(found.map_or(word, |(narrower, _)| narrower))
}

/// The type that an unknown one was probably meant to be.
pub(super) fn near(written: &str) -> Option<String> {
    let lower = written.to_lowercase();
    if read(&lower).is_some() {
        return Some(lower);
    }
    let blocks = ["begin_group", "end_group", "begin_repeat", "end_repeat", "note", "calculate", "hidden"];
    let choices = ["select_one", "select_multiple", "rank"];
    let (first, rest) = written.split_once(' ').unwrap_or((written, ""));
    if let Some(word) = text::nearest(first, choices) {
        return Some(format!("{word} {}", if rest.is_empty() { "…" } else { rest }));
    }
    let words = PLAIN.iter().chain(&FILES).chain(&META).map(|(word, _)| *word).chain(blocks);
    text::nearest(written, words).map(str::to_owned)
}

/// The type that a question's value has in expressions.
pub(super) fn value_of(kind: &Kind) -> Type {
    match kind {
        Kind::Plain("integer" | "decimal" | "percent" | "money" | "range") => Type::one(Scalar::Number),
        Kind::Plain("date") | Kind::Meta("today") => Type::one(Scalar::Date),
        Kind::Choice(Choice { word: "select_multiple" | "rank", .. }) => Type::many(Scalar::Text),
        Kind::Calculate => Type::one(Scalar::Any),
        _ => Type::one(Scalar::Text),
    }
}
