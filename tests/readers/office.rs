//! The workbook's reader: all expressions as formulas of one workbook, computed by LibreOffice.

use std::cell::RefCell;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::{Formula, Workbook, Worksheet};
use serde_json::{Value as Json, json};
use svod::expr::excel::{self, Place, Places};
use svod::expr::{Expr, ExprFault, Reference, Scalar, Surroundings, Type, Value};

use super::cases::World;

/// An expression and the world in which it stands.
pub struct Task<'a> {
    pub world: &'a World,
    pub expr: &'a Expr,
}

/// A row of the sheet: the values that an expression refers to stand beside it.
struct Line<'a> {
    task: &'a Task<'a>,
    row: u32,
    cells: RefCell<Vec<(String, Value, String)>>,
    next: RefCell<u16>,
}

fn address(row: u32, column: u16) -> String {
    let mut letters = String::new();
    let mut left = u32::from(column) + 1;
    while left > 0 {
        letters.insert(0, char::from(b'A' + u8::try_from((left - 1) % 26).unwrap()));
        left = (left - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}

impl Line<'_> {
    /// Puts values side by side and returns where.
    fn put(&self, path: &str, values: &[Value]) -> String {
        if let Some((.., at)) = self.cells.borrow().iter().find(|(known, ..)| known == path) {
            return at.clone();
        }
        let first = *self.next.borrow();
        let last = first + u16::try_from(values.len()).unwrap() - 1;
        *self.next.borrow_mut() = last + 1;
        let (from, to) = (address(self.row, first), address(self.row, last));
        let at = if values.len() == 1 { from } else { format!("{from}:{to}") };
        self.cells.borrow_mut().push((path.to_owned(), Value::List(values.to_vec()), at.clone()));
        at
    }
}

impl Places for Line<'_> {
    fn reference(&self, reference: &Reference) -> Option<Place> {
        let value = Surroundings::reference(self.task.world, reference);
        let found = Type::of(&value);
        Some(match &value {
            Value::List(list) if list.is_empty() => Place::Value(value),
            Value::List(list) if found.scalar == Scalar::Any => {
                let scalar = self.task.world.types.get(&reference.path).map_or(Scalar::Number, |known| known.scalar);
                Place::Range(self.put(&reference.path, list), scalar, list.len())
            }
            Value::List(list) => Place::Range(self.put(&reference.path, list), found.scalar, list.len()),
            Value::Empty => match self.task.world.types.get(&reference.path) {
                Some(known) => Place::Cell(self.put(&reference.path, &[Value::Empty]), known.scalar),
                None => Place::Value(Value::Empty),
            },
            single => Place::Cell(self.put(&reference.path, std::slice::from_ref(single)), found.scalar),
        })
    }

    fn word(&self, function: &str, word: &str) -> Option<Value> {
        match function {
            "parameter" => Some(self.task.world.parameter(word)),
            _ => Some(self.task.world.row(word)),
        }
    }
}

/// The formula of each task, or why it has none; and what LibreOffice makes of those that have one.
pub fn run(folder: &Path, tasks: &[Task<'_>]) -> Option<Vec<Result<(String, Data), ExprFault>>> {
    let path = folder.join("cases.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut formulas = Vec::new();
    for (row, task) in (0..).zip(tasks) {
        let line = Line { task, row, cells: RefCell::new(Vec::new()), next: RefCell::new(2) };
        let formula = excel::formula(task.expr, &line);
        if let Ok(formula) = &formula {
            let formula = Formula::new(format!("={formula}")).set_result("не вычислено");
            sheet.write_formula(row, 0, formula).unwrap();
            let mut column = 2;
            for (_, values, _) in line.cells.borrow().iter() {
                for value in values.elements() {
                    write(sheet, (row, column), value);
                    column += 1;
                }
            }
        }
        formulas.push(formula);
    }
    book.save(&path).unwrap();
    let made = super::recalculated(&path)?;
    let mut book: Xlsx<_> = open_workbook(made).unwrap();
    let range = book.worksheet_range("Sheet1").unwrap();
    let found = |row: usize| range.get_value((u32::try_from(row).unwrap(), 0)).cloned().unwrap_or(Data::Empty);
    Some(formulas.into_iter().enumerate().map(|(row, formula)| formula.map(|formula| (formula, found(row)))).collect())
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), value: &Value) {
    match value {
        Value::Number(number) => sheet.write_number(row, column, *number).unwrap(),
        Value::Text(text) => sheet.write_string(row, column, text).unwrap(),
        Value::Boolean(b) => sheet.write_boolean(row, column, *b).unwrap(),
        Value::Date(day) => sheet.write_number(row, column, f64::from(serial(*day))).unwrap(),
        _ => return,
    };
}

fn serial(day: jiff::civil::Date) -> i32 {
    day.since(jiff::civil::date(1899, 12, 30)).unwrap().get_days()
}

/// Whether a cell shows what an expression gives.
pub fn shows(cell: &Data, value: &Json, least: f64) -> bool {
    let near = |found: f64, wanted: f64| (found - wanted).abs() <= 1e-12 * wanted.abs().max(least);
    match (cell, value) {
        (Data::Empty, Json::Null) => true,
        (Data::String(text), Json::Null) => text.is_empty(),
        (Data::String(text), Json::String(wanted)) if text == wanted => true,
        (Data::Bool(found), Json::Bool(wanted)) => found == wanted,
        (Data::Float(found), Json::Bool(wanted)) => *found == f64::from(u8::from(*wanted)),
        (Data::Float(found), Json::Number(wanted)) => near(*found, wanted.as_f64().unwrap()),
        (Data::Float(found), Json::String(day)) => day.parse().is_ok_and(|day| near(*found, f64::from(serial(day)))),
        (Data::DateTime(found), Json::String(day)) => {
            day.parse().is_ok_and(|day| near(found.as_f64(), f64::from(serial(day))))
        }
        (Data::DateTime(found), wanted) => shows(&Data::Float(found.as_f64()), &json!(wanted), least),
        _ => false,
    }
}
