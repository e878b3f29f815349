//! One question of the form file.

use super::coerce::type_of;
use super::defaults::{self, Literal};
use super::expression::{self, Ask, Source, say};
use super::files;
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
    /// How it is computed, which stands at its end.
    pub computed: Option<(Mapped, Said)>,
}

/// Columns that say nothing here.
const DROPPED: [&str; 13] = [
    "choice_filter",
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
            Kind::File(_) if computed => self.calculate(Some("file"))?,
            Kind::File(media) => files::write(&mut self, media),
            Kind::Choice(choice) => self.choice(choice),
            _ => return None,
        }
        self.texts();
        self.conditions(around);
        if let Some((mapped, said)) = self.computed.take() {
            let spot = self.spot(if said.key == "calculation" { "calculation" } else { "default" });
            self.table.expression("calculation", &mapped, &said.text, spot);
        }
        self.dropped();
        Some(self.table)
    }

    fn spot(&self, key: &str) -> Spot {
        self.item.spot(self.whole.survey, key)
    }

    pub(super) fn note(&mut self, key: &str, words: Words) {
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
            self.computed = Some((Mapped::new(&defaults::text_literal(&said.text), 0), said));
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
        self.computed = Some((mapped, said));
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
        for key in ["min", "max"] {
            if let Some(number) = self.ours(key) {
                self.table.bare(key, &number);
            }
        }
        self.missing();
    }

    /// Whether an absence may be stated: written beside the type, where the form had been one of ours.
    pub(super) fn missing(&mut self) {
        if self.item.row.text("svod").is_some_and(|ours| ours.split(' ').any(|word| word == "missing")) {
            self.table.bare("missing", "true");
        }
    }

    /// A number that was written beside the type, where the form had been one of ours.
    fn ours(&self, key: &str) -> Option<String> {
        let number: f64 = parameter(self.item.row.text("svod")?, key)?.parse().ok()?;
        number.is_finite().then(|| crate::text::canonical(number))
    }

    /// A constraint without the bounds that are written as such.
    fn without_bounds(&self, constraint: &str) -> String {
        let percent = self.item.kind == Kind::Plain("percent");
        let bound = |key, usual: &str| self.ours(key).or_else(|| percent.then(|| usual.to_owned()));
        let low = bound("min", "0").map(|number| format!(". >= {number}"));
        let high = bound("max", "100").map(|number| format!(". <= {number}"));
        let bounds = low.into_iter().chain(high).collect::<Vec<_>>().join(" and ");
        match constraint.strip_prefix(&bounds).filter(|_| !bounds.is_empty()) {
            Some("") => String::new(),
            Some(rest) => {
                let inside = rest.strip_prefix(" and (").and_then(|rest| rest.strip_suffix(')'));
                inside.map_or_else(|| constraint.to_owned(), str::to_owned)
            }
            None => constraint.to_owned(),
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
        self.table.cell("type", &format!("{} {list}", choice.word), spot);
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
    }

    fn choice_filter(&mut self) {
        if !matches!(self.item.kind, Kind::Choice(_)) {
            return;
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
            self.choice_filter();
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
        let Some(mut said) = self.item.row.get("constraint").cloned() else { return };
        if self.item.row.get("svod").is_some() {
            said.text = self.without_bounds(&said.text);
        }
        if said.text.is_empty() {
            return;
        }
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
        if defaults::is_dynamic(&said.text) {
            let wanted = if value.list { Scalar::Any } else { value.scalar };
            let ask = Ask { wanted, this: value, default: true, ..Ask::truth(self.block) };
            if let Some((mapped, _)) = self.read("default", &said, ask) {
                let spot = self.spot("default");
                self.table.expression("default", &mapped, &said.text, spot);
            }
            return;
        }
        match defaults::literal(&self.item.kind, self.whole, &said.text) {
            Some(Literal::Bare(bare)) => self.table.bare("default", &bare),
            Some(Literal::Text(text)) => {
                let spot = self.spot("default");
                self.table.cell("default", &text, spot);
            }
            None => self.note("default", Words::new("xlsform.default-dropped").with("value", &said.text)),
        }
    }

    /// What was written and says nothing here.
    fn dropped(&mut self) {
        let used = matches!(&self.item.kind, Kind::Plain("text" | "range") | Kind::Choice(_));
        for said in self.item.row.cells.clone() {
            let Some(name) = DROPPED.iter().find(|name| **name == said.key) else { continue };
            let meant = (*name == "choice_filter" && matches!(self.item.kind, Kind::Choice(_)))
                || used && matches!(*name, "rows" | "parameters" | "appearance") && self.understood(&said);
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

/// What a calculation gives, in the words of form files.
fn value_word(found: Type) -> &'static str {
    match found.scalar {
        Scalar::Number => "decimal",
        Scalar::Boolean => "boolean",
        Scalar::Date => "date",
        _ => "text",
    }
}
