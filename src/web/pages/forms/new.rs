//! `/forms/new`: a form from an XLSForm, from a template or from a copy of another one.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::form_address;
use crate::error::{Error, Fault, Place, Result};
use crate::form;
use crate::lang::{Lang, Words};
use crate::report::version::{self, Version, drafts};
use crate::web::layout::{self, Frame};
use crate::web::pages::go_to;
use crate::web::pages::import::place;
use crate::web::visit::Visit;

/// What a form begins with that is written by hand; it checks clean.
const TEMPLATE: &str = include_str!("template.toml");

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    page(&visit, Refused::Nothing).await
}

/// Which of the ways was refused, and why.
pub(super) enum Refused<'a> {
    Nothing,
    Text(&'a [Fault]),
    XlsForm(&'a [Fault]),
}

pub(in crate::web::pages) async fn begin(visit: Visit) -> Result<Response> {
    match begun(&visit).await {
        Ok(id) => Ok(go_to(&format!("{}/edit", form_address(&id)))),
        Err(Error::Faults(faults)) => page(&visit, Refused::Text(&faults)).await,
        Err(error) => Err(error),
    }
}

async fn begun(visit: &Visit) -> Result<String> {
    let site = &*visit.site;
    let (id, title, from) = (visit.form.word("id"), visit.form.word("title"), visit.form.word("from"));
    let mut faults = Vec::new();
    for (field, given) in [("id", id), ("title", title)] {
        if given.is_empty() {
            faults.push(Fault::error(Place::Field(field.to_owned()), "required", Words::new("forms.needed")));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Faults(faults));
    }
    let source = match from {
        "" => TEMPLATE.to_owned(),
        other => version::actions::newest(&site.db, &site.actor, other).await?.form.source.clone(),
    };
    let text = form::copy(&source, id, title)
        .ok_or_else(|| Error::Internal("a published form without an id and a title".to_owned()))?;
    drafts::actions::begin(&site.db, &site.actor, id, &text).await?;
    Ok(id.to_owned())
}

/// The page with what was asked for so far, and what was wrong with it.
pub(super) async fn page(visit: &Visit, refused: Refused<'_>) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let forms = version::actions::list(&site.db, &site.actor).await?;
    let title = lang.t("forms.new");
    let body = html! {
        (layout::crumbs(lang, &[("/forms".to_owned(), lang.t("forms.menu"))], &title))
        h1 { (title) }
        (begin_form(visit, &forms, if let Refused::Text(faults) = refused { faults } else { &[] }))
        (upload_form(visit, if let Refused::XlsForm(faults) = refused { faults } else { &[] }))
    };
    let fine = matches!(refused, Refused::Nothing);
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/forms" }, body).with_status(status).into_response())
}

fn begin_form(visit: &Visit, forms: &[Version], faults: &[Fault]) -> Markup {
    let lang = visit.lang();
    let from = match visit.form.has("from") {
        true => visit.form.word("from"),
        false => visit.query.word("from"),
    };
    html! {
        form.box.card method="post" action="/forms/new" {
            h2 { (lang.t("forms.new-text")) }
            div.question {
                label for="from" { (lang.t("forms.from")) }
                p.hint #from-hint { (lang.t("forms.from-hint")) }
                select id="from" name="from" aria-describedby="from-hint" {
                    option value="" { (lang.t("forms.template")) }
                    @for version in forms {
                        option value=(version.form.id) selected[version.form.id == from] {
                            (Words::new("forms.copy-of").with("title", &version.form.title).say(lang))
                        }
                    }
                }
            }
            (line(visit, ("title", "forms.title", "forms.title-hint"), faults, lang))
            (line(visit, ("id", "forms.id", "forms.id-hint"), faults, lang))
            button.primary type="submit" { (lang.t("forms.begin")) }
        }
    }
}

fn upload_form(visit: &Visit, faults: &[Fault]) -> Markup {
    let lang = visit.lang();
    html! {
        form.box.card method="post" action="/forms/new/xlsform" enctype="multipart/form-data" {
            h2 { (lang.t("forms.new-xlsform")) }
            @if !faults.is_empty() {
                div.box.bad #faults role="alert" tabindex="-1" autofocus {
                    h2 { (lang.t("forms.not-converted")) }
                    ul { @for fault in faults { li { (place(fault)) (fault.say(lang)) } } }
                }
            }
            div.question {
                label for="file" { (lang.t("forms.xlsform-file")) }
                p.hint #file-hint { (lang.t("forms.xlsform-hint")) }
                input type="file" id="file" name="file" accept=".xlsx,.xlsm,.xls" aria-describedby="file-hint" required;
            }
            div.question {
                label for="xlsform-id" { (lang.t("forms.id")) }
                p.hint #xlsform-id-hint { (lang.t("forms.xlsform-id-hint")) }
                input type="text" id="xlsform-id" name="xlsform-id" value=(visit.form.word("xlsform-id")) autocomplete="off"
                    aria-describedby="xlsform-id-hint";
            }
            button.primary type="submit" { (lang.t("forms.convert")) }
        }
    }
}

fn line(
    visit: &Visit,
    (name, label, hint): (&str, &'static str, &'static str),
    faults: &[Fault],
    lang: Lang,
) -> Markup {
    let ours: Vec<&Fault> = faults.iter().filter(|fault| matches!(&fault.at, Place::Field(at) if at == name)).collect();
    html! {
        div.question.faulty[!ours.is_empty()] {
            label for=(name) { (lang.t(label)) }
            p.hint id={ (name) "-hint" } { (lang.t(hint)) }
            input type="text" id=(name) name=(name) value=(visit.form.word(name)) autocomplete="off" required
                aria-describedby={ (name) "-hint " (name) "-fault" } aria-invalid=[(!ours.is_empty()).then_some("true")];
            p.fault id={ (name) "-fault" } hidden[ours.is_empty()] { @for fault in ours { (fault.say(lang)) } }
        }
    }
}
