//! `svod read`: what the program sees in spreadsheets, each read in a child process, so that no file can do harm.

mod alone;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value as Json, json};

use self::alone::{MEMORY, Seen, TIME};
use super::{Outcome, say};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::lang::{Lang, Words};
use crate::text;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Spreadsheets or folders of them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Read one file in this very process
    #[arg(long, hide = true)]
    alone: bool,
}

/// A file and how its reading ended.
struct Tried {
    file: PathBuf,
    end: End,
    time: Duration,
    /// The most memory that its process took, in bytes, where that is known.
    memory: Option<u64>,
}

/// How the reading of a file ended.
enum End {
    Read(Seen),
    Refused(String),
    /// The process died; what is known of that.
    Crashed(String),
    Hung,
    OverMemory,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    if let ([file], true) = (&args.files[..], args.alone) {
        alone::serve(file, config.lang)?;
        return Ok(Outcome::Done);
    }
    let mut tally = Tally::default();
    for given in &args.files {
        for file in files_of(given)? {
            let tried = alone::read(&file, config.lang)?;
            if !config.json {
                tried.lines(config.lang, given.is_file()).iter().for_each(|line| say::line(line));
            }
            tally.take(tried);
        }
    }
    if config.json {
        say::json(&tally.json());
    } else if tally.tried.len() != 1 {
        tally.lines(config.lang).iter().for_each(|line| say::line(line));
    }
    let sound = tally.tried.iter().all(|tried| matches!(tried.end, End::Read(_)));
    Ok(if sound { Outcome::Done } else { Outcome::Faults })
}

/// The files of a folder and all folders in it, in the order of their names; a file is itself.
fn files_of(given: &Path) -> Result<Vec<PathBuf>> {
    let metadata = std::fs::symlink_metadata(given).map_err(|source| unreadable(given, source))?;
    if !given.is_dir() || metadata.is_symlink() {
        return Ok(if given.is_file() { vec![given.to_owned()] } else { Vec::new() });
    }
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(given).map_err(|source| unreadable(given, source))? {
        inside.push(entry.map_err(|source| unreadable(given, source))?.path());
    }
    inside.sort();
    let each: Result<Vec<Vec<PathBuf>>> = inside.iter().map(|path| files_of(path)).collect();
    Ok(each?.concat())
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::File { path: path.display().to_string(), source }
}

impl End {
    fn word(&self) -> &'static str {
        match self {
            End::Read(_) => "read",
            End::Refused(_) => "refused",
            End::Crashed(_) => "crashed",
            End::Hung => "hung",
            End::OverMemory => "over-memory",
        }
    }

    fn say(&self, lang: Lang) -> String {
        match self {
            End::Read(seen) => {
                let rows = Words::new("read.rows").with("n", seen.sheets.iter().map(|sheet| sheet.rows).sum::<usize>());
                let sheets = Words::new("read.sheets").with("n", seen.sheets.len());
                Words::new("read.read").with("kind", &seen.kind).with("sheets", sheets).with("rows", rows).say(lang)
            }
            End::Refused(why) => why.clone(),
            End::Crashed(how) => Words::new("read.crashed").with("how", how).say(lang),
            End::Hung => Words::new("read.hung").with("n", seconds(TIME)).say(lang),
            End::OverMemory => Words::new("read.over").with("n", megabytes(MEMORY)).say(lang),
        }
    }
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

fn megabytes(bytes: u64) -> i64 {
    i64::try_from(bytes >> 20).unwrap_or(i64::MAX)
}

impl Tried {
    /// What is said of the file; with its sheets if it was asked for by name.
    fn lines(&self, lang: Lang, with_sheets: bool) -> Vec<String> {
        let mut lines = vec![format!("{}: {}", self.file.display(), self.end.say(lang))];
        if let End::Read(seen) = &self.end
            && with_sheets
        {
            for sheet in &seen.sheets {
                let rows = Words::new("read.rows").with("n", sheet.rows);
                let words = Words::new("read.sheet").with("sheet", &sheet.name).with("rows", rows);
                let hidden = if sheet.hidden { format!(" ({})", lang.t("read.hidden")) } else { String::new() };
                lines.push(format!("  {}{hidden}", words.say(lang)));
                lines.extend(sheet.first.iter().map(|row| format!("    {row}")));
            }
        }
        lines
    }

    fn json(&self) -> Json {
        let mut json = json!({
            "file": self.file.display().to_string(),
            "end": self.end.word(),
            "seconds": (self.time.as_secs_f64() * 1000.0).round() / 1000.0,
            "megabytes": self.memory.map(megabytes),
        });
        match &self.end {
            End::Read(seen) => {
                json["kind"] = Json::from(seen.kind.as_str());
                let sheet = |sheet: &alone::SeenSheet| json!({"name": sheet.name, "rows": sheet.rows, "hidden": sheet.hidden, "first": sheet.first});
                json["sheets"] = seen.sheets.iter().map(sheet).collect();
            }
            End::Refused(why) | End::Crashed(why) => json["why"] = Json::from(why.as_str()),
            End::Hung | End::OverMemory => {}
        }
        json
    }
}

/// All files that were tried.
#[derive(Default)]
struct Tally {
    tried: Vec<Tried>,
}

impl Tally {
    fn take(&mut self, mut tried: Tried) {
        if let End::Read(seen) = &mut tried.end
            && self.tried.len() > 100
        {
            seen.sheets.iter_mut().for_each(|sheet| sheet.first.clear());
        }
        self.tried.push(tried);
    }

    fn count(&self, word: &str) -> usize {
        self.tried.iter().filter(|tried| tried.end.word() == word).count()
    }

    /// Why files were refused, and how many for each reason.
    fn reasons(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for tried in &self.tried {
            if let End::Refused(why) = &tried.end {
                *counts.entry(reason(why)).or_default() += 1;
            }
        }
        let mut reasons: Vec<(String, usize)> = counts.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons
    }

    fn slowest(&self) -> Option<&Tried> {
        self.tried.iter().max_by_key(|tried| tried.time)
    }

    fn largest(&self) -> Option<(&Tried, u64)> {
        self.tried.iter().filter_map(|tried| Some((tried, tried.memory?))).max_by_key(|(_, memory)| *memory)
    }

    fn lines(&self, lang: Lang) -> Vec<String> {
        if self.tried.is_empty() {
            return vec![lang.t("read.no-files")];
        }
        let mut words = Words::new("read.tally").with("files", self.tried.len());
        for (name, word) in [
            ("read", "read"),
            ("refused", "refused"),
            ("crashed", "crashed"),
            ("hung", "hung"),
            ("over", "over-memory"),
        ] {
            words = words.with(name, self.count(word));
        }
        let mut lines = vec![words.say(lang)];
        lines.extend(self.reasons().iter().map(|(why, count)| format!("{count:6} × {why}")));
        if let Some(slowest) = self.slowest() {
            let seconds = text::decimals(slowest.time.as_secs_f64(), 2, lang);
            let words = Words::new("read.slowest").with("seconds", seconds);
            lines.push(words.with("file", slowest.file.display().to_string()).say(lang));
        }
        if let Some((largest, memory)) = self.largest() {
            let words = Words::new("read.largest").with("megabytes", megabytes(memory));
            lines.push(words.with("file", largest.file.display().to_string()).say(lang));
        }
        lines
    }

    fn json(&self) -> Json {
        let files: Vec<Json> = self.tried.iter().map(Tried::json).collect();
        let reasons: serde_json::Map<String, Json> =
            self.reasons().into_iter().map(|(why, count)| (why, Json::from(count))).collect();
        let counts = ["read", "refused", "crashed", "hung", "over-memory"];
        let mut tally: serde_json::Map<String, Json> =
            counts.iter().map(|word| ((*word).to_owned(), Json::from(self.count(word)))).collect();
        tally.insert("reasons".to_owned(), Json::Object(reasons));
        tally.insert("seconds".to_owned(), self.slowest().map(|tried| tried.time.as_secs_f64()).into());
        tally.insert("megabytes".to_owned(), self.largest().map(|(_, memory)| megabytes(memory)).into());
        json!({"files": files, "tally": tally})
    }
}

/// The first sentence of a refusal without the names in it: files that are refused alike count together.
fn reason(why: &str) -> String {
    let mut without = String::new();
    let mut named = false;
    for c in why.chars() {
        match c {
            '«' | '“' => {
                named = true;
                without.push(c);
                without.push('…');
            }
            '»' | '”' => {
                named = false;
                without.push(c);
            }
            _ if named => {}
            c => without.push(c),
        }
    }
    without.split_inclusive(". ").next().unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_one_kind_count_together() {
        for name in ["а. б", "в"] {
            let why = format!("Лист «{name}» повреждён и не читается. Откройте книгу.");
            assert_eq!(reason(&why), "Лист «…» повреждён и не читается.", "{name}");
        }
    }
}
