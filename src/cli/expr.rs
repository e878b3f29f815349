//! `svod expr`: one expression, one JSON value.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Outcome, eval, say};
use crate::config::Config;
use crate::error::Result;
use crate::expr::ExprFault;
use crate::expr::loose::{self, Loose};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The expression
    #[arg(allow_hyphen_values = true)]
    expression: String,
    /// The answers that its names mean
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// The day that `today()` says
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    let answers = match &args.answers {
        Some(path) => eval::object(path)?,
        None => Json::Object(serde_json::Map::new()),
    };
    let answers = Loose::new(answers, Some(eval::today(args.today.as_deref())?));
    match loose::value(&args.expression, &answers) {
        Ok(value) => {
            say::json(&value.to_json());
            Ok(Outcome::Done)
        }
        Err(faults) => {
            if config.json {
                let list: Vec<Json> = faults.iter().map(|fault| fault_json(config, &args.expression, fault)).collect();
                say::json(&json!({ "faults": list }));
            } else {
                faults.iter().for_each(|fault| say::line(&pointed(config, &args.expression, fault)));
            }
            Ok(Outcome::Faults)
        }
    }
}

/// The column of a fault, from 1, in characters.
fn column(expression: &str, at: usize) -> usize {
    expression.get(..at).map_or(0, |before| before.chars().count()) + 1
}

fn fault_json(config: &Config, expression: &str, fault: &ExprFault) -> Json {
    json!({
        "line": 1,
        "column": column(expression, fault.span.start),
        "code": fault.code,
        "message": fault.message.say(config.lang),
        "hint": fault.hint.as_ref().map(|hint| hint.say(config.lang)),
    })
}

/// The fault with the expression and carets under the place.
fn pointed(config: &Config, expression: &str, fault: &ExprFault) -> String {
    let from = column(expression, fault.span.start);
    let to = column(expression, fault.span.end).max(from + 1);
    let hint = fault.hint.as_ref().map_or(String::new(), |hint| format!(" {}", hint.say(config.lang)));
    let carets = format!("{}{}", " ".repeat(from - 1), "^".repeat(to - from));
    format!("1:{from}: {}{hint}\n  {expression}\n  {carets}", fault.message.say(config.lang))
}
