//! The demonstration region: three municipalities, forty schools, invented names.

use crate::sheet::{Book, Cell, Grid};

/// The municipalities: code, name, and the places of their schools.
const MUNICIPALITIES: [(&str, &str, &[&str]); 3] = [
    (
        "2601",
        "Заречный район",
        &[
            "Ореховская",
            "Приозёрная",
            "Дальняя",
            "Сосновская",
            "Каменская",
            "Луговская",
            "Берёзовская",
            "Ключевская",
            "Степная",
            "Новосельская",
            "Раздольненская",
            "Полевская",
            "Высокогорская",
            "Тихоновская",
        ],
    ),
    (
        "2602",
        "Северный муниципальный округ",
        &[
            "Боровская",
            "Ельцовская",
            "Кедровская",
            "Мысовская",
            "Пристанская",
            "Рудничная",
            "Таёжная",
            "Угловская",
            "Черемховская",
            "Яровская",
            "Озёрская",
            "Песчанская",
            "Холмогорская",
        ],
    ),
    (
        "2603",
        "Город Светлогорье",
        &["№ 1", "№ 2", "№ 3", "№ 4", "№ 5", "№ 6", "№ 7", "№ 8", "№ 9", "№ 10", "№ 11", "№ 12", "№ 14"],
    ),
];

/// The region's code.
pub(super) const REGION: &str = "26";

/// The municipality whose people can be entered as.
pub(super) const FIRST_MUNICIPALITY: &str = "2601";

/// A school that closed before the second year: it merged into its neighbour.
pub(super) const MERGED: &str = "260113";

/// The neighbour.
pub(super) const SUCCESSOR: &str = "260112";

/// The last day of the school that closed.
const LAST_DAY: &str = "31.08.2021";

/// The codes of all schools, in the order of the registry.
pub(super) fn schools() -> Vec<String> {
    let of = |(code, _, places): &(&str, &str, &[&str])| -> Vec<String> {
        (1..=places.len()).map(|number| format!("{code}{number:02}")).collect()
    };
    MUNICIPALITIES.iter().flat_map(of).collect()
}

/// The registry as the workbook that a department would import.
pub(super) fn registry() -> Book {
    let head = ["Код", "Наименование", "Тип", "Вышестоящая", "Код ОГЭ/ЕГЭ", "Действует по", "Правопреемник"];
    let mut rows = vec![cells(&head), cells(&[REGION, "Приреченская область", "Регион", "", "", "", ""])];
    for (number, (code, name, places)) in MUNICIPALITIES.iter().enumerate() {
        rows.push(cells(&[code, name, "Муниципалитет", REGION, &(number + 1).to_string(), "", ""]));
        for (index, place) in places.iter().enumerate() {
            let school = format!("{code}{:02}", index + 1);
            let exam = format!("{}{:02}", number + 1, index + 1);
            let (last, after) = if school == MERGED { (LAST_DAY, SUCCESSOR) } else { ("", "") };
            rows.push(cells(&[&school, &name_of(place, index), "Школа", code, &exam, last, after]));
        }
    }
    Book { name: "demo.xlsx".to_owned(), sheets: vec![Grid::from_rows("Организации", rows, Vec::new())] }
}

fn name_of(place: &str, index: usize) -> String {
    match (place.starts_with('№'), index % 7) {
        (true, _) => format!("МБОУ «СОШ {place}»"),
        (false, 2) => format!("МКОУ «{place} ООШ»"),
        (false, _) => format!("МБОУ «{place} СОШ»"),
    }
}

fn cells(texts: &[&str]) -> Vec<Cell> {
    texts.iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) }).collect()
}
