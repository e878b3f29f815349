//! Which expressions of a form have no formula in a workbook or no meaning in a browser: said when the form is checked.

use crate::error::{Fault, Severity};
use crate::expr::excel::{self, Place, Places};
use crate::expr::{Expr, ExprFault, Reference, Scalar, Slot, Value, json};
use crate::form::model::Form;
use crate::form::source::Source;
use crate::lang::Words;

/// A place of a form that is no place of a sheet: only whether there is a formula is asked, never what it says.
const SOMEWHERE: &str = "AA1";

/// What an expression is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// A cell shows what it gives.
    Figure,
    /// Answers are judged or shown by it.
    Rule,
}

/// An expression where it stands.
struct Written<'f> {
    expr: &'f Expr,
    purpose: For,
    /// The field that it belongs to.
    field: Option<usize>,
    /// The table whose rows it is computed in.
    table: Option<usize>,
    /// The browser computes it too.
    lively: bool,
}

impl Form {
    /// A note for every calculation, condition, constraint and indicator that has no formula in a workbook, and for
    /// every one that only the server computes though a browser computes its like, at the part that is to blame.
    /// `file` is what the notes call the text.
    pub fn without_meaning(&self, file: &str) -> Vec<Fault> {
        let source = Source::new(&self.source, file);
        let note = |expr: &Expr, found: ExprFault, message: Words| {
            let at = self.origins.get(expr.origin).map_or(0, |origin| origin.of(found.span));
            (at, Fault::error(source.place(at), found.code, message).weighing(Severity::Note))
        };
        // What the program adds to a form by itself stands nowhere in the text.
        let stands = |written: &Written<'_>| {
            self.origins.get(written.expr.origin).is_some_and(|origin| !origin.range().is_empty())
        };
        let mut notes = Vec::new();
        for written in self.written().into_iter().filter(stands) {
            let expr = written.expr;
            if let Some((found, key)) = self.no_formula(&written) {
                let what = expr.source.get(found.span.start..found.span.end).unwrap_or_default();
                notes.push(note(expr, found.clone(), Words::new(key).with("what", what)));
            }
            if let Some(found) = json::browser(expr).err().filter(|_| written.lively) {
                let message = found.message.clone();
                notes.push(note(expr, found, message));
            }
        }
        notes.sort_by_key(|(at, _)| *at);
        let mut notes: Vec<Fault> = notes.into_iter().map(|(_, note)| note).collect();
        notes.dedup();
        notes
    }

    /// The part of an expression that has no formula, and the key of what is said of it.
    fn no_formula(&self, written: &Written<'_>) -> Option<(ExprFault, &'static str)> {
        let sheet = Sheet { form: self, field: written.field, table: written.table, figures: false };
        let key = if written.purpose == For::Rule { "expr.no-formula-rule" } else { "expr.no-formula" };
        if let Err(found) = excel::formula(written.expr, &sheet) {
            return Some((found, key));
        }
        // Only numbers are written as formulas, and all else that they look at stands in the sheet by its words.
        let number = written.field.is_none_or(|field| self.fields[field].value_type().scalar == Scalar::Number);
        let sheet = Sheet { figures: true, ..sheet };
        let found = excel::formula(written.expr, &sheet).err();
        found.filter(|_| number && written.purpose == For::Figure).map(|found| (found, "expr.no-formula-word"))
    }

    fn written(&self) -> Vec<Written<'_>> {
        let conditions = self.conditions.iter().map(|expr| (expr, For::Rule, None));
        let fields = self.fields.iter().enumerate().flat_map(|(number, field)| {
            let rules = field.relevant.iter().chain(&field.constraint).map(|expr| (expr, For::Rule));
            rules
                .chain(field.calculation.iter().map(|expr| (expr, For::Figure)))
                .map(move |(e, p)| (e, p, Some(number)))
        });
        let table = |field: Option<usize>| field.and_then(|field| self.fields[field].table);
        let lively = conditions.chain(fields).map(|(expr, purpose, field)| Written {
            expr,
            purpose,
            field,
            table: table(field),
            lively: true,
        });
        let indicators = self.indicators.iter().filter_map(|indicator| {
            let written =
                |expr| Written { expr, purpose: For::Figure, field: None, table: indicator.over, lively: false };
            let mut parts = std::iter::once(&indicator.numerator).chain(&indicator.denominator);
            // One cell of it that carries a value is told of once.
            let expr = parts.find(|expr| self.no_formula(&written(expr)).is_some())?;
            Some(written(expr))
        });
        lively.chain(indicators).collect()
    }
}

/// A sheet that holds the values of one report, each in a cell as what it is.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    form: &'a Form,
    field: Option<usize>,
    table: Option<usize>,
    /// Answers other than numbers and days stand in it by their words.
    figures: bool,
}

impl Sheet<'_> {
    /// What a cell of a field holds.
    fn scalar(&self, field: usize) -> Option<Scalar> {
        let value = self.form.fields[field].value_type();
        let as_it_is = matches!(value.scalar, Scalar::Number | Scalar::Date);
        (!value.list && (as_it_is || !self.figures)).then_some(value.scalar)
    }

    /// A cell of a field. A choice of several has a column for each of its choices, and so no cell of its own.
    fn cell(&self, field: usize) -> Option<Place> {
        self.scalar(field).map(|scalar| Place::Cell(SOMEWHERE.to_owned(), scalar))
    }
}

impl Places for Sheet<'_> {
    fn reference(&self, reference: &Reference) -> Option<Place> {
        // A report has any number of rows of a repeat, and other forms have workbooks of their own.
        let in_repeat = matches!(reference.slot,
            Slot::Column(field) | Slot::Here(field) | Slot::Cell(field, _) if self.form.in_repeat(field));
        if reference.form.is_some() || in_repeat {
            return None;
        }
        match reference.slot {
            Slot::Field(field) | Slot::Here(field) | Slot::Cell(field, _) => self.cell(field),
            Slot::Column(field) => {
                let cells = vec![SOMEWHERE.to_owned(); self.form.height(field)];
                self.scalar(field).map(|scalar| Place::Cells(cells, scalar))
            }
            Slot::Rows(_) | Slot::Unbound => None,
        }
    }

    fn this(&self) -> Option<Place> {
        self.field.and_then(|field| self.cell(field))
    }

    fn word(&self, function: &str, word: &str) -> Option<Value> {
        match (function, self.table) {
            ("parameter", _) => self.form.parameter(word).cloned(),
            // What one row says is of the type that all of them say.
            (_, Some(table)) if !self.form.tables[table].rows.is_empty() => {
                Some(self.form.row_attribute(table, 0, word))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::form;
    use crate::lang::Lang;

    const FORM: &str = r#"id = "f"
title = "F"
[parameters]
low = 30
[[choices.post]]
name = "a"
label = "A"
[[group]]
[[group.question]]
name = "name"
type = "text"
constraint = "string-length(.) > 2 and regex(., '[a-z]+')"
[[group.question]]
name = "post"
type = "select_multiple post"
or_other = true
[[group]]
relevant = "regex(${name}, 'x+')"
[[group.question]]
name = "plain"
type = "calculate"
value = "integer"
calculation = "if(isblank(${t/r/n}), 0, ${t/r/n} * parameter('low'))"
[[group.question]]
name = "sum"
type = "calculate"
value = "text"
relevant = "selected(${post}, 'a')"
calculation = """
concat(${name}, digest(${name}, 'SHA-256'))"""
[[group.question]]
name = "flag"
type = "calculate"
value = "boolean"
calculation = "${plain} > 1"
[[group.question]]
name = "counted"
type = "calculate"
value = "integer"
calculation = "if(${flag}, 1, 0)"
[[group.question]]
name = "t"
type = "table"
[[group.question.row]]
name = "r"
weight = 2
[[group.question.column]]
name = "n"
type = "integer"
constraint = ". <= row('weight')"
[[indicator]]
name = "i"
label = "I"
numerator = "sum(${t/n}) - previous(${plain})"
denominator = "previous(${plain})"
"#;

    #[test]
    fn what_has_no_formula_or_no_meaning_in_a_browser_is_noted_at_its_place() {
        let form = form::read(FORM, "f.toml").unwrap();
        let notes: Vec<String> =
            form.without_meaning("f.toml").iter().map(|note| format!("{} {}", note.at, note.code)).collect();
        let expected = [
            "f.toml:12:40 no-formula",
            "f.toml:18:13 no-formula",
            "f.toml:28:22 no-formula",
            "f.toml:30:17 no-formula",
            "f.toml:30:17 no-browser",
            "f.toml:40:19 no-formula",
            "f.toml:54:28 no-formula",
        ];
        assert_eq!(notes, expected);
    }

    #[test]
    fn a_note_says_what_it_is_about_and_what_follows() {
        let form = form::read(FORM, "f.toml").unwrap();
        let said: Vec<String> = form.without_meaning("f.toml").iter().map(|note| note.say(Lang::Ru)).collect();
        assert!(said[1].starts_with("regex(${name}, 'x+') в книге Excel не записать формулой: там это условие"));
        assert!(said[3].starts_with("digest(${name}, 'SHA-256') в книге Excel не записать формулой: в ячейке"));
        assert!(said[5].starts_with("${flag} стоит в книге Excel словом"));
        assert!(said.iter().all(|said| !said.contains("{what}")), "{said:?}");
    }
}
