//! The style sheet, the scripts and the icon, compiled in; their addresses change with their content.

use std::sync::OnceLock;

use poem::Response;
use poem::http::header;
use sha2::{Digest, Sha256};

/// A file that the pages use.
pub(super) struct Asset {
    /// Its address.
    pub name: String,
    text: &'static str,
    mime: &'static str,
}

/// The style sheet, the script of every page, the icon, the script of the editor of forms.
pub(super) fn all() -> &'static [Asset; 4] {
    static ALL: OnceLock<[Asset; 4]> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            asset("svod", "css", "text/css; charset=utf-8", include_str!("assets/svod.css")),
            asset("svod", "js", "text/javascript; charset=utf-8", include_str!("assets/svod.js")),
            asset("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")),
            asset("editor", "js", "text/javascript; charset=utf-8", include_str!("assets/editor.js")),
        ]
    })
}

/// The scripts of the questionnaire in the order in which they need each other: expressions, a form, the page.
pub(super) fn of_questionnaire() -> &'static [Asset; 3] {
    static ALL: OnceLock<[Asset; 3]> = OnceLock::new();
    ALL.get_or_init(|| {
        let script = |stem, text| asset(stem, "js", "text/javascript; charset=utf-8", text);
        [
            script("expr", include_str!("assets/expr.js")),
            script("form", include_str!("assets/form.js")),
            script("live", include_str!("assets/live.js")),
        ]
    })
}

fn asset(stem: &str, extension: &str, mime: &'static str, text: &'static str) -> Asset {
    let hash: String = Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Asset { name: format!("{stem}-{hash}.{extension}"), text, mime }
}

/// The file of a name, kept by browsers for ever.
pub(super) fn find(name: &str) -> Option<Response> {
    let asset = all().iter().chain(of_questionnaire()).find(|asset| asset.name == name)?;
    let response = Response::builder().content_type(asset.mime);
    Some(response.header(header::CACHE_CONTROL, "public, max-age=31536000, immutable").body(asset.text))
}
