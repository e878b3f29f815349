//! Texts for readers: in each language of the form, with the labels of what they speak of.

use super::directory::Directory;
use super::rows::{Row, Said};
use super::settings::Settings;

/// A text in one or several languages, by their codes.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Texts {
    pub each: Vec<(String, String)>,
    /// It spoke of an answer, which a label cannot show.
    pub changed: bool,
}

/// Makes texts of the cells of a row.
pub(super) struct Showing<'s> {
    pub settings: &'s Settings,
    pub names: &'s Directory,
    /// The label of each target in the form's default language, for labels that speak of it.
    pub labels: &'s [String],
}

impl Showing<'_> {
    /// The text under a key, if there is one.
    pub fn text(&self, row: &Row, key: &str) -> Option<Texts> {
        let mut texts = Texts::default();
        for said in row.all(key) {
            let code = self.code(said);
            let (text, changed) = self.plain(&said.text);
            texts.changed |= changed;
            if !texts.each.iter().any(|(known, _)| *known == code) {
                texts.each.push((code, text));
            }
        }
        (!texts.each.is_empty()).then_some(texts)
    }

    /// The texts of a choice.
    pub fn of_choice(&self, label: &[Said]) -> Texts {
        let row = Row { number: 0, cells: label.to_vec() };
        self.text(&row, "label").unwrap_or_default()
    }

    fn code(&self, said: &Said) -> String {
        let written = said.language.as_deref().and_then(|language| self.settings.codes.known(language));
        written.unwrap_or(&self.settings.plain_language).to_owned()
    }

    /// A text without references and without what stands for the choice of a loop.
    fn plain(&self, text: &str) -> (String, bool) {
        if !text.contains("${") && !text.contains("%(") {
            return (text.to_owned(), false);
        }
        let (mut plain, mut changed) = (String::new(), false);
        let mut rest = text;
        while let Some((before, after)) = split_at_mark(rest) {
            plain.push_str(before);
            match after.strip_prefix("${").and_then(|inside| inside.split_once('}')) {
                Some((name, after)) => {
                    plain.push_str(&self.label_of(name.trim()));
                    changed = true;
                    rest = after;
                }
                None => {
                    plain.push('…');
                    rest = after.split_once(")s").map_or("", |(_, after)| after);
                }
            }
        }
        plain.push_str(rest);
        (plain, changed)
    }

    fn label_of(&self, name: &str) -> String {
        let found = self.names.targets.iter().position(|target| target.written == name);
        let label = found.and_then(|id| self.labels.get(id)).filter(|label| !label.is_empty());
        format!("«{}»", label.map_or(name, String::as_str))
    }
}

/// The text up to the next reference or mark of a loop.
fn split_at_mark(text: &str) -> Option<(&str, &str)> {
    let closed = |at: usize, end: &str| text[at..].contains(end);
    let reference = text.find("${").filter(|at| closed(*at, "}"));
    let mark = ["%(name)s", "%(label)s"].iter().filter_map(|mark| text.find(mark)).min();
    let at = [reference, mark].into_iter().flatten().min()?;
    Some(text.split_at(at))
}

/// The text in the form's default language, else the first.
pub(super) fn first<'t>(texts: &'t Texts, settings: &Settings) -> &'t str {
    let own = texts.each.iter().find(|(code, _)| *code == settings.plain_language);
    own.or(texts.each.first()).map_or("", |(_, text)| text.as_str())
}
