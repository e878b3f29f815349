//! The tree of an XLSForm as a form file: sections, groups, repeats, tables out of loops.

use super::choices::Lists;
use super::coerce::type_of;
use super::directory::Directory;
use super::expression::{self, Ask, Source, say};
use super::field::{Writing, both};
use super::head;
use super::mapped::Mapped;
use super::page::{Page, Table};
use super::paths::Filter;
use super::rows::Rows;
use super::settings::Settings;
use super::show::{Showing, first};
use super::told::Told;
use super::tree::Item;
use super::types::{Block, Kind};
use crate::expr::Scalar;
use crate::lang::{Lang, Words};

/// What the tree is written with.
pub(super) struct Whole<'w> {
    pub survey: &'w Rows,
    pub settings: &'w Settings,
    pub lists: &'w Lists,
    pub names: &'w Directory,
    pub lang: Lang,
}

/// Writes the form file.
pub(super) fn form(whole: &Whole<'_>, items: &[Item], told: &mut Told) -> Page {
    // In the order of the sheet, so that one calculation mostly finds the types of the others.
    for id in 0..whole.names.targets.len() {
        type_of(whole.names, id);
    }
    let labels = labels(whole, items);
    let showing = Showing { settings: whole.settings, names: whole.names, labels: &labels };
    let mut page = Page::default();
    head::head(whole, &mut page);
    head::lists(whole, &showing, items, &mut page, told);
    let mut writing = Tree { whole, showing: &showing, told, page, checks: Vec::new() };
    writing.top(items);
    let checks = std::mem::take(&mut writing.checks);
    for check in checks {
        writing.page.table("[[check]]", check, whole.lang);
    }
    writing.page
}

/// The label of each target, for labels that speak of it.
fn labels(whole: &Whole<'_>, items: &[Item]) -> Vec<String> {
    fn collect(showing: &Showing<'_>, items: &[Item], labels: &mut Vec<String>) {
        for item in items {
            let label = showing.text(&item.row, "label").unwrap_or_default();
            if let Some(place) = labels.get_mut(item.id) {
                first(&label, showing.settings).clone_into(place);
            }
            collect(showing, &item.items, labels);
        }
    }
    let mut labels = vec![String::new(); whole.names.targets.len()];
    let bare = Showing { settings: whole.settings, names: whole.names, labels: &[] };
    collect(&bare, items, &mut labels);
    labels
}

struct Tree<'t> {
    whole: &'t Whole<'t>,
    showing: &'t Showing<'t>,
    told: &'t mut Told,
    page: Page,
    checks: Vec<Table>,
}

/// Where rows of a repeat or table are written.
struct Columns<'c> {
    header: String,
    block: usize,
    /// Conditions of groups inside, which are no groups here.
    around: Vec<Mapped>,
    /// Repeats inside, which come after it.
    later: Vec<&'c Item>,
    written: usize,
}

impl Tree<'_> {
    /// Groups are sections; what stands between them is a section without a heading.
    fn top(&mut self, items: &[Item]) {
        let mut open = false;
        for item in items {
            if item.block() == Some(&Block::Group) {
                let table = self.group(item, false);
                self.page.table("[[group]]", table, self.whole.lang);
                self.inside(&item.items, "group.question");
                open = false;
            } else if !matches!(item.kind, Kind::Meta(_)) {
                if !open {
                    self.page.table("[[group]]", Table::default(), self.whole.lang);
                    open = true;
                }
                self.item(item, "group.question");
            }
        }
    }

    fn inside(&mut self, items: &[Item], path: &str) {
        for item in items {
            self.item(item, path);
        }
    }

    fn item(&mut self, item: &Item, path: &str) {
        let header = format!("[[{path}]]");
        match &item.kind {
            Kind::Begin(Block::Group) => {
                let table = self.group(item, true);
                self.page.table(&header, table, self.whole.lang);
                self.inside(&item.items, &format!("{path}.question"));
            }
            Kind::Begin(_) => self.rows(item, path),
            Kind::Note => {
                let table = self.note(item);
                self.page.table(&header, table, self.whole.lang);
            }
            Kind::Meta(_) => {}
            _ => {
                if let Some(table) = self.field(item, None, &[]) {
                    self.page.table(&header, table, self.whole.lang);
                }
            }
        }
    }

    fn field(&mut self, item: &Item, block: Option<usize>, around: &[Mapped]) -> Option<Table> {
        let table = Table::default();
        let writing = Writing { whole: self.whole, showing: self.showing, told: self.told, item, block, table };
        writing.field(around)
    }

    /// The keys that groups, repeats and notes share.
    fn heading(&mut self, item: &Item, table: &mut Table) {
        let plain = &self.whole.settings.plain_language;
        for key in ["label", "hint"] {
            let Some(texts) = self.showing.text(&item.row, key) else { continue };
            if texts.changed {
                say(table, self.told, &item.spot(self.whole.survey, key), Words::new("xlsform.label-plain"));
            }
            table.texts(key, &texts, plain);
        }
    }

    fn relevant(&mut self, item: &Item, block: Option<usize>, table: &mut Table) -> Option<Mapped> {
        let said = item.row.get("relevant")?;
        let spot = item.spot(self.whole.survey, "relevant");
        let read = expression::read(
            self.whole,
            Source { said, spot: &spot, filter: Filter::None },
            Ask::truth(block),
            (table, self.told),
        );
        read.map(|(mapped, _)| mapped)
    }

    fn dropped(&mut self, item: &Item, table: &mut Table, keys: &[&str]) {
        for said in item.row.cells.iter().filter(|said| keys.contains(&said.key.as_str())) {
            let words = Words::new("xlsform.value-dropped").with("name", &said.key).with("value", &said.text);
            say(table, self.told, &item.spot(self.whole.survey, &said.key), words);
        }
    }

    fn group(&mut self, item: &Item, nested: bool) -> Table {
        let mut table = Table::default();
        table.string("name", &item.name);
        if nested {
            table.string("type", "group");
        }
        self.heading(item, &mut table);
        self.condition(item, &mut table);
        self.dropped(item, &mut table, &["image", "audio", "video", "intent", "parameters"]);
        self.looks(item, &mut table);
        table
    }

    /// The look of a group that has a meaning here is that it is one; others are told of.
    fn looks(&mut self, item: &Item, table: &mut Table) {
        let plain = ["field-list", "table-list"];
        let look = item.row.text("appearance").unwrap_or_default();
        if !look.split(' ').all(|word| word.is_empty() || plain.contains(&word)) {
            self.dropped(item, table, &["appearance"]);
        }
    }

    fn condition(&mut self, item: &Item, table: &mut Table) {
        if let Some(mapped) = self.relevant(item, None, table) {
            let original = item.row.text("relevant").unwrap_or_default().to_owned();
            table.expression("relevant", &mapped, &original, item.spot(self.whole.survey, "relevant"));
        }
    }

    fn note(&mut self, item: &Item) -> Table {
        let mut table = Table::default();
        table.string("name", &item.name);
        table.string("type", "note");
        let plain = &self.whole.settings.plain_language;
        let texts = self.showing.text(&item.row, "label").or_else(|| self.showing.text(&item.row, "hint"));
        let texts = head::labelled(texts.unwrap_or_default(), &item.written, plain);
        if texts.changed {
            say(&mut table, self.told, &item.spot(self.whole.survey, "label"), Words::new("xlsform.label-plain"));
        }
        table.texts("label", &texts, plain);
        self.condition(item, &mut table);
        self.dropped(item, &mut table, &["image", "audio", "video", "appearance", "calculation", "default"]);
        if item.row.get("label").is_some() {
            self.dropped(item, &mut table, &["hint"]);
        }
        table
    }

    /// A repeat, or a table out of a loop; repeats inside it come after it.
    fn rows(&mut self, item: &Item, path: &str) {
        let Some(block) = self.whole.names.targets[item.id].is else { return };
        let (Some(kind), rows) = (item.block(), &self.whole.names.blocks[block]) else { return };
        let mut table = Table::default();
        table.string("name", &item.name);
        table.string("type", if rows.fixed { "table" } else { "repeat" });
        self.heading(item, &mut table);
        let mut around = Vec::new();
        if rows.parent.is_some() {
            say(
                &mut table,
                self.told,
                &item.spot(self.whole.survey, "type"),
                Words::new("xlsform.nested-repeat").with("name", &item.written),
            );
            around.extend(self.relevant(item, Some(block), &mut table));
        } else {
            self.condition(item, &mut table);
        }
        self.count(item, &mut table);
        self.dropped(item, &mut table, &["image", "audio", "video"]);
        self.looks(item, &mut table);
        let before = std::mem::take(&mut self.page);
        head::loop_rows(self.whole, self.showing, kind, &format!("[[{path}.row]]"), &mut self.page);
        let header = format!("[[{path}.column]]");
        let mut columns = Columns { header, block, around, later: Vec::new(), written: 0 };
        self.row_of(block, &mut columns);
        self.columns(&item.items, &mut columns);
        let inside = std::mem::replace(&mut self.page, before);
        if columns.written == 0 {
            let spot = item.spot(self.whole.survey, "type");
            self.told.note(
                &spot.sheet,
                (spot.row, spot.column),
                "dropped",
                Words::new("xlsform.empty-repeat").with("name", &item.written),
            );
        } else {
            self.page.table(&format!("[[{path}]]"), table, self.whole.lang);
            self.page.append(inside);
        }
        for later in columns.later {
            self.rows(later, path);
        }
    }

    /// The column that says which row of the outer repeat a row belongs to.
    fn row_of(&mut self, block: usize, columns: &mut Columns<'_>) {
        let rows = &self.whole.names.blocks[block];
        let (Some(row_of), Some(parent)) = (&rows.row_of, rows.parent) else { return };
        let outer = self.whole.names.targets.iter().position(|target| target.is == Some(parent));
        let label = outer.and_then(|id| self.showing.labels.get(id)).filter(|label| !label.is_empty());
        let label = label.map_or(self.whole.names.blocks[parent].name.clone(), Clone::clone);
        let mut table = Table::default();
        table.string("name", row_of);
        table.string("type", "integer");
        table.string("label", &Words::new("xlsform.row-of").with("label", label).say(self.whole.lang));
        table.bare("min", "1");
        self.page.table(&columns.header, table, self.whole.lang);
        columns.written += 1;
    }

    fn columns<'c>(&mut self, items: &'c [Item], columns: &mut Columns<'c>) {
        for item in items {
            match &item.kind {
                Kind::Meta(_) => {}
                Kind::Begin(Block::Group) => self.group_in_rows(item, columns),
                Kind::Begin(_) => columns.later.push(item),
                Kind::Note => {
                    let spot = item.spot(self.whole.survey, "type");
                    let words = Words::new("xlsform.note-in-repeat");
                    self.told.note(&spot.sheet, (spot.row, spot.column), "dropped", words);
                }
                _ => {
                    if let Some(table) = self.field(item, Some(columns.block), &columns.around) {
                        self.page.table(&columns.header, table, self.whole.lang);
                        columns.written += 1;
                    }
                }
            }
        }
    }

    /// A group among columns is not one: its relevance is that of each of its columns.
    fn group_in_rows<'c>(&mut self, item: &'c Item, columns: &mut Columns<'c>) {
        let spot = item.spot(self.whole.survey, "name");
        let words = Words::new("xlsform.group-in-repeat").with("name", &item.written);
        self.told.note(&spot.sheet, (spot.row, spot.column), "dropped", words);
        let mut nowhere = Table::default();
        let relevant = self.relevant(item, Some(columns.block), &mut nowhere);
        let depth = columns.around.len();
        columns.around.extend(relevant);
        self.columns(&item.items, columns);
        columns.around.truncate(depth);
    }

    /// How many rows a repeat has: a number, or a check where it is computed.
    fn count(&mut self, item: &Item, table: &mut Table) {
        let Some(said) = item.row.get("repeat_count") else { return };
        if let Ok(number) = said.text.parse::<u32>() {
            table.bare("min", &number.to_string());
            return table.bare("max", &number.to_string());
        }
        let spot = item.spot(self.whole.survey, "repeat_count");
        let nested = self.whole.names.targets[item.id].block.is_some();
        let ask = Ask { wanted: Scalar::Number, ..Ask::truth(None) };
        let source = Source { said, spot: &spot, filter: Filter::None };
        let mut check = Table::default();
        if nested {
            return self.dropped(item, table, &["repeat_count"]);
        }
        let Some((count, _)) = expression::read(self.whole, source, ask, (&mut check, self.told)) else { return };
        say(&mut check, self.told, &spot, Words::new("xlsform.repeat-count").with("name", &item.written));
        let mut test = count.between(&format!("count(${{{}}}) = (", item.name), ")");
        if let Some(relevant) = self.relevant(item, None, &mut Table::default()) {
            let all = [relevant.between("not(", ")"), test];
            test = either(&all).unwrap_or_default();
        }
        check.string("name", &format!("{}_count", item.name));
        check.expression("test", &test, &said.text, spot);
        let words = Words::new("xlsform.repeat-count-message").with("name", self.label_of(item));
        check.string("message", &words.say(self.whole.lang));
        self.checks.push(check);
    }

    fn label_of(&self, item: &Item) -> String {
        let label = self.showing.labels.get(item.id).filter(|label| !label.is_empty());
        label.cloned().unwrap_or_else(|| item.written.clone())
    }
}

/// One of two conditions.
fn either(all: &[Mapped; 2]) -> Option<Mapped> {
    let joined = both(all)?;
    let text = joined.text.replacen(") and (", ") or (", 1);
    Some(Mapped::new(&text, joined.origin(0)))
}
