//! A server that is killed while schools attach files: the file of an acknowledged report is there, whole.
//!
//! A file is committed before the answer that names it is looked at, and the transaction that writes the answer down
//! holds a reference to the file: SQLite refuses the one without the other.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use svod::access::Actor;
use svod::db::Db;
use svod::form::attachment::Attachment;
use svod::period::Period;
use svod::report::{self, Key, files, verify};

use super::server::{self, Server};
use super::world::{district, school, value_of};

const FORM: &str = "id = \"papers\"\ntitle = \"Документы\"\nperiod = \"school-year\"\n\n[[group]]\n\
                    [[group.question]]\nname = \"order\"\ntype = \"file\"\naccept = [\"pdf\"]\n";
const ROUNDS: u64 = 12;

/// A document that is told apart by a number, larger than a page of the data file.
fn document(number: u64) -> String {
    format!("%PDF-1.7 {number}\n{}", "свод ".repeat(20_000))
}

/// Sends a report with a file; where the server has gone away meanwhile, nobody knows.
fn send(at: SocketAddr, number: u64) -> std::io::Result<()> {
    let report = format!("/report/papers/2024Sep/{}", school(0));
    let page = server::get(at, &format!("{report}?edit=1"))?;
    let fields = [("was", value_of(&page.body, "was")), ("a:order", String::new()), ("do", "send".to_owned())];
    let kept = server::post_parts(at, &report, &fields, ("file:order", &format!("{number}.pdf"), &document(number)))?;
    assert_eq!((kept.status, kept.location.as_str()), (303, format!("{report}/send").as_str()), "{}", kept.body);
    let confirm = server::get(at, &kept.location)?;
    let sent = server::post(at, &kept.location, &[("seal".to_owned(), value_of(&confirm.body, "seal"))])?;
    assert_eq!(sent.status, 303, "{}", sent.body);
    Ok(())
}

/// The number of the document in the report; everything else in the data file must be sound.
async fn attached(folder: &Path) -> Option<u64> {
    let (db, actor) = (Db::open(folder).await.unwrap(), Actor::operator());
    let verified = verify::actions::verify(&db, &actor).await.unwrap();
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
    let form = svod::form::read(FORM, "papers.toml").unwrap();
    let org = svod::org::actions::by_code(&db, &actor, &school(0)).await.unwrap();
    let key = Key::new(&form, Period::from_id("2024Sep").unwrap(), org.id);
    let view = report::actions::open(&db, &actor, &key).await.ok()?;
    let file = Attachment::read(view.answers.get("order")?).unwrap();
    let number = file.name.strip_suffix(".pdf").unwrap().parse().unwrap();
    let handed = files::actions::hand_out(&db, &actor, &key, (&file.hash, &file.name)).await.unwrap();
    assert_eq!(handed.bytes, document(number).into_bytes());
    db.close().await;
    Some(number)
}

#[test]
fn an_acknowledged_file_survives_every_kill() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async { district(folder.path(), 1).await.close().await });
    std::fs::write(folder.path().join("forms/papers.toml"), FORM).unwrap();
    let (mut number, mut acknowledged) = (0, 0);
    for round in 0..ROUNDS {
        let mut server = Server::start(folder.path());
        let at = server.at;
        std::thread::scope(|scope| {
            let sending = scope.spawn(move || {
                let mut last = number;
                while send(at, last + 1).is_ok() {
                    last += 1;
                }
                last
            });
            std::thread::sleep(Duration::from_millis(150 + 37 * round));
            server.kill();
            acknowledged = sending.join().unwrap();
        });
        // Of what was under way when the server went nobody was told; a number is never used twice.
        let found = runtime.block_on(attached(folder.path())).unwrap_or(0);
        assert!(found == acknowledged || found == acknowledged + 1, "{found} where {acknowledged} was acknowledged");
        number = acknowledged.max(found);
    }
    assert!(number > ROUNDS, "only {number} reports were sent");
}
