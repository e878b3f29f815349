//! A disk that is really full, a file that may really not be written, a file that is damaged under the server.
//!
//! A small disk is a `tmpfs` in a mount namespace of its own, which ends with its process. Where the machine does not
//! allow that, the test says that it is skipped.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use svod::access::Actor;
use svod::db::{Db, FILE};
use svod::lang::Lang;
use svod::report::verify;
use tempfile::TempDir;

use super::pages::saying;
use super::server::{self, Server, get, post, send};
use super::world::{answer, district, report_of, value_of};

const SVOD: &str = env!("CARGO_BIN_EXE_svod");

/// Makes a disk of so many megabytes at `$1`, with what is in `$2`, and goes on as the arguments after them.
const SMALL_DISK: &str = r#"mount -t tmpfs -o "size=$0" none "$1" && cp -r "$2"/. "$1"/ && shift 2 && exec "$@""#;

/// The same, with nothing left of the disk.
const FULL_DISK: &str = r#"mount -t tmpfs -o "size=$0" none "$1" && cp -r "$2"/. "$1"/ &&
    { cat /dev/zero > "$1/filler" 2>/dev/null || true; } && shift 2 && exec "$@""#;

/// A data folder as it was left, and where a disk can be put.
struct Place {
    folder: TempDir,
}

impl Place {
    async fn made() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { folder };
        fs::create_dir_all(place.disk()).unwrap();
        district(&place.data(), 2).await.close().await;
        place
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// A command on a small disk with the data; nothing where this machine does not allow one.
    fn command(&self, script: &str, args: &[&str]) -> Option<Command> {
        let unshare = |end: &[&str]| {
            let mut command = Command::new("unshare");
            command.args(if is_root() { &["-m"][..] } else { &["-r", "-m"][..] });
            command.args(["sh", "-c"]).args(end);
            command
        };
        let (disk, data) = (self.disk().display().to_string(), self.data().display().to_string());
        let tried = unshare(&[SMALL_DISK, "1m", &disk, &format!("{data}/forms"), "true"]).output();
        if !tried.is_ok_and(|output| output.status.success()) {
            crate::skip::skipped("a full disk: no process may have a disk of its own on this machine");
            return None;
        }
        let mut command = unshare(&[script, "7m", &disk, &data, SVOD]);
        command.args(args).arg("--data").arg(&disk).arg("--forms").arg(self.disk().join("forms"));
        command.env("RUST_LOG", "warn").stdin(Stdio::null());
        Some(command)
    }

    fn serve(&self, script: &str) -> Option<Result<Server, String>> {
        let mut command = self.command(script, &["serve", "--listen", "127.0.0.1:0"])?;
        Some(Server::of(command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()))
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The disk of a server as the rest of the machine can reach it.
fn disk_of(server: &Server, place: &Place) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", server.id(), place.disk().display()))
}

/// Writes to a file until nothing more fits.
fn fill(path: &Path) {
    let mut filler = fs::File::create(path).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_the_server_goes_on_when_there_is_room() {
    let place = Place::made().await;
    let Some(server) = place.serve(SMALL_DISK) else { return };
    let server = server.unwrap();
    send(server.at, "s0", 1, || ()).unwrap();
    let (filler, report) = (disk_of(&server, &place).join("filler"), report_of("s0"));
    fill(&filler);
    let mut number = 2;
    let page = loop {
        let kept = post(server.at, &report, &saying(number, "save")).unwrap();
        if kept.status == 507 {
            break kept.body;
        }
        assert!(number < 3000, "the disk never filled up");
        assert_eq!(kept.status, 303, "{}", kept.body);
        number += 1;
    };
    assert!(page.contains(&Lang::Ru.t("db.full")) && page.contains(&Lang::Ru.t("care.refused")), "{page}");
    assert_eq!(value_of(&page, "a:q0"), answer(number, 0).to_string());
    assert_eq!(get(server.at, &report).unwrap().status, 200, "reading goes on");
    fs::remove_file(&filler).unwrap();
    let copy = post(server.at, "/copies", &[]).unwrap();
    assert_eq!((copy.status, copy.body.contains("Для копии нужно")), (503, true), "{}", copy.body);
    send(server.at, "s0", 5000, || ()).unwrap();
    send(server.at, "s1", 5001, || ()).unwrap();

    let after = place.folder.path().join("after");
    fs::create_dir(&after).unwrap();
    for name in [FILE, "svod.db-wal"] {
        fs::copy(disk_of(&server, &place).join(name), after.join(name)).unwrap();
    }
    let db = Db::open(&after).await.unwrap();
    let verified = verify::actions::verify(&db, &Actor::operator()).await.unwrap();
    assert_eq!((verified.reports, verified.wrong), (2, vec![]));
}

#[tokio::test]
async fn commands_say_that_the_disk_is_full() {
    let place = Place::made().await;
    let rows: String = (0..4000).map(|n| format!("n{n};Новая школа № {n};Школа;m\n")).collect();
    let registry = place.folder.path().join("реестр.csv");
    fs::write(&registry, format!("Код;Наименование;Тип;Вышестоящая\nm;Лесной район;Муниципалитет;\n{rows}")).unwrap();
    let Some(mut import) = place.command(FULL_DISK, &["org", "import", registry.to_str().unwrap()]) else { return };
    let output = import.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(&Lang::Ru.t("db.full")), "{}", said(&output));
    let copy = place.disk().join("copy.db");
    let mut backup = place.command(FULL_DISK, &["backup", copy.to_str().unwrap()]).unwrap();
    let output = backup.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(&Lang::Ru.t("db.full")), "{}", said(&output));
}

#[tokio::test]
async fn a_server_started_on_a_full_disk_says_so() {
    let place = Place::made().await;
    match place.serve(FULL_DISK) {
        None => {}
        Some(Err(said)) => assert!(said.contains(&Lang::Ru.t("db.full")), "{said}"),
        Some(Ok(server)) => {
            let refused = post(server.at, &report_of("s0"), &saying(1, "save")).unwrap();
            assert_eq!(refused.status, 507, "{}", refused.body);
        }
    }
}

/// A command as somebody for whom permissions bind.
fn bound(place: &Place, args: &[&str]) -> Command {
    let mut program = PathBuf::from(SVOD);
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let root = is_root();
    if root {
        program = place.folder.path().join("svod");
        if !program.exists() {
            fs::copy(SVOD, &program).unwrap();
        }
        open(place.folder.path(), 0o755);
        open(&place.data(), 0o777);
        let _ = fs::remove_file(place.data().join("svod.lock"));
    }
    let mut command = Command::new(program);
    command.args(args).arg("--data").arg(place.data()).arg("--forms").arg(place.data().join("forms"));
    command.env("RUST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    if root {
        command.uid(65_534).gid(65_534);
    }
    command
}

#[tokio::test]
async fn a_file_that_may_not_be_written_is_read_and_what_is_typed_comes_back() {
    let place = Place::made().await;
    let may = |mode| {
        for name in ["svod.db", "svod.db-wal", "svod.db-shm"].map(|name| place.data().join(name)) {
            if name.exists() {
                fs::set_permissions(name, fs::Permissions::from_mode(mode)).unwrap();
            }
        }
    };
    may(0o444);
    let server = Server::of(bound(&place, &["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap()).unwrap();
    assert!(server.said().contains(&Lang::Ru.t("db.read-only")), "{}", server.said());
    assert_eq!(get(server.at, "/").unwrap().status, 200);
    let refused = post(server.at, &report_of("s0"), &saying(7, "save")).unwrap();
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains(&Lang::Ru.t("db.read-only")), "{}", refused.body);
    assert_eq!(value_of(&refused.body, "a:q0"), "7");
    let registry = place.data().join("реестр.csv");
    fs::write(&registry, "Код;Наименование;Тип;Вышестоящая\nn;Другой район;Муниципалитет;\n").unwrap();
    let output = bound(&place, &["org", "import", registry.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&Lang::Ru.t("db.read-only")), "{}", said(&output));
    drop(server);
    may(0o666);
    let server = Server::of(bound(&place, &["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap()).unwrap();
    send(server.at, "s0", 8, || ()).unwrap();
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_is_named() {
    let place = Place::made().await;
    let mut serve = bound(&place, &["serve", "--listen", "127.0.0.1:0"]);
    fs::set_permissions(place.data(), fs::Permissions::from_mode(0o555)).unwrap();
    let output = serve.output().unwrap();
    fs::set_permissions(place.data(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&Lang::Ru.t("cli.file-denied")), "{}", said(&output));
    assert!(said(&output).contains(&place.data().display().to_string()), "{}", said(&output));
}

#[tokio::test]
async fn a_file_that_is_damaged_meanwhile_gives_a_page_and_loses_no_word() {
    let place = Place::made().await;
    let mut server = Server::of(server::spawn(&place.data())).unwrap();
    let file = fs::File::options().write(true).open(place.data().join(FILE)).unwrap();
    let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
    file.write_all_at(&vec![0x5a; length - 4096], 4096).unwrap();
    let damaged = Lang::Ru.t("db.damaged");
    for path in ["/", "/orgs", &report_of("s0")] {
        let page = get(server.at, path).unwrap();
        assert_eq!((page.status, page.body.contains(&damaged)), (503, true), "{path}: {}", page.body);
    }
    let typed = saying(77_001, "save");
    let refused = post(server.at, &report_of("s0"), &typed).unwrap();
    assert_eq!((refused.status, refused.body.contains(&damaged)), (503, true), "{}", refused.body);
    for (name, value) in typed {
        assert_eq!(value_of(&refused.body, &name), value, "it can be tried again");
    }
    assert!(refused.body.contains(&format!("action=\"{}\"", report_of("s0"))), "{}", refused.body);
    assert_eq!(get(server.at, "/help").unwrap().status, 200, "the server goes on");
    assert!(!server.said().contains("panicked"), "{}", server.said());
    server.kill();
}
