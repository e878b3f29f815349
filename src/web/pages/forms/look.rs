//! The editor as a page: the text, its faults beside it, the form as a school sees it, and the buttons.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::faults::{self, Checked};
use super::tryout::Trial;
use super::{Known, crumbs, form_address};
use crate::lang::{Lang, Words};
use crate::report::version::drafts::{Draft, mark};
use crate::web::assets;
use crate::web::layout::{self, Frame};
use crate::web::pages::fill::said_who;
use crate::web::visit::Visit;

/// What is put on the page.
pub(super) struct Look<'a> {
    pub known: &'a Known,
    pub text: &'a str,
    /// What the text was when the person began, as a mark.
    pub was: &'a str,
    pub checked: &'a Checked,
    /// Somebody has asked what follows from the answers.
    pub tried: bool,
    pub notice: Markup,
    pub status: StatusCode,
}

pub(super) fn page(visit: &Visit, look: &Look<'_>) -> Response {
    let lang = visit.lang();
    let title = Words::new("forms.editing").with("title", look.known.title()).say(lang);
    let address = format!("{}/edit", form_address(&look.known.id));
    let script = &assets::all()[3];
    let body = html! {
        (layout::crumbs(lang, &crumbs(look.known, lang), &lang.t("forms.edit")))
        h1 { (title) }
        (look.notice)
        form.editor method="post" action=(address) data-editor novalidate
            data-unsaved[mark(look.text) != look.was] {
            button.default type="submit" name="do" value="check" tabindex="-1" aria-hidden="true" {}
            input type="hidden" name="was" value=(look.was);
            div.sides {
                (text(look, lang))
                (preview(visit, look))
            }
            (bar(look, lang))
        }
        script src={ "/assets/" (script.name) } defer {}
    };
    let page = layout::page(&visit.site, &Frame { title, here: "/forms" }, body);
    page.with_status(look.status).into_response()
}

fn text(look: &Look<'_>, lang: Lang) -> Markup {
    html! {
        section.side aria-labelledby="text-label" {
            h2 { label #text-label for="text" { (lang.t("forms.text")) } }
            p.hint { (lang.t("forms.text-hint")) " " a href="/help/forms" { (lang.t("forms.how")) } }
            p.hint #text-keys hidden { (lang.t("forms.keys")) }
            div.numbered {
                textarea #text name="text" rows="28" wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off"
                    aria-describedby="text-keys form-state" aria-invalid=[(!look.checked.sound()).then_some("true")] { "\n" (look.text) }
            }
            p.line-fault #line-fault role="status" {}
            (faults::list(look.checked, &look.known.id, look.text, lang))
        }
    }
}

fn preview(visit: &Visit, look: &Look<'_>) -> Markup {
    let lang = visit.lang();
    let trial = Trial::of(look.checked, &visit.form, look.tried, lang);
    html! {
        section.side.preview #preview aria-labelledby="preview-label" {
            h2 #preview-label { (lang.t("forms.preview")) }
            p.hint { (lang.t("forms.preview-hint")) }
            div #preview-body data-sound[trial.is_some()] {
                @match &trial {
                    Some(trial) => (trial.questionnaire()),
                    None => p.box.quiet { (lang.t("forms.no-preview")) },
                }
            }
            @match &trial { Some(trial) => (trial.around()), None => div #around {} }
            p.actions { button type="submit" name="do" value="try" { (lang.t("forms.try")) } }
            div #tryout tabindex="-1" { @if let Some(trial) = &trial { (trial.results()) } }
        }
    }
}

fn bar(look: &Look<'_>, lang: Lang) -> Markup {
    let address = format!("{}/edit", form_address(&look.known.id));
    html! {
        div.bar {
            div.inner {
                p.form-state.(if look.checked.sound() { "good" } else { "bad" }) #form-state role="status" {
                    @let said = faults::state(look.checked, lang);
                    @if look.checked.faults.is_empty() { (said) } @else { a href="#form-faults" { (said) } }
                }
                p #editor-said aria-live="polite" data-checking=(lang.t("forms.checking")) data-failed=(lang.t("forms.check-failed")) {}
                div.buttons {
                    button type="submit" name="do" value="check" { (lang.t("forms.check")) }
                    button.show type="submit" name="do" value="show" formaction={ (address) "#preview" } { (lang.t("forms.show")) }
                    button type="submit" name="do" value="save" { (lang.t("forms.save")) }
                    button.primary type="submit" name="do" value="publish" { (lang.t("forms.publish-way")) }
                }
            }
        }
    }
}

/// Two people have written different texts: mine stays in the field, theirs is shown beside it.
pub(super) fn contested(theirs: &Draft, lang: Lang) -> Markup {
    let who = said_who(&theirs.who, lang);
    html! {
        div.box.warn #contested role="alert" tabindex="-1" autofocus {
            h2 { (lang.t("forms.contested")) }
            p { (Words::new("forms.contested-what").with("who", who).with("when", layout::moment(theirs.at)).say(lang)) }
            label for="theirs" { (lang.t("forms.theirs")) }
            textarea.code-text #theirs rows="12" readonly wrap="off" spellcheck="false" { "\n" (theirs.source) }
            p { (lang.t("forms.contested-how")) }
        }
    }
}
