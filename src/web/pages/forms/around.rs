//! What is known besides the report that a form is tried with: answers of earlier periods, other forms, other organisations.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::faults::Checked;
use crate::error::Place;
use crate::form::{self, Answers, Context, Filled, Form, Values};
use crate::lang::{Lang, Words};
use crate::web::layout::encoded;
use crate::web::visit::Fields;

/// So many earlier periods can be given.
const PERIODS: u32 = 12;

/// A longer text is no answers.
const LONGEST: usize = 256 << 10;

/// Faults of answers that are said here; what is not filled in or not allowed is not asked of them.
const SAID: [&str; 3] = ["unknown-name", "wrong-type", "unknown-choice"];

/// Whose answers a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    /// Of the report so many periods ago.
    Previous(u32),
    /// Of another form.
    Other(String),
    /// Of the other organisations of the region, in a list.
    Peers,
}

/// A field, what was written in it, and what is wrong with that.
struct Given {
    of: Of,
    label: Words,
    text: String,
    json: Json,
    faults: Vec<Words>,
}

/// Everything that the form looks at besides the report, as it was written.
pub(super) struct Around {
    given: Vec<Given>,
}

impl Around {
    /// The fields that the form has a use for, with what a browser sent in them.
    pub fn of(form: &Form, checked: &Checked, sent: &Fields, context: &Context) -> Around {
        let reach = form.reach();
        let previous = (1..=reach.previous.min(PERIODS)).map(Of::Previous);
        let others = reach.others.iter().map(|id| Of::Other(id.clone()));
        let peers = (!form.asked_of_peers().is_empty()).then_some(Of::Peers);
        let given = previous.chain(others).chain(peers).map(|of| {
            let text = sent.get(&of.field()).unwrap_or_default().replace("\r\n", "\n");
            let label = of.label(checked, context);
            let (json, faults) = match read(&text, of == Of::Peers) {
                Ok(json) => {
                    let faults = amiss(&json, of.form(form, checked), context);
                    (json, faults)
                }
                Err(words) => (Json::Null, vec![words]),
            };
            Given { of, label, text, json, faults }
        });
        Around { given: given.collect() }
    }

    /// Whether something written cannot be taken as it is.
    pub fn faulty(&self) -> bool {
        self.given.iter().any(|given| !given.faults.is_empty())
    }

    /// Earlier periods, the nearest first, and other forms.
    pub fn known(&self, form: &Form, checked: &Checked, context: &Context) -> (Vec<Values>, BTreeMap<String, Values>) {
        let earlier: Vec<Json> = self
            .given
            .iter()
            .filter(|given| matches!(given.of, Of::Previous(_)))
            .map(|given| if given.json.is_object() { given.json.clone() } else { json!({}) })
            .collect();
        let none = earlier.iter().all(|one| one.as_object().is_some_and(serde_json::Map::is_empty));
        let previous = if none { Vec::new() } else { form::earlier(form, &earlier, context.period) };
        let find = |id: &str| checked.others.iter().find(|other| other.id == id).map(|other| (**other).clone());
        let others = self.given.iter().filter_map(|given| match &given.of {
            Of::Other(id) if given.json.is_object() => {
                Some((id.clone(), form::other(form, (id, &given.json), context.period, &find)))
            }
            _ => None,
        });
        (previous, others.collect())
    }

    /// The lists of the region, where other organisations were given.
    pub fn peers(&self, form: &Form, filled: &Filled) -> form::Peers {
        let peers = self.given.iter().find(|given| given.of == Of::Peers);
        let others = peers.and_then(|given| given.json.as_array().cloned()).unwrap_or_default();
        form::among(form, filled, &others)
    }

    /// The fields, each with what is wrong below it.
    pub fn fields(&self, lang: Lang) -> Markup {
        html! {
            div #around {
                @if !self.given.is_empty() {
                    details.around open[self.given.iter().any(|given| !given.text.trim().is_empty())] {
                        summary { (lang.t("forms.around")) }
                        p.hint #around-how { (lang.t("forms.around-how")) }
                        @for given in &self.given { (field(given, lang)) }
                    }
                }
            }
        }
    }
}

fn field(given: &Given, lang: Lang) -> Markup {
    let name = given.of.field();
    let id = encoded(&name).replace('%', "-");
    html! {
        div.question {
            label for=(id) { (given.label.say(lang)) }
            textarea.code-text id=(id) name=(name) rows="3" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-describedby={ "around-how " (id) "-fault" } aria-invalid=[(!given.faults.is_empty()).then_some("true")] { "\n" (given.text) }
            div id={ (id) "-fault" } data-around {
                @for fault in &given.faults { p.fault { (fault.say(lang)) } }
            }
        }
    }
}

impl Of {
    fn field(&self) -> String {
        match self {
            Of::Previous(back) => format!("previous:{back}"),
            Of::Other(id) => format!("other:{id}"),
            Of::Peers => "peers".to_owned(),
        }
    }

    fn label(&self, checked: &Checked, context: &Context) -> Words {
        match self {
            Of::Previous(back) => match context.period.and_then(|period| period.back(*back)) {
                Some(period) => Words::new("forms.around-period").with("period", period.genitive()),
                None => Words::new("forms.around-back").with("n", i64::from(*back)),
            },
            Of::Other(id) => {
                let other = checked.others.iter().find(|other| other.id == *id);
                let title = other.map_or(id.as_str(), |other| other.title.as_str());
                Words::new("forms.around-other").with("title", title).with("id", id)
            }
            Of::Peers => Words::new("forms.around-peers"),
        }
    }

    /// The form that the answers are answers of, where it is known.
    fn form<'f>(&self, form: &'f Form, checked: &'f Checked) -> Option<&'f Form> {
        match self {
            Of::Other(id) => checked.others.iter().find(|other| other.id == *id).map(|other| &**other),
            Of::Previous(_) | Of::Peers => Some(form),
        }
    }
}

/// Reads a text as an object, or as a list of objects; an empty one is nothing.
fn read(text: &str, list: bool) -> Result<Json, Words> {
    if text.trim().is_empty() {
        return Ok(Json::Null);
    }
    if text.len() > LONGEST {
        return Err(Words::new("forms.around-long").with("n", LONGEST >> 10));
    }
    let at = |line: usize, column: usize, detail: Words| {
        Words::new("forms.around-at").with("line", line).with("column", column).with("detail", detail)
    };
    let json: Json = serde_json::from_str(text)
        .map_err(|error| at(error.line().max(1), error.column().max(1), Words::new("cli.json")))?;
    let objects = json.as_array().is_some_and(|all| all.iter().all(Json::is_object));
    match (list, json.is_object()) {
        (true, _) if objects => Ok(json),
        (true, _) => Err(at(1, 1, Words::new("forms.around-list"))),
        (false, true) => Ok(json),
        (false, false) => Err(at(1, 1, Words::new("cli.json-object"))),
    }
}

/// What the form of some answers says of them.
fn amiss(json: &Json, form: Option<&Form>, context: &Context) -> Vec<Words> {
    let Some(form) = form else { return Vec::new() };
    let each: Vec<&Json> = match json {
        Json::Array(all) => all.iter().collect(),
        Json::Null => Vec::new(),
        one => vec![one],
    };
    let surroundings = Context { organisations: context.organisations.clone(), ..Context::default() };
    let mut words = Vec::new();
    for answers in each {
        let filled = form.fill(&Answers::from_json(answers), &surroundings);
        for fault in filled.faults.into_iter().filter(|fault| SAID.contains(&fault.code)) {
            let Place::Answer(path) = &fault.at else { continue };
            let said = Words::new("forms.around-answer").with("path", path).with("detail", fault.message.clone());
            words.push(match fault.hint {
                Some(hint) => Words::new("forms.around-hint").with("said", said).with("hint", hint),
                None => said,
            });
        }
    }
    words.dedup();
    words
}
