//! Patterns for the browser: the same pattern as Rust reads it, as a small program that the script runs in time linear in
//! the text. JavaScript's own patterns differ in classes, boundaries and flags, and may run for ever.
//!
//! An instruction is `[0]` the whole is matched, `[1, class]` a character, `[2, a, b]` go on at both, `[3, a]` go on
//! there, `[4, look, a]` go on there if the look holds. A class is a list of ranges, or the name of one everybody has.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};
use serde_json::{Value as Json, json};

/// The longest program; a longer one is left to the server.
const LONGEST: usize = 2_000;

/// Classes that the script knows by name.
const NAMED: [(&str, &str); 6] = [("w", r"\w"), ("W", r"\W"), ("d", r"\d"), ("D", r"\D"), ("s", r"\s"), ("S", r"\S")];

/// Looks by the numbers that the script knows.
const LOOKS: [(Look, u8); 10] = [
    (Look::Start, 0),
    (Look::End, 1),
    (Look::StartLF, 2),
    (Look::EndLF, 3),
    (Look::WordUnicode, 4),
    (Look::WordUnicodeNegate, 5),
    (Look::WordAscii, 6),
    (Look::WordAsciiNegate, 7),
    (Look::WordStartUnicode, 8),
    (Look::WordEndUnicode, 9),
];

struct Program {
    steps: Vec<Json>,
}

/// The program of a pattern that is to match a whole text; nothing where it is too long or looks in a way of its own.
pub(super) fn program(pattern: &str) -> Option<Json> {
    let hir = if pattern.is_empty() { Hir::empty() } else { regex_syntax::parse(pattern).ok()? };
    let mut program = Program { steps: Vec::new() };
    program.add(&hir)?;
    program.push(json!([0]))?;
    Some(Json::Array(program.steps))
}

impl Program {
    fn push(&mut self, step: Json) -> Option<usize> {
        self.steps.push(step);
        (self.steps.len() <= LONGEST).then(|| self.steps.len() - 1)
    }

    fn next(&self) -> usize {
        self.steps.len()
    }

    fn add(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => Some(()),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                text.chars().try_for_each(|c| self.push(json!([1, [u32::from(c), u32::from(c)]])).map(drop))
            }
            HirKind::Class(Class::Unicode(class)) => self.push(json!([1, ranges(class)])).map(drop),
            HirKind::Class(Class::Bytes(_)) => None,
            HirKind::Look(look) => {
                let (_, number) = LOOKS.iter().find(|(known, _)| known == look)?;
                let next = self.next() + 1;
                self.push(json!([4, number, next])).map(drop)
            }
            HirKind::Capture(capture) => self.add(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part)),
            HirKind::Alternation(parts) => self.either(parts),
            HirKind::Repetition(repetition) => self.repeat(repetition),
        }
    }

    fn either(&mut self, parts: &[Hir]) -> Option<()> {
        let mut ends = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            if number + 1 == parts.len() {
                self.add(part)?;
                break;
            }
            let fork = self.push(Json::Null)?;
            self.add(part)?;
            ends.push(self.push(Json::Null)?);
            self.steps[fork] = json!([2, fork + 1, self.next()]);
        }
        for end in ends {
            self.steps[end] = json!([3, self.next()]);
        }
        Some(())
    }

    fn repeat(&mut self, repetition: &Repetition) -> Option<()> {
        for _ in 0..repetition.min {
            self.add(&repetition.sub)?;
        }
        let Some(most) = repetition.max else {
            let fork = self.push(Json::Null)?;
            self.add(&repetition.sub)?;
            self.push(json!([3, fork]))?;
            self.steps[fork] = json!([2, fork + 1, self.next()]);
            return Some(());
        };
        let mut forks = Vec::new();
        for _ in repetition.min..most {
            forks.push(self.push(Json::Null)?);
            self.add(&repetition.sub)?;
        }
        for fork in forks {
            self.steps[fork] = json!([2, fork + 1, self.next()]);
        }
        Some(())
    }
}

/// The ranges of a class one after another, or its name.
fn ranges(class: &ClassUnicode) -> Json {
    let known = NAMED.iter().find(|(_, pattern)| {
        regex_syntax::parse(pattern)
            .is_ok_and(|hir| matches!(hir.kind(), HirKind::Class(Class::Unicode(c)) if c == class))
    });
    match known {
        Some((name, _)) => json!(name),
        None => json!(class.iter().flat_map(|r| [u32::from(r.start()), u32::from(r.end())]).collect::<Vec<_>>()),
    }
}
