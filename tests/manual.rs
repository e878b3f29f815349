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

/// Every command with its options is told of in the reference as the program takes it.
#[test]
fn the_reference_tells_of_every_command_and_option() {
    let told: toml::Table = std::fs::read_to_string(manual("commands.toml")).unwrap().parse().unwrap();
    let usages: Vec<&str> =
        told["command"].as_array().unwrap().iter().map(|command| command["usage"].as_str().unwrap()).collect();
    let listed = |help: &str, heading: &str| -> Vec<String> {
        let lines = help.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.is_empty());
        let words = lines.filter_map(|line| line.split_whitespace().find(|word| !word.ends_with(',')));
        words.map(str::to_owned).filter(|word| word != "help").collect()
    };
    let help = |words: &[&str]| String::from_utf8(svod(&[words, &["--help"]].concat()).stdout).unwrap();
    let common = ["--data", "--forms", "--lang", "--json", "--help", "--version"];
    let commands = listed(&help(&[]), "Commands:");
    assert!(commands.len() > 10, "{commands:?}");
    for command in &commands {
        let usages: Vec<&&str> = usages.iter().filter(|usage| usage.split(' ').nth(1) == Some(command)).collect();
        assert!(!usages.is_empty(), "commands.toml does not tell of {command}");
        // A command may have commands of its own, with options of their own.
        let own = help(&[command]);
        let inner = listed(&own, "Commands:");
        let helps: Vec<String> = inner.iter().map(|one| help(&[command, one])).chain([own]).collect();
        let options: Vec<String> = helps.iter().flat_map(|help| listed(help, "Options:")).collect();
        let help = helps.join("\n");
        for option in options.iter().filter(|option| !common.contains(&option.as_str())) {
            let mut lines = help.lines().map(str::trim).filter(|line| line.starts_with('-'));
            let line = lines.find(|line| line.contains(option.as_str())).unwrap();
            let names = [option.as_str(), line.split([',', ' ']).next().unwrap()];
            assert!(usages.iter().any(|usage| names.iter().any(|name| usage.contains(name))), "{command}: {option}");
        }
        for option in usages.iter().flat_map(|usage| usage.split(['[', ' ', ']'])).filter(|word| word.starts_with("--"))
        {
            assert!(help.contains(option), "{command}: there is no {option}");
        }
    }
}

#[test]
fn the_reference_is_printed_in_both_languages() {
    for (lang, title) in [("ru", "# Справочник языка форм"), ("en", "# The reference of the form language")]
    {
        let output = svod(&["docs", "--lang", lang]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.starts_with(title), "{text}");
        assert!(text.contains("### `[[group.question]]`") && text.contains("- `svod docs`"), "{text}");
        assert!(text.matches("```toml").count() > 100);
        let server = if lang == "ru" { "Работает: сервер" } else { "Works: server" };
        let functions = svod::expr::functions::all().count() + svod::expr::OPERATORS.len();
        assert_eq!(text.matches(server).count(), functions, "where each function and operator works");
    }
}
