//! Random expressions of every type, and answers for them; the same ones each time.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use svod::expr::{Scalar, Type};

use super::cases::World;

/// Numbers that are as random as a test needs and always the same.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn of<'a, T: ?Sized>(&mut self, among: &[&'a T]) -> &'a T {
        among[self.below(among.len())]
    }
}

const NUMBERS: [&str; 12] = ["0", "1", "2", "3", "0.1", "0.2", "0.3", "2.5", "100", "1234.56", "0.015", "7"];
const TEXTS: [&str; 9] = ["", "a", "b", "Школа", "школа", "a b", "12.5", "2024/25", "  ё  ж "];
const DAYS: [&str; 5] = ["2024-02-29", "2025-12-31", "2024-01-01", "1999-09-01", "2026-08-31"];

/// Answers of every type, some of them empty.
pub fn world(dice: &mut Dice) -> World {
    let mut answers = serde_json::Map::new();
    let mut types = BTreeMap::new();
    for (scalar, letter) in [(Scalar::Number, 'n'), (Scalar::Text, 't'), (Scalar::Boolean, 'b'), (Scalar::Date, 'd')] {
        for number in 0..3 {
            answers.insert(format!("{letter}{number}"), value(dice, scalar));
            types.insert(format!("{letter}{number}"), Type::one(scalar));
        }
        if scalar != Scalar::Date {
            let list: Vec<Json> = (0..4).map(|_| value(dice, scalar)).collect();
            answers.insert(format!("{letter}s"), Json::Array(list));
            types.insert(format!("{letter}s"), Type::many(scalar));
        }
    }
    let mut world = World::new(&Json::Object(answers));
    world.types = types;
    world
}

fn value(dice: &mut Dice, scalar: Scalar) -> Json {
    if dice.below(4) == 0 {
        return Json::Null;
    }
    match scalar {
        Scalar::Number => {
            let sign = if dice.below(4) == 0 { -1.0 } else { 1.0 };
            json!(sign * dice.of(&NUMBERS).parse::<f64>().unwrap())
        }
        Scalar::Text => json!(dice.of(&TEXTS)),
        Scalar::Boolean => json!(dice.below(2) == 0),
        _ => json!(dice.of(&DAYS)),
    }
}

/// An expression of any type.
pub fn expression(dice: &mut Dice) -> String {
    let scalar = [Scalar::Number, Scalar::Number, Scalar::Boolean, Scalar::Boolean, Scalar::Text, Scalar::Date];
    let depth = 1 + dice.below(3);
    let scalar = scalar[dice.below(scalar.len())];
    one(dice, scalar, depth)
}

/// What may be written for a type: `N`, `T`, `B`, `D` stand for expressions, `n`, `t`, `b` for lists of them, `W` for a
/// text as it is written, `0` for a small whole number, `X` for a branch of the same type twice.
const OF_NUMBERS: [&str; 36] = [
    "N + N",
    "N - N",
    "N * N",
    "N div N",
    "0 mod 3",
    "(N + N)",
    "-N",
    "round(N)",
    "round(N, 0)",
    "int(N)",
    "floor(N)",
    "ceiling(N)",
    "abs(N)",
    "sum(n)",
    "sum(n, N)",
    "avg(n)",
    "min(n)",
    "max(n)",
    "median(n)",
    "count(n)",
    "count(t)",
    "count-selected(t)",
    "countif(t, T)",
    "countif(n, N)",
    "sumif(n, N)",
    "sumif(t, T, n)",
    "rank(N, n)",
    "rank(N, n, B)",
    "quantile(n, 0.25)",
    "string-length(T)",
    "D - D",
    "coalesce(N, N)",
    "if(B, N, N)",
    "if(B, N, '')",
    "number(B)",
    "sqrt(abs(N))",
];
const OF_TEXTS: [&str; 15] = [
    "concat(T, T)",
    "concat(T, '-', B)",
    "substr(T, 0, 0)",
    "substr(T, 0)",
    "substring(T, 1, 2)",
    "substring-before(T, W)",
    "substring-after(T, W)",
    "normalize-space(T)",
    "translate(T, 'ab', 'ё')",
    "join(', ', T, T)",
    "if(B, T, T)",
    "coalesce(T, T)",
    "string(D)",
    "format-date(D, '%d.%m.%Y, %a')",
    "selected-at(t, 0)",
];
const OF_CONDITIONS: [&str; 27] = [
    "N = N",
    "N != N",
    "N < N",
    "N <= N",
    "N > N",
    "N >= N",
    "T = T",
    "T != T",
    "D = D",
    "D < D",
    "D >= D",
    "B = B",
    "B and B",
    "B or B",
    "not(B)",
    "isblank(N)",
    "isblank(T)",
    "N = ''",
    "T != ''",
    "selected(t, T)",
    "contains(T, T)",
    "starts-with(T, T)",
    "ends-with(T, T)",
    "boolean(N)",
    "checklist(1, 2, B, B)",
    "if(B, B, B)",
    "coalesce(B, B)",
];
const OF_DAYS: [&str; 5] = ["D + 0", "D - 0", "if(B, D, D)", "coalesce(D, D)", "max(D, D)"];

fn one(dice: &mut Dice, scalar: Scalar, depth: usize) -> String {
    if depth == 0 || dice.below(6) == 0 {
        return leaf(dice, scalar);
    }
    let form: &str = match scalar {
        Scalar::Number => dice.of(&OF_NUMBERS),
        Scalar::Text => dice.of(&OF_TEXTS),
        Scalar::Boolean => dice.of(&OF_CONDITIONS),
        _ => dice.of(&OF_DAYS),
    };
    let mut written = String::new();
    let alone = |before: Option<char>, after: Option<char>| {
        !before.is_some_and(|c| c.is_alphanumeric() || c == '\'' || c == '%' || c == '-' || c == '.')
            && !after.is_some_and(|c| c.is_alphanumeric() || c == '\'' || c == '-' || c == '.')
    };
    let letters: Vec<char> = form.chars().collect();
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]).filter(|c| *c != '-' || at > 1);
        let slot = alone(before, letters.get(at + 1).copied());
        written += &match c {
            'N' if slot || at == 1 => inside(dice, Scalar::Number, depth),
            'T' if slot => inside(dice, Scalar::Text, depth),
            'B' if slot => inside(dice, Scalar::Boolean, depth),
            'D' if slot => inside(dice, Scalar::Date, depth),
            'W' if slot => format!("'{}'", dice.of(&["a", "/", ".", " ", "x"])),
            'n' | 't' | 'b' if slot => format!("${{{c}s}}"),
            '0' if slot => dice.below(5).to_string(),
            other => other.to_string(),
        };
    }
    written
}

fn inside(dice: &mut Dice, scalar: Scalar, depth: usize) -> String {
    let written = one(dice, scalar, depth - 1);
    let literal = written.starts_with('\'') && written.ends_with('\'') && written.matches('\'').count() == 2;
    if written.contains(' ') && !literal { format!("({written})") } else { written }
}

fn leaf(dice: &mut Dice, scalar: Scalar) -> String {
    let number = dice.below(3);
    let named = dice.below(5) > 1;
    match scalar {
        Scalar::Number if named => format!("${{n{number}}}"),
        Scalar::Text if named => format!("${{t{number}}}"),
        Scalar::Boolean if named => format!("${{b{number}}}"),
        Scalar::Date if named => format!("${{d{number}}}"),
        Scalar::Number => dice.of(&NUMBERS).to_owned(),
        Scalar::Text => format!("'{}'", dice.of(&TEXTS)),
        Scalar::Boolean => dice.of(&["true()", "false()"]).to_owned(),
        _ => format!("date('{}')", dice.of(&DAYS)),
    }
}
