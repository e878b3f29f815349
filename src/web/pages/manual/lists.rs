//! What the program knows by itself: the types of questions, the periods, the functions with what their examples give.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::document;
use crate::expr::functions::{self, Function, Param};
use crate::expr::{OPERATORS, Scalar, Works, loose};
use crate::lang::{Lang, Words};
use crate::period::PeriodType;
use crate::web::pages::today;
use crate::web::reference::{Entry, Said};

#[derive(Deserialize)]
struct Kinds {
    kind: Vec<ToldKind>,
}

/// A type of question as people are told of it.
#[derive(Deserialize)]
struct ToldKind {
    name: String,
    #[serde(flatten)]
    said: Said,
}

#[derive(Deserialize)]
struct Functions {
    part: Vec<Part>,
}

/// Functions that are told of together.
#[derive(Deserialize)]
struct Part {
    #[serde(flatten)]
    said: Said,
    function: Vec<ToldFunction>,
}

/// A function as people are told of it.
#[derive(Deserialize)]
struct ToldFunction {
    name: String,
    #[serde(flatten)]
    said: Said,
    example: String,
}

#[derive(Deserialize)]
struct Operators {
    operator: Vec<ToldOperator>,
}

/// An operator as people are told of it.
#[derive(Deserialize)]
struct ToldOperator {
    sign: String,
    #[serde(flatten)]
    said: Said,
    example: String,
}

fn told_operators() -> Vec<ToldOperator> {
    let text = include_str!("../../assets/manual/operators.toml");
    toml::from_str::<Operators>(text).map(|operators| operators.operator).unwrap_or_default()
}

fn told_kinds() -> Vec<ToldKind> {
    let text = include_str!("../../assets/manual/kinds.toml");
    toml::from_str::<Kinds>(text).map(|kinds| kinds.kind).unwrap_or_default()
}

fn told_functions() -> Vec<Part> {
    let text = include_str!("../../assets/manual/functions.toml");
    toml::from_str::<Functions>(text).map(|functions| functions.part).unwrap_or_default()
}

/// The types of questions and what is said of them.
pub(in crate::web) fn told_types(lang: Lang) -> impl Iterator<Item = (String, String)> {
    told_kinds().into_iter().map(move |kind| (kind.name, kind.said.of(lang).to_owned()))
}

/// The functions part by part, as entries of the reference.
pub(in crate::web) fn told_parts(lang: Lang) -> impl Iterator<Item = (String, Vec<Entry>)> {
    let entry = move |told: ToldFunction| {
        let function = functions::find(&told.name)?;
        Some(Entry {
            id: format!("f-{}", told.name),
            term: signature(function, lang),
            takes: String::new(),
            said: told.said.of(lang).to_owned(),
            works: works(function.works(), lang),
            gives: given(&told.example, lang),
            example: Some(told.example),
        })
    };
    let part = move |part: Part| (part.said.of(lang).to_owned(), part.function.into_iter().filter_map(entry).collect());
    told_functions().into_iter().map(part)
}

/// The operators as entries of the reference, as the program's table has them.
pub(in crate::web) fn told_signs(lang: Lang) -> impl Iterator<Item = Entry> {
    let told = told_operators();
    OPERATORS.iter().enumerate().map(move |(number, (sign, op, _))| {
        let told = told.iter().find(|told| told.sign == *sign);
        let example = told.map(|told| told.example.clone());
        Entry {
            id: format!("o-{}", number + 1),
            term: (*sign).to_owned(),
            takes: String::new(),
            said: told.map(|told| told.said.of(lang).to_owned()).unwrap_or_default(),
            works: works(op.works(), lang),
            gives: example.as_ref().and_then(|example| given(example, lang)),
            example,
        }
    })
}

/// «Работает: сервер, браузер, формула Excel.»
fn works(works: Works, lang: Lang) -> String {
    let places =
        [(true, "reference.on-server"), (works.browser, "reference.in-browser"), (works.formula, "reference.in-excel")];
    let places: Vec<String> = places.into_iter().filter(|(there, _)| *there).map(|(_, key)| lang.t(key)).collect();
    Words::new("reference.works").with("places", places.join(", ")).say(lang)
}

/// The types of questions.
pub(super) fn kinds(lang: Lang) -> Markup {
    html! {
        dl.words {
            @for kind in told_kinds() {
                dt { code { (kind.name) } }
                dd { (document::inline(kind.said.of(lang), lang)) }
            }
        }
    }
}

/// The types of periods, each with an example of how it is written.
pub(super) fn periods(lang: Lang) -> Markup {
    let types = PeriodType::names().filter_map(PeriodType::from_name);
    html! {
        dl.words {
            @for kind in types {
                dt { code { (kind.name()) } }
                dd { (kind.name_words().say(lang)) @if kind != PeriodType::Once { ": " code { (kind.example()) } } }
            }
        }
    }
}

/// The functions: how each is called, what it does, an example and what it gives.
pub(super) fn functions(lang: Lang) -> Markup {
    html! {
        @for part in told_functions() {
            h3 { (part.said.of(lang)) }
            dl.functions {
                @for told in &part.function {
                    @if let Some(function) = functions::find(&told.name) {
                        dt id={ "f-" (told.name) } { code { (signature(function, lang)) } }
                        dd {
                            p { (document::inline(told.said.of(lang), lang)) }
                            p.example {
                                code { (told.example) }
                                @if let Some(given) = given(&told.example, lang) { " → " code { (given) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What an example gives for the answers that the page names; nothing for one that makes sense in a form only.
fn given(example: &str, lang: Lang) -> Option<String> {
    let answers = json!({
        "pupils": 240, "marks": [3, 5, null, 4], "kinds": ["own", "brought", "own", "none"], "flags": [true, false, true],
    });
    let value = loose::value(example, &loose::Loose::new(answers, Some(today()))).ok()?;
    Some(match value.to_json() {
        serde_json::Value::Bool(true) => lang.t("form.yes"),
        serde_json::Value::Bool(false) => lang.t("form.no"),
        serde_json::Value::Null => lang.t("form.case-nothing"),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}

/// A function with the names of its parameters; those in brackets may be left out.
fn signature(function: &Function, lang: Lang) -> String {
    let mut written = String::new();
    for (number, param) in function.params.iter().enumerate() {
        let comma = if number > 0 { ", " } else { "" };
        let word = word(*param, lang);
        written += &if number < function.needed { format!("{comma}{word}") } else { format!("[{comma}{word}]") };
    }
    let more = if function.many { ", …" } else { "" };
    format!("{}({written}{more})", function.name)
}

fn word(param: Param, lang: Lang) -> String {
    lang.t(match param {
        Param::One(Scalar::Any) | Param::Element => "manual.param-value",
        Param::Branch => "manual.param-branch",
        Param::One(Scalar::Number) => "manual.param-number",
        Param::One(Scalar::Text) => "manual.param-text",
        Param::Pattern => "manual.param-pattern",
        Param::One(Scalar::Boolean) => "manual.param-condition",
        Param::One(Scalar::Date) => "manual.param-date",
        Param::Values(_) | Param::Ordered => "manual.param-list",
        Param::Reference => "manual.param-reference",
        Param::Word => "manual.param-word",
        Param::Parent => "manual.param-parent",
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::form;
    use crate::form::kind;

    #[test]
    fn every_type_is_told_of_and_no_other() {
        let told: BTreeSet<String> = told_kinds().into_iter().map(|kind| kind.name).collect();
        let known = kind::ALL.iter().map(|kind| kind.name).chain(form::STRUCTURE);
        assert_eq!(told, known.map(str::to_owned).collect(), "(told in kinds.toml, known to the program)");
    }

    #[test]
    fn every_function_is_told_of_and_no_other() {
        let told: Vec<String> =
            told_functions().into_iter().flat_map(|part| part.function).map(|function| function.name).collect();
        let known: BTreeSet<&str> = functions::all().map(|function| function.name).collect();
        let missing: Vec<&&str> = known.iter().filter(|name| !told.iter().any(|told| told == **name)).collect();
        assert!(missing.is_empty(), "functions.toml does not tell of {missing:?}");
        let unknown: Vec<&String> = told.iter().filter(|name| !known.contains(name.as_str())).collect();
        assert!(unknown.is_empty() && told.len() == known.len(), "no such function: {unknown:?}");
    }

    #[test]
    fn every_operator_is_told_of_in_the_order_of_the_table() {
        let told: Vec<String> = told_operators().into_iter().map(|told| told.sign).collect();
        assert_eq!(told, OPERATORS.map(|(sign, ..)| sign));
        for told in told_operators() {
            assert!(told.example.contains(&told.sign) && given(&told.example, Lang::Ru).is_some(), "{}", told.example);
        }
    }

    #[test]
    fn it_is_said_where_each_works() {
        let works = |id: &str, lang| {
            let functions = told_parts(lang).flat_map(|(_, functions)| functions);
            functions.chain(told_signs(lang)).find(|entry| entry.id == id).unwrap().works
        };
        assert_eq!(works("f-round", Lang::Ru), "Работает: сервер, браузер, формула Excel.");
        assert_eq!(works("f-regex", Lang::Ru), "Работает: сервер, браузер.");
        assert_eq!(works("f-digest", Lang::En), "Works: server.");
        assert_eq!(works("o-1", Lang::En), "Works: server, browser, Excel formula.");
    }

    /// An example gives a value, or it is a good expression somewhere in a form.
    #[test]
    fn every_example_of_a_function_holds() {
        let meals = super::super::examples::whole("meals").unwrap();
        let places = [
            "[[check]]\nname = \"probe\"\nover = \"levels\"\ntest = \"\"\"isblank(EXAMPLE)\"\"\"",
            "[[classification]]\nname = \"probe\"\n[[classification.ground]]\nname = \"g\"\nrule = \"\"\"isblank(EXAMPLE)\"\"\"",
            "[[indicator]]\nname = \"probe\"\nnumerator = \"\"\"EXAMPLE\"\"\"",
        ];
        for told in told_functions().into_iter().flat_map(|part| part.function) {
            let example = &told.example;
            assert!(example.contains(&format!("{}(", told.name)), "{}: {example}", told.name);
            let fits = |place: &&str| {
                form::read(&format!("{meals}\n\n{}\n", place.replace("EXAMPLE", example)), "x.toml").is_ok()
            };
            assert!(given(example, Lang::Ru).is_some() || places.iter().any(fits), "{example}");
        }
    }

    #[test]
    fn parameters_that_may_be_left_out_stand_in_brackets() {
        let written = |name| signature(functions::find(name).unwrap(), Lang::En);
        assert_eq!(written("round"), "round(number[, number])");
        assert_eq!(written("coalesce"), "coalesce(value, value, …)");
        assert_eq!(written("today"), "today()");
    }
}
