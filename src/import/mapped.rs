//! From the tables of a workbook to cells with their organisations and paths: the second stage of an import.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::cell::{PlanCell, Spot, narrow};
use super::cells::{Given, Reader};
use super::header::{Located, Table, cell, stores};
use super::heading::fits;
use super::matching::{Matcher, Said, Whom};
use super::reasons::Reasons;
use super::rows;
use super::sums::Total;
use crate::error::{Fault, Place, Severity};
use crate::form::{Form, Goal, Recipe, RowFrom};
use crate::ids::{OrgId, OrgType};
use crate::lang::Words;
use crate::org::Registry;
use crate::sheet::{Cell, Grid};

/// How many rows of each kind there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows of organisations that the form is about.
    pub own: usize,
    /// Rows of organisations of other levels.
    pub other: usize,
    /// Rows that a pattern of the recipe passes over.
    pub skipped: usize,
    /// Rows that speak of nobody that is known for sure.
    pub unknown: usize,
}

/// A workbook whose cells know whom and what they speak of.
#[derive(Debug)]
pub struct Mapped<'a> {
    pub(super) form: &'a Form,
    pub(super) recipe: &'a Recipe,
    pub(super) sheets: Vec<String>,
    pub(super) cells: Vec<PlanCell>,
    /// Cells that are compared with what the form computes.
    pub(super) checks: Vec<PlanCell>,
    pub(super) reasons: Reasons,
    pub(super) totals: Vec<Total>,
    pub(super) rows: RowCounts,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Mapped<'a> {
    /// Finds the organisation of every row and reads every cell.
    pub fn of(located: Located<'a>, form: &'a Form, registry: &Registry) -> Mapped<'a> {
        let Located { book, recipe, tables, faults } = located;
        let mut mapped = Mapped {
            form,
            recipe,
            sheets: book.sheets.iter().map(|grid| grid.name().to_owned()).collect(),
            cells: Vec::new(),
            checks: Vec::new(),
            reasons: Reasons::default(),
            totals: Vec::new(),
            rows: RowCounts::default(),
            faults,
        };
        let mut matcher = Matcher::new(registry, form.about, recipe);
        for table in &tables {
            let mut reading = Reading::new(&mut mapped, &book.sheets[table.sheet], table);
            reading.rows(registry, &mut matcher);
        }
        mapped
    }
}

/// The cells of a column by the row of the form's table: field, row, and how they are read.
struct Target<'a> {
    at: (u16, u16),
    reader: Reader<'a>,
}

/// What one row of a sheet is mapped to: for each column of the recipe its target.
type Targets<'a> = Rc<Vec<Target<'a>>>;

/// One table on its way.
struct Reading<'m, 'a> {
    mapped: &'m mut Mapped<'a>,
    grid: &'m Grid,
    table: &'m Table,
    /// Targets by what a column says of the row; under `""` where no column does. `None`: unknown.
    targets: HashMap<String, Option<Targets<'a>>>,
    /// The municipality whose row stands above.
    group: Option<OrgId>,
    /// Cells of the body that are merged downwards: column and first row, last row.
    merged: BTreeMap<(u32, u32), u32>,
    schools: bool,
    headed: bool,
    /// For each column of the recipe the reason why it is refused as a whole.
    refused: Vec<Option<u32>>,
}

impl<'m, 'a> Reading<'m, 'a> {
    fn new(mapped: &'m mut Mapped<'a>, grid: &'m Grid, table: &'m Table) -> Reading<'m, 'a> {
        let refused = vec![None; mapped.recipe.columns.len()];
        let targets = HashMap::new();
        let body = grid.merges().iter().filter(|merge| table.body.contains(&merge.first_row));
        let merged = body.map(|merge| ((merge.first_column, merge.first_row), merge.last_row)).collect();
        Reading { mapped, grid, table, targets, group: None, merged, schools: false, headed: false, refused }
    }

    fn rows(&mut self, registry: &Registry, matcher: &mut Matcher<'_>) {
        self.unsure_columns();
        let grid = self.grid;
        let body = &self.table.body;
        for (row, cells) in grid.rows().skip_while(|(row, _)| *row < body.start).take_while(|(row, _)| *row < body.end)
        {
            let filled = self.table.columns.goals.iter().any(|column| find(cells, *column).is_some());
            let said = self.said(row, cells);
            if said.name.is_empty() && said.code.is_empty() && !filled {
                continue;
            }
            if self.mapped.recipe.skip.iter().any(|pattern| fits(pattern, &said.name) || fits(pattern, &said.code)) {
                self.mapped.rows.skipped += 1;
                continue;
            }
            match matcher.find(&said, self.group.filter(|_| self.headed)) {
                Whom::One(org, warning) => self.own(row, cells, org, warning),
                Whom::Other(org) => self.other(row, cells, org, registry),
                Whom::Nobody(..) if !filled => {}
                Whom::Nobody(code, words, hint) => self.nobody((row, cells), code, words, hint),
            }
        }
    }

    /// What stands in a column that says whom or what a row speaks of; a cell merged downwards speaks for all its rows.
    fn text(&self, row: u32, cells: &[(u32, Cell)], column: u32) -> String {
        if let Some(cell) = find(cells, column) {
            return cell.text();
        }
        let merge = self.merged.range(..=(column, row)).next_back();
        let merge = merge.filter(|((at, _), last)| *at == column && **last >= row);
        merge.map(|((_, first), _)| self.grid.cell(*first, column).text()).unwrap_or_default()
    }

    fn said(&self, row: u32, cells: &[(u32, Cell)]) -> Said {
        let columns = &self.table.columns;
        let text = |column: Option<u32>| column.map(|column| self.text(row, cells, column)).unwrap_or_default();
        Said { code: text(columns.code), name: text(columns.organisation), municipality: text(columns.municipality) }
    }

    /// The cell that names the organisation.
    fn place(&self, row: u32, cells: &[(u32, Cell)]) -> Place {
        let columns = &self.table.columns;
        let there = |column: &u32| find(cells, *column).is_some();
        let named = columns.organisation.filter(there).or(columns.code.filter(there));
        cell(self.grid, row, named.or(columns.organisation).or(columns.code).unwrap_or_default())
    }

    fn own(&mut self, row: u32, cells: &[(u32, Cell)], org: OrgId, warning: Option<Words>) {
        self.schools = true;
        self.mapped.rows.own += 1;
        if let Some(words) = warning {
            let fault = Fault::error(self.place(row, cells), "other-name", words).weighing(Severity::Warning);
            self.mapped.faults.push(fault);
        }
        self.cells(row, cells, Some(org), None);
    }

    fn other(&mut self, row: u32, cells: &[(u32, Cell)], org: OrgId, registry: &Registry) {
        self.mapped.rows.other += 1;
        if registry.get(org).is_some_and(|org| org.kind == OrgType::Municipality) {
            // A sheet whose municipalities stand under their schools has totals there, not headings.
            self.headed |= !self.schools;
            self.group = Some(org);
        }
        self.totals(row, cells, org);
    }

    fn nobody(&mut self, (row, cells): (u32, &[(u32, Cell)]), code: &'static str, words: Words, hint: Option<Words>) {
        self.mapped.rows.unknown += 1;
        let at = self.place(row, cells);
        let reason = self.say(Fault::error(at, code, words).hinting(hint));
        self.cells(row, cells, None, Some(reason));
    }

    fn reason(&mut self, words: Words, shared: bool) -> u32 {
        self.mapped.reasons.add(words, shared)
    }

    /// Says a fault that is the reason for many cells, and gives the reason's number.
    fn say(&mut self, fault: Fault) -> u32 {
        let reason = self.reason(fault.message.clone(), true);
        if !self.mapped.reasons.full() {
            self.mapped.faults.push(fault);
        }
        reason
    }

    /// What the cells of a row are for; and what the sheet says of the row of the form's table.
    fn targets(&mut self, row: u32, cells: &[(u32, Cell)]) -> (String, Option<Targets<'a>>) {
        let said = match self.table.columns.row {
            Some(column) => self.text(row, cells, column),
            None => String::new(),
        };
        if let Some(known) = self.targets.get(&said) {
            return (said, known.clone());
        }
        let found = targets(self.mapped.form, self.mapped.recipe, self.table, &said);
        self.targets.insert(said.clone(), found.clone());
        (said, found)
    }

    /// Takes the cells of a row of an organisation; with a reason none of them can be taken.
    fn cells(&mut self, row: u32, cells: &[(u32, Cell)], org: Option<OrgId>, reason: Option<u32>) {
        let (said, targets) = self.targets(row, cells);
        let reason = match (&targets, reason) {
            (None, None) => Some(self.unknown_row(row, &said)),
            (_, reason) => reason,
        };
        let table = self.table;
        for (goal, column) in table.columns.goals.iter().enumerate() {
            let Some(cell) = find(cells, *column) else { continue };
            let target = targets.as_deref().map(|targets| &targets[goal]);
            if let Some(says) = self.says(cell, goal, target, reason) {
                let at = self.spot(row, *column);
                let mapped = PlanCell::new(at, org, (goal, target.map(|target| target.at)), says);
                let stored = stores(self.mapped.recipe, goal);
                if stored { self.mapped.cells.push(mapped) } else { self.mapped.checks.push(mapped) }
            }
        }
    }

    /// What a cell says; `None` where it says nothing. What is only compared is never refused.
    fn says(
        &mut self,
        cell: &Cell,
        goal: usize,
        target: Option<&Target<'a>>,
        reason: Option<u32>,
    ) -> Option<Result<Given, u32>> {
        let stores = stores(self.mapped.recipe, goal);
        if let Some(reason) = reason {
            return stores.then_some(Err(reason));
        }
        let reader = &target?.reader;
        match reader.read(cell) {
            Ok(None) => None,
            Ok(Some(given)) => match self.refused[goal].filter(|_| reader.bare(cell).is_some()) {
                Some(reason) => stores.then_some(Err(reason)),
                None => Some(Ok(given)),
            },
            Err(_) if !stores => None,
            Err(words) => Some(Err(self.reason(words, false))),
        }
    }

    fn unknown_row(&mut self, row: u32, said: &str) -> u32 {
        let words = Words::new("import.unknown-row").with("said", said);
        let at = cell(self.grid, row, self.table.columns.row.unwrap_or_default());
        self.say(Fault::error(at, "unknown-row", words))
    }

    fn spot(&self, row: u32, column: u32) -> Spot {
        Spot { sheet: narrow(self.table.sheet), row, column: narrow(column) }
    }

    /// The figures of an organisation of another level, to be compared with the sums of the rows below it.
    fn totals(&mut self, row: u32, cells: &[(u32, Cell)], org: OrgId) {
        let (_, Some(targets)) = self.targets(row, cells) else { return };
        for (goal, target) in targets.iter().enumerate() {
            let column = self.table.columns.goals[goal];
            let Some(cell) = find(cells, column).filter(|_| stores(self.mapped.recipe, goal)) else { continue };
            if !adds_up(self.mapped.form, target.at.0) {
                continue;
            }
            if let Ok(Some(Given::Number(stated))) = target.reader.read(cell) {
                let back = self.mapped.recipe.columns[goal].back;
                let at = self.spot(row, column);
                self.mapped.totals.push(Total { at, org, target: target.at, back, stated });
            }
        }
    }

    /// Refuses columns of shares that may be parts of one or percents: nobody said, and every number lies within 0–1.
    fn unsure_columns(&mut self) {
        let body = self.table.body.clone();
        for goal in 0..self.table.columns.goals.len() {
            let column = self.table.columns.goals[goal];
            let Some(field) = any_field(self.mapped.form, self.mapped.recipe, goal) else { continue };
            let recipe = self.mapped.recipe;
            let reader = Reader::new(self.mapped.form, field, recipe.dash, recipe.columns[goal].scale);
            if !reader.unsure() {
                continue;
            }
            let cells = body.clone().map(|row| self.grid.cell(row, column));
            let numbers: Vec<f64> =
                cells.filter_map(|cell| reader.bare(cell)).filter(|number| *number != 0.0).collect();
            if !numbers.is_empty() && numbers.iter().all(|number| (0.0..=1.0).contains(number)) {
                let words = Words::new("import.unsure").with("column", &recipe.columns[goal].header);
                let at = cell(self.grid, body.start.saturating_sub(1), column);
                self.refused[goal] = Some(self.say(Fault::error(at, "scale", words)));
            }
        }
    }
}

/// The cell of a row in a column, if anything stands there.
fn find(cells: &[(u32, Cell)], column: u32) -> Option<&Cell> {
    cells.binary_search_by_key(&column, |(at, _)| *at).ok().map(|found| &cells[found].1)
}

/// Whether figures of a field may be added up over schools: shares may not.
fn adds_up(form: &Form, field: u16) -> bool {
    let kind = form.fields[usize::from(field)].kind;
    kind.is_number() && !matches!(kind.control, crate::form::kind::Control::Line { unit: "%", .. })
}

fn path(goal: &Goal) -> &str {
    let (Goal::Store(path) | Goal::Compare(path)) = goal;
    path
}

/// The tables of the form that the recipe's columns with `{row}` go to.
fn form_tables(form: &Form, recipe: &Recipe) -> Vec<usize> {
    let names =
        recipe.columns.iter().filter_map(|column| path(&column.goal).split_once("/{row}/").map(|(name, _)| name));
    let mut tables: Vec<usize> =
        names.filter_map(|name| form.tables.iter().position(|table| table.name == name)).collect();
    tables.dedup();
    tables
}

/// The field of a column of the recipe in whichever row.
fn any_field(form: &Form, recipe: &Recipe, goal: usize) -> Option<usize> {
    let path = path(&recipe.columns[goal].goal);
    match path.split_once("/{row}/") {
        None => form.locate(path).map(|(field, _)| field),
        Some((name, column)) => {
            let table = form.tables.iter().find(|table| table.name == name)?;
            let row = &table.rows.first()?.name;
            form.locate(&format!("{name}/{row}/{column}")).map(|(field, _)| field)
        }
    }
}

/// Where the columns of a recipe go for what a sheet says of the row; `None` where that row is not known.
fn targets<'a>(form: &'a Form, recipe: &'a Recipe, table: &Table, said: &str) -> Option<Targets<'a>> {
    let row = match (&recipe.row, &table.row) {
        (Some(RowFrom::Column(..)), _) => rows::in_column(form, recipe, &form_tables(form, recipe), said)?,
        (_, Some(row)) => row.as_str(),
        (_, None) => "",
    };
    let target = |column: &'a crate::form::RecipeColumn| {
        let (field, row) = form.locate(&path(&column.goal).replace("{row}", row))?;
        let reader = Reader::new(form, field, recipe.dash, column.scale);
        Some(Target { at: (narrow(field), narrow(row)), reader })
    };
    recipe.columns.iter().map(target).collect::<Option<Vec<_>>>().map(Rc::new)
}
