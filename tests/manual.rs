//! The page about writing forms: the commands that it names are commands, and its first form goes through them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn manual(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/assets/manual").join(file)
}

fn svod(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_svod")).args(arguments).output().unwrap()
}

#[test]
fn the_commands_of_the_page_are_commands() {
    for document in ["ru.md", "en.md"] {
        let text = std::fs::read_to_string(manual(document)).unwrap();
        let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("svod ")).collect();
        assert!(commands.len() > 8, "{document}: {commands:?}");
        for command in commands {
            let words: Vec<&str> = command.split('"').next().unwrap().split_whitespace().collect();
            let help = svod(&[words[0], "--help"]);
            let options = String::from_utf8(help.stdout).unwrap();
            assert!(help.status.success(), "{document}: svod {command}");
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(options.contains(option), "{document}: svod {command}");
            }
        }
    }
}

#[test]
fn the_first_form_is_checked_and_published() {
    let folder = tempfile::tempdir().unwrap();
    let form = folder.path().join("clubs.toml");
    std::fs::copy(manual("first.toml"), &form).unwrap();
    let lines = std::fs::read_to_string(&form).unwrap().lines().filter(|line| !line.is_empty()).count();
    assert_eq!(lines, 10, "the page says ten lines");
    let (form, data) = (form.to_str().unwrap(), folder.path().join("data"));
    for arguments in [vec!["check", form], vec!["publish", form, "--data", data.to_str().unwrap()]] {
        let output = svod(&arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
