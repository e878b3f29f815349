//! The contract of the language: the cases of `tests/expr/`, and the world in which their expressions stand.

#![allow(dead_code, reason = "each of the tests that share it uses a part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use svod::expr::loose::Loose;
use svod::expr::{
    self, Expr, ExprFault, Names, Reference, Scalar, Shared, Slot, Span, Surroundings, Type, Value, check, evaluate,
};
use svod::lang::Words;

/// The columns of the matrix: what a function is tried with.
pub const SQUARES: [&str; 6] = ["value", "empty", "missing", "wrong", "list", "boundary"];

/// One expression and what it must give.
pub struct Case {
    pub file: String,
    pub expression: String,
    pub answers: Json,
    pub expected: Expected,
    /// The function and the square of the matrix that it fills.
    pub square: Option<(String, &'static str)>,
}

/// What an expression must give.
pub enum Expected {
    Value(Json),
    /// The code of a fault and its column, from 1, in characters.
    Fault(String, usize),
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expr").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

/// Every case: those of the laws, and those of the functions and operators.
pub fn all() -> Vec<Case> {
    let laws = files("").into_iter().flat_map(|path| of_laws(&path));
    laws.chain(files("functions").into_iter().flat_map(|path| of_functions(&path))).collect()
}

fn read(path: &Path) -> (String, toml::Table) {
    let file = path.file_name().unwrap().to_string_lossy().into_owned();
    (file, std::fs::read_to_string(path).unwrap().parse().unwrap())
}

fn text(value: &toml::Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn entries(value: Option<&toml::Value>) -> Vec<toml::Value> {
    value.and_then(|list| list.as_array().cloned()).unwrap_or_default()
}

/// The laws that a file says it has cases of.
pub fn laws() -> Vec<(String, Vec<i64>)> {
    let of = |path: &PathBuf| {
        let (file, table) = read(path);
        (file, entries(table.get("laws")).iter().filter_map(toml::Value::as_integer).collect())
    };
    files("").iter().chain(&files("functions")).map(of).collect()
}

fn of_laws(path: &Path) -> Vec<Case> {
    let (file, table) = read(path);
    let answers: Json = serde_json::from_str(table["answers"].as_str().unwrap()).unwrap();
    let mut found: Vec<(String, Expected)> = Vec::new();
    for (key, value) in [("true", json!(true)), ("false", json!(false)), ("empty", Json::Null)] {
        found.extend(entries(table.get(key)).iter().map(|entry| (text(entry), Expected::Value(value.clone()))));
    }
    for key in ["values", "faults"] {
        found.extend(entries(table.get(key)).iter().map(entry));
    }
    let whole = |(expression, expected)| Case {
        file: file.clone(),
        expression,
        answers: answers.clone(),
        expected,
        square: None,
    };
    found.into_iter().map(whole).collect()
}

/// `"expression"` gives empty, `["expression", value]` a value, `["expression", "code", column]` a fault.
fn entry(entry: &toml::Value) -> (String, Expected) {
    let Some(parts) = entry.as_array() else { return (text(entry), Expected::Value(Json::Null)) };
    let expected = match &parts[1..] {
        [code, column] => Expected::Fault(text(code), usize::try_from(column.as_integer().unwrap()).unwrap()),
        _ => Expected::Value(serde_json::to_value(&parts[1]).unwrap()),
    };
    (text(&parts[0]), expected)
}

fn of_functions(path: &Path) -> Vec<Case> {
    let (file, table) = read(path);
    let answers = path.with_file_name("answers.json");
    let answers: Json = serde_json::from_str(&std::fs::read_to_string(answers).unwrap()).unwrap();
    let mut found = Vec::new();
    for (function, squares) in table.iter().filter(|(_, squares)| squares.is_table()) {
        for square in SQUARES {
            for (expression, expected) in entries(squares.get(square)).iter().map(entry) {
                let (file, answers) = (file.clone(), answers.clone());
                found.push(Case { file, expression, answers, expected, square: Some((function.clone(), square)) });
            }
        }
    }
    found
}

/// Numbers as numbers, and `""` inside an expected list for an empty element (TOML has no null).
pub fn same(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::String(a), Json::Null) => a.is_empty(),
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

/// Where the expressions of cases stand: loose answers, and where a case of a function needs them, a row, parameters
/// and what lies outside the report, each under its own key of the answers.
pub struct World {
    pub answers: Json,
    /// Types of names that may hold nothing; a day is a text in the answers.
    pub types: BTreeMap<String, Type>,
    loose: Loose,
}

impl World {
    pub fn new(answers: &Json) -> World {
        let today = "2025-12-31".parse().unwrap();
        World { answers: answers.clone(), types: BTreeMap::new(), loose: Loose::new(answers.clone(), Some(today)) }
    }

    /// Parses and checks an expression.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn expr(&self, source: &str) -> Result<(Expr, Type), Vec<ExprFault>> {
        let (expr, mut faults) = expr::parse_through(source);
        let Some(mut expr) = expr else { return Err(faults) };
        match check(&mut expr, self) {
            Ok(found) if faults.is_empty() => return Ok((expr, found)),
            Ok(_) => {}
            Err(more) => faults.extend(more),
        }
        faults.sort_by_key(|fault| fault.span.start);
        Err(faults)
    }

    /// What an expression gives in Rust.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn value(&self, source: &str) -> Result<Value, Vec<ExprFault>> {
        self.expr(source).map(|(expr, _)| evaluate(&expr, self))
    }

    fn outside(&self, of: &str, name: &str) -> Value {
        self.answers.pointer(&format!("/{of}/{name}")).map_or(Value::Empty, Value::from_json)
    }
}

impl Names for World {
    fn reference(&self, reference: &Reference, within: Option<&str>, span: Span) -> Result<(Slot, Type), ExprFault> {
        let (slot, found) = Names::reference(&self.loose, reference, within, span)?;
        Ok((slot, self.types.get(&reference.path).copied().unwrap_or(found)))
    }

    fn rows(&self, reference: &Reference, span: Span) -> Result<Slot, ExprFault> {
        Names::rows(&self.loose, reference, span)
    }

    fn column(&self, of: &Reference, name: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        self.loose.column(of, name, span)
    }

    fn this(&self) -> Option<Type> {
        None
    }

    fn special(&self, function: &'static str, word: Option<&str>, span: Span) -> Result<Type, ExprFault> {
        let known = match function {
            "parameter" => "parameters",
            "jr:choice-name" => "choices",
            "position" => "row",
            other => other,
        };
        let Some(known) = self.answers.get(known) else { return self.loose.special(function, word, span) };
        match (function, word) {
            ("jr:choice-name", _) => Ok(Type::one(Scalar::Text)),
            ("parameter" | "row" | "org", Some(word)) => {
                let unknown = || ExprFault::new(span, "unknown-name", Words::new("form.unknown-name"));
                known.get(word).map(|value| Type::of(&Value::from_json(value))).ok_or_else(unknown)
            }
            _ => Ok(Type::one(Scalar::Any)),
        }
    }
}

impl Surroundings for World {
    fn reference(&self, reference: &Reference) -> Value {
        let found = Surroundings::reference(&self.loose, reference);
        match self.types.get(&reference.path) {
            Some(Type { scalar: Scalar::Date, .. }) => found.as_text().parse().map_or(Value::Empty, Value::Date),
            _ => found,
        }
    }

    fn rows(&self, of: &Reference) -> usize {
        Surroundings::rows(&self.loose, of)
    }

    fn cell(&self, of: &Reference, row: usize, column: &Reference) -> Value {
        self.loose.cell(of, row, column)
    }

    fn position(&self) -> Option<usize> {
        self.answers.get("row").map(|_| 1)
    }

    fn today(&self) -> Option<jiff::civil::Date> {
        self.loose.today()
    }

    fn choice_name(&self, reference: &Reference, code: &str) -> Value {
        self.outside("choices", &format!("{}/{code}", reference.path))
    }

    fn parameter(&self, name: &str) -> Value {
        self.outside("parameters", name)
    }

    fn row(&self, attribute: &str) -> Value {
        self.outside("row", attribute)
    }

    fn org(&self, attribute: &str) -> Value {
        self.outside("org", attribute)
    }

    fn previous(&self, reference: &Reference, periods: u32) -> Value {
        self.outside("previous", &format!("{}/{}", periods - 1, reference.path))
    }

    fn children(&self, reference: &Reference) -> Value {
        self.outside("children", &reference.path)
    }

    fn peers(&self, reference: &Reference) -> Value {
        let list = self.outside("peers", &reference.path);
        if list.is_empty() { Value::Empty } else { Value::Shared(Shared::new(list.elements().to_vec())) }
    }
}
