//! The demonstration region: three municipalities, forty schools, invented names.

use jiff::civil::Date;

use crate::sheet::{Book, Cell, Grid};

/// A school: what it is called after, its locality.
type School = (&'static str, &'static str);

/// The municipalities: code, name, and their schools.
const MUNICIPALITIES: [(&str, &str, &[School]); 3] = [
    (
        "2601",
        "Заречный район",
        &[
            ("Ореховская", "с. Орехово"),
            ("Приозёрная", "п. Приозёрный"),
            ("Дальняя", "д. Дальняя"),
            ("Сосновская", "с. Сосновка"),
            ("Каменская", "с. Каменка"),
            ("Луговская", "с. Луговское"),
            ("Берёзовская", "с. Берёзовка"),
            ("Ключевская", "с. Ключи"),
            ("Степная", "с. Степное"),
            ("Новосельская", "с. Новоселье"),
            ("Раздольненская", "с. Раздольное"),
            ("Полевская", "с. Полевое"),
            ("Высокогорская", "с. Высокая Гора"),
            ("Тихоновская", "с. Тихоновка"),
        ],
    ),
    (
        "2602",
        "Северный муниципальный округ",
        &[
            ("Боровская", "с. Боровое"),
            ("Ельцовская", "с. Ельцовка"),
            ("Кедровская", "п. Кедровый"),
            ("Мысовская", "п. Мысовой"),
            ("Пристанская", "с. Пристань"),
            ("Рудничная", "п. Рудничный"),
            ("Таёжная", "п. Таёжный"),
            ("Угловская", "с. Угловое"),
            ("Черемховская", "с. Черёмуховка"),
            ("Яровская", "с. Яровое"),
            ("Озёрская", "с. Озёрки"),
            ("Песчанская", "с. Песчаное"),
            ("Холмогорская", "с. Холмогорское"),
        ],
    ),
    (
        "2603",
        "Город Светлогорье",
        &[
            ("№ 1", TOWN),
            ("№ 2", TOWN),
            ("№ 3", TOWN),
            ("№ 4", TOWN),
            ("№ 5", TOWN),
            ("№ 6", TOWN),
            ("№ 7", TOWN),
            ("№ 8", TOWN),
            ("№ 9", TOWN),
            ("№ 10", TOWN),
            ("№ 11", TOWN),
            ("№ 12", TOWN),
            ("№ 14", TOWN),
        ],
    ),
];

/// The town that is a municipality of its own.
const TOWN: &str = "г. Светлогорье";

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

/// A school of the northern district that belonged to its neighbour in the first year.
const MOVED: (&str, &str) = ("260213", "2601");

/// The first day of the move.
pub(super) const MOVE: Date = jiff::civil::date(2021, 9, 1);

/// A branch, whose figures its school gives: code, name, school, locality.
const BRANCH: [&str; 4] =
    ["260115", "Зимовская начальная школа — филиал МБОУ «Ореховская СОШ»", "260101", "д. Зимовка"];

/// Schools that help others, wherever they are.
const MENTORS: (&str, [&str; 4]) = ("Школы-наставники", ["260101", "260112", "260204", "260301"]);

/// The headings of the registry.
const HEAD: [&str; 15] = [
    "Код",
    "Наименование",
    "Тип",
    "Вышестоящая",
    "Код ОГЭ/ЕГЭ",
    "Действует по",
    "Правопреемник",
    "Населённый пункт",
    "Телефон",
    "Электронная почта",
    "Должность руководителя",
    "Отчитывается",
    "Часовой пояс",
    "Группы",
    "Признак: местность",
];

/// The codes of all schools that report, in the order of the registry.
pub(super) fn schools() -> Vec<String> {
    let of = |(code, _, places): &(&str, &str, &[School])| -> Vec<String> {
        (1..=places.len()).map(|number| format!("{code}{number:02}")).collect()
    };
    MUNICIPALITIES.iter().flat_map(of).collect()
}

/// The registry as the workbook that a department would import, as it was before the move or as it is after it.
pub(super) fn registry(moved: bool) -> Book {
    let mut rows = vec![cells(&HEAD)];
    let mut row = |texts: &[(&str, &str)]| {
        let of = |head: &&str| texts.iter().find(|(known, _)| known == head).map_or("", |(_, text)| *text);
        rows.push(cells(&HEAD.iter().map(of).collect::<Vec<_>>()));
    };
    let region = [("Код", REGION), ("Наименование", "Приреченская область"), ("Тип", "Регион")];
    row(&[&region[..], &[("Часовой пояс", "МСК+4")]].concat());
    for (number, (code, name, places)) in MUNICIPALITIES.iter().enumerate() {
        let exam = (number + 1).to_string();
        let district = [("Код", *code), ("Наименование", name), ("Тип", "Муниципалитет"), ("Вышестоящая", REGION)];
        row(&[&district[..], &[("Код ОГЭ/ЕГЭ", &exam)]].concat());
        for (index, (place, locality)) in places.iter().enumerate() {
            let school = format!("{code}{:02}", index + 1);
            let above = if school == MOVED.0 && !moved { MOVED.1 } else { code };
            let exam = format!("{}{:02}", number + 1, index + 1);
            let (last, after) = if school == MERGED { (LAST_DAY, SUCCESSOR) } else { ("", "") };
            let (phone, email) = contacts(&school);
            row(&[
                ("Код", &school),
                ("Наименование", &name_of(place, index)),
                ("Тип", "Школа"),
                ("Вышестоящая", above),
                ("Код ОГЭ/ЕГЭ", &exam),
                ("Действует по", last),
                ("Правопреемник", after),
                ("Населённый пункт", locality),
                ("Телефон", &phone),
                ("Электронная почта", &email),
                ("Должность руководителя", "директор"),
                ("Группы", if MENTORS.1.contains(&school.as_str()) { MENTORS.0 } else { "" }),
                ("Признак: местность", if *locality == TOWN { "городская" } else { "сельская" }),
            ]);
        }
    }
    let [code, name, school, locality] = BRANCH;
    row(&[
        ("Код", code),
        ("Наименование", name),
        ("Тип", "Филиал"),
        ("Вышестоящая", school),
        ("Населённый пункт", locality),
        ("Отчитывается", "с вышестоящей"),
        ("Признак: местность", "сельская"),
    ]);
    Book { name: "demo.xlsx".to_owned(), sheets: vec![Grid::from_rows("Организации", rows, Vec::new())] }
}

/// A telephone and a mail address that lead nowhere.
fn contacts(school: &str) -> (String, String) {
    let tail = &school[school.len() - 4..];
    (format!("8 (000) 00-{}-{}", &tail[..2], &tail[2..]), format!("school{school}@example.org"))
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
