//! One question of the form file.

use super::coerce::type_of;
use super::expression::{self, Ask, Source, say};
use super::mapped::Mapped;
use super::page::Table;
use super::paths::Filter;
use super::rows::Said;
use super::settings::{is_no, is_yes};
use super::show::Showing;
use super::told::{Spot, Told};
use super::tree::Item;
use super::types::{self, Choice, From, Kind};
use super::write::Whole;
use crate::expr::{Scalar, Type};
use crate::lang::Words;

/// A question as it is written.
pub(super) struct Writing<'w> {
    pub whole: &'w Whole<'w>,
    pub showing: &'w Showing<'w>,
    pub told: &'w mut Told,
    pub item: &'w Item,
    /// The repeat or table that it stands in.
    pub block: Option<usize>,
    pub table: Table,
}

/// Columns that say nothing here.
const DROPPED: [&str; 12] = [
    "image",
    "big-image",
    "audio",
    "video",
    "autoplay",
    "save_to",
    "query",
    "intent",
    "no_app_error_string",
    "rows",
    "parameters",
    "appearance",
];

impl<'w> Writing<'w> {
    /// Writes the question; `around` are the conditions of groups around it that the form cannot have as groups.
    pub fn field(mut self, around: &[Mapped]) -> Option<Table> {
        self.table.string("name", &self.item.name);
        let computed = self.item.row.get("calculation").is_some();
        match &self.item.kind {
            Kind::Calculate => self.calculate(None)?,
            Kind::Hidden => self.calculate(None)?,
            Kind::Plain(word) if computed => self.calculate(Some(word))?,
            Kind::Plain(word) => self.plain(word),
            Kind::Choice(choice) => self.choice(choice),
            _ => return None,
        }
        self.texts();
        self.conditions(around);
        self.dropped();
        Some(self.table)
    }

    fn spot(&self, key: &str) -> Spot {
        self.item.spot(self.whole.survey, key)
    }

    fn note(&mut self, key: &str, words: Words) {
        let spot = self.spot(key);
        say(&mut self.table, self.told, &spot, words);
    }

    fn read(&mut self, key: &str, said: &Said, ask: Ask) -> Option<(Mapped, Type)> {
        let spot = self.spot(key);
        let filter = if key == "choice_filter" { self.filter() } else { Filter::None };
        expression::read(self.whole, Source { said, spot: &spot, filter }, ask, (&mut self.table, self.told))
    }

    /// The list whose columns a filter may name.
    fn filter(&self) -> Filter<'w> {
        let Kind::Choice(choice) = &self.item.kind else { return Filter::None };
        self.whole.lists.find(choice.from, &choice.list).map_or(Filter::Open, Filter::Of)
    }

    fn value_type(&self) -> Type {
        types::value_of(&self.item.kind)
    }

    /// A value that is computed; of a question that is asked elsewhere, its type is known.
    fn calculate(&mut self, word: Option<&str>) -> Option<()> {
        let key = if self.item.row.get("calculation").is_some() { "calculation" } else { "default" };
        let Some(said) = self.item.row.get(key).cloned() else {
            self.note("type", Words::new("xlsform.hidden-dropped").with("name", &self.item.written));
            return None;
        };
        if self.item.kind == Kind::Hidden && key == "default" {
            self.table.string("type", "calculate");
            self.table.string("value", "text");
            self.table.string("calculation", &text_literal(&said.text));
            return Some(());
        }
        let own = self.value_type().scalar;
        let wanted = if word.is_some() { own } else { type_of(self.whole.names, self.item.id).scalar };
        let ask = Ask { wanted, this: Type::one(wanted), ..Ask::truth(self.block) };
        let (mapped, found) = self.read(key, &said, ask)?;
        if word.is_some() && !self.item.row.text("read_only").is_some_and(is_yes) {
            self.note("calculation", Words::new("xlsform.computed").with("name", &self.item.written));
        }
        self.table.string("type", "calculate");
        self.table.string("value", word.unwrap_or(value_word(found)));
        let spot = self.spot(key);
        self.table.expression("calculation", &mapped, &said.text, spot);
        Some(())
    }

    fn plain(&mut self, word: &str) {
        self.table.string("type", word);
        let appearance = self.item.row.text("appearance").unwrap_or_default();
        let rows = self.item.row.get("rows").is_some() || self.parameter("rows").is_some();
        if word == "text" && (rows || appearance.split(' ').any(|word| word == "multiline")) {
            self.table.string("appearance", "multiline");
        }
        if word == "range" {
            self.range(appearance.contains("rating"));
        }
    }

    fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.item.row.text("parameters")?, name)
    }

    fn range(&mut self, rating: bool) {
        for (parameter, key, usual) in [("start", "min", 1.0), ("end", "max", 10.0), ("step", "step", 1.0)] {
            let number = match self.parameter(parameter) {
                None => Some(usual),
                Some(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()),
            };
            match number {
                Some(number) => self.table.bare(key, &crate::text::canonical(number)),
                None => {
                    let words = Words::new("xlsform.range-number").with("name", parameter);
                    self.told.error(&self.spot("parameters"), "wrong-type", words, None);
                }
            }
        }
        if rating {
            self.table.string("appearance", "rating");
        }
    }

    fn choice(&mut self, choice: &Choice) {
        let list = match choice.from {
            From::File => super::head::file_list(&choice.list),
            _ => self.whole.lists.find(choice.from, &choice.list).map_or(choice.list.as_str(), |list| &list.name),
        };
        let spot = self.spot("type");
        self.table.from_cell("type", &format!("{} {list}", choice.word), spot);
        if choice.or_other {
            self.table.bare("or_other", "true");
        }
        let appearance = self.item.row.text("appearance").unwrap_or_default();
        let look = appearance.split([' ', '(']).find_map(|word| match word {
            "minimal" | "compact" => Some("minimal"),
            "search" | "autocomplete" => Some("search"),
            _ => None,
        });
        if let Some(look) = look.filter(|_| choice.word != "rank") {
            self.table.string("appearance", look);
        }
        if let Some(said) = self.item.row.get("choice_filter").cloned()
            && let Some((mapped, _)) = self.read("choice_filter", &said, Ask::truth(self.block))
        {
            let spot = self.spot("choice_filter");
            self.table.expression("choice_filter", &mapped, &said.text, spot);
        }
    }

    fn texts(&mut self) {
        let plain = &self.whole.settings.plain_language;
        for key in ["label", "hint", "guidance_hint", "required_message", "constraint_message"] {
            let Some(texts) = self.showing.text(&self.item.row, key) else { continue };
            if texts.changed {
                self.note(key, Words::new("xlsform.label-plain"));
            }
            self.table.texts(key, &texts, plain);
        }
    }

    fn conditions(&mut self, around: &[Mapped]) {
        let computed =
            self.item.row.get("calculation").is_some() || matches!(self.item.kind, Kind::Calculate | Kind::Hidden);
        self.relevant(around);
        if !computed {
            self.truth("required");
            self.constraint();
            self.default();
            self.read_only();
        }
    }

    /// The question's own relevance together with that of groups that are not groups here.
    fn relevant(&mut self, around: &[Mapped]) {
        let own = self.item.row.get("relevant").cloned();
        let read = own.as_ref().and_then(|said| self.read("relevant", said, Ask::truth(self.block)));
        let own_text = own.map(|said| said.text).unwrap_or_default();
        let mut all: Vec<Mapped> = around.to_vec();
        all.extend(read.map(|(mapped, _)| mapped));
        let Some(joined) = both(&all) else { return };
        let spot = self.spot("relevant");
        self.table.expression("relevant", &joined, &own_text, spot);
    }

    /// A truth: `yes`, `no`, or a condition.
    fn truth(&mut self, key: &'static str) {
        let Some(said) = self.item.row.get(key).cloned() else { return };
        if is_yes(&said.text) {
            return self.table.bare(key, "true");
        }
        if is_no(&said.text) {
            return;
        }
        if let Some((mapped, _)) = self.read(key, &said, Ask::truth(self.block)) {
            let spot = self.spot(key);
            self.table.expression(key, &mapped, &said.text, spot);
        }
    }

    fn constraint(&mut self) {
        let Some(said) = self.item.row.get("constraint").cloned() else { return };
        let ask = Ask { this: self.value_type(), ..Ask::truth(self.block) };
        if let Some((mapped, _)) = self.read("constraint", &said, ask) {
            let spot = self.spot("constraint");
            self.table.expression("constraint", &mapped, &said.text, spot);
        }
    }

    fn read_only(&mut self) {
        let Some(said) = self.item.row.get("read_only").cloned() else { return };
        if is_yes(&said.text) {
            self.table.bare("read_only", "true");
        } else if !is_no(&said.text) {
            self.note("read_only", Words::new("xlsform.read-only-dropped"));
        }
    }

    fn default(&mut self) {
        let Some(said) = self.item.row.get("default").cloned() else { return };
        let value = self.value_type();
        if is_dynamic(&said.text) {
            let wanted = if value.list { Scalar::Any } else { value.scalar };
            let ask = Ask { wanted, this: value, default: true, ..Ask::truth(self.block) };
            if let Some((mapped, _)) = self.read("default", &said, ask) {
                let spot = self.spot("default");
                self.table.expression("default", &mapped, &said.text, spot);
            }
            return;
        }
        match self.literal(&said.text) {
            Some(Literal::Bare(bare)) => self.table.bare("default", &bare),
            Some(Literal::Text(text)) => {
                let spot = self.spot("default");
                self.table.from_cell("default", &text, spot);
            }
            None => self.note("default", Words::new("xlsform.default-dropped").with("value", &said.text)),
        }
    }

    /// A default that is a value; `None` where the question cannot have it.
    fn literal(&self, text: &str) -> Option<Literal> {
        match &self.item.kind {
            Kind::Plain("integer" | "decimal" | "percent" | "range") => {
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
                Some(Literal::Bare(crate::text::canonical(number)))
            }
            Kind::Plain("date") => {
                let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
                Some(Literal::Text(format!("date('{day}')")))
            }
            Kind::Plain("time") => Some(Literal::Text(format!("'{}'", time(text)?))),
            Kind::Plain("datetime") => {
                let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
                let time = text.get(11..).and_then(time).unwrap_or_else(|| "00:00".to_owned());
                Some(Literal::Text(format!("'{day}T{time}'")))
            }
            Kind::Plain("acknowledge") => (text == "OK").then(|| Literal::Text("'OK'".to_owned())),
            Kind::Choice(choice) => {
                let Some(list) = self.whole.lists.find(choice.from, &choice.list) else {
                    return Some(Literal::Text(text_literal(text)));
                };
                let codes: Vec<&str> = if choice.word == "select_one" { vec![text] } else { text.split(' ').collect() };
                let known = |code: &&str| list.choices.iter().any(|choice| choice.name == **code);
                codes.iter().all(known).then(|| Literal::Text(text.to_owned()))
            }
            _ => Some(Literal::Text(text_literal(text))),
        }
    }

    /// What was written and says nothing here.
    fn dropped(&mut self) {
        let used = match &self.item.kind {
            Kind::Plain("text" | "range") | Kind::Choice(_) => true,
            _ => false,
        };
        for said in self.item.row.cells.clone() {
            let Some(name) = DROPPED.iter().find(|name| **name == said.key) else { continue };
            let meant = used && matches!(*name, "rows" | "parameters" | "appearance") && self.understood(&said);
            if !meant {
                let words = Words::new("xlsform.value-dropped").with("name", *name).with("value", &said.text);
                let spot = Spot { column: said.at, ..self.spot("type") };
                say(&mut self.table, self.told, &spot, words);
            }
        }
        if let Some(remark) = self.item.row.text("note") {
            self.table.note(Words::literal(remark));
        }
    }

    /// Whether an appearance or a parameter is written as something of ours.
    fn understood(&self, said: &Said) -> bool {
        let known: &[&str] = match (&self.item.kind, said.key.as_str()) {
            (Kind::Plain("text"), "appearance") => &["multiline"],
            (Kind::Plain("text"), "rows") => return true,
            (Kind::Plain("text"), "parameters") => return self.parameter("rows").is_some(),
            (Kind::Plain("range"), "appearance") => &["rating"],
            (Kind::Plain("range"), "parameters") => return true,
            (Kind::Choice(choice), "appearance") if choice.word != "rank" => {
                &["minimal", "compact", "search", "autocomplete"]
            }
            _ => return false,
        };
        said.text.split(' ').all(|word| known.contains(&word))
    }
}

/// A default as it is written.
enum Literal {
    /// A number.
    Bare(String),
    /// An expression or a code.
    Text(String),
}

/// Several conditions as one.
pub(super) fn both(all: &[Mapped]) -> Option<Mapped> {
    match all {
        [] => None,
        [one] => Some(one.clone()),
        [first, rest @ ..] => {
            let mut joined = first.clone().between("(", ")");
            for other in rest {
                joined.push_new(" and ", joined.origin(joined.text.len()));
                joined.push(&other.clone().between("(", ")"));
            }
            Some(joined)
        }
    }
}

/// The value of a parameter: `start=1; end=5`.
pub(super) fn parameter(parameters: &str, name: &str) -> Option<String> {
    let each = parameters.split([' ', ',', ';']).filter_map(|pair| pair.split_once('='));
    each.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// Whether a default is computed: it speaks of an answer or calls a function.
fn is_dynamic(text: &str) -> bool {
    let calls =
        text.find('(').is_some_and(|at| text[..at].ends_with(|c: char| c.is_ascii_lowercase()) && text.ends_with(')'));
    text.contains("${") || calls
}

/// `14:30` out of `14:30:00.000+03:00`.
fn time(text: &str) -> Option<String> {
    let time = text.get(..5)?;
    let (hours, minutes) = time.split_once(':')?;
    let within = |part: &str, below: u8| part.parse::<u8>().is_ok_and(|number| number < below);
    (within(hours, 24) && within(minutes, 60)).then(|| time.to_owned())
}

/// A text as an expression.
fn text_literal(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(", \"'\", "))
}

/// What a calculation gives, in the words of form files.
fn value_word(found: Type) -> &'static str {
    match found.scalar {
        Scalar::Number => "decimal",
        Scalar::Boolean => "boolean",
        Scalar::Date => "date",
        _ => "text",
    }
}
