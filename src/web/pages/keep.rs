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
    let mine = questionnaire::read((&view.form, &view.context), &visit.form, &was, visit.lang());
    let address = report_address(&key, &org);
    let switches = visit.form.has(LANGUAGE);
    if switches && mine == questionnaire::together(&view.answers, &view.explanations) {
        return Ok(go_to(&(address + "?edit=1")));
    }
    let merged = questionnaire::merge(&was, &mine, &stored);
    let (answers, explanations) = report::part_explanations(merged.answers.clone());
    let look = Look { answers: &answers, explanations: &explanations, ..of(&view, &stored) };
    if !merged.contested.is_empty() {
        return Ok(fill::contested(&visit, look, (&merged.contested, &stored)));
    }
    match report::actions::save_draft(&site.db, &site.actor, &key, merged.answers, Source::Page).await {
        Err(error @ Error::Data(_)) => return Ok(fill::refused(&visit, look, &problem::of(&error, visit.lang()))),
        kept => kept?,
    };
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
