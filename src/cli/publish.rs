//! `svod publish`: checked form files become the versions that reports are filled by.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Outcome, forms, say, wait};
use crate::access::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::form::{self, Form};
use crate::lang::Words;
use crate::report::version::{self, Offer, Published};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Form files or folders of them; without any, the folder of forms
    files: Vec<PathBuf>,
    /// Also where something else was published on the page «Формы» meanwhile
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    let files = forms::given(config, &args.files)?;
    let offers = sound(config, &files)?;
    let published = wait(async {
        let db = Db::open(&config.data).await?;
        version::actions::publish_files(&db, &Actor::operator(), &offers, args.replace).await
    })?;
    if config.json {
        let list: Vec<Json> =
            published.iter().map(|one| json!({"form": one.form, "number": one.number, "new": one.new})).collect();
        say::json(&json!({ "published": list }));
    } else {
        published.iter().for_each(|one| say::line(&sentence(one).say(config.lang)));
    }
    Ok(Outcome::Done)
}

/// What is said of a publication.
pub(super) fn sentence(published: &Published) -> Words {
    let key = if published.new { "cli.published" } else { "cli.published-already" };
    Words::new(key).with("form", &published.form).with("number", i64::from(published.number))
}

/// The forms of files, all of them sound.
///
/// # Errors
/// Every fault of every file: nothing is published unless all is well.
pub(super) fn sound(config: &Config, files: &[forms::FormFile]) -> Result<Vec<Offer>> {
    let mut faults = Vec::new();
    let mut sound: Vec<(Form, &str)> = Vec::new();
    for file in files {
        match file.read() {
            Ok(form) => sound.push((form, &file.name)),
            Err(found) => faults.extend(found),
        }
    }
    for (form, file) in &sound {
        let find = |id: &str| {
            let among = sound.iter().map(|(form, _)| form).find(|other| other.id == id).cloned();
            among.or_else(|| forms::find(config, id).ok())
        };
        faults.extend(form::check_others(form, file, &find));
    }
    let offer = |(form, file): (Form, &str)| Offer { form, file: file.to_owned() };
    if faults.is_empty() { Ok(sound.into_iter().map(offer).collect()) } else { Err(Error::Faults(faults)) }
}

/// A form whose id another file has already.
pub(super) fn same_id(later: &Offer, first: &str) -> Fault {
    let place = Place::Line { file: later.file.clone(), line: later.form.line_of_id(), column: 1 };
    let words = Words::new("cli.same-id").with("id", &later.form.id).with("file", first);
    Fault::error(place, "duplicate", words)
}
