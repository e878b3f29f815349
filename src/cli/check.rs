//! `svod check`: every fault of every form file, and the forms' own cases.

use std::cell::OnceCell;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Outcome, forms, say};
use crate::config::Config;
use crate::error::{self, Error, Fault, Place, Result};
use crate::form::{self, CaseResult, Form};
use crate::lang::{Lang, Words};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Form files or folders of them; without any, the folder of forms
    files: Vec<PathBuf>,
}

/// A checked file.
struct Checked {
    name: String,
    text: String,
    form: Option<Form>,
    faults: Vec<Fault>,
    cases: Vec<CaseResult>,
}

impl Checked {
    /// What is not wrong and yet worth knowing.
    fn notes(&self) -> &[Fault] {
        self.form.as_ref().map(|form| form.notes.as_slice()).unwrap_or_default()
    }
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    let mut checked = Vec::new();
    for file in forms::each(config, &args.files) {
        checked.push(match file {
            Ok(file) => read(file),
            Err(Error::File { path, source }) => unread(path, &source),
            Err(error) => return Err(error),
        });
    }
    let around = Around::of(config, &checked);
    let find = |id: &str| around.find(id);
    for file in &mut checked {
        if let Some(form) = &file.form {
            file.faults.extend(form::check_others(form, &file.name, &find));
        }
    }
    same_ids(&mut checked);
    for file in &mut checked {
        if let Some(form) = file.form.as_ref().filter(|_| file.faults.is_empty()) {
            file.cases = form.cases.iter().map(|case| form::run_case(form, case, &find)).collect();
        }
    }
    if config.json {
        print_json(&checked, config.lang)
    } else {
        print_text(&checked, config.lang)
    }
    let sound = checked.iter().all(|file| file.faults.is_empty() && file.cases.iter().all(CaseResult::ok));
    Ok(if sound { Outcome::Done } else { Outcome::Faults })
}

fn read(file: forms::FormFile) -> Checked {
    let (form, faults) = match file.read() {
        Ok(form) => (Some(form), Vec::new()),
        Err(faults) => (None, faults),
    };
    Checked { name: file.name, text: file.text, form, faults, cases: Vec::new() }
}

/// A file that is no text, or is not there: its own fault, like those of the others.
fn unread(name: String, error: &std::io::Error) -> Checked {
    let code = if error.kind() == std::io::ErrorKind::InvalidData { "syntax" } else { "file" };
    let faults = vec![Fault::error(Place::File(name.clone()), code, error::file_words(error))];
    Checked { name, text: String::new(), form: None, faults, cases: Vec::new() }
}

/// The forms that a checked one may speak of: the checked ones first, then those of the folder of forms.
struct Around {
    checked: Vec<Form>,
    folder: OnceCell<Vec<Form>>,
    files: Vec<forms::FormFile>,
}

impl Around {
    fn of(config: &Config, checked: &[Checked]) -> Around {
        let checked = checked.iter().filter_map(|file| file.form.clone()).collect();
        let files = forms::each(config, &[]).into_iter().filter_map(Result::ok).collect();
        Around { checked, folder: OnceCell::new(), files }
    }

    fn find(&self, id: &str) -> Option<Form> {
        let read = || self.files.iter().filter_map(|file| file.read().ok()).collect();
        let fits = |form: &&Form| form.id == id;
        let checked = self.checked.iter().find(fits);
        checked.or_else(|| self.folder.get_or_init(read).iter().find(fits)).cloned()
    }
}

/// Two files with one id: the later one is at fault.
fn same_ids(checked: &mut [Checked]) {
    for later in 1..checked.len() {
        let (before, rest) = checked.split_at_mut(later);
        let Some(form) = &rest[0].form else { continue };
        if let Some(first) = before.iter().find(|file| file.form.as_ref().is_some_and(|other| other.id == form.id)) {
            let place = Place::Line { file: rest[0].name.clone(), line: 1, column: 1 };
            let message = Words::new("cli.same-id").with("id", &form.id).with("file", &first.name);
            rest[0].faults.push(Fault::error(place, "duplicate", message));
        }
    }
}

fn print_json(checked: &[Checked], lang: Lang) {
    let faults: Vec<Json> =
        checked.iter().flat_map(|file| file.faults.iter().map(|fault| fault_json(file, fault, lang))).collect();
    let cases: Vec<Json> = checked
        .iter()
        .flat_map(|file| {
            file.cases.iter().map(|case| {
                let differences: Vec<String> = case.differences.iter().map(|words| words.say(lang)).collect();
                json!({"file": file.name, "title": case.title, "ok": case.ok(), "differences": differences})
            })
        })
        .collect();
    let notes: Vec<Json> =
        checked.iter().flat_map(|file| file.notes().iter().map(|note| fault_json(file, note, lang))).collect();
    say::json(&json!({"faults": faults, "cases": cases, "notes": notes}));
}

fn fault_json(file: &Checked, fault: &Fault, lang: Lang) -> Json {
    let (line, column) = match &fault.at {
        Place::Line { line, column, .. } => (*line, *column),
        _ => (1, 1),
    };
    json!({
        "file": file.name,
        "line": line,
        "column": column,
        "code": fault.code,
        "message": fault.message.say(lang),
        "hint": fault.hint.as_ref().map(|hint| hint.say(lang)),
    })
}

fn print_text(checked: &[Checked], lang: Lang) {
    for file in checked {
        let lines: Vec<&str> = file.text.lines().collect();
        for fault in &file.faults {
            say::line(&say::fault_with_caret(fault, &lines, lang));
        }
        file.notes().iter().for_each(|note| say::line(&say::fault_line(note, lang)));
        for case in file.cases.iter().filter(|case| !case.ok()) {
            let title = Words::new("cli.case-failed").with("title", &case.title);
            say::line(&format!("{}:{}: {}", file.name, case.line, title.say(lang)));
            case.differences.iter().for_each(|words| say::line(&format!("    {}", words.say(lang))));
        }
    }
    let faults: usize = checked.iter().map(|file| file.faults.len()).sum();
    let cases: usize = checked.iter().map(|file| file.cases.len()).sum();
    let failed = checked.iter().flat_map(|file| &file.cases).filter(|case| !case.ok()).count();
    let summary = Words::new("cli.checked")
        .with("files", Words::new("cli.files").with("n", checked.len()))
        .with("faults", Words::new("cli.faults").with("n", faults))
        .with("cases", Words::new("cli.cases").with("n", cases))
        .with("failed", failed);
    say::line(&summary.say(lang));
    let notes: usize = checked.iter().map(|file| file.notes().len()).sum();
    if notes > 0 {
        say::line(&Words::new("cli.notes").with("n", notes).say(lang));
    }
}
