//! A data file of a test's own with a small registry and some forms, and the site over it.
#![allow(dead_code, clippy::unwrap_used, reason = "each test takes what it needs, and stops where it cannot go on")]

use svod::access::Actor;
use svod::backup::Keeper;
use svod::db::Db;
use svod::form::Form;
use svod::lang::Lang;
use svod::org;
use svod::report::version;
use svod::sheet::{Book, Cell, Grid};
use svod::web::Site;

/// An organisation: code, name, type, the code of the one above.
pub type Row = [&'static str; 4];

/// A region, a municipality and two schools.
pub const TWO_SCHOOLS: [Row; 4] = [
    ["r", "Приозёрный край", "Регион", ""],
    ["m", "Лесной район", "Муниципалитет", "r"],
    ["s1", "МБОУ «Лесная СОШ»", "Школа", "m"],
    ["s2", "МБОУ «Луговая СОШ»", "Школа", "m"],
];

/// A data file in a folder that goes with it.
pub struct District {
    pub db: Db,
    pub folder: tempfile::TempDir,
}

impl District {
    /// Imports the organisations and publishes the forms.
    pub async fn new(organisations: &[Row], forms: &[Form]) -> District {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path()).await.unwrap();
        let actor = Actor::operator();
        org::actions::import(&db, &actor, &registry(organisations)).await.unwrap();
        version::actions::publish(&db, &actor, forms).await.unwrap();
        District { db, folder }
    }

    /// The site of the local operator, in Russian, without nightly copies.
    pub fn site(&self) -> Site {
        Site {
            db: self.db.clone(),
            actor: Actor::operator(),
            lang: Lang::Ru,
            demo: false,
            copies: Keeper::new(&self.folder.path().join("backups"), None),
            forms: version::Folder::default(),
            entrance: Default::default(),
        }
    }
}

/// Organisations as the workbook that they are imported from.
pub fn registry(organisations: &[Row]) -> Book {
    let head = ["Код", "Наименование", "Тип", "Вышестоящая"];
    let cells = |row: &Row| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    let rows = std::iter::once(&head).chain(organisations).map(cells).collect();
    Book { name: "реестр.xlsx".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, Vec::new())] }
}
