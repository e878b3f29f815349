//! Recipes: how figures are found in the sheets that people keep already.

/// How one kind of legacy sheet is read.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The name, `--recipe`.
    pub name: String,
    /// Patterns of sheet names; `*` stands for anything.
    pub sheets: Vec<String>,
    /// Texts that mark the header.
    pub header: Vec<String>,
    /// The heading of the column with the organisation's code, and the scheme of the code.
    pub code: Option<(String, String)>,
    /// The heading of the column with the organisation's name.
    pub organisation: Option<String>,
    /// The heading of the column with the municipality's name.
    pub municipality: Option<String>,
    /// Where the row of a table comes from.
    pub row: Option<RowFrom>,
    /// Patterns of organisation names to pass over.
    pub skip: Vec<String>,
    /// What a dash means.
    pub dash: Dash,
    /// A bare year means the school year that ends in it (`ends`) or starts in it (`starts`).
    pub year: Option<YearRule>,
    /// The columns.
    pub columns: Vec<RecipeColumn>,
}

/// Where a recipe finds which row of a table the figures belong to: text → row name.
#[derive(Debug, Clone)]
pub enum RowFrom {
    /// A title row above the header.
    Title(Vec<(String, String)>),
    /// The sheet's name.
    Sheet(Vec<(String, String)>),
    /// A column, with a mapping of its texts, or by rows' names, labels and codes where there is none.
    Column(String, Vec<(String, String)>),
}

/// What a dash in a cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Nothing.
    #[default]
    Empty,
    /// A stated absence.
    NoData,
    /// Zero.
    Zero,
}

/// What a bare year means for a school-year form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum YearRule {
    Ends,
    Starts,
}

/// A column of a recipe.
#[derive(Debug, Clone)]
pub struct RecipeColumn {
    /// The heading; levels of a merged header are joined by ` / `.
    pub header: String,
    /// Where its values go, or what they are compared with.
    pub goal: Goal,
    /// How many periods before `--period` the figures belong to.
    pub back: u32,
    /// 1 where a share of 0.54 means 54 %, 100 where 54 means 54 %.
    pub scale: Option<f64>,
}

/// What a recipe does with the values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// Stored at this path; `{row}` is the row.
    Store(String),
    /// Compared with the value at this path, not stored.
    Compare(String),
}
