//! The language of an answer: the one that the caller likes best of those that the program speaks.

use poem::Request;
use poem::http::header;

use crate::form::is_language;
use crate::lang::Lang;
use crate::web::Site;

/// The languages that a request asks for (RFC 9110, 12.5.4), the best first; of a language with a country the language.
fn wanted(req: &Request) -> Vec<String> {
    let header = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(String, f32)> = header.split(',').take(20).filter_map(one).collect();
    wanted.sort_by(|a, b| b.1.total_cmp(&a.1));
    wanted.into_iter().map(|(code, _)| code).collect()
}

fn one(part: &str) -> Option<(String, f32)> {
    let mut parts = part.split(';');
    let tag = parts.next()?.trim().split('-').next()?.to_ascii_lowercase();
    let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.trim().parse().ok()).unwrap_or(1.0_f32);
    (is_language(&tag) && quality > 0.0).then_some((tag, quality))
}

/// The language of the program's own words.
pub(super) fn spoken(site: &Site, req: &Request) -> Lang {
    wanted(req).iter().find_map(|code| Lang::of_code(code)).unwrap_or(site.lang)
}

/// The language to read forms in, which may be written in more than the program speaks.
pub(super) fn read(site: &Site, req: &Request) -> String {
    wanted(req).into_iter().next().unwrap_or_else(|| site.lang.code().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_comes_first() {
        for (header, codes) in [
            ("", vec![]),
            ("en", vec!["en"]),
            ("en-GB,en;q=0.9,ru;q=0.8", vec!["en", "en", "ru"]),
            ("de;q=0.1, ru ;q=0.7, tt", vec!["tt", "ru", "de"]),
            ("en;q=0, ru;q=0.5", vec!["ru"]),
            ("*, ;q=x, en;q=nan", vec![]),
        ] {
            let req = Request::builder().header("accept-language", header).finish();
            assert_eq!(wanted(&req), codes, "{header}");
        }
    }
}
