//! Copies by night and on request: made while others write, checked, thinned out, shown, and good for going back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use poem::http::StatusCode;
use poem::test::TestClient;
use svod::access::Actor;
use svod::backup::Keeper;
use svod::lang::Lang;
use svod::web::{Site, app};

use super::pages::{pages, saying};
use super::server::{self, Server, get, post, send};
use super::world::{district, report_of};

/// The copies of a data folder, by name.
fn copies(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).map(|entries| entries.map(|entry| entry.unwrap().path()).collect());
    let mut copies: Vec<PathBuf> = entries.unwrap_or_default();
    copies.sort();
    copies
}

fn svod(data: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_svod")).args(args).arg("--data").arg(data).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn a_missed_night_is_made_up_for_and_the_copy_restores_everything() {
    let folder = tempfile::tempdir().unwrap();
    district(folder.path(), 2).await.close().await;
    let dir = folder.path().join("backups");
    let server = Server::start(folder.path());
    send(server.at, "s0", 1, || ()).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while !copies(&dir).iter().any(|copy| copy.extension().is_some_and(|end| end == "db")) {
        assert!(Instant::now() < until, "no copy was made: {}", server.said());
        std::thread::sleep(Duration::from_millis(50));
    }
    let [copy] = &copies(&dir)[..] else { panic!("one copy, and nothing unfinished") };
    let name = copy.file_name().unwrap().to_str().unwrap();
    let page = get(server.at, "/copies").unwrap().body;
    assert!(page.contains(name) && page.contains(&format!("svod restore &quot;{}", copy.display())), "{page}");
    assert!(!get(server.at, "/").unwrap().body.contains("class=\"box bad\""));
    send(server.at, "s1", 2, || ()).unwrap();

    std::thread::sleep(Duration::from_millis(1100));
    let asked = post(server.at, "/copies", &[]).unwrap();
    assert_eq!((asked.status, asked.location.as_str()), (303, "/copies?made=1"), "{}", asked.body);
    let made = copies(&dir);
    assert_eq!(made.len(), 2, "both are of the last day");
    drop(server);
    for (copy, sent) in [(&made[0], 1), (&made[1], 2)] {
        let elsewhere = folder.path().join("elsewhere");
        let (code, said) = svod(&elsewhere, &["restore", copy.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{said}");
        let (code, said) = svod(&elsewhere, &["verify"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(&format!("{sent} отч")), "{said}");
    }
}

#[tokio::test]
async fn no_copies_by_night_where_nobody_wants_them() {
    let folder = tempfile::tempdir().unwrap();
    district(folder.path(), 1).await.close().await;
    let server = Server::of(server::command(folder.path()).arg("--no-backup").spawn().unwrap()).unwrap();
    std::thread::sleep(Duration::from_millis(2600));
    assert!(copies(&folder.path().join("backups")).is_empty());
    assert!(get(server.at, "/copies").unwrap().body.contains(&Lang::Ru.t("care.off")));
}

#[tokio::test]
async fn a_demonstration_makes_no_copies_and_says_so() {
    let pages = pages().await;
    let copies = Keeper::new(&pages.folder().join("backups"), None);
    let site = Site {
        db: pages.db.clone(),
        actor: Actor::operator(),
        lang: Lang::Ru,
        demo: true,
        copies,
        forms: svod::report::version::Folder::default(),
        entrance: Default::default(),
    };
    let page = TestClient::new(app(site)).get("/copies").header("host", "localhost").send().await;
    let page = page.0.into_body().into_string().await.unwrap();
    assert!(page.contains(&Lang::Ru.t("care.demo")) && !page.contains("action=\"/copies\""), "{page}");
}

#[tokio::test]
async fn old_copies_go_when_a_new_one_is_there_and_strangers_stay() {
    let pages = pages().await;
    let dir = pages.folder().join("backups");
    fs::create_dir(&dir).unwrap();
    let night = |month: u32, day: u32| dir.join(format!("svod-2025-{month:02}-{day:02}-030000.db"));
    let stranger = dir.join("svod-2025-09-01.db");
    let [left_behind, under_way] = ["7", "8"].map(|end| dir.join(format!("svod-2025-09-30-030000.db.part-{end}")));
    fs::write(&under_way, "half").unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(7200);
    fs::File::create(&left_behind).unwrap().set_modified(long_ago).unwrap();
    for path in (1..=30).map(|day| night(9, day)).chain([stranger.clone()]) {
        fs::write(path, "old").unwrap();
    }
    let (status, on, _) = pages.post("/copies", &[]).await;
    assert_eq!((status, on.as_str()), (StatusCode::SEE_OTHER, "/copies?made=1"));
    assert_eq!((left_behind.exists(), under_way.exists()), (false, true), "what nobody writes any more goes");
    let made: Vec<PathBuf> = copies(&dir).into_iter().filter(|path| ![&stranger, &under_way].contains(&path)).collect();
    let left: Vec<PathBuf> = [21, 25, 26, 27, 28, 29, 30].map(|day| night(9, day)).to_vec();
    assert_eq!(made[..left.len()], left, "six days before today and the last of the weeks before");
    assert_eq!(made.len(), left.len() + 1);
    assert!(stranger.exists());
}

#[tokio::test]
async fn a_copy_that_fails_is_said_and_leaves_the_others_alone() {
    let pages = pages().await;
    let dir = pages.folder().join("backups");
    fs::write(&dir, "not a folder").unwrap();
    let (status, _, page) = pages.post("/copies", &[]).await;
    assert!(status.is_server_error() && page.contains("Копия данных не сделана"), "{status}: {page}");
    assert!(page.contains("Следующая попытка"), "{page}");
    assert!(pages.get("/").await.contains("Копия данных не сделана"), "the start says it too");
    fs::remove_file(&dir).unwrap();
    let (status, _, _) = pages.post("/copies", &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!pages.get("/").await.contains("Копия данных не сделана"));
    assert_eq!(copies(&dir).len(), 1);
}

#[tokio::test]
async fn a_damaged_file_gives_no_copy_and_the_last_good_one_stays() {
    let pages = pages().await;
    pages.post("/copies", &[]).await;
    let dir = pages.folder().join("backups");
    let before = copies(&dir);
    let mut writer = pages.db.write().await.unwrap();
    for touch in ["pragma writable_schema = on", "update sqlite_schema set rootpage = 2 where name = 'org_parent'"] {
        sqlx::query(touch).execute(&mut *writer).await.unwrap();
    }
    writer.commit().await.unwrap();
    let (status, _, page) = pages.post("/copies", &[]).await;
    assert!(status.is_server_error() && page.contains("Копия данных не сделана"), "{status}: {page}");
    assert_eq!(copies(&dir), before);
}

/// A copy takes nothing from those who write: sends go on while it is made.
#[tokio::test(flavor = "multi_thread")]
async fn sends_go_on_while_a_copy_is_made() {
    let pages = pages().await;
    let mut writer = pages.db.write().await.unwrap();
    let heavy = "create table heavy as with recursive n(x) as (select 1 union all select x + 1 from n where x < 20000)
                 select x, hex(randomblob(500)) as text from n";
    sqlx::query(heavy).execute(&mut *writer).await.unwrap();
    writer.commit().await.unwrap();
    let (db, to) = (pages.db.clone(), pages.folder().join("copy.db"));
    let copy = tokio::spawn(async move { db.backup(&to).await });
    let mut sent = 0;
    while !copy.is_finished() {
        sent += 1;
        let (status, _, page) = pages.post(&report_of("s0"), &saying(sent, "save")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
    copy.await.unwrap().unwrap();
    assert!(sent > 1, "nobody waited for the copy");
}
