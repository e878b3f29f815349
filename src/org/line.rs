//! One organisation as a row of a table or the fields of a page give it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::columns::Column;
use super::record::{Reporting, Text};
use crate::error::{Fault, Place};
use crate::ids::OrgType;
use crate::lang::Words;

/// Where a line stands, to point at its cells or fields.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// In a row of a sheet.
    Row { sheet: String, row: u32, columns: BTreeMap<Column, u32> },
    /// In the fields of a page.
    Page,
}

impl Origin {
    /// The cell or field of a column in this line.
    pub(super) fn place(&self, column: Column) -> Place {
        match self {
            Origin::Row { sheet, row, columns } => {
                let column = columns.get(&column).copied().unwrap_or_default();
                Place::Cell { sheet: sheet.clone(), row: *row, column }
            }
            Origin::Page => Place::Field(column.field()),
        }
    }

    /// An error in the cell or field of a column.
    pub(super) fn fault(&self, column: Column, code: &'static str, words: Words) -> Fault {
        Fault::error(self.place(column), code, words)
    }
}

/// One organisation as it is given. What there is no column for is `None` and stays as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) origin: Origin,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: OrgType,
    /// Whether the type was given as that of a branch.
    pub(super) branch: bool,
    /// A code or a name; empty at the top of the tree.
    pub(super) above: String,
    pub(super) short_name: Option<String>,
    pub(super) valid_from: Option<Option<Date>>,
    pub(super) valid_to: Option<Option<Date>>,
    pub(super) texts: BTreeMap<Text, String>,
    pub(super) reports: Option<Reporting>,
    pub(super) zone: Option<Option<String>>,
    /// Codes of those who carry on what it did.
    pub(super) successors: Option<Vec<String>>,
    /// Names of groups.
    pub(super) groups: Option<Vec<String>>,
    pub(super) codes: BTreeMap<&'static str, Vec<String>>,
    /// The number of the column, the name, what is given.
    pub(super) attributes: Vec<(u16, String, String)>,
    /// From when what differs holds.
    pub(super) since: Option<Date>,
}
