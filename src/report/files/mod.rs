//! Files that are attached to reports: what is taken, and which files the answers and changes of an act name.

pub mod actions;
pub(super) mod store;

use std::collections::BTreeSet;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::changes::Change;
use super::removed_rows;
use super::store::NewRevision;
use crate::form::Answers;
use crate::form::attachment::{Accepts, Attachment, plain_name};
use crate::lang::Words;

/// A file that a person has sent for a question, with what of it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The path of the question.
    pub path: String,
    /// The name that it had on the person's machine.
    pub name: String,
    /// What arrived.
    pub body: Body,
}

/// What of a file arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// It is larger than any question takes; it was not kept.
    TooLarge,
    /// Others that came with it took the room.
    TooMany,
}

/// A file to be handed to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A file that was judged: what is stored is made from nothing else.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) file: Attachment,
    pub(super) bytes: Vec<u8>,
}

/// Judges what a person sent by what the question takes.
fn judge(sent: Sent, accepts: &Accepts) -> Result<Judged, Words> {
    let name = plain_name(&sent.name);
    if name.is_empty() {
        return Err(Words::new("file.name"));
    }
    let bytes = match sent.body {
        Body::Whole(bytes) => bytes,
        Body::TooLarge => return Err(accepts.too_large(&name)),
        Body::TooMany => return Err(Words::new("file.too-many").with("file", name)),
    };
    accepts.judge(&name, &bytes)?;
    let file = Attachment { hash: hash(&bytes), size: bytes.len() as u64, name };
    Ok(Judged { file, bytes })
}

/// What content is known by.
pub(super) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files that an act names: in the answers that it holds, in what it changed, and in deleted rows that can be taken
/// back.
pub(super) fn named(act: &NewRevision<'_>) -> Vec<Attachment> {
    let held = act.answers.into_iter().flat_map(Answers::iter).map(|(_, answer)| answer);
    let changed = act.changes.iter().flat_map(|change| [&change.old, &change.new]);
    let removed = removed_rows(act.explanations);
    let waiting = removed.iter().flat_map(|row| row.answers.iter()).map(|(_, answer)| answer);
    let mut files: Vec<Attachment> = held.chain(changed).filter_map(Attachment::read).collect();
    files.extend(waiting.filter_map(Attachment::read));
    let mut seen = BTreeSet::new();
    files.into_iter().filter(|file| seen.insert((file.hash.clone(), file.name.clone()))).collect()
}

/// The paths whose answers an act changes to a file, with the file.
pub(super) fn added(changes: &[Change]) -> Vec<(&str, Attachment)> {
    let file = |change: &'_ Change| -> Option<Attachment> { Attachment::read(&change.new as &Json) };
    changes.iter().filter_map(|change| Some((change.path.as_str(), file(change)?))).collect()
}

#[cfg(test)]
mod tests;
