//! `svod check`: every fault of every form file, and the forms' own cases.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::{Outcome, forms, publish, say, wait, watch};
use crate::access::Actor;
use crate::config::Config;
use crate::db::{Db, FILE};
use crate::error::{self, Error, Fault, Place, Result};
use crate::form::{self, CaseResult, Change, Form};
use crate::lang::{Lang, Words};
use crate::report::version::{self, Offer};
use crate::web;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Form files or folders of them; without any, the folder of forms
    files: Vec<PathBuf>,
    /// Also what the forms would change of those published in this data folder, and what becomes of stored answers
    #[arg(long, value_name = "DATA")]
    against: Option<PathBuf>,
    /// Print the JSON Schema of form files, for editors
    #[arg(long, conflicts_with = "files")]
    schema: bool,
    /// Check again whenever a file changes, until Ctrl+C
    #[arg(long, conflicts_with = "schema")]
    watch: bool,
}

/// A checked file.
struct Checked {
    name: String,
    text: String,
    form: Option<Form>,
    faults: Vec<Fault>,
    cases: Vec<CaseResult>,
    changes: Vec<Change>,
    /// What is not wrong and yet worth knowing.
    notes: Vec<Fault>,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    if args.schema {
        say::json(&form::schema(&|block, key| web::reference::described(block, key, config.lang)));
        return Ok(Outcome::Done);
    }
    if !args.watch {
        return once(config, args);
    }
    let watched = if args.files.is_empty() { vec![config.forms.clone()] } else { args.files.clone() };
    watch::each_change(&watched, || {
        say::line(&Words::new("cli.watching").say(config.lang));
        once(config, args).map(drop)
    })?;
    Ok(Outcome::Done)
}

fn once(config: &Config, args: &Args) -> Result<Outcome> {
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
    if let Some(data) = &args.against {
        compare(data, &mut checked)?;
    }
    if config.json {
        print_json(&checked, args.against.is_some(), config.lang)
    } else {
        print_text(&checked, args.against.is_some(), config.lang)
    }
    let sound = checked.iter().all(|file| file.faults.is_empty() && file.cases.iter().all(CaseResult::ok));
    Ok(if sound { Outcome::Done } else { Outcome::Faults })
}

/// What each sound form would change of the published one; what loses answers without a word is a fault of its file.
fn compare(data: &Path, checked: &mut [Checked]) -> Result<()> {
    let folder = if data.is_file() { data.parent().unwrap_or(Path::new(".")) } else { data };
    let file = folder.join(FILE);
    if !file.is_file() {
        let words = Words::new("cli.file-not-found");
        return Err(Error::fault(Fault::error(Place::File(file.display().to_string()), "file", words)));
    }
    wait(async {
        let db = Db::open(folder).await?;
        for file in checked.iter_mut().filter(|file| file.faults.is_empty()) {
            let Some(form) = &file.form else { continue };
            file.changes = version::actions::compare(&db, &Actor::operator(), form, &file.name).await?;
            file.faults.extend(form::losses(&file.changes));
        }
        db.close().await;
        Ok(())
    })
}

fn change_json(file: &Checked, change: &Change, lang: Lang) -> Json {
    let line = match &change.at {
        Place::Line { line, .. } => *line,
        _ => 1,
    };
    json!({
        "file": file.name,
        "form": file.form.as_ref().map(|form| form.id.as_str()),
        "line": line,
        "subject": change.subject.word(),
        "change": change.deed.word(),
        "path": change.path,
        "was": change.was,
        "outcome": change.outcome.word(),
        "answers": change.answers,
        "lossy": change.lossy(),
        "allowed": !change.refused(),
        "message": change.say().say(lang),
    })
}

fn read(file: forms::FormFile) -> Checked {
    let (form, faults) = match file.read() {
        Ok(form) => (Some(form), Vec::new()),
        Err(faults) => (None, faults),
    };
    let notes = form.as_ref().map(|form| notes(form, &file.name)).unwrap_or_default();
    Checked { name: file.name, text: file.text, form, faults, cases: Vec::new(), changes: Vec::new(), notes }
}

/// What is not translated, what a workbook has no formula for, what only the server computes.
fn notes(form: &Form, file: &str) -> Vec<Fault> {
    form.notes.iter().cloned().chain(form.without_meaning(file)).collect()
}

/// A file that is no text, or is not there: its own fault, like those of the others.
fn unread(name: String, error: &std::io::Error) -> Checked {
    let code = if error.kind() == std::io::ErrorKind::InvalidData { "syntax" } else { "file" };
    let faults = vec![Fault::error(Place::File(name.clone()), code, error::file_words(error))];
    Checked { name, text: String::new(), form: None, faults, cases: Vec::new(), changes: Vec::new(), notes: Vec::new() }
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
            let later = Offer { form: form.clone(), file: rest[0].name.clone() };
            rest[0].faults.push(publish::same_id(&later, &first.name));
        }
    }
}

fn print_json(checked: &[Checked], against: bool, lang: Lang) {
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
        checked.iter().flat_map(|file| file.notes.iter().map(|note| fault_json(file, note, lang))).collect();
    let mut said = json!({"faults": faults, "cases": cases, "notes": notes});
    if against {
        let changes = checked.iter().flat_map(|file| file.changes.iter().map(|change| change_json(file, change, lang)));
        said["changes"] = changes.collect();
    }
    say::json(&said);
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

fn print_text(checked: &[Checked], against: bool, lang: Lang) {
    for file in checked {
        let lines: Vec<&str> = file.text.lines().collect();
        for fault in &file.faults {
            say::line(&say::fault_with_caret(fault, &lines, lang));
        }
        file.notes.iter().for_each(|note| say::line(&say::fault_line(note, lang)));
        for case in file.cases.iter().filter(|case| !case.ok()) {
            let title = Words::new("cli.case-failed").with("title", &case.title);
            say::line(&format!("{}:{}: {}", file.name, case.line, title.say(lang)));
            case.differences.iter().for_each(|words| say::line(&format!("    {}", words.say(lang))));
        }
    }
    if against {
        print_changes(checked, lang);
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
    let notes: usize = checked.iter().map(|file| file.notes.len()).sum();
    if notes > 0 {
        say::line(&Words::new("cli.notes").with("n", notes).say(lang));
    }
}

/// What each form would change, form by form.
fn print_changes(checked: &[Checked], lang: Lang) {
    for file in checked.iter().filter(|file| file.form.is_some()) {
        if file.changes.is_empty() {
            say::line(&Words::new("cli.no-changes").with("file", &file.name).say(lang));
            continue;
        }
        say::line(&Words::new("cli.changes").with("file", &file.name).with("n", file.changes.len()).say(lang));
        file.changes.iter().for_each(|change| say::line(&format!("    {}", change.say().say(lang))));
    }
}
