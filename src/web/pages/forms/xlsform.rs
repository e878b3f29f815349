//! `/forms/new/xlsform`: a form from an XLSForm, with every fault at its cell and what was changed on the way.

use maud::{Markup, html};
use poem::Response;

use super::{form_address, new};
use crate::error::{Error, Fault, Place, Result};
use crate::form;
use crate::import::xlsform::{self, Converted};
use crate::lang::Words;
use crate::report::version::drafts;
use crate::sheet;
use crate::web::layout::{self, Frame};
use crate::web::pages::go_to;
use crate::web::pages::import::place;
use crate::web::visit::{Upload, Visit};

pub(in crate::web::pages) async fn begin(mut visit: Visit) -> Result<Response> {
    match begun(&mut visit).await {
        Ok((id, notes)) if notes.is_empty() => Ok(go_to(&format!("{}/edit", form_address(&id)))),
        Ok((id, notes)) => Ok(told(&visit, &id, &notes)),
        Err(Error::Faults(faults)) => new::page(&visit, new::Refused::XlsForm(&faults)).await,
        Err(error) => Err(error),
    }
}

/// The id of the form that was begun, and what was said of the XLSForm.
async fn begun(visit: &mut Visit) -> Result<(String, Vec<Fault>)> {
    let no_file = || Fault::error(Place::Whole, "file", Words::new("web.import-no-file"));
    let sent = visit.upload.take().filter(|sent| !sent.bytes.is_empty());
    let Upload { name, bytes } = sent.ok_or_else(|| Error::fault(no_file()))?;
    let lang = visit.lang();
    // Reading waits for a child process: not on the thread that serves others.
    let read = move || sheet::read(&bytes, &name).map(|book| xlsform::convert(&book, lang));
    let read = tokio::task::spawn_blocking(read).await.map_err(|died| Error::Internal(died.to_string()))?;
    let Converted { text, id, faults } = read.map_err(Error::fault)?;
    let Some(text) = text else { return Err(Error::Faults(faults)) };
    let wanted = visit.form.word("xlsform-id");
    let (id, text) = match wanted.is_empty() || wanted == id {
        true => (id, text),
        false => (wanted.to_owned(), form::copy(&text, wanted, &title(&text)).unwrap_or(text)),
    };
    drafts::actions::begin(&visit.site.db, &visit.site.actor, &id, &text).await?;
    Ok((id, faults))
}

fn title(text: &str) -> String {
    form::read(text, "").map(|form| form.title).unwrap_or_default()
}

/// What was changed or left out on the way.
fn told(visit: &Visit, id: &str, notes: &[Fault]) -> Response {
    let lang = visit.lang();
    let title = lang.t("forms.converted");
    let body: Markup = html! {
        (layout::crumbs(lang, &[("/forms".to_owned(), lang.t("forms.menu"))], &title))
        h1 { (title) }
        p.lead { (lang.t("forms.converted-what")) }
        div.box.warn {
            h2 { (Words::new("forms.notes").with("n", notes.len()).say(lang)) }
            ul { @for note in notes { li { (place(note)) (note.say(lang)) } } }
        }
        p.actions { a.button.primary href={ (form_address(id)) "/edit" } { (lang.t("forms.go-on")) } }
    };
    layout::page(&visit.site, &Frame { title, here: "/forms" }, body)
}
