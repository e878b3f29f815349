//! A file question: the file that is attached, a button that removes it, and a field to choose one.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::control::Spot;
use super::{Paper, Speaker, id};
use crate::form::Form;
use crate::form::attachment::Attachment;
use crate::lang::{Lang, Words};
use crate::web::{layout, parts};

/// The field to choose a file in; what is attached already comes back with the form, so that it is never sent twice.
pub(super) fn file(paper: &Paper<'_>, spot: &Spot<'_>) -> Markup {
    let lang = paper.lang;
    let answer = paper.answer(spot.field, spot.row);
    let raw = answer.and_then(Json::as_str).unwrap_or_default();
    let attached = answer.and_then(Attachment::read);
    let Some(accepts) = &paper.form.fields[spot.field].accepts else { return html! {} };
    let endings: Vec<String> = accepts.endings.iter().map(|ending| format!(".{ending}")).collect();
    let (which, word) = (id("w", spot.path), id("f", spot.path));
    let told_by = [Some(which.as_str()), spot.told_by.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let labels = spot.labels.as_ref().map(|labels| format!("{labels} {word}"));
    html! {
        div.file {
            input type="hidden" name={ "a:" (spot.path) } value=(raw);
            @if let Some(file) = &attached {
                p.attached {
                    (link(paper.files, file, lang)) " "
                    button type="submit" name="drop" value=(spot.path)
                        aria-label=(Words::new("file.remove-what").with("file", &file.name).say(lang)) { (lang.t("file.remove")) }
                }
            } @else if !raw.is_empty() { p.attached { (raw) } }
            label.attach id=(word) for=(id("a", spot.path)) {
                @if attached.is_some() { (lang.t("file.replace")) } @else { (lang.t("file.attach")) }
            }
            input type="file" id=(id("a", spot.path)) name={ (parts::FILE) (spot.path) } accept=(endings.join(","))
                aria-labelledby=[labels] aria-describedby=(told_by) aria-invalid=[spot.faulty.then_some("true")]
                data-most=(accepts.most) data-large=(accepts.too_large("{file}").say(lang));
            p.hint id=(which) {
                (Words::new("file.which").with("endings", accepts.said()).with("most", accepts.most_words()).say(lang))
            }
        }
    }
}

/// A file with its size, to be saved; only named where no report holds it.
pub(super) fn link(files: Option<&str>, file: &Attachment, lang: Lang) -> Markup {
    html! {
        span.file-name {
            @match files {
                Some(files) => a href={ (files) (layout::address(&[&file.hash, &file.name])) } { (file.name) },
                None => (file.name),
            }
            ", " span.muted { (file.size_words().say(lang)) }
        }
    }
}

/// The file that an answer at a path names, if the question there takes files.
pub(super) fn named(form: &Form, path: &str, answer: &Json) -> Option<Attachment> {
    let (field, _) = form.locate(path)?;
    form.fields[field].accepts.as_ref()?;
    Attachment::read(answer)
}

/// A stored answer in the words of the form; a file as a link.
pub(in crate::web) fn told(speaker: Speaker<'_>, (path, answer): (&str, &Json), files: &str, lang: Lang) -> Markup {
    if let Some(file) = named(speaker.form, path, answer) {
        return link(Some(files), &file, lang);
    }
    let said = speaker.said(path, answer, lang);
    html! { (if said.is_empty() { "—" } else { &said }) }
}
