//! `POST /report/{form}/{period}/{org}`: what was typed is kept, right or wrong, and perhaps goes on to be sent.

use maud::html;
use poem::Response;
use serde_json::Value as Json;

use super::fill::{self, Look};
use super::{go_to, report_address, report_of_address};
use crate::error::{Error, Result};
use crate::form::Answers;
use crate::report::{self, ReportView, Source, State};
use crate::web::language::LANGUAGE;
use crate::web::visit::Visit;
use crate::web::{problem, questionnaire};

pub(super) async fn answer(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, org) = report_of_address(&visit).await?;
    let view = report::actions::correct(&site.db, &site.actor, &key).await?;
    let stored = fill::stored(&view);
    let was = base(&visit, &stored);
    let mut mine = questionnaire::read((&view.form, &view.context), &visit.form, &was, visit.lang());
    questionnaire::keep_what_is_only_shown(&view, &mut mine);
    let address = report_address(&key, &org);
    let switches = visit.form.has(LANGUAGE);
    if switches && mine == questionnaire::together(&view.answers, &view.explanations) {
        return Ok(go_to(&(address + "?edit=1")));
    }
    let mut merged = questionnaire::merge((&view.form, &was), &mine, &stored);
    let (answers, explanations) = report::part_explanations(merged.answers.clone());
    let look = Look { answers: &answers, explanations: &explanations, ..of(&view, &stored) };
    if !merged.contested.is_empty() {
        return Ok(fill::contested(&visit, look, (&merged.contested, &stored)));
    }
    let place = rows(&view, visit.form.word("do"), &mut merged.answers);
    match report::actions::save_draft(&site.db, &site.actor, &key, merged.answers, Source::Page).await {
        Err(error @ Error::Data(_)) => return Ok(fill::refused(&visit, look, &problem::of(&error, visit.lang()))),
        kept => kept?,
    };
    if let Some(place) = place {
        return Ok(go_to(&(address + &place)));
    }
    match visit.form.word("do") {
        _ if switches => Ok(go_to(&(address + "?edit=1&saved=1"))),
        "auto" => {
            let view = report::actions::correct(&site.db, &site.actor, &key).await?;
            let stored = fill::stored(&view);
            Ok(fill::page(&visit, &of(&view, &stored)))
        }
        "send" => {
            let view = report::actions::correct(&site.db, &site.actor, &key).await?;
            let filled = view.filled();
            let ready = !filled.blocked() && fill::unexplained(&filled, &view.explanations).is_empty();
            Ok(go_to(&if ready { address + "/send" } else { address + "?edit=1&check=1#faults" }))
        }
        _ => {
            let view = report::actions::open(&site.db, &site.actor, &key).await?;
            let unchanged = matches!(view.state(), State::Sent | State::Accepted);
            Ok(go_to(&(address + if unchanged { "?edit=1&same=1" } else { "?saved=1" })))
        }
    }
}

/// Adds a row to a repeat or deletes one, where a button asked for it, and gives the place to come back to.
fn rows(view: &ReportView, asked: &str, answers: &mut Answers) -> Option<String> {
    let form = &view.form;
    if let Some(name) = asked.strip_prefix(questionnaire::ADD_ROW) {
        let table = form.repeat_named(name)?;
        let row = form.add_row(table, answers, &view.context);
        let row = row.unwrap_or_else(|| answers.rows(name).saturating_sub(1));
        return Some(format!("?edit=1#{}", questionnaire::row_anchor(table, row)));
    }
    let (table, row) = form.locate_row(asked.strip_prefix(questionnaire::REMOVE_ROW)?)?;
    answers.remove_row(&form.tables[table].name, row);
    Some(format!("?edit=1&removed={}#{}", row + 1, questionnaire::add_anchor(table)))
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
        unsaved: false,
        notice: html! {},
    }
}
