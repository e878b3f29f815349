//! Lists of choices: what is stored, what is shown, and which choice a code or a typed label means.

use std::collections::BTreeMap;
use std::ops::Deref;

use crate::expr::Value;
use crate::ids::OrgType;
use crate::text;

/// How many choices one list may have.
pub const LIMIT: usize = 50_000;

/// A list of choices, in order.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The list's name.
    pub name: String,
    /// Where its choices come from.
    pub from: From,
    choices: Vec<Choice>,
    by_name: BTreeMap<String, usize>,
    /// By folded label; `None` where several have it.
    by_label: BTreeMap<String, Option<usize>>,
}

/// Where the choices of a list come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum From {
    /// The form.
    #[default]
    Form,
    /// The registry of organisations: those of one type, or all.
    Organisations(Option<OrgType>),
}

/// A choice: what is stored and what is shown.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The code that is stored.
    pub name: String,
    /// The text.
    pub label: String,
    /// The text in the other languages of the form: whoever types one of them means this choice too.
    pub also: Vec<String>,
    /// Any other key.
    pub attributes: BTreeMap<String, Value>,
    /// It is offered whatever a filter says.
    pub always: bool,
}

/// No list at all.
pub static NONE: Choices = empty(From::Form);

/// Organisations where no registry is at hand: whatever looks like a code may be one.
pub static ANY_ORGANISATION: Choices = empty(From::Organisations(None));

const fn empty(from: From) -> Choices {
    Choices { name: String::new(), from, choices: Vec::new(), by_name: BTreeMap::new(), by_label: BTreeMap::new() }
}

impl Choices {
    /// A list of these choices; of several with one code the first is found.
    pub fn new(name: &str, from: From, choices: Vec<Choice>) -> Choices {
        let (mut by_name, mut by_label) = (BTreeMap::new(), BTreeMap::new());
        for (number, choice) in choices.iter().enumerate() {
            by_name.entry(choice.name.clone()).or_insert(number);
            for called in choice.called() {
                let label = by_label.entry(text::folded(called)).or_insert(Some(number));
                if *label != Some(number) {
                    *label = None;
                }
            }
        }
        for (number, choice) in choices.iter().enumerate().filter(|(_, choice)| !choice.attributes.is_empty()) {
            for was in choice.was() {
                by_name.entry(was).or_insert(number);
            }
        }
        Choices { name: name.to_owned(), from, choices, by_name, by_label }
    }

    /// The choice of a code of today, else of an earlier one (`was`).
    pub fn find(&self, code: &str) -> Option<&Choice> {
        self.by_name.get(code).map(|number| &self.choices[*number])
    }

    /// The only choice that people call so, case and spaces aside.
    pub fn called(&self, label: &str) -> Option<&Choice> {
        self.by_label.get(&text::folded(label)).copied().flatten().map(|number| &self.choices[number])
    }

    /// The label of a code; the code itself where the list does not have it.
    pub fn label(&self, code: &str) -> String {
        self.find(code).map_or_else(|| code.to_owned(), |choice| choice.label.clone())
    }

    /// The label of a code with the code beside it; the code itself where the list does not have it.
    pub fn with_code(&self, code: &str) -> String {
        self.find(code).map_or_else(|| code.to_owned(), |choice| format!("{} ({code})", choice.label))
    }

    /// Whether the list is the registry of organisations, or a part of it.
    pub fn is_of_registry(&self) -> bool {
        self.from != From::Form
    }

    /// A label that says which choice is meant: with its code where several have it.
    pub fn telling(&self, choice: &Choice) -> String {
        match self.called(&choice.label) {
            Some(_) => choice.label.clone(),
            None => format!("{} ({})", choice.label, choice.name),
        }
    }

    /// The code that a typed code or label means; the text itself where it means none.
    pub fn meant(&self, typed: &str) -> String {
        let told = || self.find(typed.strip_suffix(')')?.rsplit_once('(')?.1);
        let found = self.find(typed).or_else(|| self.called(typed)).or_else(told);
        found.map_or_else(|| typed.to_owned(), |choice| choice.name.clone())
    }

    /// Whether nobody knows what is in the list.
    pub fn is_open(&self) -> bool {
        self.from != From::Form && self.choices.is_empty()
    }
}

impl Deref for Choices {
    type Target = [Choice];

    fn deref(&self) -> &[Choice] {
        &self.choices
    }
}

impl Choice {
    /// A choice without attributes.
    pub fn plain(name: &str, label: &str) -> Choice {
        let (name, label) = (name.to_owned(), label.to_owned());
        Choice { name, label, also: Vec::new(), attributes: BTreeMap::new(), always: false }
    }

    /// Every text that it is called by, in any language; the one that is shown first.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.label).chain(&self.also).map(String::as_str)
    }

    /// Its earlier codes.
    pub fn was(&self) -> Vec<String> {
        match self.attributes.get("was") {
            Some(Value::List(list)) => list.iter().map(Value::as_text).collect(),
            Some(single) if !single.is_empty() => vec![single.as_text()],
            _ => Vec::new(),
        }
    }

    /// What a filter calls by a bare name: `name`, `label`, or any other key of the choice.
    pub fn attribute(&self, name: &str) -> Value {
        match name {
            "name" => Value::text(self.name.as_str()),
            "label" => Value::text(self.label.as_str()),
            other => self.attributes.get(other).cloned().unwrap_or_default(),
        }
    }
}

/// Organisations as lists of choices, by type.
#[derive(Debug, Clone, Default)]
pub struct Organisations {
    all: Choices,
    by_type: BTreeMap<&'static str, Choices>,
}

impl Organisations {
    /// Of organisations with their types, in order.
    pub fn new(organisations: impl IntoIterator<Item = (OrgType, Choice)>) -> Organisations {
        let each: Vec<(OrgType, Choice)> = organisations.into_iter().collect();
        let list = |kind: Option<OrgType>| {
            let of = each.iter().filter(|(known, _)| kind.is_none_or(|kind| kind == *known));
            Choices::new("", From::Organisations(kind), of.map(|(_, choice)| choice.clone()).collect())
        };
        Organisations {
            all: list(None),
            by_type: OrgType::ALL.into_iter().map(|kind| (kind.name(), list(Some(kind)))).collect(),
        }
    }

    /// Those of a type, or all.
    pub fn of(&self, kind: Option<OrgType>) -> &Choices {
        kind.and_then(|kind| self.by_type.get(kind.name())).unwrap_or(&self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_found_by_code_and_by_label() {
        let choice = Choice::plain;
        let list = Choices::new("l", From::Form, vec![choice("a", "Да, есть"), choice("b", "Нет"), choice("c", "нет")]);
        assert_eq!(list.find("b").map(|choice| choice.label.as_str()), Some("Нет"));
        assert_eq!(list.called("да,  есть").map(|choice| choice.name.as_str()), Some("a"));
        assert!(list.called("нет").is_none(), "two are called so");
        assert_eq!(list.telling(&list[2]), "нет (c)");
        assert_eq!(["нет (c)", "Да, есть", "b", "иное"].map(|typed| list.meant(typed)), ["c", "a", "b", "иное"]);
        assert!(!list.is_open() && ANY_ORGANISATION.is_open());
    }
}
