//! The reference as Markdown.

use std::fmt::Write;

use super::{Chapter, Entry, chapters};
use crate::lang::Lang;

/// The whole reference.
pub fn markdown(lang: Lang) -> String {
    let mut text = format!("# {}\n", lang.t("reference.title"));
    for chapter in chapters(lang) {
        write_chapter(&mut text, &chapter);
    }
    text
}

fn write_chapter(text: &mut String, chapter: &Chapter) {
    let level = if chapter.inner { "###" } else { "##" };
    let _ = writeln!(text, "\n{level} {}\n", chapter.title);
    for said in &chapter.said {
        let _ = writeln!(text, "{said}\n");
    }
    for entry in &chapter.entries {
        write_entry(text, entry);
    }
}

fn write_entry(text: &mut String, entry: &Entry) {
    let takes = if entry.takes.is_empty() { String::new() } else { format!(" ({})", entry.takes) };
    let works = if entry.works.is_empty() { String::new() } else { format!(" {}", entry.works) };
    let _ = writeln!(text, "- `{}`{takes} — {}{works}", entry.term, entry.said);
    match (&entry.example, &entry.gives) {
        (Some(example), Some(gives)) => drop(writeln!(text, "  `{example}` → `{gives}`")),
        (Some(example), None) => {
            let indented: String = example.lines().map(|line| format!("  {line}\n")).collect();
            let _ = writeln!(text, "\n  ```toml\n{indented}  ```\n");
        }
        (None, _) => {}
    }
}
