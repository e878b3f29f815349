//! `POST /report/{form}/{period}/{org}`: what was typed is kept, right or wrong, and perhaps goes on to be sent.

use maud::html;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use serde_json::Value as Json;

use super::fill::{self, Look};
use super::{go_to, report_address, report_of_address};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Answers, Form};
use crate::lang::Words;
use crate::org::Org;
use crate::report::files;
use crate::report::{self, Key, ReportView, Source, State};
use crate::web::language::LANGUAGE;
use crate::web::problem::{self, Problem};
use crate::web::questionnaire;
use crate::web::visit::Visit;

pub(super) async fn answer(mut visit: Visit) -> Result<Response> {
    let (key, org) = report_of_address(&visit).await?;
    let view = report::actions::correct(&visit.site.db, &visit.site.actor, &key).await?;
    let taken = take(&mut visit, &view).await?;
    let site = &*visit.site;
    let stored = fill::stored(&view);
    let was = base(&visit, &stored);
    let mut mine = questionnaire::read((&view.form, &view.context), &visit.form, &was, visit.lang());
    questionnaire::keep_what_is_only_shown(&view, &mut mine);
    let address = report_address(&key, &org);
    let switches = visit.form.has(LANGUAGE);
    if switches && taken.faults.is_empty() && mine == questionnaire::together(&view.answers, &view.explanations) {
        return Ok(go_to(&(address + "?edit=1")));
    }
    let mut merged = questionnaire::merge((&view.form, &was), &mine, &stored);
    // Which rows somebody has deleted is kept for them, and is no answer to agree upon.
    merged.contested.retain(|path| !path.strip_prefix(report::EXPLAIN).is_some_and(report::is_removed_row));
    let (answers, explanations) = report::part_explanations(merged.answers.clone());
    let typed = Look { answers: &answers, explanations: &explanations, files: &taken.faults, ..of(&view, &stored) };
    if let Some(problem) = &taken.problem {
        return Ok(fill::refused(&visit, typed, problem));
    }
    if !merged.contested.is_empty() {
        return Ok(fill::contested(&visit, typed, (&merged.contested, &stored)));
    }
    let place = rows(&view, visit.form.word("do"), &mut merged.answers);
    match report::actions::save_draft(&site.db, &site.actor, &key, merged.answers, Source::Page).await {
        Err(error @ Error::Data(_)) => Ok(fill::refused(&visit, typed, &problem::of(&error, visit.lang()))),
        Err(Error::Faults(gone)) if gone.iter().all(|fault| fault.code == "file") => {
            let look = Look { files: &[taken.faults.clone(), gone].concat(), unsaved: true, ..typed };
            Ok(fill::page(&visit, &look).with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        kept => {
            kept?;
            match place.filter(|_| taken.faults.is_empty()) {
                Some(place) => Ok(go_to(&(address + place.as_str()))),
                None => go_on(&visit, (&key, &org), &taken.faults).await,
            }
        }
    }
}

/// Adds a row to a repeat, deletes one or takes it back, where a button asked for it, and gives the place to come back to.
fn rows(view: &ReportView, asked: &str, answers: &mut Answers) -> Option<String> {
    let form = &view.form;
    if let Some(name) = asked.strip_prefix(questionnaire::ADD_ROW) {
        let table = form.repeat_named(name)?;
        let row = form.add_row(table, answers, &view.context);
        let row = row.unwrap_or_else(|| answers.rows(name).saturating_sub(1));
        return Some(format!("?edit=1#{}", questionnaire::row_anchor(table, row)));
    }
    if let Some(number) = asked.strip_prefix(questionnaire::RESTORE_ROW) {
        return taken_back(form, number.parse().ok()?, answers);
    }
    let (table, row) = form.locate_row(asked.strip_prefix(questionnaire::REMOVE_ROW)?)?;
    report::remove_row(answers, &form.tables[table].name, row);
    Some(format!("?edit=1&removed={}#{}", row + 1, questionnaire::add_anchor(table)))
}

/// Takes a deleted row back, unless the repeat is full or gone from the form.
fn taken_back(form: &Form, number: usize, answers: &mut Answers) -> Option<String> {
    let mut with_it = answers.clone();
    let (repeat, row) = report::restore_row(&mut with_it, number)?;
    let table = form.repeat_named(&repeat)?;
    if with_it.rows(&repeat) > form.tables[table].most_rows() {
        return Some(format!("?edit=1#{}", questionnaire::add_anchor(table)));
    }
    *answers = with_it;
    Some(format!("?edit=1&restored={}#{}", row + 1, questionnaire::row_anchor(table, row)))
}

/// Where a person goes whose answers are kept; not away from files that were not.
async fn go_on(visit: &Visit, (key, org): (&Key, &Org), refused: &[Fault]) -> Result<Response> {
    let site = &*visit.site;
    let (address, what) = (report_address(key, org), visit.form.word("do"));
    if what == "auto" || !refused.is_empty() {
        let view = report::actions::correct(&site.db, &site.actor, key).await?;
        let stored = fill::stored(&view);
        let look = Look { files: refused, strict: what == "send", ..of(&view, &stored) };
        let status = if what == "auto" { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        return Ok(fill::page(visit, &look).with_status(status).into_response());
    }
    if visit.form.has(LANGUAGE) {
        return Ok(go_to(&(address + "?edit=1&saved=1")));
    }
    if what == "send" {
        let view = report::actions::correct(&site.db, &site.actor, key).await?;
        let filled = view.filled();
        let ready = !filled.blocked() && fill::unexplained(&filled, &view.explanations).is_empty();
        return Ok(go_to(&if ready { address + "/send" } else { address + "?edit=1&check=1#faults" }));
    }
    let view = report::actions::open(&site.db, &site.actor, key).await?;
    let unchanged = matches!(view.state(), State::Sent | State::Accepted);
    let place = match visit.form.word("drop") {
        "" => String::new(),
        path => format!("#{}", questionnaire::id("q", path)),
    };
    Ok(go_to(&(address + if unchanged { "?edit=1&same=1" } else { "?saved=1" } + place.as_str())))
}

/// What became of the files that came with the answers.
#[derive(Default)]
struct Taken {
    faults: Vec<Fault>,
    /// The data file refused them.
    problem: Option<Problem>,
}

/// Keeps the files that came with the answers, and puts them among the fields as answers; a file that is to be removed
/// is an empty field.
async fn take(visit: &mut Visit, view: &ReportView) -> Result<Taken> {
    let dropped = visit.form.word("drop").to_owned();
    if !dropped.is_empty() {
        visit.form.0.push((format!("a:{dropped}"), String::new()));
        visit.files.retain(|sent| sent.path != dropped);
    }
    let sent = std::mem::take(&mut visit.files);
    let names: Vec<(String, String)> = sent.iter().map(|one| (one.path.clone(), one.name.clone())).collect();
    let (db, actor) = (&visit.site.db, &visit.site.actor);
    match files::actions::take(db, actor, (&view.key, &view.form), sent).await {
        Err(error @ Error::Data(_)) => {
            let problem = Some(problem::of(&error, visit.lang()));
            Ok(Taken { faults: names.into_iter().map(not_kept).collect(), problem })
        }
        taken => {
            let taken = taken?;
            for (path, file) in taken.kept {
                let answer = file.answer().as_str().unwrap_or_default().to_owned();
                visit.form.0.push((format!("a:{path}"), answer));
            }
            Ok(Taken { faults: taken.faults, problem: None })
        }
    }
}

fn not_kept((path, name): (String, String)) -> Fault {
    Fault::error(Place::Answer(path), "file", Words::new("file.not-kept").with("file", name))
}

/// The stored answers that the page was made from; what does not say so was made from what is stored now.
fn base(visit: &Visit, stored: &Answers) -> Answers {
    let was = visit.form.get("was").and_then(|was| serde_json::from_str::<Json>(was).ok());
    was.map_or_else(|| stored.clone(), |was| Answers::from_json(&was))
}

fn of<'a>(view: &'a ReportView, stored: &'a Answers) -> Look<'a> {
    Look {
        view,
        answers: &view.answers,
        explanations: &view.explanations,
        stored,
        strict: false,
        fill: true,
        files: &[],
        unsaved: false,
        notice: html! {},
    }
}
