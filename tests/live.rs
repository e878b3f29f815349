//! A form that is written while the server runs: what is saved is at work at once, what is faulty never is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod run;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use run::{Server, done, svod, workbook};
use tempfile::TempDir;

const REPORT: &str = "/report/clubs/2025Sep/s1";

/// What every page says while something is wrong.
const SAID: &str = "Изменения в папке форм не опубликованы";

fn clubs(label: &str, more: &str) -> String {
    format!(
        "id = \"clubs\"\ntitle = \"Кружки\"\nperiod = \"school-year\"\n\n[[group]]\nlabel = \"Кружки\"\n\n\
         [[group.question]]\nname = \"clubs\"\ntype = \"integer\"\nlabel = \"{label}\"\n{more}"
    )
}

/// A question after the first.
fn question(name: &str, more: &str) -> String {
    format!("\n[[group.question]]\nname = \"{name}\"\ntype = \"integer\"\nlabel = \"Вопрос {name}\"\n{more}\n")
}

/// A folder of forms beside a data file with one school, and the server over both.
struct Desk {
    dir: TempDir,
    server: Server,
}

impl Desk {
    fn new(first: &str) -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let forms = dir.path().join("forms");
        std::fs::create_dir(&forms).unwrap();
        std::fs::write(forms.join("clubs.toml"), first).unwrap();
        let orgs = dir.path().join("orgs.xlsx");
        let head: &[&str] = &["Код", "Наименование", "Тип", "Вышестоящая"];
        workbook(&orgs, &[head, &["r", "Край", "Регион", ""], &["s1", "МБОУ «Лесная СОШ»", "Школа", "r"]]);
        done(&svod(dir.path(), &["org", "import", orgs.to_str().unwrap()]));
        let server = Server::on_forms(dir.path(), Path::new("forms"), &["--watch"]);
        Desk { dir, server }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("forms").join(name)
    }

    fn save(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }

    /// The page once it says something, or once it does not; the folder is looked at twice a second.
    fn until(&self, path: &str, (says, words): (bool, &str)) -> String {
        let begun = Instant::now();
        loop {
            let page = self.server.page(path);
            if page.contains(words) == says {
                return page;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{path}: {words:?}, {says}: {page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_form_is_edited_broken_and_mended_while_the_server_runs() {
    let desk = Desk::new(&clubs("Сколько кружков", ""));
    let page = desk.server.page(REPORT);
    assert!(page.contains("Сколько кружков") && !page.contains(SAID));

    desk.save("clubs.toml", &clubs("Сколько секций", ""));
    assert!(!desk.until(REPORT, (true, "Сколько секций")).contains(SAID));

    let broken = clubs("Сколько студий", "constraint = \". <= ${clubz}\"\n");
    desk.save("clubs.toml", &broken);
    let page = desk.until(REPORT, (true, SAID));
    assert!(page.contains("Сколько секций") && !page.contains("Сколько студий"), "the last good version stays: {page}");
    for path in ["/", "/forms", "/help", "/orgs", REPORT] {
        let page = desk.server.page(path);
        assert!(page.contains("forms/clubs.toml:12:20"), "{path} says where: {page}");
        assert!(page.contains("clubz") && page.contains("clubs"), "{path} says what");
    }

    desk.save("clubs.toml", &clubs("Сколько студий", "constraint = \". <= 40\"\n"));
    let page = desk.until(REPORT, (false, SAID));
    assert!(page.contains("Сколько студий"), "{page}");
}

#[test]
fn sound_forms_are_published_beside_a_faulty_one() {
    let desk = Desk::new(&clubs("Сколько кружков", ""));
    desk.save("meals.toml", "id = \"meals\"\ntitle = ");
    desk.until("/", (true, "forms/meals.toml:2:"));
    desk.save("sport.toml", &clubs("Сколько залов", "").replace("\"clubs\"", "\"sport\"").replace("Кружки", "Спорт"));
    let page = desk.until("/", (true, "Спорт"));
    assert!(page.contains("forms/meals.toml:2:"), "{page}");
    // A second file with the id of another form never replaces it.
    desk.save("meals.toml", &clubs("Другое", ""));
    let page = desk.until(REPORT, (true, "Форма «clubs» уже описана в файле forms/clubs.toml."));
    assert!(page.contains("Сколько кружков") && page.contains("forms/meals.toml:1:"), "{page}");
    std::fs::remove_file(desk.file("meals.toml")).unwrap();
    desk.until("/", (false, SAID));
}

#[test]
fn a_version_that_would_lose_answers_waits_for_its_word() {
    let desk = Desk::new(&clubs("Сколько кружков", &question("halls", "")));
    let (head, _) = desk.server.post(REPORT, "do=save&a%3Aclubs=5&a%3Ahalls=2");
    assert!(head.lines().next().unwrap().contains("303"), "{head}");

    desk.save("clubs.toml", &clubs("Кружков теперь", ""));
    let page = desk.until(REPORT, (true, SAID));
    assert!(page.contains("Вопрос halls") && !page.contains("Кружков теперь"), "{page}");
    assert!(page.contains("removed"), "it says what the form can say: {page}");

    desk.save("clubs.toml", &format!("removed = [\"halls\"]\n{}", clubs("Кружков теперь", "")));
    let page = desk.until(REPORT, (false, SAID));
    assert!(page.contains("Кружков теперь") && !page.contains("Вопрос halls"), "{page}");
}

#[test]
fn a_server_that_watches_starts_with_a_faulty_form_and_says_so() {
    let desk = Desk::new("id = \"clubs\"\n");
    assert!(desk.server.page("/").contains("forms/clubs.toml:"));
    desk.save("clubs.toml", &clubs("Сколько кружков", ""));
    desk.until("/", (true, "Кружки"));
    assert!(desk.until(REPORT, (false, SAID)).contains("Сколько кружков"));
}
