//! `svod export`: the workbook of a form over a territory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::{Outcome, forms, say, wait};
use crate::access::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::export::{self, Finished};
use crate::form::Form;
use crate::indicator::Query;
use crate::lang::Words;
use crate::org;
use crate::period::Period;
use crate::report::version;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The form's id
    form: String,
    /// The period
    #[arg(long, value_name = "P")]
    period: String,
    /// The code of the territory; without it everything
    #[arg(long, value_name = "CODE")]
    org: Option<String>,
    /// The name of a group of organisations
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// The day whose tree of organisations is taken; without it the last day of the period
    #[arg(long, value_name = "DATE")]
    day: Option<String>,
    /// Count accepted reports only
    #[arg(long)]
    accepted: bool,
    /// The wave of a form that is collected several times in a period
    #[arg(long, value_name = "W", default_value = "")]
    wave: String,
    /// The file to write; in an existing folder it is named by form, period and territory
    #[arg(short, long, value_name = "FILE.xlsx")]
    output: PathBuf,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    writable(&args.output)?;
    let workbook = wait(made(config, args))?;
    let path = if args.output.is_dir() { args.output.join(&workbook.name) } else { args.output.clone() };
    let bytes = workbook.save(&path)?;
    if config.json {
        say::json(&json!({"file": path.display().to_string(), "bytes": bytes}));
    } else {
        say::line(&Words::new("export.written").with("file", path.display().to_string()).say(config.lang));
    }
    Ok(Outcome::Done)
}

/// Says at once, and by its name, that the folder to write into is not there.
fn writable(output: &Path) -> Result<()> {
    match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let words = Words::new("export.no-folder").with("folder", folder.display().to_string());
            Err(Error::fault(Fault::error(Place::Field("--output".to_owned()), "file", words)))
        }
        _ => Ok(()),
    }
}

/// The published form. One of the folder of forms that nobody has used yet is published first: nothing has been sent
/// by it, and the workbook says from whom it is awaited.
async fn form(config: &Config, db: &Db, me: &Actor, id: &str) -> Result<Arc<Form>> {
    match version::actions::newest(db, me, id).await {
        Ok(version) => Ok(version.form),
        Err(Error::NotFound(_)) => {
            let form = Arc::new(forms::find(config, id)?);
            version::actions::publish(db, me, std::slice::from_ref(&form)).await?;
            Ok(form)
        }
        Err(error) => Err(error),
    }
}

async fn made(config: &Config, args: &Args) -> Result<Finished> {
    let (db, me) = (Db::open(&config.data).await?, Actor::operator().reading(config.lang.code()));
    let form = form(config, &db, &me, &args.form).await?;
    let period = Period::read(form.period, &args.period)
        .map_err(|words| Error::fault(Fault::error(Place::Field("--period".to_owned()), "wrong-type", words)))?;
    let group = match &args.group {
        Some(name) => org::group::actions::by_name(&db, &me, name).await?.id.to_string(),
        None => String::new(),
    };
    let (org, day) = (args.org.as_deref().unwrap_or_default(), args.day.as_deref().unwrap_or_default());
    let asked = org::actions::Territory { org, group: &group, day };
    let scope = org::actions::territory(&db, &me, asked, period.end()).await?;
    let query = Query { accepted: args.accepted, wave: args.wave.clone(), ..Query::new(&form.id, period, scope) };
    export::actions::finished(&db, &me, &query, config.lang).await
}
