//! `svod xlsform`: an XLSForm into a form file, and a form back into an XLSForm.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::{Outcome, say};
use crate::config::Config;
use crate::error::{Error, Fault, Result};
use crate::import::xlsform;
use crate::lang::Words;
use crate::sheet;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The XLSForm to convert (.xlsx, .xls); with --export the form file
    file: PathBuf,
    /// Write the form as an XLSForm
    #[arg(long, requires = "output")]
    export: bool,
    /// The file to write; without it the form goes to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    convert(config, args)
}

fn convert(config: &Config, args: &Args) -> Result<Outcome> {
    let book = sheet::read_file(&args.file).map_err(Error::fault)?;
    let converted = xlsform::convert(&book, config.lang);
    let Some(text) = &converted.text else {
        tell(config, &converted.faults, &[]);
        return Ok(Outcome::Faults);
    };
    let written = match &args.output {
        Some(path) => {
            write(path, text.as_bytes())?;
            [("file", Json::from(path.display().to_string())), ("id", Json::from(converted.id.clone()))]
        }
        None => [("form", Json::from(text.clone())), ("id", Json::from(converted.id.clone()))],
    };
    tell(config, &converted.faults, &written);
    match (&args.output, config.json) {
        (Some(path), false) => {
            say::line(&Words::new("export.written").with("file", path.display().to_string()).say(config.lang));
        }
        (None, false) => {
            let _ = std::io::stdout().write_all(text.as_bytes());
        }
        _ => {}
    }
    Ok(Outcome::Done)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|source| Error::File { path: path.display().to_string(), source })
}

/// Everything that is to be said of the conversion, and what came of it.
fn tell(config: &Config, faults: &[Fault], came: &[(&str, Json)]) {
    if !config.json {
        return faults.iter().for_each(|fault| say::line(&say::fault_line(fault, config.lang)));
    }
    let list: Vec<Json> = faults.iter().map(|fault| say::fault_json(fault, config.lang)).collect();
    let mut said = json!({ "faults": list });
    for (key, value) in came {
        said[*key] = value.clone();
    }
    say::json(&said);
}
