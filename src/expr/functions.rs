//! The table of functions: names, arity, types, meaning. XLSForm's mean what `vocabulary` 4.2 says; ours stand apart.

use crate::expr::eval::{self, Evaluation};
use crate::expr::excel::Term;
use crate::expr::tree::Node;
use crate::expr::types::Scalar;
use crate::expr::value::Value;
use crate::expr::{dates, formulas as f, lists, logic, numbers, rows, texts};
use crate::lang::Words;

/// A row of the table.
#[derive(Debug)]
pub struct Function {
    /// The name in expressions.
    pub name: &'static str,
    /// The parameters in order.
    pub params: &'static [Param],
    /// How many of the parameters must be given.
    pub needed: usize,
    /// The last parameter may be given any number of times.
    pub many: bool,
    /// What may be given any number of times is the last two parameters together.
    pub pairs: bool,
    /// The type of the result.
    pub gives: Gives,
    /// Which arguments are tried when the expression is checked, if they are literals, and what may be wrong with them.
    pub(super) tried: &'static [(usize, Trial)],
    /// The meaning in Rust.
    pub(super) meaning: Meaning,
    /// Whether the browser's script has it, by its name.
    pub browser: bool,
    /// The meaning in workbooks.
    pub(super) formula: Formula,
}

/// Says what is wrong with a literal argument, if anything is.
pub(super) type Trial = fn(&str) -> Option<Words>;

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// A single value of this type.
    One(Scalar),
    /// A list of this type, or single values; empties are skipped.
    Values(Scalar),
    /// A list of numbers or of days, or single values; all of one type.
    Ordered,
    /// A single value of the type of the list before it.
    Element,
    /// A text that is a pattern; a literal one is tried when the expression is checked.
    Pattern,
    /// Anything; all branches have one type, which is the result's.
    Branch,
    /// A reference, not its value.
    Reference,
    /// A text literal.
    Word,
    /// `..`, the row around.
    Parent,
}

/// What type a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Always this.
    One(Scalar),
    /// The type of its branches.
    Branch,
    /// The type of the elements of its list.
    Element,
    /// What the place says: parameters, rows, other periods.
    Special,
}

#[derive(Debug)]
pub(super) enum Meaning {
    /// Computed from values.
    Plain(fn(&[Value]) -> Value),
    /// Decides itself which arguments to compute.
    Lazy(fn(&Evaluation<'_>, &[Node]) -> Value),
}

/// The meaning of a function in workbooks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Formula {
    /// None: the cell carries a value.
    None,
    /// What the form says by a word.
    Word,
    /// A formula of its arguments, where they have one.
    Of(fn(&[Term]) -> Option<Term>),
}

impl Function {
    /// Whether workbooks have a formula for it, for some arguments at least.
    pub fn has_formula(&self) -> bool {
        !matches!(self.formula, Formula::None)
    }

    /// Whether it takes so many arguments.
    pub fn accepts(&self, given: usize) -> bool {
        let whole = !self.pairs || (given.saturating_sub(self.needed)).is_multiple_of(2);
        given >= self.needed && (self.many || given <= self.params.len()) && whole
    }

    /// What the argument at a position takes.
    pub fn param(&self, index: usize) -> Param {
        let last = self.params.len().saturating_sub(1);
        let repeats = if self.pairs && index > last { last - (index - last) % 2 } else { last };
        self.params[index.min(repeats)]
    }

    /// The function as written in the reference: `round(number, number?)`.
    pub fn signature(&self) -> String {
        let mut written: Vec<String> = Vec::new();
        for (index, param) in self.params.iter().enumerate() {
            let word = param.word();
            let optional = if index >= self.needed { "?" } else { "" };
            written.push(format!("{word}{optional}"));
        }
        let more = if self.many { ", …" } else { "" };
        format!("{}({}{more})", self.name, written.join(", "))
    }
}

impl Param {
    fn word(self) -> &'static str {
        match self {
            Param::One(Scalar::Any) | Param::Branch | Param::Element => "value",
            Param::One(Scalar::Number) => "number",
            Param::One(Scalar::Text) | Param::Pattern => "text",
            Param::One(Scalar::Boolean) => "boolean",
            Param::One(Scalar::Date) => "date",
            Param::Values(_) | Param::Ordered => "list",
            Param::Reference => "${…}",
            Param::Word => "'…'",
            Param::Parent => "..",
        }
    }
}

/// The function of a name.
pub fn find(name: &str) -> Option<&'static Function> {
    TABLE.iter().find(|function| function.name == name)
}

/// Every function.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLE.iter()
}

const ANY: Param = Param::One(Scalar::Any);
const NUMBER: Param = Param::One(Scalar::Number);
const BOOLEAN: Param = Param::One(Scalar::Boolean);
const NUMBERS: Param = Param::Values(Scalar::Number);
const LIST: Param = Param::Values(Scalar::Any);
const GIVES_NUMBER: Gives = Gives::One(Scalar::Number);
const GIVES_TEXT: Gives = Gives::One(Scalar::Text);
const GIVES_BOOLEAN: Gives = Gives::One(Scalar::Boolean);
const GIVES_DATE: Gives = Gives::One(Scalar::Date);

const fn table_row(name: &'static str, params: &'static [Param], gives: Gives, meaning: Meaning) -> Function {
    Function {
        name,
        params,
        needed: params.len(),
        many: false,
        pairs: false,
        gives,
        tried: &[],
        meaning,
        browser: true,
        formula: Formula::None,
    }
}

/// A function of a fixed number of parameters.
const fn plain(name: &'static str, params: &'static [Param], gives: Gives, meaning: fn(&[Value]) -> Value) -> Function {
    table_row(name, params, gives, Meaning::Plain(meaning))
}

const fn lazy(
    name: &'static str,
    params: &'static [Param],
    gives: Gives,
    meaning: fn(&Evaluation<'_>, &[Node]) -> Value,
) -> Function {
    table_row(name, params, gives, Meaning::Lazy(meaning))
}

impl Function {
    /// The same with only so many parameters needed.
    const fn needing(mut self, needed: usize) -> Function {
        self.needed = needed;
        self
    }

    /// The same with the last parameter any number of times.
    const fn repeating(mut self) -> Function {
        self.many = true;
        self
    }

    /// The same with the last two parameters together any number of times.
    const fn repeating_pairs(mut self) -> Function {
        self.many = true;
        self.pairs = true;
        self
    }

    /// The same with its formula for workbooks.
    const fn formula(mut self, write: fn(&[Term]) -> Option<Term>) -> Function {
        self.formula = Formula::Of(write);
        self
    }

    /// The same as a word of the form, which workbooks hold as a value.
    const fn word(mut self) -> Function {
        self.formula = Formula::Word;
        self
    }

    /// The same without a meaning in the browser: only the server computes it.
    const fn served(mut self) -> Function {
        self.browser = false;
        self
    }

    /// The same with literal arguments tried when the expression is checked.
    const fn trying(mut self, trials: &'static [(usize, Trial)]) -> Function {
        self.tried = trials;
        self
    }
}

/// Stands where a call could not be understood, so that its arguments are checked all the same: takes and gives anything.
pub(super) static UNKNOWN: Function = plain("", &[LIST], Gives::Branch, |_| Value::Empty).needing(0).repeating();

static TABLE: &[Function] = &[
    // Control
    lazy("if", &[BOOLEAN, Param::Branch, Param::Branch], Gives::Branch, eval::if_).formula(f::if_),
    lazy("coalesce", &[Param::Branch, Param::Branch], Gives::Branch, eval::coalesce).repeating().formula(f::coalesce),
    plain("true", &[], GIVES_BOOLEAN, |_| Value::Boolean(true)).formula(f::true_),
    plain("false", &[], GIVES_BOOLEAN, |_| Value::Boolean(false)).formula(f::false_),
    plain("not", &[BOOLEAN], GIVES_BOOLEAN, logic::not).formula(f::not),
    plain("boolean", &[ANY], GIVES_BOOLEAN, logic::boolean).formula(f::boolean),
    plain("boolean-from-string", &[ANY], GIVES_BOOLEAN, logic::from_string).formula(f::from_string),
    plain("checklist", &[NUMBER, NUMBER, Param::Values(Scalar::Boolean)], GIVES_BOOLEAN, logic::checklist)
        .needing(2)
        .repeating()
        .formula(f::checklist),
    plain("weighted-checklist", &[NUMBER, NUMBER, BOOLEAN, NUMBER], GIVES_BOOLEAN, logic::weighted_checklist)
        .needing(2)
        .repeating_pairs()
        .formula(f::weighted),
    plain("isblank", &[LIST], GIVES_BOOLEAN, |v| Value::Boolean(v[0].is_empty())).formula(f::isblank),
    // Choices
    plain("selected", &[LIST, Param::Element], GIVES_BOOLEAN, lists::selected).formula(f::selected),
    plain("is-selected", &[LIST, Param::Element], GIVES_BOOLEAN, lists::selected).formula(f::selected),
    lazy("jr:choice-name", &[ANY, Param::Reference], Gives::Special, eval::choice_name),
    plain("count-selected", &[LIST], GIVES_NUMBER, lists::count).formula(f::count),
    plain("selected-at", &[Param::Values(Scalar::Text), NUMBER], GIVES_TEXT, lists::selected_at)
        .formula(f::selected_at),
    // Lists
    plain("sum", &[NUMBERS], GIVES_NUMBER, lists::sum).repeating().formula(f::sum),
    plain("avg", &[NUMBERS], GIVES_NUMBER, lists::avg).repeating().formula(f::avg),
    plain("median", &[NUMBERS], GIVES_NUMBER, lists::median).repeating().formula(f::median),
    plain("min", &[Param::Ordered], Gives::Element, lists::min).repeating().formula(f::min),
    plain("max", &[Param::Ordered], Gives::Element, lists::max).repeating().formula(f::max),
    plain("count", &[LIST], GIVES_NUMBER, lists::count).formula(f::count),
    plain("count-non-empty", &[LIST], GIVES_NUMBER, lists::count).formula(f::count),
    plain("countif", &[LIST, Param::Element], GIVES_NUMBER, lists::countif).formula(f::countif),
    plain("sumif", &[LIST, Param::Element, NUMBERS], GIVES_NUMBER, lists::sumif).needing(2).formula(f::sumif),
    plain("rank", &[NUMBER, NUMBERS, BOOLEAN], GIVES_NUMBER, lists::rank).needing(2).formula(f::rank),
    plain("quantile", &[NUMBERS, NUMBER], GIVES_NUMBER, lists::quantile).formula(f::quantile),
    plain("join", &[ANY, LIST], GIVES_TEXT, lists::join).needing(1).repeating().formula(f::join),
    // Numbers
    plain("number", &[ANY], GIVES_NUMBER, numbers::number).formula(f::number_of),
    plain("int", &[NUMBER], GIVES_NUMBER, numbers::int).formula(f::int),
    plain("floor", &[NUMBER], GIVES_NUMBER, numbers::floor).formula(f::floor),
    plain("ceiling", &[NUMBER], GIVES_NUMBER, numbers::ceiling).formula(f::ceiling),
    plain("abs", &[NUMBER], GIVES_NUMBER, numbers::abs).formula(f::abs),
    plain("round", &[NUMBER, NUMBER], GIVES_NUMBER, numbers::round).needing(1).formula(f::round),
    plain("pow", &[NUMBER, NUMBER], GIVES_NUMBER, numbers::pow).formula(f::pow),
    plain("sqrt", &[NUMBER], GIVES_NUMBER, numbers::sqrt).formula(f::sqrt),
    plain("exp", &[NUMBER], GIVES_NUMBER, numbers::exp).formula(f::exp),
    plain("log", &[NUMBER], GIVES_NUMBER, numbers::log).formula(f::log),
    plain("exp10", &[NUMBER], GIVES_NUMBER, numbers::exp10).formula(f::exp10),
    plain("log10", &[NUMBER], GIVES_NUMBER, numbers::log10).formula(f::log10),
    plain("pi", &[], GIVES_NUMBER, |_| Value::Number(std::f64::consts::PI)).formula(f::pi),
    plain("sin", &[NUMBER], GIVES_NUMBER, numbers::sin).formula(f::sin),
    plain("cos", &[NUMBER], GIVES_NUMBER, numbers::cos).formula(f::cos),
    plain("tan", &[NUMBER], GIVES_NUMBER, numbers::tan).formula(f::tan),
    plain("asin", &[NUMBER], GIVES_NUMBER, numbers::asin).formula(f::asin),
    plain("acos", &[NUMBER], GIVES_NUMBER, numbers::acos).formula(f::acos),
    plain("atan", &[NUMBER], GIVES_NUMBER, numbers::atan).formula(f::atan),
    plain("atan2", &[NUMBER, NUMBER], GIVES_NUMBER, numbers::atan2).formula(f::atan2),
    // Texts
    plain("string", &[ANY], GIVES_TEXT, texts::string).formula(f::string),
    plain("concat", &[LIST], GIVES_TEXT, texts::concat).needing(0).repeating().formula(f::concat),
    plain("string-length", &[ANY], GIVES_NUMBER, texts::length).formula(f::length),
    plain("regex", &[ANY, Param::Pattern], GIVES_BOOLEAN, texts::regex),
    plain("contains", &[ANY, ANY], GIVES_BOOLEAN, texts::contains).formula(f::contains),
    plain("starts-with", &[ANY, ANY], GIVES_BOOLEAN, texts::starts_with).formula(f::starts_with),
    plain("ends-with", &[ANY, ANY], GIVES_BOOLEAN, texts::ends_with).formula(f::ends_with),
    plain("substr", &[ANY, NUMBER, NUMBER], GIVES_TEXT, texts::substr).needing(2).formula(f::substr),
    plain("substring", &[ANY, NUMBER, NUMBER], GIVES_TEXT, texts::substring).needing(2).formula(f::substring),
    plain("substring-before", &[ANY, ANY], GIVES_TEXT, texts::before).formula(f::before),
    plain("substring-after", &[ANY, ANY], GIVES_TEXT, texts::after).formula(f::after),
    plain("normalize-space", &[ANY], GIVES_TEXT, texts::normalize_space).formula(f::normalize_space),
    plain("translate", &[ANY, ANY, ANY], GIVES_TEXT, texts::translate).formula(f::translate),
    plain("digest", &[ANY, Param::Word, Param::Word], GIVES_TEXT, texts::digest)
        .needing(2)
        .trying(&[(1, texts::algorithm), (2, texts::letters)])
        .served(),
    plain("base64-decode", &[ANY], GIVES_TEXT, texts::base64_decode).served(),
    // Days
    plain("date", &[ANY], GIVES_DATE, dates::date).formula(f::date),
    plain("date-time", &[ANY], GIVES_TEXT, dates::date_time),
    plain("decimal-date-time", &[ANY], GIVES_NUMBER, dates::decimal_date_time),
    plain("decimal-time", &[ANY], GIVES_NUMBER, dates::decimal_time),
    plain("format-date", &[ANY, ANY], GIVES_TEXT, dates::format)
        .trying(&[(1, dates::unknown_code)])
        .formula(f::format_date),
    plain("format-date-time", &[ANY, ANY], GIVES_TEXT, dates::format)
        .trying(&[(1, dates::unknown_code)])
        .formula(f::format_date),
    lazy("today", &[], GIVES_DATE, |evaluation, _| evaluation.today()),
    // Rows
    lazy("indexed-repeat", &[Param::Reference, Param::Reference, NUMBER], Gives::Special, rows::indexed_repeat),
    lazy("position", &[Param::Parent], GIVES_NUMBER, rows::position).needing(0),
    // What looks outside the answers of the report
    lazy("parameter", &[Param::Word], Gives::Special, eval::parameter).word(),
    lazy("row", &[Param::Word], Gives::Special, eval::row).word(),
    lazy("org", &[Param::Word], Gives::Special, eval::org).served(),
    lazy("previous", &[Param::Reference, NUMBER], Gives::Special, eval::previous).needing(1).served(),
    lazy("children", &[Param::Reference], Gives::Special, eval::children).served(),
    lazy("peers", &[Param::Reference], Gives::Special, eval::peers).served(),
];

/// Functions that forms elsewhere call and that are left out here, with the key of the reason; `now` and `once` would
/// make a report mean something else each time it is computed.
const ABSENT: [(&str, &[&str]); 7] = [
    ("expr.absent-place", &["area", "enclosed-area", "distance", "geofence", "intersects"]),
    ("expr.absent-chance", &["uuid", "random", "randomize"]),
    ("expr.absent-moment", &["now"]),
    ("expr.absent-once", &["once"]),
    ("expr.absent-file", &["pulldata", "instance"]),
    ("expr.absent-phone", &["extract-signed", "property", "version", "depend", "jr:itext"]),
    ("expr.absent-path", &["current", "last", "name", "local-name", "namespace-uri", "id", "lang"]),
];

/// The functions that other engines have and this language leaves out, with the reason; for the reference and faults.
pub fn absent() -> impl Iterator<Item = (&'static str, Words)> {
    ABSENT.iter().flat_map(|(reason, names)| names.iter().map(|name| (*name, Words::new(reason))))
}
