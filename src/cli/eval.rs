//! `svod eval`: a form, answers, and everything that follows from them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value as Json;

use super::{Outcome, forms, say};
use crate::config::Config;
use crate::error::{Error, Fault, Place, Result};
use crate::form::{self, Answers, Context, Form, Peers, Values};
use crate::lang::Words;
use crate::period::Period;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The form: an id or a file
    form: String,
    /// The answers
    answers: PathBuf,
    /// The period of the answers
    #[arg(long, value_name = "P")]
    period: Option<String>,
    /// Answers of the period before; once more for the period before that
    #[arg(long, value_name = "FILE")]
    previous: Vec<PathBuf>,
    /// Answers of another form of the same organisation and period
    #[arg(long, value_name = "FORM=FILE")]
    other: Vec<String>,
    /// Answers of a form of a subordinate organisation; once more for each
    #[arg(long, value_name = "FORM=FILE")]
    child: Vec<String>,
    /// Answers of another organisation of the region; once more for each. Without them no place among others is known
    #[arg(long, value_name = "FILE")]
    peers: Vec<PathBuf>,
    /// Attributes of the organisation
    #[arg(long, value_name = "FILE")]
    org: Option<PathBuf>,
    /// The day that `today()` says
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    let form = forms::find(config, &args.form)?;
    let answers = Answers::from_json(&object(&args.answers)?);
    let period = period(&form, args.period.as_deref())?;
    let previous: Vec<Json> = args.previous.iter().map(|path| object(path)).collect::<Result<_>>()?;
    let mut context = Context {
        period,
        today: Some(today(args.today.as_deref())?),
        previous: form::earlier(&form, &previous, period),
        others: others(config, args, (&form, period))?,
        children: children(config, args, (&form, period))?,
        peers: Peers::default(),
        org: match &args.org {
            Some(path) => form::attributes(&object(path)?),
            None => BTreeMap::new(),
        },
        organisations: None,
    };
    let filled = form.fill(&answers, &context);
    let peers: Vec<Json> = args.peers.iter().map(|path| object(path)).collect::<Result<_>>()?;
    context.peers = form::among(&form, &filled, &peers);
    say::json(&form::filled_json(&form, &filled, &context, config.lang));
    Ok(if filled.blocked() { Outcome::Faults } else { Outcome::Done })
}

fn period(form: &Form, given: Option<&str>) -> Result<Option<Period>> {
    let Some(given) = given else { return Ok(None) };
    match Period::read(form.period, given) {
        Ok(period) => Ok(Some(period)),
        Err(words) => Err(argument("--period", words)),
    }
}

/// A JSON file that holds an object.
pub(super) fn object(path: &Path) -> Result<Json> {
    let text = forms::read_file(path)?;
    let place = || Place::File(path.display().to_string());
    match serde_json::from_str::<Json>(&text) {
        Ok(json) if json.is_object() => Ok(json),
        Ok(_) => Err(Error::fault(Fault::error(place(), "syntax", Words::new("cli.json-object")))),
        Err(error) => {
            let at =
                Place::Line { file: path.display().to_string(), line: error.line(), column: error.column().max(1) };
            Err(Error::fault(Fault::error(at, "syntax", Words::new("cli.json"))))
        }
    }
}

/// The day given by `--today`, or the machine's.
pub(super) fn today(given: Option<&str>) -> Result<Date> {
    match given {
        None => Ok(jiff::Zoned::now().date()),
        Some(given) => crate::text::read_date(given).ok_or_else(|| argument("--today", Words::new("form.answer-date"))),
    }
}

/// A fault of an argument.
pub(super) fn argument(name: &str, words: Words) -> Error {
    Error::fault(Fault::error(Place::Field(name.to_owned()), "wrong-type", words))
}

/// Other forms' answers: filled by their form where it is known, taken as they are where not.
fn others(config: &Config, args: &Args, reader: (&Form, Option<Period>)) -> Result<BTreeMap<String, Values>> {
    let each = args.other.iter().map(|given| of_form(config, ("--other", given), reader));
    each.collect()
}

/// The answers of subordinate organisations, by the form that each filled.
fn children(config: &Config, args: &Args, reader: (&Form, Option<Period>)) -> Result<BTreeMap<String, Vec<Values>>> {
    let mut children: BTreeMap<String, Vec<Values>> = BTreeMap::new();
    for given in &args.child {
        let (id, values) = of_form(config, ("--child", given), reader)?;
        children.entry(id).or_default().push(values);
    }
    Ok(children)
}

/// What `FORM=FILE` says of a form, as the reader sees it.
fn of_form(
    config: &Config,
    (option, given): (&str, &str),
    (form, period): (&Form, Option<Period>),
) -> Result<(String, Values)> {
    let Some((id, path)) = given.split_once('=') else {
        return Err(argument(option, Words::new("cli.other").with("given", given)));
    };
    let answers = object(Path::new(path))?;
    let find = |id: &str| if id == form.id { Some(form.clone()) } else { forms::find(config, id).ok() };
    Ok((id.to_owned(), form::other(form, (id, &answers), period, &find)))
}
