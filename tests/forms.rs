//! Form files by outcome: `forms/` and `tests/forms/ok` are sound with all their cases, `tests/forms/wrong` has a
//! snapshot of every fault as people and programs see it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use svod::form::{self, Answers, Context, run_case};
use svod::lang::Lang;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The form files of a folder in the order of their names.
fn forms(path: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(path)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn sound_forms_hold_all_their_cases() {
    let mut cases = 0;
    for path in forms("forms").into_iter().chain(forms("tests/forms/ok")) {
        let form = form::read(&std::fs::read_to_string(&path).unwrap(), &name(&path)).unwrap_or_else(|faults| {
            let said: Vec<String> =
                faults.iter().map(|fault| format!("{}: {}", fault.at, fault.say(Lang::Ru))).collect();
            panic!("{}", said.join("\n"))
        });
        for case in &form.cases {
            let find = |id: &str| {
                let other = path.with_file_name(format!("{id}.toml"));
                form::read(&std::fs::read_to_string(other).ok()?, id).ok()
            };
            let result = run_case(&form, case, &find);
            let said: Vec<String> = result.differences.iter().map(|words| words.say(Lang::Ru)).collect();
            assert!(result.ok(), "{}:{}: {}\n{}", name(&path), result.line, result.title, said.join("\n"));
            cases += 1;
        }
    }
    assert!(cases > 30, "only {cases} cases");
}

/// `svod check` of files in the folder of wrong forms, with the sound ones as the folder of forms.
fn check(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(folder("tests/forms/wrong")).args(["check", "--forms", "../ok"]).args(arguments);
    command.output().unwrap()
}

fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_wrong_form_says_what_is_wrong() {
    let files = forms("tests/forms/wrong");
    assert!(files.len() >= 25, "only {} files", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("forms/wrong");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in files {
        let file = format!("{}.toml", name(&path));
        let (text, data) = (check(&[&file]), check(&["--json", &file]));
        assert_eq!((text.status.code(), data.status.code()), (Some(1), Some(1)), "{file}");
        assert!(text.stdout.is_empty() && data.stderr.is_empty(), "{file}");
        let mut seen = String::from_utf8(text.stderr).unwrap();
        for part in ["faults", "cases"] {
            for one in json(&data)[part].as_array().unwrap() {
                writeln!(seen, "{one}").unwrap();
            }
        }
        settings.bind(|| insta::assert_snapshot!(name(&path), seen));
    }
}

#[test]
fn ten_mistakes_are_ten_faults() {
    let faults = json(&check(&["--json", "ten-mistakes.toml"]))["faults"].as_array().unwrap().clone();
    assert_eq!(faults.len(), 10);
    let mut codes: Vec<&str> = faults.iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    codes.dedup();
    let every =
        ["arity", "cycle", "duplicate", "syntax", "target", "unknown-key", "unknown-name", "wrong-type"].to_vec();
    assert_eq!(codes, every);
}

#[test]
fn many_files_are_checked_together() {
    let all = Command::new(env!("CARGO_BIN_EXE_svod"))
        .args(["check", "--json", "--forms", folder("tests/forms/wrong").to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(all.status.code(), Some(1));
    let found = json(&all);
    let mut files: Vec<&str> =
        found["faults"].as_array().unwrap().iter().map(|fault| fault["file"].as_str().unwrap()).collect();
    files.dedup();
    let failed = found["cases"].as_array().unwrap().iter().filter(|case| case["ok"] == false).count();
    assert_eq!((files.len(), failed), (forms("tests/forms/wrong").len() - 1, 4), "all but cases.toml have faults");
    assert_eq!(check(&["../ok"]).status.code(), Some(0), "a folder is all its files");
    let same = check(&["../ok/words.toml", "../ok/words.toml"]);
    assert!(String::from_utf8(same.stderr).unwrap().contains("words.toml:2:1: Форма «words» уже описана"));
}

#[test]
fn what_has_no_formula_is_noted_and_hinders_nothing() {
    let noted = check(&["--json", "../ok/contest.toml"]);
    assert_eq!(noted.status.code(), Some(0));
    let found = json(&noted);
    let note = &found["notes"][0];
    assert_eq!((&note["line"], &note["column"]), (&Json::from(35), &Json::from(39)), "{found}");
    assert_eq!(note["code"], "no-formula");
    assert!(note["message"].as_str().unwrap().starts_with("previous(${stages/school/winners}) "), "{note}");
    let said = String::from_utf8(check(&["../ok/contest.toml"]).stderr).unwrap();
    assert!(said.contains("contest.toml:35:39: previous(") && said.contains("И 1 замечание"), "{said}");
}

#[test]
fn what_is_no_form_file_is_said_so() {
    let here = tempfile::tempdir().unwrap();
    let binary = here.path().join("binary.toml");
    std::fs::write(&binary, [0xff, 0xfe, 0x00, 0x9f]).unwrap();
    for (argument, said) in [
        ("nowhere.toml", "nowhere.toml: такого файла нет"),
        (binary.to_str().unwrap(), "это не текст в кодировке UTF-8"),
    ] {
        let output = check(&[argument]);
        assert_eq!(output.status.code(), Some(1), "{argument}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains(said), "{argument}: {err}");
    }
    assert_eq!(check(&["--colour"]).status.code(), Some(2));
    // One that cannot be read does not hide what is wrong with the others, and has the shape of theirs.
    let found = json(&check(&["--json", "nowhere.toml", binary.to_str().unwrap(), "bad-id.toml", "../ok/words.toml"]));
    let faults: Vec<(&str, &str)> = found["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["file"].as_str().unwrap().rsplit('/').next().unwrap(), fault["code"].as_str().unwrap()))
        .collect();
    assert_eq!(faults[..2], [("nowhere.toml", "file"), ("binary.toml", "syntax")]);
    assert!(faults[2..].iter().all(|(file, _)| *file == "bad-id.toml") && faults.len() > 2);
    assert!(!found["cases"].as_array().unwrap().is_empty());
}

fn read(text: &str) -> Vec<String> {
    let faults = form::read(text, "x.toml").err().unwrap_or_default();
    faults.iter().map(|fault| format!("{} {}", fault.code, fault.at)).collect()
}

/// Far beyond what the slowest machine needs: tells work that explodes from work that is slow.
const HANG: Duration = Duration::from_secs(120);

/// Huge, deep and tangled files end in a form or in faults; the work grows with their size, not with its square.
#[test]
fn size_and_depth_are_bounded() {
    let start = Instant::now();
    let head = "id = \"x\"\ntitle = \"x\"\nperiod = \"once\"\n";
    let rows = |count: usize| {
        let rows: String = (0..count).map(|n| format!("[[group.question.row]]\nname = \"r{n}\"\n")).collect();
        format!(
            "{head}[[group]]\n[[group.question]]\nname = \"t\"\ntype = \"table\"\n{rows}[[group.question.column]]\n\
             name = \"c\"\ntype = \"integer\"\n"
        )
    };
    let large = form::read(&rows(40_000), "x.toml").unwrap();
    let answers: serde_json::Map<String, Json> = (0..40_000).map(|n| (format!("t/r{n}/c"), Json::from(n))).collect();
    let filled = large.fill(&Answers::from_json(&Json::Object(answers)), &Context::default());
    assert_eq!((filled.faults.len(), filled.stored().len()), (0, 40_000));
    assert_eq!(read(&rows(100_000)), ["syntax x.toml:1:1"]);
    let chain: String = (0..10_000)
        .map(|n| {
            let next = (n + 1) % 10_000;
            format!(
                "[[group.question]]\nname = \"q{n}\"\ntype = \"calculate\"\nvalue = \"integer\"\n\
                 calculation = \"${{q{next}}} + 1\"\n"
            )
        })
        .collect();
    assert_eq!(read(&format!("{head}[[group]]\n{chain}")).len(), 1, "one circle of ten thousand");
    let dots = format!("{head}x{} = 1\n", ".a".repeat(50_000));
    assert!(!read(&dots).is_empty());
    let arrays = format!("{head}x = {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!read(&arrays).is_empty());
    let groups: String =
        (0..300).map(|n| format!("[[group{}]]\nname = \"g{n}\"\ntype = \"group\"\n", ".question".repeat(n))).collect();
    assert!(read(&format!("{head}{groups}")).len() < 5);
    let typos: String =
        (0..2_000).map(|n| format!("[[check]]\nname = \"k{n}\"\ntest = \"${{rr{n}}} > 1\"\n")).collect();
    assert_eq!(read(&format!("{}{typos}", rows(2_000))).len(), 2_000);
    let many = |count: usize, line: &dyn Fn(usize) -> String| {
        let all: String = (0..count).map(|n| format!("[[group.question]]\n{}\n", line(n))).collect();
        read(&format!("{head}[[group]]\n{all}")).len()
    };
    assert_eq!(many(60_000, &|n| format!("name = \"q{n}\"\ntype = \"integer\"")), 1, "too many questions");
    let unknown = |n| {
        let calculation = format!("${{qestion{n}}} + ${{kwestion{n}}}");
        format!("name = \"question{n}\"\ntype = \"calculate\"\nvalue = \"integer\"\ncalculation = \"{calculation}\"")
    };
    assert_eq!(many(3_000, &unknown), 6_000);
    assert!(start.elapsed() < HANG, "{:?}", start.elapsed());
}
