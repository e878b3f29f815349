//! Texts of unstated encoding into Unicode: UTF-8 and UTF-16 first, then what the letters suggest.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a text is looked at for a declaration of its encoding, or for its letters.
const HEAD: usize = 1 << 16;

/// The text of a file, or nothing when the bytes are no text in any encoding.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => encoding.decode_without_bom_handling(&bytes[length..]).0,
        None => match wide(bytes) {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            None => narrow(bytes),
        },
    };
    is_text(&text).then_some(text)
}

/// UTF-16 without a mark: every second byte of a text in a European language is one of very few.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let few = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| matches!(byte, 0 | 4)).count() * 10;
    let most = head.len() / 2 * 8;
    if head.len() < 8 || !head.contains(&0) {
        None
    } else if few(1) > most {
        Some(UTF_16LE)
    } else if few(0) > most {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// One or more bytes a character: UTF-8 if it is that, else what is declared, else what it looks like.
fn narrow(bytes: &[u8]) -> Cow<'_, str> {
    let lenient = UTF_8.decode_without_bom_handling(bytes).0;
    if let Cow::Borrowed(text) = lenient {
        return Cow::Borrowed(text);
    }
    // A damaged spot does not make a UTF-8 text another one.
    let letters = bytes.iter().filter(|byte| **byte >= 0x80).count();
    if lenient.matches('\u{fffd}').count() * 50 < letters {
        return lenient;
    }
    drop(lenient);
    let encoding = declared(bytes).filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| detected(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that an XML declaration or an HTML page names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let label = ["encoding=", "charset="].iter().find_map(|mark| head.split_once(mark))?.1;
    let label = label.trim_start_matches(['"', '\'']).split(['"', '\'', '>', ';', ' ', '?']).next()?;
    Encoding::for_label(label.as_bytes())
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(HEAD)], true);
    detector.guess(Some(b"ru"), Utf8Detection::Deny)
}

/// Whether control characters and undecodable bytes are rare enough for a text.
fn is_text(text: &str) -> bool {
    let mut seen = 0usize;
    let mut odd = 0usize;
    for c in text.chars().take(HEAD) {
        seen += 1;
        odd += usize::from(matches!(c, '\0'..='\x08' | '\x0e'..='\x1f' | '\u{fffd}' | '\u{80}'..='\u{9f}'));
    }
    odd * 100 <= seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_is_read_in_the_encodings_that_spreadsheets_write() {
        let said = "Код МОУО;Наименование;Кол-во участников\r\n007;МБОУ «Школа № 5»;1 234,5\r\n";
        let wide = |bytes: fn(u16) -> [u8; 2]| said.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let le = wide(u16::to_le_bytes);
        let (narrow, _, _) = encoding_rs::WINDOWS_1251.encode(said);
        for (name, bytes) in [
            ("UTF-8", said.as_bytes().to_vec()),
            ("UTF-8 with a mark", [b"\xef\xbb\xbf", said.as_bytes()].concat()),
            ("UTF-16LE", le.clone()),
            ("UTF-16LE with a mark", [b"\xff\xfe", &le[..]].concat()),
            ("UTF-16BE", wide(u16::to_be_bytes)),
            ("Windows-1251", narrow.to_vec()),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some(said), "{name}");
        }
    }

    #[test]
    fn a_declared_encoding_is_believed_and_bytes_are_no_text() {
        let (page, _, _) = encoding_rs::KOI8_R.encode("<meta charset=\"koi8-r\">жук");
        assert_eq!(decode(&page).as_deref(), Some("<meta charset=\"koi8-r\">жук"));
        assert_eq!(decode(&(0..=255).collect::<Vec<u8>>()), None);
    }
}
