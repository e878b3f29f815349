//! What a file question takes: `max_size` and `accept`.

use super::unknown_option;
use crate::form::attachment::{Accepts, LARGEST_MB, USUAL_MB};
use crate::form::filetypes;
use crate::form::kind::{Control, Kind};
use crate::form::source::Keys;
use crate::lang::Words;

/// Endings that name one type.
const SAME: [(&str, &str); 2] = [("jpg", "jpeg"), ("tif", "tiff")];

/// Which files a question takes; `None` where it takes something else.
pub(super) fn accepts(keys: &Keys<'_, '_>, kind: Option<&'static Kind>) -> Option<Accepts> {
    kind.filter(|kind| kind.control == Control::File)?;
    if keys.has("default") {
        keys.fault_at("default", "wrong-type", Words::new("form.file-default"));
    }
    let megabytes = keys.number("max_size").unwrap_or(USUAL_MB);
    if !(megabytes > 0.0 && megabytes <= LARGEST_MB) {
        keys.fault_at("max_size", "wrong-type", Words::new("form.file-size").with("limit", LARGEST_MB));
    }
    let most = (megabytes.clamp(0.0, LARGEST_MB) * f64::from(1 << 20)) as u64;
    Some(Accepts { most, endings: endings(keys).unwrap_or_else(|| filetypes::USUAL.to_vec()) })
}

fn endings(keys: &Keys<'_, '_>) -> Option<Vec<&'static str>> {
    let written = keys.texts("accept")?;
    if written.is_empty() {
        keys.fault_at("accept", "wrong-type", Words::new("form.file-accept"));
    }
    let mut endings = Vec::new();
    for word in written {
        let ending = word.value.trim_start_matches('.').to_lowercase();
        match filetypes::find(&ending) {
            Some(known) => endings.push(known.ending),
            None => unknown_option(keys.source(), &word, filetypes::ALL.iter().map(|known| known.ending)),
        }
    }
    for (one, other) in SAME {
        if endings.contains(&one) != endings.contains(&other) {
            endings.extend([one, other].into_iter().filter(|ending| !endings.contains(ending)).collect::<Vec<_>>());
        }
    }
    Some(endings)
}
