//! LibreOffice, where it is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "skip.rs"]
pub mod skip;

/// LibreOffice, told to compute every formula anew, in a profile of its own.
pub fn recalculated(path: &Path) -> Option<PathBuf> {
    let (out, profile) = (path.parent().unwrap().join("again"), path.parent().unwrap().join("profile"));
    std::fs::create_dir_all(profile.join("user")).unwrap();
    let item = |mode: &str| {
        format!(
            "<item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"{mode}\" \
             oor:op=\"fuse\"><value>0</value></prop></item>"
        )
    };
    let settings = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" \
         xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{}{}</oor:items>",
        item("OOXMLRecalcMode"),
        item("ODFRecalcMode")
    );
    std::fs::write(profile.join("user/registrymodifications.xcu"), settings).unwrap();
    let run = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--convert-to", "xlsx", "--outdir"])
        .arg(&out)
        .arg(path)
        .output();
    let made = out.join(path.file_name().unwrap());
    match run {
        Ok(run) if made.exists() => {
            assert!(run.status.success());
            Some(made)
        }
        other => {
            let required = std::env::var("SVOD_REQUIRE_PARTS").is_ok_and(|value| value == "1");
            assert!(!required, "LibreOffice is required (SVOD_REQUIRE_PARTS=1) and did not convert: {other:?}");
            skip::skipped("LibreOffice (soffice) is not there, so nothing computed the workbook again");
            None
        }
    }
}
