//! Forms that are too large, too deep or too tangled: refused or read within seconds and half a gigabyte, with a word.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value as Json;

/// Many times what the work takes in a build without optimisation on a machine that is busy.
const TIME: Duration = Duration::from_secs(60);

/// The most memory of a check, in kilobytes.
const MEMORY: i64 = 512 << 10;

/// A little less than the longest form file.
const LENGTH: usize = (8 << 20) - 400;

const HEAD: &str = "id = \"x\"\ntitle = \"x\"\nperiod = \"once\"\n";

/// What is repeated until the file is so long.
fn filled(start: &str, piece: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        let piece = piece(number);
        if text.len() + piece.len() > LENGTH {
            break;
        }
        text += &piece;
    }
    text
}

fn nested(open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(10_000), close.repeat(10_000))
}

/// A form with one question that says something.
fn saying(said: &str) -> String {
    format!("{HEAD}[[group]]\n[[group.question]]\nname = \"q\"\n{said}\n")
}

fn calculating(calculation: &str) -> String {
    saying(&format!("type = \"calculate\"\nvalue = \"integer\"\ncalculation = \"{calculation}\""))
}

fn matching(pattern: &str) -> String {
    saying(&format!("type = \"text\"\nconstraint = '''regex(., '{pattern}')'''"))
}

/// Files that no form is: what each is called, and its text.
fn refused() -> Vec<(&'static str, String)> {
    let question = |n| format!("[[group.question]]\nname = \"q{n}\"\ntype = \"integer\"\n");
    let languages = filled("", |n| {
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
        format!("{}{}{} = \"a\", ", letter(n / 676), letter(n / 26), letter(n))
    });
    let mut dice = 1_u32;
    let mut any = || {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"[]{}=\"'\n.abc#,\\ "[(dice >> 24) as usize % 16])
    };
    vec![
        ("100 000 questions", (0..100_000).fold(format!("{HEAD}[[group]]\n"), |text, n| text + &question(n))),
        ("arrays in arrays", format!("{HEAD}x = {}", nested("[", "", "]"))),
        ("tables in tables", format!("{HEAD}x = {}", nested("{ a = ", "1", " }"))),
        ("a key of many parts", format!("{HEAD}x{} = 1\n", ".a".repeat(10_000))),
        ("a heading of many parts", format!("{HEAD}[x{}]\nb = 1\n", ".a".repeat(10_000))),
        ("groups in groups by headings", {
            filled(&format!("{HEAD}[[group]]\n"), |n| {
                format!("[[group{}]]\nname = \"g{n}\"\ntype = \"group\"\n", ".question".repeat(n + 1))
            })
        }),
        ("groups in groups in one line", {
            format!("{HEAD}group = [{}]", nested("{ name = \"g\", type = \"group\", question = [", "", "]}"))
        }),
        ("brackets in an expression", calculating(&nested("(", "1", ")"))),
        ("brackets in a short expression", calculating(&format!("{}1{}", "(".repeat(9_000), ")".repeat(9_000)))),
        ("calls in calls", calculating(&nested("not(", "true()", ")"))),
        ("signs", calculating(&format!("{}1", "-".repeat(10_000)))),
        ("a pattern that explodes", matching("(a{1000}){1000}")),
        ("a pattern that explodes thrice", matching("((a{1,999}){1,999}){1,99}")),
        ("a pattern of brackets", matching(&format!("{}a{}", "(".repeat(9_000), ")".repeat(9_000)))),
        ("patterns without end", (0..20_000).fold(format!("{HEAD}[[group]]\n"), |text, n| {
            text + &format!("[[group.question]]\nname = \"q{n}\"\ntype = \"text\"\nconstraint = \"regex(., '(a{{500}}){{20}}x{n}')\"\n")
        })),
        ("a million choices", filled(&format!("{HEAD}[choices.l]\n"), |n| format!("{n}=\"\"\n"))),
        ("a million choices in full", filled(&format!("{HEAD}choices.l = ["), |n| format!("{{name=\"{n}\"}},")) + "]"),
        (
            "a file of the most keys",
            (0..390_000).fold(format!("{HEAD}[choices.l]\n"), |t, n| t + &format!("{n}=\"\"\n")),
        ),
        ("a million keys", filled("", |n| format!("{n}=1\n"))),
        (
            "misspelt keys",
            (0..300_000).fold(saying("type = \"integer\""), |text, n| text + &format!("requird{n} = 1\n")),
        ),
        ("one key again and again", HEAD.to_owned() + &"a = 1\n".repeat(390_000)),
        ("every language there may be", format!("{HEAD}[[group]]\nlabel = {{ {languages} }}\n{}", question(1))),
        ("brackets and nothing else", "[".repeat(LENGTH)),
        ("signs and nothing else", "=\n".repeat(LENGTH / 2)),
        ("signs in fewer lines", "=\n".repeat(390_000)),
        ("garbage", (0..LENGTH).map(|_| any()).collect()),
        ("more than a file may have", "# a line of a form file\n".repeat(400_000)),
    ]
}

/// A check of a file as people run it: how it ended, what it said, how long it took.
fn check(path: &Path) -> (Option<i32>, Json, Duration) {
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_svod")).arg("check").arg(path).arg("--json").output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), start.elapsed())
}

#[test]
fn bad_forms_are_refused_in_bounded_time_and_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    for (name, text) in refused() {
        std::fs::write(&path, text).unwrap();
        let (code, said, took) = check(&path);
        let faults = said["faults"].as_array().map(Vec::len).unwrap_or_default();
        // Of all children so far: the first that takes too much stops the test.
        let memory = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
        assert!(code == Some(1) && (1..=10_001).contains(&faults), "{name}: {code:?}, {faults} faults");
        assert!(took < TIME, "{name}: {took:?}");
        assert!(memory < MEMORY, "{name}: {memory} kB");
    }
}

/// The largest that is allowed is read within the same bounds.
#[test]
fn the_largest_forms_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.toml");
    let questions: String =
        (0..49_000).map(|n| format!("[[group.question]]\nname = \"q{n}\"\ntype = \"select_one l\"\n")).collect();
    let choices: String = (0..49_000).map(|n| format!("c{n} = {{ ru = \"Да\", en = \"Yes\" }}\n")).collect();
    std::fs::write(&path, format!("{HEAD}[choices.l]\n{choices}[[group]]\n{questions}")).unwrap();
    let (code, _, took) = check(&path);
    let memory = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(code == Some(0) && took < TIME && memory < MEMORY, "{code:?}, {took:?}, {memory} kB");
}

/// A heavy pattern that is allowed stays linear: it is tried against an answer that makes others explode.
#[test]
fn a_pattern_that_makes_others_explode_is_harmless() {
    let text = matching("(a+)+$")
        + "[[case]]\ntitle = \"x\"\nanswers = { q = \""
        + &"a".repeat(5_000)
        + "!\" }\nfaults = { q = \"constraint\" }\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pattern.toml");
    std::fs::write(&path, text).unwrap();
    let (code, said, took) = check(&path);
    assert!(code == Some(0) && took < TIME, "{said}");
}
