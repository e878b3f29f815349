//! `svod serve --watch`: sound forms of the folder are published as they are saved; a faulty one keeps its last version.

use super::watch::{PAUSE, Watch};
use super::{forms, publish, say};
use crate::access::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::error::{self, Error, Fault, Place, Result};
use crate::form::{self, Form};
use crate::report::version::{self, Fate, Folder, Offer};

/// The folder of forms, watched, and the data file that its forms go to.
pub(super) struct Live {
    pub config: Config,
    pub db: Db,
    pub actor: Actor,
    /// Where the pages find what is wrong.
    pub folder: Folder,
    pub watch: Watch,
}

impl Live {
    /// Looks at the folder again and again. Never ends.
    pub async fn keep_looking(mut self) {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Err(error) = self.look().await {
                // Whatever the data file refused for may pass: what is saved is tried until it is published.
                self.watch.again();
                self.tell(vec![Fault::error(Place::Whole, "data", error.words())]);
            }
        }
    }

    /// Publishes what has changed since the last look, as far as it is sound, and keeps what is wrong for the pages.
    ///
    /// # Errors
    /// [`Error::Data`] where the data file refuses; nothing is published then.
    pub async fn look(&mut self) -> Result<()> {
        if !tokio::task::block_in_place(|| self.watch.changed()) {
            return Ok(());
        }
        self.db.writable().await?;
        let published: Vec<Form> = version::actions::list(&self.db, &self.actor)
            .await?
            .into_iter()
            .map(|version| (*version.form).clone())
            .collect();
        let (offers, mut faults) = tokio::task::block_in_place(|| read(forms::each(&self.config, &[]), &published));
        for fate in version::actions::start(&self.db, &self.actor, &offers).await? {
            match fate {
                Fate::Published(one) if one.new => say::line(&publish::sentence(&one).say(self.config.lang)),
                Fate::Published(_) => {}
                Fate::Refused(found) => faults.extend(found),
                Fate::Differs(difference) => faults.push(difference.fault()),
            }
        }
        self.tell(faults);
        Ok(())
    }

    /// What is wrong is for the pages to show, and for the terminal once.
    fn tell(&self, faults: Vec<Fault>) {
        let lines: Vec<String> = faults.iter().map(|fault| say::fault_line(fault, self.config.lang)).collect();
        if self.folder.found(faults) {
            lines.iter().for_each(|line| say::line(line));
        }
    }
}

/// The forms that can be published, each sound by itself and beside the others, and what is wrong with the rest. A form
/// that reads a faulty one is looked at beside the version of it that stays at work.
fn read(files: Vec<Result<forms::FormFile>>, published: &[Form]) -> (Vec<Offer>, Vec<Fault>) {
    let (mut sound, mut faults): (Vec<Offer>, Vec<Fault>) = (Vec::new(), Vec::new());
    for file in files {
        match one(file) {
            Ok(offer) => match sound.iter().find(|other| other.form.id == offer.form.id) {
                Some(first) => faults.push(publish::same_id(&offer, &first.file)),
                None => sound.push(offer),
            },
            Err(found) => faults.extend(found),
        }
    }
    loop {
        let find = |id: &str| {
            let among = sound.iter().map(|offer| &offer.form).chain(published).find(|form| form.id == id);
            among.cloned()
        };
        let wrong: Vec<Vec<Fault>> =
            sound.iter().map(|offer| form::check_others(&offer.form, &offer.file, &find)).collect();
        if wrong.iter().all(Vec::is_empty) {
            return (sound, faults);
        }
        let mut kept = wrong.iter().map(Vec::is_empty);
        sound.retain(|_| kept.next().unwrap_or(true));
        faults.extend(wrong.into_iter().flatten());
    }
}

fn one(file: Result<forms::FormFile>) -> std::result::Result<Offer, Vec<Fault>> {
    match file {
        Ok(file) => file.read().map(|form| Offer { form, file: file.name }),
        Err(Error::File { path, source }) => {
            Err(vec![Fault::error(Place::File(path), "file", error::file_words(&source))])
        }
        Err(error) => Err(vec![Fault::error(Place::Whole, "file", error.words())]),
    }
}
