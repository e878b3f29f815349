//! The sheets of repeats: a row a row, with its organisation before it, because a report has any number of them.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::data::{absences, value};
use super::look::{self, Look};
use super::spread::{self, Before};
use super::{Book, Written, page};
use crate::error::column_letters;
use crate::expr::Value;
use crate::form::kind::CellRule;
use crate::form::{Form, Total};
use crate::indicator::Contribution;
use crate::org::Org;

/// How many columns stand before the first value: number, municipality, code, organisation, number of the row.
const BEFORE: u16 = 5;

/// How wide a column of texts and a column of anything else is.
const WIDTHS: (f64, f64) = (28.0, 15.0);

/// The sheet of one repeat while it is written.
pub(super) struct Rows {
    table: usize,
    /// The columns that people see.
    columns: Vec<usize>,
    first: u32,
    next: u32,
    sums: Vec<Option<f64>>,
    widths: Before,
}

impl Rows {
    /// The title, the headings, the page.
    pub(super) fn start(
        sheet: &mut Worksheet,
        (look, book): (&Look, &Book<'_>),
        table: usize,
    ) -> Result<Rows, XlsxError> {
        let form = &book.reading.version.form;
        let own = &form.tables[table];
        let told = |field: &usize| form.fields[*field].calculation.is_none() || !form.fields[*field].label.is_empty();
        let columns: Vec<usize> = own.columns.iter().copied().filter(told).collect();
        let below = [form.title.clone(), format!("{} · {}", book.territory, book.period()), book.counts()];
        let head = page::title(sheet, look, &own.label, &below)?;
        let widths = spread::before(&book.parts);
        let keys = ["export.number", "export.municipality", "export.code", "export.organisation", "export.row-number"];
        for ((column, key), width) in (0..BEFORE).zip(keys).zip(widths) {
            sheet.set_column_width(column, if column + 1 == BEFORE { 9.0 } else { width })?;
            sheet.write_string_with_format(head, column, book.t(key), &look.heading)?;
        }
        let mut lines = 2;
        for (column, field) in (BEFORE..).zip(&columns) {
            let label = &form.fields[*field].label;
            lines = lines.max(look::lines(label, width(form, *field) * 0.85));
            sheet.set_column_width(column, width(form, *field))?;
            sheet.write_string_with_format(head, column, label, &look.heading)?;
        }
        sheet.set_row_height(head, look::height(lines))?;
        sheet.set_freeze_panes(head + 1, BEFORE - 1)?;
        sheet.set_repeat_rows(head, head)?;
        page::paper(sheet, book);
        let sums = vec![None; columns.len()];
        Ok(Rows { table, columns, first: head + 1, next: head + 1, sums, widths })
    }

    /// Writes the rows of one report.
    pub(super) fn add(
        &mut self,
        sheet: &mut Worksheet,
        (look, book): (&Look, &Book<'_>),
        (org, part): (&Org, &str),
        one: &Contribution,
    ) -> Written {
        let form = &book.reading.version.form;
        let absent = absences(one);
        for row in 0..one.values.rows(form, self.table) {
            let at = self.next;
            self.height(sheet, (part, org.label()), (form, one, row))?;
            sheet.write_number_with_format(at, 0, f64::from(at - self.first + 1), &look.whole)?;
            page::text(sheet, (at, 1), part, (look, &look.wrapped))?;
            page::text(sheet, (at, 2), &org.code, (look, &look.text))?;
            page::text(sheet, (at, 3), org.label(), (look, &look.wrapped))?;
            let number = u32::try_from(row + 1).unwrap_or(u32::MAX);
            sheet.write_number_with_format(at, BEFORE - 1, f64::from(number), &look.whole)?;
            for (index, field) in self.columns.iter().enumerate() {
                let place = (at, BEFORE + u16::try_from(index).unwrap_or_default());
                match absent.iter().find(|(slot, _)| *slot == (*field, row)) {
                    Some((_, key)) => {
                        sheet.write_string_with_format(place.0, place.1, book.t(key), &look.absent)?;
                    }
                    None => {
                        let written = value(sheet, place, (look, book), (*field, one.values.get(*field, row)))?;
                        if let Some(number) = written {
                            self.sums[index] = Some(self.sums[index].unwrap_or_default() + number);
                        }
                    }
                }
            }
            self.next += 1;
        }
        Ok(())
    }

    /// A row in which a text takes several lines is as high as they are.
    fn height(
        &self,
        sheet: &mut Worksheet,
        (part, org): (&str, &str),
        (form, one, row): (&Form, &Contribution, usize),
    ) -> Written {
        let mut most = look::lines(part, self.widths[1]).max(look::lines(org, self.widths[3]));
        for field in &self.columns {
            if let Value::Text(text) = one.values.get(*field, row) {
                most = most.max(look::lines(text, width(form, *field)));
            }
        }
        if most > 1 {
            sheet.set_row_height(self.next, look::height(most))?;
        }
        Ok(())
    }

    /// Writes the sums of the columns that add up; they follow the filter.
    pub(super) fn finish(&self, sheet: &mut Worksheet, (look, book): (&Look, &Book<'_>)) -> Written {
        if self.next == self.first {
            return Ok(());
        }
        let form = &book.reading.version.form;
        let last = BEFORE + u16::try_from(self.columns.len()).unwrap_or_default() - 1;
        sheet.autofilter(self.first - 1, 0, self.next - 1, last)?;
        if !self.columns.iter().any(|field| form.fields[*field].total == Total::Sum) {
            return Ok(());
        }
        sheet.merge_range(self.next, 0, self.next, BEFORE - 1, &book.t("export.total"), &look::total(&look.text))?;
        for (index, field) in self.columns.iter().enumerate() {
            let column = BEFORE + u16::try_from(index).unwrap_or_default();
            let (CellRule::Number(pattern), Total::Sum, Some(sum)) =
                (form.fields[*field].kind.cell, form.fields[*field].total, self.sums[index])
            else {
                sheet.write_blank(self.next, column, &look::total(&look.text))?;
                continue;
            };
            let letters = column_letters(u32::from(column));
            let formula = format!("=SUBTOTAL(109,{letters}{}:{letters}{})", self.first + 1, self.next);
            let formula = Formula::new(formula).set_result(crate::text::canonical(sum));
            sheet.write_formula_with_format(self.next, column, formula, &look::total(look.of_number(pattern, sum)))?;
        }
        Ok(())
    }
}

fn width(form: &Form, field: usize) -> f64 {
    match form.fields[field].kind.cell {
        CellRule::Text | CellRule::Choice | CellRule::Choices { .. } => WIDTHS.0,
        _ => WIDTHS.1,
    }
}
