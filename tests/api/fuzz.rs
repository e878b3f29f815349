//! Schemathesis, where it is installed: requests made from the document by the thousand, and no server error.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::json;
use svod::access::Actor;
use svod::account::token::Reach;
use svod::form::Answers;
use svod::import::{self, Upload, actions::Wish};
use svod::period::Period;
use svod::report::{self, Key, Source};
use svod::web::{self, door::Door};

use crate::skip::skipped;
use crate::world::{district, key, meals};

/// Requests for an operation and phase, at most; `SVOD_FUZZ` asks for more.
const EXAMPLES: &str = "15";

/// What must hold of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method,ignored_auth";

/// Names that are there.
const NAMES: &str = "[parameters]\nform = \"meals\"\nperiod = \"2021Sep\"\norg = \"s1\"\nbook = \"2021Sep.xlsx\"\nwithin = \"m1\"\n\
                     number = 1\nIf-Match = \"*\"\n";

/// The program, where it is installed.
fn program() -> Option<PathBuf> {
    let dirs = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&dirs).map(|dir| dir.join("schemathesis")).find(|path| path.is_file())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fuzzer_finds_no_server_error() {
    let Some(program) = program() else {
        skipped("schemathesis is not installed: the API is not asked with made-up requests");
        return;
    };
    let district = district().await;
    let (db, operator) = (&district.db, Actor::operator());
    let school = svod::org::actions::by_code(db, &operator, "s1").await.unwrap();
    let report = Key::new(&meals(), Period::from_id("2021Sep").unwrap(), school.id);
    let answers = Answers::from_json(&json!({"pupils": 100, "fed": 90}));
    report::actions::send(db, &operator, &report, answers, Source::Page).await.unwrap();
    let file = Upload::of_bytes("Код;Учеников;Питаются\ns3;50;40\n".as_bytes(), "svod.csv").unwrap();
    let wish = Wish { period: "2021Sep".to_owned(), ..Wish::default() };
    let plan = import::actions::plan(db, &operator, &meals(), &file.book, &wish).await.unwrap();
    import::actions::apply(db, &operator, &meals(), &plan, &file).await.unwrap();
    let key = key(db, "admin", Reach::All).await;
    let site = web::Site { actor: Actor::nobody(), ..district.site() };
    let (told, address) = tokio::sync::oneshot::channel::<SocketAddr>();
    let serving = tokio::spawn(web::serve(site, Door::local(), move |address| {
        let _ = told.send(address);
    }));
    let address = address.await.unwrap();
    let folder = district.folder.path().to_owned();
    let run = tokio::task::spawn_blocking(move || {
        let strange = asked(&program, &folder, (address, &key));
        // With names that are there it comes further than to “there is no such form”.
        std::fs::write(folder.join("schemathesis.toml"), NAMES).unwrap();
        [strange, asked(&program, &folder, (address, &key))]
    });
    let runs = run.await.unwrap();
    serving.abort();
    for run in runs {
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
        if std::env::var_os("SVOD_FUZZ").is_some() {
            let _ = writeln!(std::io::stderr(), "{said}");
        }
    }
}

fn asked(program: &Path, folder: &Path, (address, key): (SocketAddr, &str)) -> Output {
    let examples = std::env::var("SVOD_FUZZ").unwrap_or_else(|_| EXAMPLES.to_owned());
    let mut command = Command::new(program);
    command.current_dir(folder).arg("run").arg(format!("http://{address}/api/v1/openapi.json"));
    command.args(["--header", &format!("Authorization: Bearer {key}"), "--checks", CHECKS, "--seed", "1"]);
    command.args([
        "--max-examples",
        &examples,
        "--continue-on-failure",
        "--suppress-health-check",
        "all",
        "--no-color",
    ]);
    command.output().unwrap()
}
