//! Lists of choices that lie in files beside the form: which a form names, and how they become part of its text.
//!
//! A version of a form is named by the hash of its text, so what a file says must stand in the text. It is put below
//! what the author wrote, where it moves no line.

use std::fmt::Write as _;

use crate::form::choices::Choice;
use crate::form::grammar::FORM;
use crate::form::source::{Keys, Source};

/// A list whose choices are in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFile {
    /// The list's name.
    pub name: String,
    /// The file's name.
    pub file: String,
}

/// The files that a form names and that do not stand in its text yet.
pub fn list_files(source: &str) -> Vec<ListFile> {
    if !source.contains("list") {
        return Vec::new();
    }
    let text = Source::new(source, "");
    let Some(document) = text.document() else { return Vec::new() };
    let keys = Keys::new(&text, document.get_ref(), (0, &FORM));
    let known: Vec<&str> =
        keys.table("choices").map_or_else(Vec::new, |lists| lists.entries().map(|(name, ..)| name).collect());
    let named = keys.tables("list").into_iter().filter_map(|list| {
        let (name, file) = (list.string("name")?, list.string("file")?);
        (!known.contains(&name.as_str())).then_some(ListFile { name, file })
    });
    named.collect()
}

/// The text of a form with the choices of a file below it.
pub fn with_list(source: &str, list: &ListFile, choices: &[Choice]) -> String {
    let mut text = source.to_owned();
    let _ = write!(text, "\n\n# {}", list.file.replace(char::is_control, " "));
    let heading = format!("[[choices.{}]]", quoted(&list.name));
    for choice in choices {
        let _ = write!(text, "\n{heading}\nname = {}\nlabel = {}", quoted(&choice.name), quoted(&choice.label));
        for (name, value) in &choice.attributes {
            let _ = write!(text, "\n{} = {}", quoted(name), quoted(&value.as_text()));
        }
    }
    text.push('\n');
    text
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Value;

    #[test]
    fn a_list_becomes_part_of_the_text() {
        let form = "id = \"f\"\ntitle = \"F\"\n[[list]]\nname = \"cities\"\nfile = \"cities.csv\"\n\
                    [[group]]\n[[group.question]]\nname = \"city\"\ntype = \"select_one cities\"";
        let list = ListFile { name: "cities".to_owned(), file: "cities.csv".to_owned() };
        assert_eq!(list_files(form), std::slice::from_ref(&list));
        let mut odd = Choice::plain("brn", "Барнаул «\"\\\u{7}»");
        odd.attributes.insert("регион".to_owned(), Value::text("22"));
        let whole = with_list(form, &list, &[odd, Choice::plain("bsk", "Бийск")]);
        assert!(list_files(&whole).is_empty(), "it is loaded once");
        assert!(whole.starts_with(form));
        let read = crate::form::read(&whole, "f.toml").unwrap();
        let choices = read.choices_of(0);
        assert_eq!(choices.len(), 2);
        assert_eq!(choices[0].label, "Барнаул «\"\\\u{7}»");
        assert_eq!(choices[0].attribute("регион"), Value::text("22"));
    }
}
