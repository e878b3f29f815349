//! Uploaded workbooks between the look at their plan and its application, so that a file is sent once.
//!
//! They are kept in memory, by the hash of their content, a few at a time; one that had to go is simply sent again.

use std::sync::{Mutex, PoisonError};

use super::visit::Upload;
use crate::sheet::LARGEST_FILE;

/// How many files wait at most.
const MOST: usize = 8;

/// How many bytes wait at most; the newest file always may.
const BYTES: usize = 2 * LARGEST_FILE;

static WAITING: Mutex<Vec<(String, Upload)>> = Mutex::new(Vec::new());

/// Keeps a file under the hash of its content.
pub(super) fn keep(hash: &str, upload: Upload) {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.retain(|(known, _)| known != hash);
    waiting.push((hash.to_owned(), upload));
    let bytes = |waiting: &[(String, Upload)]| waiting.iter().map(|(_, one)| one.bytes.len()).sum::<usize>();
    while waiting.len() > 1 && (waiting.len() > MOST || bytes(&waiting) > BYTES) {
        waiting.remove(0);
    }
}

/// The file with a hash, if it still waits.
pub(super) fn find(hash: &str) -> Option<Upload> {
    let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.iter().find(|(known, _)| known == hash).map(|(_, upload)| upload.clone())
}

/// Lets a file go whose plan was applied.
pub(super) fn let_go(hash: &str) {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != hash);
}
