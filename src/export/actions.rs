//! Making the workbook.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use rust_xlsxwriter::{DocProperties, Workbook as File, Worksheet};

use super::data::Data;
use super::look::{DEFAULT_CELL, Look};
use super::rows::Rows;
use super::{
    Book, Finished, Workbook, Written, broken, distinct, file_name, lists, passport, sheet_name, silent, summary,
};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::indicator::actions::{Territories, empty_lists};
use crate::indicator::{Ahead, Contribution, Entry, Figures, Level, ListTable, Query, Reading};
use crate::journal::{self, Deed};
use crate::lang::{Lang, Words};
use crate::org;

/// The workbook of a form over a territory as a file in memory, and its name.
///
/// # Errors
/// As [`finished`].
pub async fn workbook(db: &Db, actor: &Actor, query: &Query, lang: Lang) -> Result<Workbook> {
    let Finished { name, mut file } = finished(db, actor, query, lang).await?;
    let saved = tokio::task::spawn_blocking(move || file.save_to_buffer()).await;
    let bytes = saved.map_err(|error| Error::Internal(error.to_string()))?.map_err(broken)?;
    Ok(Workbook { name, bytes })
}

/// The workbook of a form over a territory, to be saved by whoever asked for it.
///
/// The sheet of data is written as it is read, so that a territory of any size needs little memory.
///
/// # Errors
/// [`Error::NotFound`] where no such form is published; [`Error::Faults`] where it is collected for another kind of
/// period; [`Error::Denied`]; [`Error::Internal`] where the form has more columns than a workbook can hold.
pub async fn finished(db: &Db, actor: &Actor, query: &Query, lang: Lang) -> Result<Finished> {
    actor.need(Right::Export)?;
    let query = Query { level: Level::Municipality, ..query.clone() };
    let reading = Arc::new(Reading::open(db, actor, &query).await?);
    let about = format!("{}, {}", reading.version.form.id, query.period.id());
    journal::actions::taken(db, actor, Deed::BookTaken, &about).await?;
    let territories = Territories::of(&reading);
    let mut names = Names::of(&reading, lang);
    let organisations = match reading.version.form.chooses_organisations() {
        true => Some(org::store::choices(&mut *db.read().await?).await?),
        false => None,
    };
    let book = Book { organisations, ..book(&reading, &territories, (lang, names.data.clone())) };
    let mut making = Making::start(&book, &mut names)?;
    let mut sums = territories.sums(&reading);
    let mut ahead = Ahead::start(db, &reading).await?;
    while let Some(piece) = ahead.next().await? {
        for one in &piece {
            sums.add(one);
            making.add(&book, &territories, one).map_err(broken)?;
        }
    }
    let figures = territories.figures(&reading, sums);
    making.finish(&book, &figures).map_err(broken)?;
    let code = figures.total.org.as_ref().map(|org| org.code.clone()).unwrap_or_default();
    let group = reading.group.as_ref().map(|group| group.name.clone()).unwrap_or_default();
    let name = file_name(&[&reading.version.form.id, &query.period.id(), &query.wave, &code, &group]);
    Ok(Finished { name, file: making.file })
}

/// The names of the sheets, in their order.
struct Names {
    summary: String,
    data: String,
    lists: Vec<String>,
    /// Nobody is silent in a programme.
    silent: Option<String>,
    passport: String,
    /// The repeats and the names of their sheets.
    repeats: Vec<(usize, String)>,
}

impl Names {
    fn of(reading: &Reading, lang: Lang) -> Names {
        let mut taken = HashSet::new();
        let mut fixed = |key: &'static str| sheet_name(&lang.t(key), &mut taken);
        let (summary, data) = (fixed("export.sheet-summary"), fixed("export.sheet-data"));
        let filled = !reading.version.form.is_programme();
        let silent = filled.then(|| fixed("export.sheet-silent"));
        let passport = fixed("export.sheet-passport");
        let labels = reading.version.form.classifications.iter();
        let lists = labels.map(|list| sheet_name(&lists::short(&list.label), &mut taken)).collect();
        let repeats = reading.version.form.repeats();
        let repeats = repeats.map(|(number, table)| (number, sheet_name(&table.label, &mut taken))).collect();
        Names { summary, data, lists, silent, passport, repeats }
    }
}

fn book<'a>(reading: &'a Reading, territories: &Territories, (lang, data): (Lang, String)) -> Book<'a> {
    let elsewhere = lang.t("export.elsewhere");
    let named = territories.parts.iter().map(|part| match &part.org {
        Some(org) => (org.label().to_owned(), org.code.clone()),
        None => (elsewhere.clone(), String::new()),
    });
    let now = Timestamp::now().to_zoned(TimeZone::system());
    let made = format!("{} {:02}:{:02}", crate::text::date(now.date()), now.hour(), now.minute());
    Book {
        reading,
        lang,
        territory: territory(reading, territories, lang),
        made,
        parts: distinct(named.collect()),
        data,
        organisations: None,
    }
}

/// The territory as people call it: an organisation, a group, the day whose tree is taken.
fn territory(reading: &Reading, territories: &Territories, lang: Lang) -> String {
    let org = territories.total.org.as_ref().map(|org| org.name.clone());
    let group = reading.group.as_ref().map(|group| Words::new("orgs.in-group").with("name", &group.name).say(lang));
    let day = reading.day.map(|day| Words::new("orgs.as-of").with("date", crate::text::date(day)).say(lang));
    let place = org.into_iter().chain(group).collect::<Vec<_>>().join(", ");
    let place = if place.is_empty() { lang.t("export.everywhere") } else { place };
    day.map_or_else(|| place.clone(), |day| format!("{place}, {day}"))
}

/// The workbook while it is made.
struct Making {
    file: File,
    look: Look,
    data: Data,
    lists: Vec<ListTable>,
    /// The sheets of repeats, the last of the workbook, and where each stands.
    rows: Vec<(usize, Rows)>,
}

/// How hard the file is compressed: as Excel does it. The library's own level takes longer for hardly less.
const COMPRESSION: u8 = 3;

/// Where the sheets stand.
const SUMMARY: usize = 0;
const DATA: usize = 1;
const LISTS: usize = 2;

impl Making {
    fn start(book: &Book<'_>, names: &mut Names) -> Result<Making> {
        let mut file = File::new();
        let look = Look::new();
        file.set_default_format(&look.default, DEFAULT_CELL.0, DEFAULT_CELL.1).map_err(broken)?;
        file.set_zip_compression_level(COMPRESSION);
        let form = &book.reading.version.form;
        let properties = DocProperties::new()
            .set_title(&form.title)
            .set_custom_property("form_id", form.id.as_str())
            .set_custom_property("form_hash", form.hash.as_str())
            .set_custom_property("period", book.reading.query.period.id());
        file.set_properties(&properties);
        file.add_worksheet().set_name(&names.summary).map_err(broken)?;
        let sheet = file.add_worksheet_with_low_memory().map_err(broken)?.set_name(&names.data).map_err(broken)?;
        let data = Data::start(sheet, &look, book).map_err(broken)?;
        for name in names.lists.iter().chain(&names.silent).chain([&names.passport]) {
            file.add_worksheet().set_name(name).map_err(broken)?;
        }
        let mut rows = Vec::new();
        for (table, name) in &names.repeats {
            let place = file.worksheets().len();
            let sheet = file.add_worksheet_with_low_memory().map_err(broken)?.set_name(name).map_err(broken)?;
            rows.push((place, Rows::start(sheet, (&look, book), *table).map_err(broken)?));
        }
        Ok(Making { file, look, data, lists: empty_lists(book.reading), rows })
    }

    fn sheet(&mut self, index: usize) -> std::result::Result<&mut Worksheet, rust_xlsxwriter::XlsxError> {
        self.file.worksheet_from_index(index)
    }

    fn add(&mut self, book: &Book<'_>, territories: &Territories, one: &Contribution) -> Written {
        for list in &mut self.lists {
            list.entries.extend(Entry::of(book.reading, list.list, one));
        }
        let Some(org) = book.reading.orgs.get(&one.org).filter(|_| Data::holds(one)) else { return Ok(()) };
        let part = territories.place.get(&one.org).map(|part| book.parts[*part].as_str()).unwrap_or_default();
        let sheet = self.file.worksheet_from_index(DATA)?;
        self.data.row(sheet, (&self.look, book), (org, part), one)?;
        for (place, rows) in &mut self.rows {
            rows.add(self.file.worksheet_from_index(*place)?, (&self.look, book), (org, part), one)?;
        }
        Ok(())
    }

    fn finish(&mut self, book: &Book<'_>, figures: &Figures) -> Written {
        let sheet = self.file.worksheet_from_index(DATA)?;
        let hidden = self.data.finish(sheet, (&self.look, book), &figures.answered)?;
        let sheet = self.file.worksheet_from_index(SUMMARY)?;
        summary::write(sheet, (&self.look, book), &self.data, figures)?;
        for (index, list) in self.lists.iter().enumerate() {
            let sheet = self.file.worksheet_from_index(LISTS + index)?;
            lists::write(sheet, (&self.look, book), list)?;
        }
        let mut after = LISTS + self.lists.len();
        if !book.reading.version.form.is_programme() {
            silent::write(self.file.worksheet_from_index(after)?, (&self.look, book))?;
            after += 1;
        }
        passport::write(self.file.worksheet_from_index(after)?, (&self.look, book), figures, hidden)?;
        for (place, rows) in &self.rows {
            rows.finish(self.file.worksheet_from_index(*place)?, (&self.look, book))?;
        }
        self.sheet(SUMMARY)?.set_active(true);
        Ok(())
    }
}
