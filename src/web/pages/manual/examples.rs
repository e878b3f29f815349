//! The form files that the page shows, whole or in parts.

use crate::form;
use crate::lang::Lang;

/// The files by their names.
const FILES: [(&str, &str); 3] = [
    ("first", include_str!("../../assets/manual/first.toml")),
    ("meals", include_str!("../../assets/manual/meals.toml")),
    ("wrong", include_str!("../../assets/manual/wrong.toml")),
];

/// What opens a part, followed by its name, and what closes it.
const MARK: &str = "#: ";
const END: &str = "#: end";

/// A whole file.
pub(super) fn whole(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| text.trim_end())
}

/// A part of a file.
pub(super) fn part(file: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = whole(file)?
        .lines()
        .skip_while(|line| line.strip_prefix(MARK) != Some(name))
        .skip(1)
        .take_while(|line| *line != END)
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The faults of a file as the command line tells them, with the line and a caret below it.
pub(super) fn faults(name: &str, lang: Lang) -> Option<String> {
    let text = whole(name)?;
    let faults = form::read(text, "forms/meals.toml").err()?;
    let lines: Vec<&str> = text.lines().collect();
    let told = faults.iter().map(|fault| {
        let crate::error::Place::Line { line, column, .. } = &fault.at else { return fault.say(lang) };
        let gutter = format!("{line} | ");
        let caret = " ".repeat(gutter.chars().count() + column - 1);
        let shown = lines.get(line - 1).copied().unwrap_or_default();
        format!("{}: {}\n{gutter}{shown}\n{caret}^", fault.at, fault.say(lang))
    });
    Some(told.collect::<Vec<_>>().join("\n"))
}

/// The names of the parts of a file.
#[cfg(test)]
pub(super) fn parts(file: &str) -> std::collections::BTreeSet<String> {
    let marks = whole(file).unwrap_or_default().lines().filter_map(|line| line.strip_prefix(MARK));
    marks.filter(|name| *name != "end").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_forms_and_hold_their_cases() {
        for (name, cases) in [("first", 0), ("meals", 1)] {
            let form = form::read(whole(name).unwrap(), name).unwrap();
            assert_eq!(form.cases.len(), cases, "{name}");
            for case in &form.cases {
                let result = form::run_case(&form, case, &|_| None);
                assert!(result.ok(), "{name}: {:?}", result.differences);
            }
        }
    }

    #[test]
    fn the_wrong_example_is_wrong_in_the_way_that_is_shown() {
        let told = faults("wrong", Lang::En).unwrap();
        assert_eq!(told.matches("forms/meals.toml:").count(), 2, "{told}");
        assert!(told.contains("Did you mean") && told.contains('^'), "{told}");
    }

    #[test]
    fn parts_come_without_their_marks() {
        let part = part("meals", "choices").unwrap();
        assert!(part.starts_with("[choices.yes_no]") && !part.contains("#:"), "{part}");
        assert_eq!(super::part("meals", "nothing"), None);
    }
}
