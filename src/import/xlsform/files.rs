//! Questions after pictures, sounds, videos and other files: each is a file here, of the types that it may have.

use super::field::{Writing, parameter};
use crate::form::attachment::{LARGEST_MB, USUAL_MB};
use crate::form::filetypes;
use crate::lang::Words;
use crate::text;

/// Writes such a question; `media` is what its media type begins with. What was written beside the type, where the form
/// had been one of ours, is as it was; else what is taken is told.
pub(super) fn write(writing: &mut Writing<'_>, media: &'static str) {
    writing.table.string("type", "file");
    let ours = writing.item.row.text("svod").unwrap_or_default();
    let (accept, size) = (parameter(ours, "accept"), parameter(ours, "max_size"));
    let accept = accept.map(|endings| endings.split('/').map(str::to_owned).collect::<Vec<_>>());
    let size = size.and_then(|size| size.parse::<f64>().ok()).filter(|size| *size > 0.0 && *size <= LARGEST_MB);
    let told = accept.is_some() || size.is_some();
    let (endings, most) = (accept.unwrap_or_else(|| endings(media)), size.unwrap_or_else(|| most(media)));
    if !is_usual(&endings) {
        writing.table.strings("accept", &endings);
    }
    if most != USUAL_MB {
        writing.table.bare("max_size", &text::canonical(most));
    }
    writing.missing();
    if !told {
        let shown = endings.iter().filter(|ending| !matches!(ending.as_str(), "jpeg" | "tiff"));
        let shown: Vec<String> = shown.map(|ending| ending.to_uppercase()).collect();
        writing.note("type", Words::new("xlsform.file-takes").with("endings", shown.join(", ")).with("n", most));
    }
}

fn is_usual(endings: &[String]) -> bool {
    endings.len() == filetypes::USUAL.len() && endings.iter().zip(filetypes::USUAL).all(|(one, usual)| one == usual)
}

/// The endings that a question of such a type takes: all of ours of that kind.
fn endings(media: &str) -> Vec<String> {
    filetypes::of_media(media).into_iter().map(str::to_owned).collect()
}

/// Sounds and videos are large.
fn most(media: &str) -> f64 {
    if matches!(media, "audio/" | "video/") { LARGEST_MB } else { USUAL_MB }
}
