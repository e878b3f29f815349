//! Checks on the source itself: layers, who may name which library, sizes, words, what stands at the top.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The layers from the ground up. A module may use those of lower rows, and what its own row allows.
const GROUND: [&str; 8] = ["ids", "lang", "error", "config", "period", "text", "db", "access"];
const CORE: [&str; 3] = ["expr", "form", "sheet"];
const CAPABILITIES: [&str; 9] =
    ["journal", "backup", "org", "account", "report", "round", "indicator", "import", "export"];
const DELIVERY: [&str; 2] = ["web", "cli"];

/// What the core may not use of the ground: it is pure.
const IMPURE: [&str; 3] = ["db", "access", "config"];

/// What reads clocks and networks: nothing for the core.
const OUTSIDE: [&str; 5] = ["::now(", "std::net", "std::env", "tokio", "SystemTime"];

/// Whether a path from `src/` may name a library.
type Allowed = fn(&str) -> bool;

/// Libraries that only some places may name.
const LIBRARIES: [(&str, Allowed); 6] = [
    ("sqlx", |path| path == "db.rs" || path.ends_with("/store.rs")),
    ("poem", |path| path.starts_with("web/")),
    ("maud", |path| path.starts_with("web/")),
    ("pulldown_cmark", |path| path.starts_with("web/")),
    ("calamine", in_workbooks),
    ("rust_xlsxwriter", in_workbooks),
];

/// What may stand at the top of the repository, besides dot-files and what `.gitignore` names.
const TOP: [&str; 7] = ["Cargo.toml", "Cargo.lock", "README.md", "src", "forms", "migrations", "tests"];

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;

/// A long file says why in its head, a long function right above itself.
const REASON: &str = "// long because:";

fn in_workbooks(path: &str) -> bool {
    ["sheet", "import", "export"].iter().any(|folder| path.starts_with(&format!("{folder}/")))
}

/// A source file: its path from its root folder, its text, and the text with comments blanked.
struct File {
    path: String,
    text: String,
    code: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_of(folder: &str) -> Vec<File> {
    let base = root().join(folder);
    let mut found = Vec::new();
    walk(&base, &mut |path| {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            let path = path.strip_prefix(&base).unwrap().to_string_lossy().replace('\\', "/");
            let code = text.lines().map(without_comment).collect::<Vec<_>>().join("\n");
            found.push(File { path, text, code });
        }
    });
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}

/// A line up to its comment; `//` inside a string (an address) is not one.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' && before != '\'' => quoted = !quoted,
            '/' if !quoted && before == '/' => return &line[..at - 1],
            _ => {}
        }
        before = c;
    }
    line
}

fn module_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The modules that a file names through `crate::`, one or many in braces.
fn used_modules(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => drop(used.insert(word(rest))),
            Some(list) => used.extend(first_words(list)),
        }
    }
    used
}

/// The first word of every member of a brace list, nested braces skipped.
fn first_words(list: &str) -> Vec<String> {
    let (mut depth, mut members) = (1, vec![String::new()]);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => members.push(String::new()),
            _ if depth == 1 => members.last_mut().unwrap().push(c),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let first = |member: &String| member.trim().split("::").next().unwrap_or_default().trim().to_owned();
    members.iter().map(first).filter(|word| !word.is_empty()).collect()
}

/// Whether a module may use another one.
fn may_use(user: &str, used: &str) -> bool {
    let (ground, core) = (GROUND.contains(&used), CORE.contains(&used));
    if GROUND.contains(&user) {
        return ground;
    }
    if CORE.contains(&user) {
        return (ground && !IMPURE.contains(&used)) || (user == "form" && used == "expr");
    }
    let place = |name: &str| CAPABILITIES.iter().position(|known| *known == name);
    match (place(user), place(used)) {
        (Some(user), Some(used)) => used < user,
        (Some(_), None) => ground || core,
        (None, _) if DELIVERY.contains(&user) => !DELIVERY.contains(&used) || (user, used) == ("cli", "web"),
        _ => false,
    }
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} fault(s):\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn imports_point_down() {
    let known: Vec<&str> = [&GROUND[..], &CORE, &CAPABILITIES, &DELIVERY].concat();
    let mut faults = Vec::new();
    for file in files_of("src") {
        let user = module_of(&file.path);
        if user == "lib" || user == "main" {
            continue;
        }
        if !known.contains(&user) {
            faults.push(format!("src/{}: the module `{user}` is in no layer", file.path));
        }
        for used in used_modules(&file.code) {
            if known.contains(&used.as_str()) && used != user && !may_use(user, &used) {
                faults.push(format!("src/{}: `{user}` may not use `{used}`", file.path));
            }
        }
    }
    none(&faults);
}

#[test]
fn libraries_are_named_where_they_belong() {
    let mut faults = Vec::new();
    for file in files_of("src") {
        for (library, allowed) in LIBRARIES {
            if !allowed(&file.path) && names(&file.code, library) {
                faults.push(format!("src/{}: names `{library}`", file.path));
            }
        }
    }
    none(&faults);
}

/// Whether a crate is named as a path: `sqlx::…`, `use sqlx`.
fn names(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + library.len()..];
        let starts = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"' && c != '-');
        starts && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

#[test]
fn the_core_sees_no_clock_and_no_network() {
    let mut faults = Vec::new();
    for file in files_of("src").iter().filter(|file| CORE.contains(&module_of(&file.path))) {
        let tests = file.code.find("#[cfg(test)]").unwrap_or(file.code.len());
        let pure = if file.path.contains("tests") { "" } else { &file.code[..tests] };
        faults.extend(
            OUTSIDE.iter().filter(|word| pure.contains(*word)).map(|word| format!("src/{}: {word}", file.path)),
        );
    }
    none(&faults);
}

#[test]
fn every_file_opens_with_its_sentence() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for file in files_of(folder).iter().filter(|file| !file.text.starts_with("//! ")) {
            faults.push(format!("{folder}/{}", file.path));
        }
    }
    none(&faults);
}

#[test]
fn files_and_functions_are_short() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for file in files_of(folder) {
            let lines: Vec<&str> = file.text.lines().collect();
            let excused = lines.iter().take(10).any(|line| line.contains(REASON));
            if lines.len() > FILE_LINES && !excused {
                faults.push(format!("{folder}/{}: {} lines", file.path, lines.len()));
            }
            for (start, length) in functions(&lines).into_iter().filter(|(_, length)| *length > FUNCTION_LINES) {
                let above = lines[..start].iter().rev().take_while(is_remark);
                if !excused && !above.into_iter().any(|line| line.contains(REASON)) {
                    faults.push(format!("{folder}/{}:{}: a function of {length} lines", file.path, start + 1));
                }
            }
        }
    }
    none(&faults);
}

fn is_remark(line: &&&str) -> bool {
    let line = line.trim();
    line.starts_with("//") || line.starts_with("#[") || line.starts_with(')') || line.ends_with(']')
}

/// The functions of formatted source: the line each starts at, from 0, and how many lines it has.
fn functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| starts_function(line)) {
        let indent = line.len() - line.trim_start().len();
        let margin = &line[..indent];
        let ends = |later: &str| {
            later.strip_prefix(margin).is_some_and(|rest| rest == "}" || (rest.starts_with(')') && rest.ends_with(';')))
        };
        if line.ends_with('}') || line.ends_with(';') {
            continue;
        }
        let length = lines[start..].iter().position(|later| ends(later)).map_or(1, |length| length + 1);
        found.push((start, length));
    }
    found
}

fn starts_function(line: &str) -> bool {
    let words = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"];
    line.split_whitespace().find(|word| !words.contains(word)) == Some("fn")
}

#[test]
fn nothing_is_left_for_later() {
    let later = ["todo!", "unimplemented!", "FIXME", "TODO", "XXX"];
    let mut faults = Vec::new();
    for file in files_of("src") {
        faults.extend(
            later.iter().filter(|word| file.text.contains(*word)).map(|word| format!("src/{}: {word}", file.path)),
        );
    }
    none(&faults);
}

/// The keys of a catalogue as `section.key`.
fn keys(lang: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(format!("src/lang/{lang}.toml"))).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let each = table.iter().flat_map(|(section, keys)| {
        keys.as_table().unwrap().keys().map(move |key| format!("{section}.{key}")).collect::<Vec<_>>()
    });
    each.collect()
}

/// Every string literal that is shaped like a key, and the files it stands in.
fn literals() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in files_of("src") {
        for piece in file.code.split('"') {
            let shaped = piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-');
            if shaped && piece.matches('.').count() == 1 {
                found.insert(piece.to_owned(), file.path.clone());
            }
        }
    }
    found
}

#[test]
fn every_word_is_used_and_every_used_word_exists() {
    let (known, used) = (keys("ru"), literals());
    let mut faults: Vec<String> =
        known.iter().filter(|key| !used.contains_key(*key)).map(|key| format!("{key}: nobody says it")).collect();
    for file in files_of("src") {
        for opening in ["Words::new(", ".t("] {
            for (at, _) in file.code.match_indices(opening) {
                let rest = file.code[at + opening.len()..].trim_start();
                let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                if !known.contains(key) {
                    faults.push(format!("src/{}: there is no word {key}", file.path));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn the_top_holds_what_it_should() {
    let ignored = std::fs::read_to_string(root().join(".gitignore")).unwrap_or_default();
    let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let allowed = TOP.contains(&name.as_str()) || name.starts_with("LICENSE") || name.starts_with('.');
        if !allowed && !ignored.contains(&name.as_str()) {
            faults.push(name);
        }
    }
    none(&faults);
}
