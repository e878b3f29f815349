//! The pages of forms: their list, a new one, one with its versions, the editor, publishing.

mod around;
pub(super) mod edit;
mod faults;
pub(super) mod list;
mod look;
pub(super) mod new;
pub(super) mod one;
pub(super) mod publish;
pub(super) mod text;
mod tryout;
pub(super) mod xlsform;

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::form::Form;
use crate::lang::{Lang, Words};
use crate::report::version::drafts::{self, Draft, mark};
use crate::report::version::{self, FormFile, Publication};
use crate::web::Site;
use crate::web::layout;

/// Everything that is known of one form: what is published, what is worked on, what the folder holds.
struct Known {
    id: String,
    /// Publications, the newest first.
    versions: Vec<(Publication, Arc<Form>)>,
    draft: Option<Draft>,
    /// The file of the folder, where it says something else than what is published.
    file: Option<FormFile>,
}

impl Known {
    async fn of(site: &Site, id: &str) -> Result<Known> {
        let versions = version::actions::publications(&site.db, &site.actor, id).await?;
        let draft = drafts::actions::find(&site.db, &site.actor, id).await?;
        let newest = versions.first().map(|(one, _)| one.hash.clone());
        let file = site.forms.find(id).filter(|file| Some(file.hash()) != newest);
        if versions.is_empty() && draft.is_none() && file.is_none() {
            return Err(Error::NotFound(Words::new("report.no-form").with("form", id)));
        }
        Ok(Known { id: id.to_owned(), versions, draft, file })
    }

    fn newest(&self) -> Option<&Arc<Form>> {
        self.versions.first().map(|(_, form)| form)
    }

    /// What the form is called.
    fn title(&self) -> String {
        self.newest().map_or_else(|| self.id.clone(), |form| form.title.clone())
    }

    /// The mark of what the editor begins from.
    fn mark(&self) -> String {
        let newest = || self.versions.first().map(|(one, _)| one.hash.clone());
        self.draft.as_ref().map(|draft| mark(&draft.source)).or_else(newest).unwrap_or_default()
    }

    /// The text of a version, of the file, or of what is worked on.
    fn text(&self, which: &str) -> Option<&str> {
        let published =
            |hash: &str| self.versions.iter().find(|(one, _)| one.hash == hash).map(|(_, form)| form.source.as_str());
        match which {
            "" => self.draft.as_ref().map(|draft| draft.source.as_str()).or_else(|| self.newest().map(|f| &*f.source)),
            "draft" => self.draft.as_ref().map(|draft| draft.source.as_str()),
            "file" => self.file.as_ref().map(|file| file.text.as_str()),
            hash => published(hash),
        }
    }
}

/// The address of a form.
fn form_address(id: &str) -> String {
    layout::address(&["form", id])
}

/// The way to a form's own pages.
fn crumbs(known: &Known, lang: Lang) -> Vec<(String, String)> {
    vec![("/forms".to_owned(), lang.t("forms.menu")), (form_address(&known.id), known.title())]
}

/// How many questions people are asked, cells of tables counted.
fn questions(form: &Form) -> usize {
    let asked = (0..form.fields.len()).filter(|field| form.fields[*field].calculation.is_none());
    asked.map(|field| form.height(field)).sum()
}
