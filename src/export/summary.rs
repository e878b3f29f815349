//! The summary: every indicator by row and territory, as live formulas over the sheet of data.

use std::collections::HashMap;
use std::sync::Arc;

use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, Format, Formula, Worksheet};

use super::columns::{PART_OF, STATE};
use super::data::Data;
use super::look::{self, Look};
use super::{Book, Written, page};
use crate::form::{Better, Form, Indicator, Unit};
use crate::ids::OrgId;
use crate::indicator::{Figure, Figures, IndicatorFigures, RowFigures};
use crate::lang::Words;
use crate::org::Org;
use crate::report::figures::Tally;
use crate::text;

/// Numbers only: every number is greater, no text is.
const NUMBER: &str = "\">-1E+300\"";
/// How many names a remark says.
const NAMES: usize = 5;

const WIDTHS: [f64; 10] = [32.0, 27.0, 11.0, 12.5, 11.0, 8.0, 12.0, 10.0, 11.0, 42.0];
const HEADS: [&str; 10] = [
    "export.row",
    "export.territory",
    "export.numerator",
    "export.denominator",
    "export.value",
    "export.target",
    "export.met",
    "export.counted",
    "export.expected",
    "export.remark",
];
const LAST: u16 = 9;

/// The sheet while it is written.
struct Summary<'a> {
    sheet: &'a mut Worksheet,
    look: &'a Look,
    book: &'a Book<'a>,
    data: &'a Data,
    figures: &'a Figures,
    orgs: &'a HashMap<OrgId, Arc<Org>>,
    row: u32,
}

/// One line: which indicator, which of its rows, which part of the territory.
struct Line<'a> {
    indicator: &'a IndicatorFigures,
    at: usize,
    label: &'a str,
    part: Option<usize>,
    figure: &'a Figure,
}

/// Writes the summary.
pub(super) fn write(
    sheet: &mut Worksheet,
    (look, book): (&Look, &Book<'_>),
    data: &Data,
    figures: &Figures,
) -> Written {
    let below =
        [format!("{} · {}", book.territory, book.period()), format!("{}. {}", tally(book, figures), book.counts())];
    let form = &book.reading.version.form;
    let row = page::title(sheet, look, &form.title, &below)?;
    let head: Vec<(String, f64)> = HEADS.iter().zip(WIDTHS).map(|(key, width)| (book.t(key), width)).collect();
    let row = page::head(sheet, look, row, &head)?;
    page::paper(sheet, book);
    let mut summary = Summary { sheet, look, book, data, figures, orgs: &book.reading.orgs, row };
    for indicator in &figures.indicators {
        summary.indicator(indicator)?;
    }
    if figures.indicators.is_empty() {
        page::text(summary.sheet, (summary.row, 0), &book.t("export.no-indicators"), (look, &look.subtitle))?;
    }
    summary.alarm(row)
}

/// «Принято 3, отправлено 5, ожидается 7»; of a programme so for every form that it reads.
pub(super) fn tally(book: &Book<'_>, figures: &Figures) -> String {
    let say = |words: Words, tally: Tally| {
        let words = words.with("accepted", tally.accepted).with("sent", tally.sent);
        book.say(&words.with("expected", tally.expected))
    };
    if figures.inputs.is_empty() {
        return say(Words::new("export.tally"), figures.tally);
    }
    let inputs = figures.inputs.iter();
    let each = inputs.map(|input| say(Words::new("export.tally-of").with("form", &input.form.title), input.tally));
    each.collect::<Vec<_>>().join("; ")
}

impl Summary<'_> {
    fn form(&self) -> &Form {
        &self.book.reading.version.form
    }

    fn indicator(&mut self, indicator: &IndicatorFigures) -> Written {
        let rule = &self.form().indicators[indicator.indicator].clone();
        let band = self.band(rule, indicator);
        self.sheet.merge_range(self.row, 0, self.row, LAST, &band, &self.look.band)?;
        self.sheet.set_row_height(self.row, look::height(look::lines(&band, 170.0)))?;
        self.row += 1;
        if let Some(note) = &rule.note {
            self.quiet_line(note)?;
        }
        let (some, nothing): (Vec<_>, Vec<_>) = indicator.rows.iter().partition(|row| says_something(&row.total));
        for row in some {
            self.lines(indicator, row)?;
        }
        if !nothing.is_empty() {
            self.silent_rows(&nothing.iter().map(|row| row.label.as_str()).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// «Доля не преодолевших порог, %; цель: не более 20».
    fn band(&self, rule: &Indicator, indicator: &IndicatorFigures) -> String {
        let unit = if rule.unit == Unit::Number || rule.label.contains('%') { "" } else { ", %" };
        let mut band = format!("{}{unit}", rule.label);
        if let Some(target) = indicator.target {
            let words = match rule.better {
                Some(Better::Lower) => Words::new("export.target-lower"),
                Some(Better::Higher) => Words::new("export.target-higher"),
                None => Words::new("export.target-plain"),
            };
            band = format!("{band}; {}", self.book.say(&words.with("target", target)));
        }
        if rule.periods > 1 {
            let words = Words::new("export.over-periods").with("n", i64::from(rule.periods));
            band = format!("{band}; {}", self.book.say(&words));
        }
        if let Some(among) = &rule.among {
            let list = self.form().classifications.iter().find(|list| list.name == *among);
            let label = list.map(|list| super::lists::short(&list.label)).unwrap_or_default();
            band = format!("{band}; {}", self.book.say(&Words::new("export.among").with("list", label)));
        }
        band
    }

    fn lines(&mut self, indicator: &IndicatorFigures, row: &RowFigures) -> Written {
        let at = row.row.unwrap_or(0);
        let whole = &self.form().indicators[indicator.indicator].label;
        let label = if row.label.is_empty() { whole.clone() } else { row.label.clone() };
        let line = |part, figure| Line { indicator, at, label: &label, part, figure };
        let whole = self.figures.territories.len() == 1 && self.figures.territories[0].org == self.figures.total.org;
        if !whole {
            for (part, figure) in row.parts.iter().enumerate() {
                self.line(&line(Some(part), figure))?;
            }
        }
        self.line(&line(None, &row.total))
    }

    fn line(&mut self, line: &Line<'_>) -> Written {
        let (row, total) = (self.row, line.part.is_none());
        let dress = |format: &Format| if total { look::total(format) } else { format.clone() };
        let look = self.look;
        let label = if total { dress(&look.wrapped) } else { dress(&look.quiet) };
        let name = match line.part {
            Some(part) => self.book.parts[part].clone(),
            None => self.book.say(&Words::new("export.all-of").with("territory", &self.book.territory)),
        };
        page::text(self.sheet, (row, 0), line.label, (look, &label))?;
        page::text(self.sheet, (row, 1), &name, (look, &dress(&look.wrapped)))?;
        self.formulas(line, &dress)?;
        match line.indicator.target {
            Some(target) => self.sheet.write_number_with_format(row, 5, target, &dress(look.of_number("", target)))?,
            None => self.sheet.write_blank(row, 5, &dress(&look.text))?,
        };
        self.sheet.write_number_with_format(row, 8, count(line.figure.expected), &dress(&look.whole))?;
        let remark = self.remark(&self.form().indicators[line.indicator.indicator], line.figure);
        let plain = if total { look.wrapped.clone() } else { look.quiet.clone() };
        page::text(self.sheet, (row, 9), &remark, (look, &dress(&plain)))?;
        let texts = [(line.label, 0), (name.as_str(), 1), (remark.as_str(), 9)];
        // The bold letters of totals are wider.
        let narrow = if total { 0.82 } else { 0.92 };
        let lines = texts.map(|(text, column)| look::lines(text, WIDTHS[column] * narrow));
        self.sheet.set_row_height(row, look::height(lines.into_iter().max().unwrap_or(1)))?;
        self.row += 1;
        Ok(())
    }

    /// The sums, the figure, whether the target is met, and how many reports are in it.
    fn formulas(&mut self, line: &Line<'_>, dress: &dyn Fn(&Format) -> Format) -> Written {
        let form = self.form();
        let rule = form.indicators[line.indicator.indicator].clone();
        let (numerator, denominator) = self.data.columns.parts_of(form, line.indicator.indicator, line.at);
        let (Some(numerator), figure, look) = (numerator, line.figure, self.look) else { return Ok(()) };
        let (n, row) = (self.row + 1, self.row);
        let range = |column| self.data.range(self.book, column);
        let mut both = format!("{},{NUMBER}", range(numerator));
        if let Some(denominator) = denominator {
            both = format!("{both},{},{NUMBER}", range(denominator));
        }
        if line.part.is_some() {
            both = format!("{both},{},$B{n}", range(PART_OF));
        }
        let reports = if rule.expected {
            format!("{both},{},\"<>{}\"", range(STATE), self.book.t("export.state-silent"))
        } else {
            both.clone()
        };
        let sum = |column: u16| format!("=IF(COUNTIFS({both})=0,\"\",SUMIFS({},{both}))", range(column));
        let (first, second) = (sum(numerator), denominator.map(sum));
        put(self.sheet, (row, 2), &first, figure.numerator, &dress(number(look, figure.numerator)))?;
        match second {
            Some(second) => {
                put(self.sheet, (row, 3), &second, figure.denominator, &dress(number(look, figure.denominator)))?;
            }
            None => {
                self.sheet.write_blank(row, 3, &dress(&look.text))?;
            }
        }
        let value = value_formula(&rule, denominator.is_some(), n);
        let shape = if rule.unit == Unit::Number { number(look, figure.value) } else { &look.tenth };
        put(self.sheet, (row, 4), &value, figure.value, &dress(shape))?;
        self.met(line, &rule, &dress(&look.centre))?;
        let counted = format!("=COUNTIFS({reports})");
        put(self.sheet, (row, 7), &counted, Some(count(figure.counted)), &dress(&look.whole))
    }

    fn met(&mut self, line: &Line<'_>, rule: &Indicator, format: &Format) -> Written {
        let sign = match (line.indicator.target, rule.better) {
            (Some(_), Some(Better::Lower)) => "<=",
            (Some(_), Some(Better::Higher)) => ">=",
            _ => {
                self.sheet.write_blank(self.row, 6, format)?;
                return Ok(());
            }
        };
        let (n, yes, no) = (self.row + 1, self.book.t("export.yes"), self.book.t("export.no"));
        let formula = format!("=IF(E{n}=\"\",\"\",IF(E{n}{sign}F{n},\"{yes}\",\"{no}\"))");
        let result = match line.figure.met {
            Some(true) => yes,
            Some(false) => no,
            None => String::new(),
        };
        self.sheet.write_formula_with_format(self.row, 6, Formula::new(formula).set_result(result), format)?;
        Ok(())
    }

    /// What law 7 wants said: rows left out, schools of which only a share is known, the silent in the denominator.
    fn remark(&self, rule: &Indicator, figure: &Figure) -> String {
        let mut said = Vec::new();
        if figure.rows.0 < figure.rows.1 {
            let plain = rule.denominator.is_none() || (rule.unit == Unit::Number && rule.over.is_none());
            let words = if plain { "export.left-out-number" } else { "export.left-out" };
            said.push(Words::new(words).with("k", figure.rows.0).with("n", figure.rows.1));
        }
        if !figure.only_share.is_empty() {
            let names = figure.only_share.iter().take(NAMES).filter_map(|id| self.orgs.get(id)).map(|org| org.label());
            let mut names = names.collect::<Vec<_>>().join(", ");
            if figure.only_share.len() > NAMES {
                names.push('…');
            }
            said.push(Words::new("export.only-share").with("n", figure.only_share.len()).with("names", names));
        }
        if figure.silent > 0 {
            said.push(Words::new("export.silent-inside").with("n", figure.silent));
        }
        said.iter().map(|words| self.book.say(words)).collect::<Vec<_>>().join("; ")
    }

    /// The rows of which nothing is known, in one line.
    fn silent_rows(&mut self, labels: &[&str]) -> Written {
        let labels: Vec<&str> = labels.iter().copied().filter(|label| !label.is_empty()).collect();
        let said = match labels.as_slice() {
            [] => self.book.t("export.nothing"),
            some => self.book.say(&Words::new("export.nothing-in").with("rows", some.join("; "))),
        };
        self.quiet_line(&said)
    }

    /// A remark as wide as the sheet.
    fn quiet_line(&mut self, said: &str) -> Written {
        self.sheet.merge_range(self.row, 0, self.row, LAST, said, &self.look.quiet)?;
        self.sheet.set_row_height(self.row, look::height(look::lines(said, 170.0)))?;
        self.row += 1;
        Ok(())
    }

    /// A target that is not met stands out.
    fn alarm(&mut self, first: u32) -> Written {
        if self.row <= first {
            return Ok(());
        }
        let rule = ConditionalFormatCellRule::EqualTo(self.book.t("export.no"));
        let format = ConditionalFormatCell::new().set_rule(rule).set_format(&self.look.alarm);
        self.sheet.add_conditional_format(first, 6, self.row - 1, 6, &format)?;
        Ok(())
    }
}

fn says_something(figure: &Figure) -> bool {
    figure.numerator.is_some() || figure.answered > 0 || figure.silent > 0
}

/// Σ numerator / Σ denominator of the same line; empty where one of them is, and where the divisor is zero.
fn value_formula(rule: &Indicator, divided: bool, n: u32) -> String {
    let scale = if rule.unit == Unit::Number { "" } else { "100*" };
    if divided {
        format!("=IF(OR(C{n}=\"\",D{n}=\"\"),\"\",IF(D{n}=0,\"\",{scale}C{n}/D{n}))")
    } else {
        format!("=C{n}")
    }
}

fn number(look: &Look, number: Option<f64>) -> &Format {
    look.of_number("#,##0.##", number.unwrap_or_default())
}

fn put(sheet: &mut Worksheet, at: (u32, u16), formula: &str, result: Option<f64>, format: &Format) -> Written {
    let formula = Formula::new(formula).set_result(result.map(text::canonical).unwrap_or_default());
    sheet.write_formula_with_format(at.0, at.1, formula, format)?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of schools stay far below 2^53")]
fn count(count: usize) -> f64 {
    count as f64
}
