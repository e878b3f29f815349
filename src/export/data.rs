//! The sheet of data: a row a report, written in the order in which it is read, never held as a whole.

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Worksheet, XlsxError};
use serde_json::json;

use super::columns::{BEFORE, Column, Columns, Group, PART_OF, STATE, What};
use super::formulas::Formulas;
use super::look::{self, Look};
use super::spread::{self, Before, width};
use super::{Book, Written, page};
use crate::error::column_letters;
use crate::expr::Value;
use crate::form::kind::{self, CellRule};
use crate::form::{Answers, Context, Form, Total};
use crate::indicator::Contribution;
use crate::org::Org;

/// The sheet while it is written.
pub(super) struct Data {
    pub(super) columns: Columns,
    /// The first row of data.
    pub(super) first: u32,
    next: u32,
    totals: Vec<Option<f64>>,
    widths: Before,
    formulas: Formulas,
}

impl Data {
    /// The titles, the two levels of headings, the page.
    pub(super) fn start(sheet: &mut Worksheet, look: &Look, book: &Book<'_>) -> Result<Data, XlsxError> {
        let mut columns = Columns::of(book);
        let below = [format!("{} · {}", book.territory, book.period()), book.counts()];
        let title = book.t("export.data-title").replace("{form}", &book.reading.version.form.title);
        let head = page::title(sheet, look, &title, &below)?;
        let last = columns.columns.len();
        let widths = spread::before(&book.parts);
        spread::parted(&book.reading.version.form, &widths, &mut columns);
        let formulas = Formulas::of(&book.reading.version.form, &columns);
        let data = Data { columns, first: head + 2, next: head + 2, totals: vec![None; last], widths, formulas };
        data.head(sheet, look, book, head)?;
        page::paper(sheet, book);
        Ok(data)
    }

    fn head(&self, sheet: &mut Worksheet, look: &Look, book: &Book<'_>, head: u32) -> Written {
        let keys = ["export.number", "export.municipality", "export.code", "export.organisation", "export.state"];
        for ((column, key), width) in (0..BEFORE).zip(keys).zip(self.widths) {
            sheet.set_column_width(column, width)?;
            sheet.merge_range(head, column, head + 1, column, &book.t(key), &look.heading)?;
        }
        for group in &self.columns.groups {
            if group.first == group.last {
                sheet.write_string_with_format(head, group.first, &group.heading, &look.heading)?;
            } else {
                sheet.merge_range(head, group.first, head, group.last, &group.heading, &look.heading)?;
            }
        }
        for (column, one) in (BEFORE..).zip(&self.columns.columns) {
            sheet.set_column_width(column, width(&book.reading.version.form, one))?;
        }
        let form = &book.reading.version.form;
        let over = self.columns.groups.iter().map(|group| look::lines(&group.heading, self.group_width(form, group)));
        sheet.set_row_height(head, look::height(over.max().unwrap_or(1)))?;
        let below = self.columns.columns.iter().map(|one| look::lines(&one.heading, width(form, one) * 0.85));
        sheet.set_row_height(head + 1, look::height(below.max().unwrap_or(1).max(2)))?;
        for (column, one) in (BEFORE..).zip(&self.columns.columns) {
            sheet.write_string_with_format(head + 1, column, &one.heading, &look.heading)?;
        }
        sheet.set_freeze_panes(head + 2, BEFORE - 1)?;
        sheet.set_repeat_rows(head, head + 1)?;
        Ok(())
    }

    /// The width of the heading over some columns, in characters of its bold letters.
    fn group_width(&self, form: &Form, group: &Group) -> f64 {
        self.inside(group).iter().map(|one| width(form, one) * 0.85).sum()
    }

    /// The columns below a heading.
    fn inside(&self, group: &Group) -> &[Column] {
        &self.columns.columns[usize::from(group.first - BEFORE)..=usize::from(group.last - BEFORE)]
    }

    /// Whether a contribution has a row: it is a report, or it is part of an indicator all the same.
    pub(super) fn holds(one: &Contribution) -> bool {
        one.report.is_some() || one.parts.iter().flatten().any(Option::is_some)
    }

    /// Writes a row.
    pub(super) fn row(
        &mut self,
        sheet: &mut Worksheet,
        (look, book): (&Look, &Book<'_>),
        (org, part): (&Org, &str),
        one: &Contribution,
    ) -> Written {
        let row = self.next;
        sheet.write_number_with_format(row, 0, f64::from(row - self.first + 1), &look.whole)?;
        self.height(sheet, (part, org.label()), one, &book.reading.version.form)?;
        page::text(sheet, (row, PART_OF), part, (look, &look.wrapped))?;
        page::text(sheet, (row, 2), &org.code, (look, &look.text))?;
        page::text(sheet, (row, 3), org.label(), (look, &look.wrapped))?;
        sheet.write_string_with_format(row, STATE, book.t(state(one, &book.reading.version.form)), &look.absent)?;
        let form = &book.reading.version.form;
        let absent = absences(one);
        let columns = std::mem::take(&mut self.columns.columns);
        for (index, column) in columns.iter().enumerate() {
            let at = (row, BEFORE + u16::try_from(index).unwrap_or_default());
            let number = match column.what {
                What::Value(field, place) => match absent.iter().find(|(slot, _)| *slot == (field, place)) {
                    Some((_, key)) => {
                        sheet.write_string_with_format(at.0, at.1, book.t(key), &look.absent)?;
                        None
                    }
                    None => self.computed(sheet, at, (look, book), (index, (field, place), one))?,
                },
                What::Chosen(field, place, choice) => match absent.iter().find(|(slot, _)| *slot == (field, place)) {
                    Some((_, key)) => {
                        sheet.write_string_with_format(at.0, at.1, book.t(key), &look.absent)?;
                        None
                    }
                    None => part_cell(sheet, at, look, chosen(form, (field, choice), one.values.get(field, place)))?,
                },
                What::Numerator(indicator, place) => {
                    let part = one.parts[indicator][place];
                    part_cell(sheet, at, look, part.map(|part| part.numerator))?
                }
                What::Denominator(indicator, place) => {
                    let part = one.parts[indicator][place];
                    part_cell(sheet, at, look, part.and_then(|part| part.denominator))?
                }
            };
            if let Some(number) = number {
                self.totals[index] = Some(self.totals[index].unwrap_or_default() + number);
            }
        }
        self.columns.columns = columns;
        self.next += 1;
        Ok(())
    }

    /// Writes a value: as a formula where there is one that gives it.
    fn computed(
        &self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        (look, book): (&Look, &Book<'_>),
        (index, (field, place), one): (usize, (usize, usize), &Contribution),
    ) -> Result<Option<f64>, XlsxError> {
        let form = &book.reading.version.form;
        let own = one.values.get(field, place);
        let live = self.formulas.at(index, at.0).filter(|_| form.follows(field, place, &one.values));
        let (Value::Number(number), CellRule::Number(pattern), Some(formula)) =
            (own, form.fields[field].kind.cell, live)
        else {
            return value(sheet, at, (look, book), (field, own));
        };
        let formula = Formula::new(formula).set_result(crate::text::canonical(*number));
        sheet.write_formula_with_format(at.0, at.1, formula, look.of_number(pattern, *number))?;
        Ok(Some(*number))
    }

    /// A row in which a text takes several lines is as high as they are.
    fn height(&self, sheet: &mut Worksheet, (part, org): (&str, &str), one: &Contribution, form: &Form) -> Written {
        let mut most = look::lines(part, self.widths[1]).max(look::lines(org, self.widths[3]));
        for column in &self.columns.columns {
            if let What::Value(field, place) = column.what
                && let Value::Text(text) = one.values.get(field, place)
                && form.fields[field].kind.cell == CellRule::Text
            {
                most = most.max(look::lines(text, width(form, column)));
            }
        }
        if most > 1 {
            sheet.set_row_height(self.next, look::height(most))?;
        }
        Ok(())
    }

    /// The last row of data; the one before the first where there is none.
    pub(super) fn last(&self) -> u32 {
        self.next - 1
    }

    /// A range of the sheet as formulas of other sheets write it.
    pub(super) fn range(&self, book: &Book<'_>, column: u16) -> String {
        let letters = column_letters(u32::from(column));
        let sheet = book.data.replace('\'', "''");
        format!("'{sheet}'!${letters}${}:${letters}${}", self.first + 1, self.last().max(self.first) + 1)
    }

    /// Writes the totals, and hides headings below which nobody has answered; returns how many those are.
    pub(super) fn finish(
        &self,
        sheet: &mut Worksheet,
        (look, book): (&Look, &Book<'_>),
        answered: &[Vec<bool>],
    ) -> Result<usize, XlsxError> {
        let row = self.next;
        let heading = look::total(&look.text);
        sheet.merge_range(row, 0, row, BEFORE - 1, &book.t("export.total"), &heading)?;
        let again = self.recalculated(&book.reading.version.form);
        for (index, column) in self.columns.columns.iter().enumerate() {
            let at = (row, BEFORE + u16::try_from(index).unwrap_or_default());
            self.total(sheet, at, (look, book), (column, self.totals[index], &again))?;
        }
        if self.next > self.first {
            let last = BEFORE + u16::try_from(self.columns.columns.len()).unwrap_or_default() - 1;
            sheet.autofilter(self.first - 1, 0, self.last(), last)?;
        }
        self.hide(sheet, &book.reading.version.form, answered)
    }

    fn total(
        &self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        (look, book): (&Look, &Book<'_>),
        (column, sum, again): (&Column, Option<f64>, &crate::form::Slots),
    ) -> Written {
        let form = &book.reading.version.form;
        let (rule, format, number) = match column.what {
            What::Value(field, place) => {
                let kind = form.fields[field].kind;
                let CellRule::Number(pattern) = kind.cell else {
                    sheet.write_blank(at.0, at.1, &look::total(&look.text))?;
                    return Ok(());
                };
                let number = again.get(field, place).as_number();
                (form.total_over_organisations(field), look.of_number(pattern, 0.5), number)
            }
            What::Chosen(field, ..) if form.fields[field].kind.cell != (CellRule::Choices { ordered: false }) => {
                (Total::None, &look.whole, None)
            }
            What::Chosen(..) => (Total::Sum, &look.whole, None),
            What::Numerator(..) | What::Denominator(..) => (Total::Sum, &look.number, None),
        };
        match (rule, number) {
            (Total::Sum, _) if self.next > self.first => {
                let letters = column_letters(u32::from(at.1));
                let range = format!("{letters}{}:{letters}{}", self.first + 1, self.last().max(self.first) + 1);
                let result = sum.map(crate::text::canonical).unwrap_or_default();
                let formula = Formula::new(format!("=IF(COUNT({range})=0,\"\",SUM({range}))")).set_result(result);
                sheet.write_formula_with_format(at.0, at.1, formula, &look::total(format))?;
            }
            (Total::Recalculate, Some(number)) => {
                sheet.write_number_with_format(at.0, at.1, number, &look::total(format))?;
            }
            _ => {
                sheet.write_string_with_format(at.0, at.1, "—", &look::total(&look.absent))?;
            }
        }
        Ok(())
    }

    /// What the form computes from the totals of what it asks.
    fn recalculated(&self, form: &Form) -> crate::form::Slots {
        let mut answers = Answers::default();
        for (column, total) in self.columns.columns.iter().zip(&self.totals) {
            let What::Value(field, row) = column.what else { continue };
            let asked = &form.fields[field];
            if asked.calculation.is_none() && form.total_over_organisations(field) == Total::Sum {
                answers.set(&form.path(field, row), total.map(|total| json!(total)));
            }
        }
        form.fill(&answers, &Context::default()).values
    }

    fn hide(&self, sheet: &mut Worksheet, form: &Form, answered: &[Vec<bool>]) -> Result<usize, XlsxError> {
        let (mut hidden, mut shown) = (0, Vec::new());
        for group in &self.columns.groups {
            let inside = self.inside(group);
            let silent = |(index, one): (usize, &Column)| match one.what {
                What::Value(field, row) | What::Chosen(field, row, _) => !answered[field][row],
                What::Numerator(..) | What::Denominator(..) => self.totals[index].is_none(),
            };
            let first = usize::from(group.first - BEFORE);
            if (first..).zip(inside).all(silent) {
                sheet.set_column_range_hidden(group.first, group.last)?;
                hidden += usize::from(inside.iter().any(|one| matches!(one.what, What::Value(..) | What::Chosen(..))));
            } else {
                shown.push((group, spread::group_width(form, inside)));
            }
        }
        spread::over_pages(sheet, &self.widths, &shown)?;
        Ok(hidden)
    }
}

fn state(one: &Contribution, form: &Form) -> &'static str {
    match &one.report {
        None if form.is_programme() => "export.state-known",
        None => "export.state-silent",
        Some(report) if report.correcting => "export.state-correcting",
        Some(report) if report.accepted => "export.state-accepted",
        Some(_) => "export.state-sent",
    }
}

/// The stated absences of a report by field and row, with their words.
pub(super) fn absences(one: &Contribution) -> Vec<((usize, usize), &'static str)> {
    one.stored.absences().map(|(slot, kind)| (slot, word_of(kind))).collect()
}

fn word_of(absence: &str) -> &'static str {
    if absence == "not-applicable" { "export.not-applicable" } else { "export.no-data" }
}

/// Writes a value by its type; returns the number, if it is one.
pub(super) fn value(
    sheet: &mut Worksheet,
    at: (u32, u16),
    (look, book): (&Look, &Book<'_>),
    (field, value): (usize, &Value),
) -> Result<Option<f64>, XlsxError> {
    let form = &book.reading.version.form;
    let rule = form.fields[field].kind.cell;
    match (rule, value) {
        (_, Value::Empty) => {
            sheet.write_blank(at.0, at.1, &look.text)?;
        }
        (CellRule::Number(pattern), Value::Number(number)) => {
            sheet.write_number_with_format(at.0, at.1, *number, look.of_number(pattern, *number))?;
            return Ok(Some(*number));
        }
        (rule, value) => match day_of(look, rule, value) {
            Some((date, format)) => {
                sheet.write_datetime_with_format(at.0, at.1, &date, format)?;
            }
            None => {
                let format: &Format = if rule == CellRule::Boolean { &look.centre } else { &look.wrapped };
                let choices = form.choices_among(field, book.organisations.as_ref());
                page::text(sheet, at, &form.fields[field].kind.show(value, choices, book.lang), (look, format))?;
            }
        },
    }
    Ok(None)
}

/// A day, month or time as workbooks have them, so that they can be sorted and counted with; none before 1900.
fn day_of<'a>(look: &'a Look, rule: CellRule, value: &Value) -> Option<(ExcelDateTime, &'a Format)> {
    let stored = || value.as_text();
    match (rule, value) {
        (CellRule::Date, Value::Date(day)) => Some((excel_day(*day)?, &look.day)),
        (CellRule::Month, _) => Some((excel_day(kind::month(&stored())?)?, &look.month)),
        (CellRule::Time, _) => {
            let (hour, minute, second) = kind::time(&stored())?;
            Some((ExcelDateTime::from_hms(hour, minute, second).ok()?, &look.time))
        }
        (CellRule::Moment, _) => {
            let stored = stored();
            let (day, time) = kind::moment(&stored)?;
            let (hour, minute, second) = kind::time(time)?;
            Some((excel_day(day)?.and_hms(hour, minute, second).ok()?, &look.moment))
        }
        _ => None,
    }
}

/// What stands in the column of a choice: 1 or 0, or its place; nothing where nothing was answered.
fn chosen(form: &Form, (field, choice): (usize, usize), value: &Value) -> Option<f64> {
    let code = &form.choices_of(field)[choice].name;
    let place = value.elements().iter().position(|one| one.as_text() == *code);
    match form.fields[field].kind.cell {
        _ if value.is_empty() => None,
        #[expect(clippy::cast_precision_loss, reason = "a list is short")]
        CellRule::Choices { ordered: true } => place.map(|place| (place + 1) as f64),
        _ => Some(f64::from(u8::from(place.is_some()))),
    }
}

/// A day as workbooks count them; they begin with 1900.
fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let (month, date) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month, date).ok()
}

fn part_cell(sheet: &mut Worksheet, at: (u32, u16), look: &Look, part: Option<f64>) -> Result<Option<f64>, XlsxError> {
    match part {
        Some(number) => {
            sheet.write_number_with_format(at.0, at.1, number, look.of_number("#,##0.##", number))?;
        }
        None => {
            sheet.write_blank(at.0, at.1, &look.text)?;
        }
    }
    Ok(part)
}
