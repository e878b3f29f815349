//! A form as it is worked with: what its file says, bound and checked.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use crate::expr::{Expr, Type, Value};
use crate::form::attachment::Accepts;
use crate::form::choices::Choices;
use crate::form::kind::{self, Control, Kind};
use crate::form::reach::Reach;
use crate::form::recipe::Recipe;
use crate::form::rows::Repeat;
use crate::form::source::Origin;
use crate::ids::OrgType;
use crate::period::PeriodType;

/// A form. A field is a question or a column; fields, tables and conditions are spoken of by their number.
#[derive(Debug, Clone)]
pub struct Form {
    /// The id, the file's name by custom.
    pub id: String,
    /// The title.
    pub title: String,
    /// What the form is for, shown above the questionnaire.
    pub description: Option<String>,
    /// How often it is collected.
    pub period: PeriodType,
    /// Whose figures these are.
    pub about: OrgType,
    /// Who fills, in the order in which one of several reports counts.
    pub by: Vec<Respondent>,
    /// Several reports about one organisation in one period are allowed.
    pub many: bool,
    /// Named values that a territory may vary.
    pub parameters: Vec<(String, Value)>,
    /// The sections in order.
    pub groups: Vec<Group>,
    /// Every question and column.
    pub fields: Vec<Field>,
    /// Every table.
    pub tables: Vec<Table>,
    /// Lists of choices.
    pub choices: Vec<Choices>,
    /// The relevance of groups and tables.
    pub conditions: Vec<Expr>,
    /// Fields in an order in which each can be computed from those before it.
    pub order: Vec<usize>,
    /// The checks.
    pub checks: Vec<Check>,
    /// The indicators.
    pub indicators: Vec<Indicator>,
    /// The classifications.
    pub classifications: Vec<Classification>,
    /// The import recipes.
    pub recipes: Vec<Recipe>,
    /// The form's own tests.
    pub cases: Vec<Case>,
    /// What the form once had and has no more, though it was answered: names, `table/row`, `table/column`, `list/code`.
    pub removed: Vec<String>,
    /// The language that its texts are read in.
    pub language: String,
    /// Every language that it is written in, the one of its plain strings first.
    pub languages: Vec<String>,
    /// What is not wrong and yet worth knowing: what is not translated.
    pub notes: Vec<crate::error::Fault>,
    /// The file's text.
    pub source: String,
    /// SHA-256 of the text, hexadecimal: the name of this version.
    pub hash: String,
    /// Where each expression stands in the file, by [`Expr::origin`].
    pub(super) origins: Vec<Origin>,
    /// Fields by name, once somebody has looked for one.
    pub(super) names: OnceLock<HashMap<String, Vec<usize>>>,
    /// What its expressions reach, once somebody has asked.
    pub(super) reach: OnceLock<Reach>,
    /// What of it the browser's script reads, once a page has been made.
    pub(super) trees: OnceLock<Option<String>>,
}

/// Who fills a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Respondent {
    School,
    Municipality,
    Region,
    Expert,
    /// Anonymous.
    Person,
}

impl Respondent {
    /// All respondents and their words in form files.
    pub const ALL: [(&'static str, Respondent); 5] = [
        ("school", Respondent::School),
        ("municipality", Respondent::Municipality),
        ("region", Respondent::Region),
        ("expert", Respondent::Expert),
        ("person", Respondent::Person),
    ];
}

/// A section or a group inside one.
#[derive(Debug, Clone)]
pub struct Group {
    /// The name; groups are not part of a path.
    pub name: String,
    /// The heading.
    pub label: String,
    /// What to know before filling.
    pub hint: Option<String>,
    /// More of it, folded away.
    pub guidance: Option<String>,
    /// When it is shown: a condition.
    pub relevant: Option<usize>,
    /// What stands in it, in order.
    pub items: Vec<Item>,
}

/// What can stand in a group.
#[derive(Debug, Clone)]
pub enum Item {
    /// A group in the group.
    Group(Group),
    /// A question or calculation, by its number.
    Field(usize),
    /// A table, by its number.
    Table(usize),
    /// A text to read.
    Note {
        /// The text.
        label: String,
        /// When it is shown: conditions.
        within: Vec<usize>,
    },
}

/// A question, a calculation, or a column of a table.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name: what answers are stored by.
    pub name: String,
    /// Earlier names.
    pub was: Vec<String>,
    /// The question.
    pub label: String,
    /// How to answer it.
    pub hint: Option<String>,
    /// More of it, folded away.
    pub guidance: Option<String>,
    /// The number of a column, as statistical forms number them: «гр. 3».
    pub code: Option<String>,
    /// How its author wants it to look.
    pub appearance: Appearance,
    /// The type; of a calculation the type of its value.
    pub kind: &'static Kind,
    /// The list of choices.
    pub choices: Option<usize>,
    /// Which of the choices are offered.
    pub choice_filter: Option<Expr>,
    /// The table that it is a column of.
    pub table: Option<usize>,
    /// The conditions of the groups and the table around it.
    pub within: Vec<usize>,
    /// When it is shown.
    pub relevant: Option<Expr>,
    /// When it must be answered.
    pub required: Option<Expr>,
    /// The author's words for a missing answer.
    pub required_message: Option<String>,
    /// What an answer must hold.
    pub constraint: Option<Expr>,
    /// The author's words for an answer that does not.
    pub constraint_message: Option<String>,
    /// The answer offered in a new report.
    pub default: Option<Expr>,
    /// What it is computed by: then nobody answers it.
    pub calculation: Option<Expr>,
    /// The least number allowed.
    pub min: Option<f64>,
    /// The greatest number allowed.
    pub max: Option<f64>,
    /// By which steps from the least.
    pub step: Option<f64>,
    /// Which files it takes, if it takes files.
    pub accepts: Option<Accepts>,
    /// It is shown and never asked.
    pub read_only: bool,
    /// A stated absence («н/д») is an answer.
    pub missing: bool,
    /// It may take another type than stored answers have.
    pub retyped: bool,
    /// How a column is totalled.
    pub total: Total,
}

impl Default for Field {
    fn default() -> Self {
        Field {
            name: String::new(),
            was: Vec::new(),
            label: String::new(),
            hint: None,
            guidance: None,
            code: None,
            appearance: Appearance::Usual,
            kind: &kind::UNKNOWN,
            choices: None,
            choice_filter: None,
            table: None,
            within: Vec::new(),
            relevant: None,
            required: None,
            required_message: None,
            constraint: None,
            constraint_message: None,
            default: None,
            calculation: None,
            min: None,
            max: None,
            step: None,
            accepts: None,
            read_only: false,
            missing: false,
            retyped: false,
            total: Total::None,
        }
    }
}

impl Field {
    /// The type of the field's value in expressions.
    pub fn value_type(&self) -> Type {
        self.kind.value
    }

    /// How it is asked on a page.
    pub fn control(&self) -> Control {
        self.kind.control(self.appearance)
    }

    /// Whether people answer it: it is neither computed nor only shown.
    pub fn is_asked(&self) -> bool {
        self.calculation.is_none() && !self.read_only
    }
}

/// How a question looks, where its author does not leave that to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Appearance {
    /// As the program finds best.
    #[default]
    Usual,
    /// Several lines.
    Multiline,
    /// A list that drops down.
    Minimal,
    /// A field to type into, which finds choices.
    Search,
    /// Stars.
    Rating,
}

impl Appearance {
    /// The words in form files.
    pub const ALL: [(&'static str, Appearance); 4] = [
        ("multiline", Appearance::Multiline),
        ("minimal", Appearance::Minimal),
        ("search", Appearance::Search),
        ("rating", Appearance::Rating),
    ];
}

/// How a column is totalled over the rows of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Total {
    /// Added up.
    Sum,
    /// Computed again from the totals of what it is computed from.
    Recalculate,
    /// Not totalled: adding up would count somebody twice.
    #[default]
    None,
}

/// A table of fixed rows, or a repeat, to which the respondent adds rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// The name: the first part of its cells' paths.
    pub name: String,
    /// Earlier names.
    pub was: Vec<String>,
    /// The heading.
    pub label: String,
    /// How to fill it.
    pub hint: Option<String>,
    /// More of it, folded away.
    pub guidance: Option<String>,
    /// When it is shown: a condition.
    pub relevant: Option<usize>,
    /// The fixed rows; a repeat has none.
    pub rows: Vec<Row>,
    /// What is allowed where the respondent adds the rows.
    pub repeat: Option<Repeat>,
    /// Its columns, as fields.
    pub columns: Vec<usize>,
    /// Rows by their names and earlier names: a table of forty thousand rows is looked into as often.
    pub(super) by_name: HashMap<String, usize>,
}

impl Table {
    /// Which row a name of today or of earlier means.
    pub fn row_named(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The name: the second part of its cells' paths.
    pub name: String,
    /// The heading.
    pub label: String,
    /// The row's code, if it has one.
    pub code: Option<String>,
    /// The heading of the rows from this one on.
    pub section: Option<String>,
    /// Names of columns that are not asked in this row.
    pub grey: Vec<String>,
    /// Earlier names.
    pub was: Vec<String>,
    /// Any other key.
    pub attributes: BTreeMap<String, Value>,
}

impl Row {
    /// What stands below the heading to help whoever fills the row: its attribute `hint`.
    pub fn hint(&self) -> Option<String> {
        self.attributes.get("hint").map(Value::as_text)
    }
}

/// A check of the whole report.
#[derive(Debug, Clone)]
pub struct Check {
    /// The name.
    pub name: String,
    /// The table whose every row is checked.
    pub over: Option<usize>,
    /// What must hold; empty passes.
    pub test: Expr,
    /// Error blocks, warning wants an explanation, note only tells.
    pub severity: crate::error::Severity,
    /// The words; `{row}` is the row's heading.
    pub message: String,
}

/// What an indicator measures in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share, 0 to 100.
    Percent,
    /// Growth; may exceed 100.
    PercentChange,
    /// A number: the numerator, or the quotient as it is.
    Number,
}

/// An indicator: Σ numerator / Σ denominator over what counts (language law 7).
#[derive(Debug, Clone)]
pub struct Indicator {
    /// The name.
    pub name: String,
    /// The label.
    pub label: String,
    /// What to know when reading the figure: shown beside it on pages and in workbooks.
    pub note: Option<String>,
    /// What it measures in.
    pub unit: Unit,
    /// The table whose rows it is evaluated on.
    pub over: Option<usize>,
    /// One figure a row; without it rows are added.
    pub by_row: bool,
    /// What is counted.
    pub numerator: Expr,
    /// Out of what; none for a plain number.
    pub denominator: Option<Expr>,
    /// Over how many periods, this one the last.
    pub periods: u32,
    /// The silent stay in the denominator.
    pub expected: bool,
    /// Only organisations of this classification.
    pub among: Option<String>,
    /// Which way is good.
    pub better: Option<Better>,
    /// Targets by period id; the empty id is every period's.
    pub targets: BTreeMap<String, f64>,
}

/// Which way of an indicator is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Better {
    Lower,
    Higher,
}

/// A list of organisations that some rule puts on it.
#[derive(Debug, Clone)]
pub struct Classification {
    /// The name.
    pub name: String,
    /// The title; `{period}` is the period in the genitive.
    pub label: String,
    /// The boolean field whose true cells are the reasons.
    pub because: Option<usize>,
    /// The grounds in order.
    pub grounds: Vec<Ground>,
}

/// A ground for being on a list.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The name.
    pub name: String,
    /// The words.
    pub label: String,
    /// The rule, three-valued.
    pub rule: Expr,
}

/// A test that a form carries.
#[derive(Debug, Clone)]
pub struct Case {
    /// The title.
    pub title: String,
    /// The line of the file that it starts at.
    pub line: usize,
    /// The period, as an id.
    pub period: Option<String>,
    /// The answers, nested.
    pub answers: serde_json::Value,
    /// Answers of earlier periods, the nearest first.
    pub previous: Vec<serde_json::Value>,
    /// Answers of the other organisations of the region.
    pub peers: Vec<serde_json::Value>,
    /// Answers of other forms, by their ids.
    pub others: BTreeMap<String, serde_json::Value>,
    /// Answers of subordinate organisations, by the ids of the forms that they fill.
    pub children: BTreeMap<String, Vec<serde_json::Value>>,
    /// Attributes of the organisation.
    pub org: serde_json::Value,
    /// Expected values by path.
    pub expect: Vec<(String, serde_json::Value)>,
    /// Expected lists: the ground, `true`, `false`, or `""` for not determined.
    pub lists: Vec<(String, serde_json::Value)>,
    /// Expected parts of indicators, by indicator or `indicator/row`: `[3, 10]`, one number where there is no
    /// denominator, or `""` where the report adds nothing.
    pub measures: Vec<(String, serde_json::Value)>,
    /// Expected faults: path → code; given, no other error may stand.
    pub faults: Option<Vec<(String, String)>>,
}
