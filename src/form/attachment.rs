//! The answer of a file question: one text that names content, size and name; and what a question takes.

use serde_json::Value as Json;

use super::filetypes::{self, FileType};
use crate::lang::Words;

/// The largest file that any question takes, in megabytes.
pub const LARGEST_MB: f64 = 25.0;

/// The largest file that a question takes whose author does not say, in megabytes.
pub const USUAL_MB: f64 = 10.0;

/// The longest name of a file, in characters, its ending included.
const NAME: usize = 120;

/// A file as an answer names it: `<SHA-256 in hexadecimal>/<bytes>/<name>`. None of the three has a `/` inside, and
/// the text is as good in a document, a merge or a history as any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What the content is known by.
    pub hash: String,
    /// How many bytes it has.
    pub size: u64,
    /// The name that the person's machine gave it.
    pub name: String,
}

impl Attachment {
    /// Reads an answer; `None` where it names no file.
    pub fn read(answer: &Json) -> Option<Attachment> {
        let mut parts = answer.as_str()?.splitn(3, '/');
        let (hash, size, name) = (parts.next()?, parts.next()?, parts.next()?);
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let digits = !size.is_empty() && !size.starts_with('0') && size.bytes().all(|b| b.is_ascii_digit());
        let sound = is_hash && digits && !name.is_empty() && plain_name(name) == name;
        sound.then(|| Some(Attachment { hash: hash.to_owned(), size: size.parse().ok()?, name: name.to_owned() }))?
    }

    /// The answer.
    pub fn answer(&self) -> Json {
        Json::from(format!("{}/{}/{}", self.hash, self.size, self.name))
    }

    /// The size as people read it: «12 КБ», «1,2 МБ».
    pub fn size_words(&self) -> Words {
        size_words(self.size)
    }
}

/// What a file question takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepts {
    /// The largest size, in bytes.
    pub most: u64,
    /// The endings of names, in small letters.
    pub endings: Vec<&'static str>,
}

impl Accepts {
    /// What is wrong with a file by its name and size alone.
    pub fn refusal(&self, name: &str, size: u64) -> Option<Words> {
        let ending = filetypes::ending(name);
        if !self.endings.contains(&ending.as_str()) {
            return Some(Words::new("file.ending").with("file", name).with("endings", self.said()));
        }
        if size == 0 {
            return Some(Words::new("file.empty").with("file", name));
        }
        (size > self.most).then(|| self.too_large(name))
    }

    /// The file is larger than it may be.
    pub fn too_large(&self, name: &str) -> Words {
        Words::new("file.too-large").with("file", name).with("most", size_words(self.most))
    }

    /// What is wrong with a file whose bytes are at hand; no type where something is.
    ///
    /// # Errors
    /// What to do about it.
    pub fn judge(&self, name: &str, bytes: &[u8]) -> Result<&'static FileType, Words> {
        if let Some(words) = self.refusal(name, bytes.len() as u64) {
            return Err(words);
        }
        let ending = filetypes::ending(name);
        let found = filetypes::find(&ending).filter(|known| (known.fits)(bytes) && !filetypes::is_page(bytes));
        found.ok_or_else(|| Words::new("file.content").with("file", name).with("ending", ending.to_uppercase()))
    }

    /// The largest size as people read it.
    pub fn most_words(&self) -> Words {
        size_words(self.most)
    }

    /// The endings as people read them: «PDF, DOCX».
    pub fn said(&self) -> String {
        let shown = self.endings.iter().filter(|ending| !matches!(**ending, "jpeg" | "tiff"));
        shown.map(|ending| ending.to_uppercase()).collect::<Vec<_>>().join(", ")
    }
}

/// A name as it may be kept: without folders, without what cannot be seen or means something to a file system.
pub fn plain_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = |c: &char| !c.is_control() && !is_invisible(*c);
    let plain: String = last.chars().filter(kept).map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || c == '.');
    if plain.chars().count() <= NAME {
        return plain.to_owned();
    }
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let ending: String = ending.chars().take(10).collect();
    let stem: String = stem.chars().take(NAME - 1 - ending.chars().count()).collect();
    format!("{}.{ending}", stem.trim_end()).trim_matches('.').to_owned()
}

/// Signs that turn the order of letters about or hide between them: `отчёт<turn>xcod.exe`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

fn size_words(bytes: u64) -> Words {
    let (unit, key) = if bytes < 1 << 20 { (10, "file.kilobytes") } else { (20, "file.megabytes") };
    let size = bytes as f64 / f64::from(1 << unit);
    let places = i32::from(unit == 20 && size < 10.0);
    Words::new(key).with("n", crate::text::round_half_away(size, places).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn accepts(endings: &[&'static str]) -> Accepts {
        Accepts { most: 100, endings: endings.to_vec() }
    }

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let file = Attachment { hash: "0a".repeat(32), size: 1_258_291, name: "Приказ № 5.pdf".to_owned() };
        assert_eq!(Attachment::read(&file.answer()), Some(file.clone()));
        assert_eq!(file.size_words().say(Lang::Ru), "1,2\u{a0}МБ");
        for wrong in ["справка.pdf", "0a/5/a.pdf", &format!("{}/5", "0a".repeat(32))] {
            assert_eq!(Attachment::read(&Json::from(wrong)), None, "{wrong}");
        }
        for rest in ["0/a.pdf", "05/a.pdf", "-5/a.pdf", "5/", "5/a/b.pdf", "5/..", "5/a\u{202e}b.pdf", "5/a\nb.pdf"] {
            assert_eq!(Attachment::read(&Json::from(format!("{}/{rest}", "0a".repeat(32)))), None, "{rest}");
        }
    }

    #[test]
    fn names_are_made_plain() {
        for (given, plain) in [
            ("C:\\Отчёты\\справка.pdf", "справка.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..", ""),
            (".htaccess", "htaccess"),
            ("a\u{0}\r\nb.pdf", "ab.pdf"),
            ("отчёт\u{202e}fdp.exe", "отчётfdp.exe"),
            ("a:b?.pdf", "a_b_.pdf"),
            ("  приказ .pdf. ", "приказ .pdf"),
        ] {
            assert_eq!(plain_name(given), plain, "{given:?}");
            assert_eq!(plain_name(plain), plain);
        }
        let long = plain_name(&format!("{}.pdf", "ш".repeat(500)));
        assert!(long.chars().count() == NAME && long.ends_with("ш.pdf"), "{long}");
    }

    #[test]
    fn content_must_be_what_the_name_says() {
        let office = b"PK\x03\x04....[Content_Types].xml....word/document.xml";
        let right: [(&str, &[u8]); 5] = [
            ("a.PDF", b"%PDF-1.7\n"),
            ("a.jpg", b"\xff\xd8\xff\xe0"),
            ("a.docx", office),
            ("a.txt", "Список детей".as_bytes()),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ];
        let all = accepts(&["pdf", "jpg", "docx", "xlsx", "txt", "doc"]);
        for (name, bytes) in right {
            assert!(all.judge(name, bytes).is_ok(), "{name}");
        }
        let wrong: [(&str, &[u8], &str); 10] = [
            ("a.pdf", b"", "file.empty"),
            ("a.pdf", b"<html><script>alert(1)</script>%PDF-", "file.content"),
            ("a.pdf", b"MZ\x90", "file.content"),
            ("a.jpg", b"<svg onload=alert(1)>", "file.content"),
            ("a.txt", b"\xef\xbb\xbf  <!DOCTYPE html>", "file.content"),
            ("a.xlsx", office, "file.content"),
            ("a.exe", b"MZ", "file.ending"),
            ("a.pdf.exe", b"%PDF-1.7", "file.ending"),
            ("pdf", b"%PDF-1.7", "file.ending"),
            ("a.pdf", &[b'%'; 101], "file.too-large"),
        ];
        for (name, bytes, key) in wrong {
            assert_eq!(all.judge(name, bytes).err().map(|words| words.key()), Some(key), "{name}");
        }
    }
}
