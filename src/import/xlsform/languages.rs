//! The languages of translated columns: `label::Русский (ru)` is `ru`.

/// Names of languages as authors write them without a code.
const NAMES: [(&str, &str); 40] = [
    ("russian", "ru"),
    ("русский", "ru"),
    ("english", "en"),
    ("английский", "en"),
    ("french", "fr"),
    ("francais", "fr"),
    ("français", "fr"),
    ("spanish", "es"),
    ("espanol", "es"),
    ("español", "es"),
    ("german", "de"),
    ("deutsch", "de"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("arabic", "ar"),
    ("العربية", "ar"),
    ("chinese", "zh"),
    ("中文", "zh"),
    ("swahili", "sw"),
    ("kiswahili", "sw"),
    ("tatar", "tt"),
    ("татарский", "tt"),
    ("татарча", "tt"),
    ("bashkir", "ba"),
    ("башкирский", "ba"),
    ("ukrainian", "uk"),
    ("українська", "uk"),
    ("украинский", "uk"),
    ("kazakh", "kk"),
    ("казахский", "kk"),
    ("turkish", "tr"),
    ("hindi", "hi"),
    ("nepali", "ne"),
    ("bengali", "bn"),
    ("indonesian", "id"),
    ("bahasa", "id"),
    ("vietnamese", "vi"),
    ("tetun", "tet"),
    ("amharic", "am"),
    ("somali", "so"),
];

/// Languages as codes: those that are told by their names, and made-up ones (`qaa`, `qab`, …) for the others.
#[derive(Debug, Default)]
pub(super) struct Codes {
    given: Vec<(String, String)>,
}

impl Codes {
    /// The code of a language as written; the same one every time.
    pub fn of(&mut self, written: &str) -> String {
        let written = written.trim().to_lowercase();
        if let Some((_, code)) = self.given.iter().find(|(known, _)| *known == written) {
            return code.clone();
        }
        let code = told(&written).unwrap_or_else(|| self.free());
        self.given.push((written, code.clone()));
        code
    }

    /// The code that a language was given.
    pub fn known(&self, written: &str) -> Option<&str> {
        let written = written.trim().to_lowercase();
        self.given.iter().find(|(known, _)| *known == written).map(|(_, code)| code.as_str())
    }

    /// The first code of private use that nobody has yet.
    fn free(&self) -> String {
        let used = self.given.iter().filter(|(_, code)| code.starts_with('q')).count();
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
        format!("q{}{}", letter(used / 26), letter(used))
    }
}

/// The code that is written in brackets, is the name itself, or follows from it.
fn told(written: &str) -> Option<String> {
    let bracketed = written.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(code, _)| code.trim());
    if let Some(code) = bracketed.filter(|code| is_code(code)) {
        return Some(code.to_owned());
    }
    let name = written.split(['(', ' ']).next().unwrap_or_default().trim();
    let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| (*code).to_owned());
    known.or_else(|| is_code(name).then(|| name.to_owned()))
}

fn is_code(code: &str) -> bool {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_code_by_name_or_made_up() {
        let mut codes = Codes::default();
        for (written, code) in [
            ("Русский (ru)", "ru"),
            ("English", "en"),
            ("fr", "fr"),
            ("العربية", "ar"),
            ("Эльфийский", "qaa"),
            ("Klingon (piqaD speakers)", "qab"),
            ("эльфийский", "qaa"),
        ] {
            assert_eq!(codes.of(written), code, "{written}");
        }
    }
}
