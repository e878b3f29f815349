//! Files of choices beside a form: `name,label` in the first line, further columns are attributes.

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Fault, Place};
use crate::expr::Value;
use crate::form::{self, CHOICES_LIMIT, Choice, ListFile};
use crate::lang::Words;
use crate::sheet::{self, Grid};

/// The largest file of choices, in bytes: a form with all its lists is no larger than this.
const LARGEST: u64 = 8 << 20;

/// The text of a form with the lists of its files below it, and what is wrong with those.
pub fn loaded(text: String, path: &Path) -> (String, Vec<Fault>) {
    let (mut whole, mut faults) = (text, Vec::new());
    for list in form::list_files(&whole) {
        match choices(&list, path.parent().unwrap_or_else(|| Path::new("."))) {
            Ok(choices) => whole = form::with_list(&whole, &list, &choices),
            Err(found) => faults.extend(found),
        }
    }
    (whole, faults)
}

fn choices(list: &ListFile, folder: &Path) -> Result<Vec<Choice>, Vec<Fault>> {
    let wrong = |words: Words| vec![Fault::error(Place::File(list.file.clone()), "file", words)];
    let beside = Path::new(&list.file).file_name().is_some_and(|name| name == list.file.as_str());
    if !beside {
        return Err(wrong(Words::new("cli.list-elsewhere")));
    }
    let path = folder.join(&list.file);
    // A file that is not there is said where the form names it.
    let Ok(about) = std::fs::metadata(&path) else { return Err(Vec::new()) };
    if about.len() > LARGEST {
        return Err(wrong(
            Words::new("cli.list-too-large").with("n", i64::try_from(LARGEST >> 20).unwrap_or_default()),
        ));
    }
    let book = sheet::read_file(&path).map_err(|fault| vec![fault])?;
    let Some(grid) = book.sheets.first() else { return Err(wrong(Words::new("sheet.no-cells"))) };
    if grid.rows().count() > CHOICES_LIMIT + 1 {
        let words = Words::new("form.too-many-choices").with("name", &list.name).with("n", grid.rows().count() - 1);
        return Err(wrong(words.with("limit", CHOICES_LIMIT)));
    }
    Reader { file: &list.file, grid }.read()
}

/// A sheet of choices.
struct Reader<'a> {
    file: &'a str,
    grid: &'a Grid,
}

impl Reader<'_> {
    fn fault(&self, (row, column): (u32, u32), code: &'static str, words: Words) -> Fault {
        let number = |from_0: u32| usize::try_from(from_0).unwrap_or(usize::MAX).saturating_add(1);
        Fault::error(Place::Line { file: self.file.to_owned(), line: number(row), column: number(column) }, code, words)
    }

    fn read(&self) -> Result<Vec<Choice>, Vec<Fault>> {
        let mut rows = self.grid.rows();
        let Some((head, cells)) = rows.next() else { return Ok(Vec::new()) };
        let heads: Vec<(u32, String)> = cells.iter().map(|(column, cell)| (*column, cell.text())).collect();
        let find = |name: &str| heads.iter().find(|(_, head)| head == name).map(|(column, _)| *column);
        let Some(name) = find("name") else {
            return Err(vec![self.fault((head, 0), "syntax", Words::new("cli.list-head"))]);
        };
        let (mut choices, mut faults, mut names) = (Vec::new(), Vec::new(), HashSet::new());
        for (row, _) in rows {
            let code = self.grid.cell(row, name).text();
            if code.is_empty() {
                faults.push(self.fault((row, name), "syntax", Words::new("form.missing-key").with("key", "name")));
            } else if !names.insert(code.clone()) {
                faults.push(self.fault((row, name), "duplicate", Words::new("form.duplicate").with("name", &code)));
            }
            choices.push(self.choice(row, &code, &heads));
        }
        if faults.is_empty() { Ok(choices) } else { Err(faults) }
    }

    fn choice(&self, row: u32, code: &str, heads: &[(u32, String)]) -> Choice {
        let mut choice = Choice::plain(code, code);
        for (column, head) in heads {
            let text = self.grid.cell(row, *column).text();
            match head.as_str() {
                "name" => {}
                _ if text.is_empty() => {}
                "label" => choice.label = text,
                _ => drop(choice.attributes.insert(head.clone(), Value::text(text))),
            }
        }
        choice
    }
}
