//! The keys of form files, a table for each block: the reader, its suggestions, the schema and the reference come from here.
//!
//! Invariant: the reader asks for no key that is not here, and for every key that is here (tests compare them).

use crate::form::kind::{self, Control, Kind};
use crate::form::model::{Appearance, Respondent};
use crate::form::read::{self, STRUCTURE};
use crate::ids::{OWN_CODE, OrgType, SCHEMES};
use crate::period::PeriodType;

/// A kind of table in form files: the form itself, a section, a question of some type, a check.
#[derive(Debug)]
pub struct Block {
    /// Its name, by which people are told of it.
    pub name: &'static str,
    /// Its keys, some of them shared with other blocks.
    pub keys: &'static [&'static [Key]],
    /// What may stand under other keys.
    pub others: Others,
}

/// A key of a block.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What stands under it.
    pub takes: Takes,
    /// The block makes no sense without it.
    pub needed: bool,
    /// Which types of value it is for; all of them without.
    pub only: Option<fn(&Kind) -> bool>,
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// A text that is no expression and that readers do not see: names, headings of foreign sheets.
    Text,
    /// A text for readers: a string or a table of languages.
    Said,
    /// An expression.
    Expression,
    /// An expression that is true or false, or `true` and `false` themselves.
    Truth,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list of texts.
    Texts,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A list of these words.
    Words(fn() -> Vec<&'static str>),
    /// A type of question; those in a table have a shorter list.
    Type(fn() -> Vec<&'static str>),
    /// A number, a choice's code or an expression.
    Default,
    /// Answers and values, as in JSON.
    Json,
    /// A number, or numbers by period.
    Target,
    /// A table.
    Table(&'static Block),
    /// An array of tables.
    Tables(&'static Block),
    /// An array of questions, whose blocks depend on their types.
    Questions(Place),
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a section or group.
    Group,
    /// In a table: a column.
    Table,
}

/// What may stand under keys that the table of a block does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Nothing: such a key is unknown.
    Refused,
    /// A plain value: attributes of rows and choices, parameters.
    Plain,
    /// A text: what stands in a sheet, and the row that it means.
    Text,
    /// A list of choices, in short or in full.
    Choices,
}

const fn key(name: &'static str, takes: Takes) -> Key {
    Key { name, takes, needed: false, only: None }
}

const fn needed(name: &'static str, takes: Takes) -> Key {
    Key { name, takes, needed: true, only: None }
}

/// A key for some types of value only.
const fn only(fits: fn(&Kind) -> bool, name: &'static str, takes: Takes) -> Key {
    Key { name, takes, needed: false, only: Some(fits) }
}

const fn block(name: &'static str, keys: &'static [&'static [Key]]) -> Block {
    Block { name, keys, others: Others::Refused }
}

/// The file.
pub static FORM: Block = block(
    "form",
    &[&[
        needed("id", Takes::Text),
        needed("title", Takes::Said),
        key("description", Takes::Said),
        key("default_language", Takes::Text),
        key("period", Takes::Word(|| PeriodType::names().collect())),
        key("about", Takes::Word(|| OrgType::ALL.iter().map(|kind| kind.name()).collect())),
        key("many", Takes::Boolean),
        key("removed", Takes::Texts),
        key("by", Takes::Words(|| Respondent::ALL.iter().map(|(name, _)| *name).collect())),
        key("parameters", Takes::Table(&PARAMETERS)),
        key("choices", Takes::Table(&CHOICES)),
        key("list", Takes::Tables(&LIST)),
        key("group", Takes::Tables(&SECTION)),
        key("check", Takes::Tables(&CHECK)),
        key("indicator", Takes::Tables(&INDICATOR)),
        key("classification", Takes::Tables(&CLASSIFICATION)),
        key("import", Takes::Tables(&RECIPE)),
        key("case", Takes::Tables(&CASE)),
    ]],
);

static PARAMETERS: Block = Block { name: "parameters", keys: &[], others: Others::Plain };
static CHOICES: Block = Block { name: "choices", keys: &[], others: Others::Choices };

/// A choice in full.
pub(super) static CHOICE: Block =
    Block { name: "choice", keys: &[&[needed("name", Takes::Text), key("label", Takes::Said)]], others: Others::Plain };

static LIST: Block = block(
    "list",
    &[&[
        needed("name", Takes::Text),
        key("file", Takes::Text),
        key("organisations", Takes::Word(types_of_organisations)),
    ]],
);

const HEADED: &[Key] = &[
    key("label", Takes::Said),
    key("hint", Takes::Said),
    key("guidance_hint", Takes::Said),
    key("relevant", Takes::Truth),
];
const FORMERLY: &[Key] = &[key("was", Takes::Texts)];
const INSIDE: &[Key] = &[key("question", Takes::Questions(Place::Group))];
const NAME: &[Key] = &[key("name", Takes::Text)];
const NEEDED_NAME: &[Key] = &[needed("name", Takes::Text)];
const TYPE: &[Key] = &[needed("type", Takes::Type(types))];
const TYPE_OF_COLUMN: &[Key] = &[needed("type", Takes::Type(types_of_columns))];

static SECTION: Block = block("group", &[NAME, HEADED, INSIDE]);
static INNER_GROUP: Block = block("type-group", &[TYPE, NAME, HEADED, INSIDE]);
static NOTE: Block = block("type-note", &[TYPE, NAME, &[needed("label", Takes::Said), key("relevant", Takes::Truth)]]);
static REPEAT: Block = block(
    "type-repeat",
    &[
        TYPE,
        NEEDED_NAME,
        HEADED,
        FORMERLY,
        &[
            key("min", Takes::Number),
            key("max", Takes::Number),
            key("column", Takes::Questions(Place::Table)),
            key("question", Takes::Questions(Place::Table)),
        ],
    ],
);
static TABLE: Block = block(
    "type-table",
    &[
        TYPE,
        NEEDED_NAME,
        HEADED,
        FORMERLY,
        &[needed("row", Takes::Tables(&ROW)), needed("column", Takes::Questions(Place::Table))],
    ],
);
static ROW: Block = Block {
    name: "row",
    keys: &[&[
        needed("name", Takes::Text),
        key("label", Takes::Said),
        key("hint", Takes::Said),
        key("code", Takes::Text),
        key("section", Takes::Said),
        key("grey", Takes::Texts),
        key("was", Takes::Texts),
    ]],
    others: Others::Plain,
};

/// What every question and calculation may say.
const ASKED: &[Key] = &[
    key("label", Takes::Said),
    key("hint", Takes::Said),
    key("guidance_hint", Takes::Said),
    key("was", Takes::Texts),
    only(|kind| kind.listed, "choices", Takes::Text),
    only(has_looks, "appearance", Takes::Word(|| Appearance::ALL.iter().map(|(word, _)| *word).collect())),
    key("relevant", Takes::Truth),
    key("required", Takes::Truth),
    key("required_message", Takes::Said),
    key("constraint", Takes::Truth),
    key("constraint_message", Takes::Said),
    key("default", Takes::Default),
    key("min", Takes::Number),
    key("max", Takes::Number),
    key("missing", Takes::Boolean),
    key("retyped", Takes::Boolean),
];
const CALCULATED: &[Key] = &[needed("value", Takes::Word(types_of_values)), needed("calculation", Takes::Expression)];
/// What only questions that people answer may say.
const ANSWERED: &[Key] = &[
    only(is_choice, "choice_filter", Takes::Truth),
    only(takes_other, "or_other", Takes::Boolean),
    only(is_organisation, "of", Takes::Word(types_of_organisations)),
    only(|kind| kind.control == Control::Scale, "step", Takes::Number),
    only(|kind| kind.control == Control::File, "max_size", Takes::Number),
    only(|kind| kind.control == Control::File, "accept", Takes::Texts),
    key("read_only", Takes::Boolean),
];
const OF_COLUMN: &[Key] = &[key("code", Takes::Text), key("total", Takes::Word(read::totals))];

fn is_choice(kind: &Kind) -> bool {
    kind.listed || is_organisation(kind)
}

fn is_organisation(kind: &Kind) -> bool {
    kind.control == Control::One && !kind.listed
}

fn takes_other(kind: &Kind) -> bool {
    kind.listed && kind.control != Control::Order
}

fn has_looks(kind: &Kind) -> bool {
    !read::looks(kind).is_empty()
}

fn types_of_organisations() -> Vec<&'static str> {
    OrgType::ALL.iter().map(|kind| kind.name()).chain(["all"]).collect()
}

static QUESTION: Block = block("question", &[TYPE, NEEDED_NAME, ASKED, ANSWERED]);
static CALCULATION: Block = block("type-calculate", &[TYPE, NEEDED_NAME, CALCULATED, ASKED]);
static COLUMN: Block = block("column", &[TYPE_OF_COLUMN, NEEDED_NAME, ASKED, ANSWERED, OF_COLUMN]);
static COLUMN_CALCULATION: Block =
    block("column-calculate", &[TYPE_OF_COLUMN, NEEDED_NAME, CALCULATED, ASKED, OF_COLUMN]);

static CHECK: Block = block(
    "check",
    &[
        NEEDED_NAME,
        &[
            key("over", Takes::Text),
            needed("test", Takes::Expression),
            key("severity", Takes::Word(read::severities)),
            key("message", Takes::Said),
        ],
    ],
);
static INDICATOR: Block = block(
    "indicator",
    &[
        NEEDED_NAME,
        &[
            key("label", Takes::Said),
            key("note", Takes::Said),
            key("unit", Takes::Word(read::units)),
            key("over", Takes::Text),
            key("by", Takes::Text),
            needed("numerator", Takes::Expression),
            key("denominator", Takes::Expression),
            key("target", Takes::Target),
            key("periods", Takes::Number),
            key("base", Takes::Word(read::bases)),
            key("among", Takes::Text),
            key("better", Takes::Word(read::betters)),
        ],
    ],
);
static CLASSIFICATION: Block = block(
    "classification",
    &[NEEDED_NAME, &[key("label", Takes::Said), key("because", Takes::Text), needed("ground", Takes::Tables(&GROUND))]],
);
static GROUND: Block = block("ground", &[NEEDED_NAME, &[needed("rule", Takes::Expression), key("label", Takes::Said)]]);

static RECIPE: Block = block(
    "import",
    &[
        NEEDED_NAME,
        &[
            needed("header", Takes::Texts),
            key("code", Takes::Table(&RECIPE_CODE)),
            key("organisation", Takes::Text),
            key("municipality", Takes::Text),
            key("sheets", Takes::Texts),
            key("row", Takes::Table(&RECIPE_ROW)),
            key("skip", Takes::Texts),
            key("dash", Takes::Word(read::dashes)),
            key("year", Takes::Word(read::years)),
            needed("column", Takes::Tables(&RECIPE_COLUMN)),
        ],
    ],
);
static RECIPE_CODE: Block = block(
    "import-code",
    &[&[needed("column", Takes::Text), key("scheme", Takes::Word(|| SCHEMES.into_iter().chain([OWN_CODE]).collect()))]],
);
static RECIPE_ROW: Block = block(
    "import-row",
    &[&[
        key("title", Takes::Table(&MAPPING)),
        key("sheet", Takes::Table(&MAPPING)),
        key("column", Takes::Text),
        key("map", Takes::Table(&MAPPING)),
    ]],
);
static MAPPING: Block = Block { name: "mapping", keys: &[], others: Others::Text };
static RECIPE_COLUMN: Block = block(
    "import-column",
    &[&[
        needed("header", Takes::Text),
        key("to", Takes::Text),
        key("check", Takes::Text),
        key("scale", Takes::Number),
        key("back", Takes::Number),
    ]],
);

static CASE: Block = block(
    "case",
    &[&[
        key("title", Takes::Text),
        key("period", Takes::Text),
        key("answers", Takes::Json),
        key("previous", Takes::Json),
        key("peers", Takes::Json),
        key("other", Takes::Json),
        key("children", Takes::Json),
        key("org", Takes::Json),
        key("expect", Takes::Json),
        key("lists", Takes::Json),
        key("measures", Takes::Json),
        key("faults", Takes::Json),
    ]],
);

/// The blocks of form files, in the order in which people are told of them.
pub static BLOCKS: [&Block; 22] = [
    &FORM,
    &CHOICE,
    &LIST,
    &SECTION,
    &QUESTION,
    &CALCULATION,
    &NOTE,
    &INNER_GROUP,
    &TABLE,
    &REPEAT,
    &ROW,
    &COLUMN,
    &COLUMN_CALCULATION,
    &CHECK,
    &INDICATOR,
    &CLASSIFICATION,
    &GROUND,
    &RECIPE,
    &RECIPE_CODE,
    &RECIPE_ROW,
    &RECIPE_COLUMN,
    &CASE,
];

impl Block {
    /// Every key of the block.
    pub fn each(&self) -> impl Iterator<Item = &'static Key> {
        self.keys.iter().flat_map(|keys| keys.iter())
    }

    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.each().find(|key| key.name == name)
    }
}

impl Key {
    /// Whether it may stand beside a type of value.
    pub fn fits(&self, kind: &Kind) -> bool {
        self.only.is_none_or(|fits| fits(kind))
    }
}

impl Place {
    /// The block of a question by the word of its type; an unknown word is taken for a question.
    pub fn block(self, word: &str) -> &'static Block {
        match (self, word.split(' ').next().unwrap_or_default()) {
            (Place::Group, "group") => &INNER_GROUP,
            (Place::Group, "note") => &NOTE,
            (Place::Group, "table") => &TABLE,
            (Place::Group, "repeat") => &REPEAT,
            (Place::Group, "calculate") => &CALCULATION,
            (Place::Group, _) => &QUESTION,
            (Place::Table, "calculate") => &COLUMN_CALCULATION,
            (Place::Table, _) => &COLUMN,
        }
    }

    /// The words of the types that a question may have here.
    pub fn types(self) -> Vec<&'static str> {
        match self {
            Place::Group => types(),
            Place::Table => types_of_columns(),
        }
    }
}

/// The types of questions in a group.
fn types() -> Vec<&'static str> {
    types_of_answers().chain(STRUCTURE).collect()
}

/// The types of columns.
fn types_of_columns() -> Vec<&'static str> {
    types_of_answers().chain(["calculate"]).collect()
}

fn types_of_answers() -> impl Iterator<Item = &'static str> {
    kind::ALL.iter().filter(|kind| kind.asked).map(|kind| kind.name)
}

/// The types that a calculation may have: it gives one value, never a list of chosen codes.
fn types_of_values() -> Vec<&'static str> {
    kind::ALL.iter().filter(|kind| !kind.value.list).map(|kind| kind.name).collect()
}

#[cfg(test)]
mod tests;
