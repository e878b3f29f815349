//! The parts of a workbook and how they refer to each other (Open Packaging Conventions).

use std::borrow::Cow;

use super::budget::Archive;
use super::refusal::Refusal;
use super::stream::Stream;
use super::tags::Piece;

/// What a part refers to.
pub(super) struct Relation {
    id: String,
    /// The last word of its type: `worksheet`, `styles`, `sharedStrings`.
    pub(super) kind: String,
    /// The path of the part that is referred to.
    pub(super) target: String,
}

/// More relations than any workbook has.
const RELATIONS: usize = 20_000;

/// The relations of a part; none if there is no list of them.
///
/// # Errors
///
/// The list is damaged or far too long.
pub(super) fn relations(archive: &mut Archive, part: &str) -> Result<Vec<Relation>, Refusal> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let path = format!("{folder}{slash}_rels/{name}.rels");
    let Some(list) = archive.part(&path)? else { return Ok(Vec::new()) };
    let mut xml = Stream::new(list);
    let mut relations = Vec::new();
    while let Some(piece) = xml.next()? {
        let Piece::Open { tag, .. } = piece else { continue };
        if tag.name == "Relationship" {
            let get = |name| tag.attribute(name).unwrap_or_default();
            let kind = get("Type").rsplit('/').next().unwrap_or_default().to_owned();
            relations.push(Relation { id: get("Id").into_owned(), kind, target: resolved(folder, &get("Target")) });
            if relations.len() > RELATIONS {
                return Err(Refusal::Bomb);
            }
        }
    }
    Ok(relations)
}

/// The relation of an id.
pub(super) fn by_id<'a>(relations: &'a [Relation], id: &str) -> Option<&'a Relation> {
    relations.iter().find(|relation| relation.id == id)
}

/// The part that a workbook begins with, as the archive says, or as is usual.
///
/// # Errors
///
/// The archive's own list of relations is damaged.
pub(super) fn main_part(archive: &mut Archive) -> Result<Cow<'static, str>, Refusal> {
    let stated = relations(archive, "")?.into_iter().find(|relation| relation.kind == "officeDocument");
    Ok(stated.map_or(Cow::Borrowed("xl/workbook.xml"), |relation| Cow::Owned(relation.target)))
}

/// A target as a path from the archive's root; it is given from there (`/xl/…`) or from the folder of its part.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        for (folder, target, path) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/styles.xml", "xl/styles.xml"),
            ("xl", "..\\custom/./a.xml", "custom/a.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("", "../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolved(folder, target), path);
        }
    }
}
