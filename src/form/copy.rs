//! A form's text under another id.

use crate::form::grammar::FORM;
use crate::form::source::{Keys, Source};

/// The text with another id and title; nothing where it has no id that could be replaced.
pub fn copy(text: &str, id: &str, title: &str) -> Option<String> {
    let source = Source::new(text, "");
    let document = source.document()?;
    let keys = Keys::new(&source, document.get_ref(), (0, &FORM));
    let mut places = Vec::new();
    for (key, value) in [("id", id), ("title", title)] {
        let old = keys.text(key)?;
        places.push((old.origin.range(), serde_json::to_string(value).ok()?));
    }
    places.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut copy = text.to_owned();
    for (range, value) in places {
        copy.replace_range(range, &value);
    }
    Some(copy)
}

#[cfg(test)]
mod tests {
    use super::copy;

    #[test]
    fn only_the_id_and_the_title_are_others() {
        let text = "# id = \"x\"\ntitle = 'Старая'  # слово\nid = \"old\"\n[[group]]\nlabel = \"id\"\n";
        let expected = "# id = \"x\"\ntitle = \"Новая «1»\"  # слово\nid = \"new\"\n[[group]]\nlabel = \"id\"\n";
        assert_eq!(copy(text, "new", "Новая «1»").as_deref(), Some(expected));
        assert_eq!(copy("title = 1", "new", ""), None);
    }
}
