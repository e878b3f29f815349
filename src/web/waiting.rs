//! Uploaded workbooks between the look at their plan and its application, so that a file is sent once.
//!
//! They are kept in memory, by the hash of their content, a few at a time; one that had to go is simply sent again.

use std::sync::{Mutex, PoisonError};

use super::visit::Upload;
use crate::access::Actor;
use crate::sheet::LARGEST_FILE;

/// How many files wait at most.
const MOST: usize = 8;

/// How many bytes wait at most; the newest file always may.
const BYTES: usize = 2 * LARGEST_FILE;

/// Whose file it is, and the hash of its content: nobody gets at a file of somebody else by knowing what is in it.
type Key = (String, String);

static WAITING: Mutex<Vec<(Key, Upload)>> = Mutex::new(Vec::new());

fn key(actor: &Actor, hash: &str) -> Key {
    (actor.name().to_owned(), hash.to_owned())
}

/// Keeps a file of somebody's under the hash of its content.
pub(super) fn keep(actor: &Actor, hash: &str, upload: Upload) {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let key = key(actor, hash);
    waiting.retain(|(known, _)| *known != key);
    waiting.push((key, upload));
    let bytes = |waiting: &[(Key, Upload)]| waiting.iter().map(|(_, one)| one.bytes.len()).sum::<usize>();
    while waiting.len() > 1 && (waiting.len() > MOST || bytes(&waiting) > BYTES) {
        waiting.remove(0);
    }
}

/// Somebody's file with a hash, if it still waits.
pub(super) fn find(actor: &Actor, hash: &str) -> Option<Upload> {
    let (waiting, key) = (WAITING.lock().unwrap_or_else(PoisonError::into_inner), key(actor, hash));
    waiting.iter().find(|(known, _)| *known == key).map(|(_, upload)| upload.clone())
}

/// Lets a file go whose plan was applied.
pub(super) fn let_go(actor: &Actor, hash: &str) {
    let key = key(actor, hash);
    WAITING.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| *known != key);
}
