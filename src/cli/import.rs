//! `svod import`: a legacy sheet by a recipe of the form, planned cell by cell, applied as one batch, taken back by its number.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Outcome, forms, say, wait};
use crate::access::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Fault, Result};
use crate::form::Form;
use crate::ids::{BatchId, OrgId};
use crate::import::actions::{self, Wish};
use crate::import::{Old, Plan, PlanCell, Upload};
use crate::lang::Words;
use crate::org::Org;
use crate::period::Period;
use crate::report::batch::{self, ImportReceipt};
use crate::report::version;

/// How many faults are told one by one; the rest is in the JSON.
const TOLD: usize = 200;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Args {
    /// The workbook
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The form's id
    #[arg(long, required = true, value_name = "ID")]
    form: Option<String>,
    /// The period of the figures
    #[arg(long, required = true, value_name = "P")]
    period: Option<String>,
    /// The recipe; without one the only recipe whose header is found
    #[arg(long, value_name = "NAME")]
    recipe: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Replace what schools themselves have sent
    #[arg(long)]
    overwrite: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Take an import back: every report stands again where it stood before
    Undo {
        /// The number of the import
        batch: i64,
    },
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    if let Some(Command::Undo { batch }) = args.command {
        return wait(undo(config, BatchId(batch)));
    }
    let (Some(file), Some(form), Some(period)) = (&args.file, &args.form, &args.period) else {
        return Err(Error::Internal("clap let a missing argument pass".to_owned()));
    };
    let wish = Wish { period: period.clone(), recipe: args.recipe.clone(), overwrite: args.overwrite };
    let done = Upload::of_file(file).and_then(|upload| wait(import(config, form, upload, (&wish, args.dry_run))));
    match done {
        // Programs find the same keys whether the file was at fault or only some of its cells.
        Err(Error::Faults(faults)) if config.json => {
            let faults: Vec<Json> = faults.iter().map(|fault| say::fault_json(fault, config.lang)).collect();
            let none: [Json; 0] = [];
            say::json(&json!({
                "batch": null, "cells": {}, "plan": none, "faults": faults, "sums": none, "unsent": none,
            }));
            Ok(Outcome::Faults)
        }
        done => done,
    }
}

async fn undo(config: &Config, batch: BatchId) -> Result<Outcome> {
    let db = Db::open(&config.data).await?;
    let undone = actions::undo(&db, &Actor::operator(), batch).await?;
    if config.json {
        say::json(&json!({"undone": undone.id.0, "file": undone.file.file_name}));
    } else {
        let words =
            Words::new("import.undone").with("batch", undone.id.to_string()).with("file", undone.file.file_name);
        say::line(&words.say(config.lang));
    }
    Ok(Outcome::Done)
}

/// The published form; one that was never published is taken from the folder of forms.
async fn form(config: &Config, db: &Db, actor: &Actor, id: &str) -> Result<(Arc<Form>, bool)> {
    match version::actions::newest(db, actor, id).await {
        Ok(version) => Ok((version.form, true)),
        Err(Error::NotFound(_)) => Ok((Arc::new(forms::find(config, id)?), false)),
        Err(error) => Err(error),
    }
}

async fn import(config: &Config, id: &str, mut upload: Upload, (wish, dry): (&Wish, bool)) -> Result<Outcome> {
    let (db, actor) = (Db::open(&config.data).await?, Actor::operator().reading(config.lang.code()));
    let (form, published) = form(config, &db, &actor, id).await?;
    let plan = actions::plan(&db, &actor, &form, &upload.book, wish).await?;
    upload.forget_sheets();
    let mut receipt = None;
    if !dry && plan.sets_anything() {
        if !published {
            version::actions::publish(&db, &actor, std::slice::from_ref(&form)).await?;
        }
        receipt = Some(actions::apply(&db, &actor, &form, &plan, &upload).await?);
    }
    let told = Told { config, form: &form, plan: &plan, unsent: unsent(&plan, receipt.as_ref()) };
    let batch = receipt.and_then(|receipt| receipt.batch);
    if config.json {
        told.json(batch)
    } else {
        told.text(batch, &upload.book.name, dry)
    }
    Ok(if plan.leaves_out() || !told.unsent.is_empty() { Outcome::Faults } else { Outcome::Done })
}

/// Reports that were not sent, or would not be.
fn unsent(plan: &Plan, receipt: Option<&ImportReceipt>) -> Vec<(OrgId, Period, Vec<Fault>)> {
    let blocking = |faults: &[Fault]| faults.iter().filter(|fault| fault.blocks()).cloned().collect();
    let Some(receipt) = receipt else {
        return plan.unsent().map(|report| (report.org, report.period, blocking(&report.left))).collect();
    };
    let left = receipt.outcomes.iter().filter_map(|(org, period, outcome)| match outcome {
        batch::Outcome::Draft(faults) | batch::Outcome::Beside(faults) => Some((*org, *period, blocking(faults))),
        batch::Outcome::Sent | batch::Outcome::Same => None,
    });
    left.collect()
}

/// What is told of an import.
struct Told<'a> {
    config: &'a Config,
    form: &'a Form,
    plan: &'a Plan,
    unsent: Vec<(OrgId, Period, Vec<Fault>)>,
}

impl Told<'_> {
    fn code(&self, org: Option<OrgId>) -> Json {
        org.and_then(|org| self.plan.registry.get(org)).map_or(Json::Null, |org| Json::from(org.code.as_str()))
    }

    /// Written piece by piece: a plan may have a million cells.
    fn json(&self, batch: Option<BatchId>) {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        // A reader that went away is nobody's fault.
        let _ = self.write(&mut out, batch).and_then(|()| out.flush());
    }

    fn write(&self, out: &mut impl Write, batch: Option<BatchId>) -> std::io::Result<()> {
        let plan = self.plan;
        let counts: serde_json::Map<String, Json> =
            plan.counts().iter().map(|(status, count)| (status.word().to_owned(), Json::from(*count))).collect();
        let rows = plan.rows;
        writeln!(out, "{{\n\"batch\": {},", batch.map_or(Json::Null, |batch| Json::from(batch.0)))?;
        writeln!(
            out,
            "\"form\": {}, \"period\": {},",
            Json::from(self.form.id.as_str()),
            Json::from(plan.period().id())
        )?;
        writeln!(out, "\"recipe\": {},", Json::from(plan.recipe()))?;
        writeln!(out, "\"cells\": {},", Json::Object(counts))?;
        let rows = json!({"read": rows.own, "other": rows.other, "skipped": rows.skipped, "unknown": rows.unknown});
        writeln!(out, "\"rows\": {rows},")?;
        list(out, "plan", plan.by_place().into_iter().map(|cell| self.cell(cell)))?;
        list(out, "faults", plan.faults.iter().map(|fault| say::fault_json(fault, self.config.lang)))?;
        list(
            out,
            "sums",
            plan.sums.iter().map(|sum| {
                json!({
                    "cell": plan.address(sum.at),
                    "organisation": self.code(Some(sum.org)),
                    "path": self.form.path(sum.target.0, sum.target.1),
                    "stated": sum.stated,
                    "found": crate::text::round15(sum.found),
                    "rows": sum.rows,
                    "same": sum.agrees(),
                })
            }),
        )?;
        let unsent = self.unsent.iter().map(|(org, period, faults)| {
            let faults: Vec<Json> = faults.iter().map(|fault| say::fault_json(fault, self.config.lang)).collect();
            json!({"organisation": self.code(Some(*org)), "period": period.id(), "faults": faults})
        });
        let unsent: Vec<Json> = unsent.collect();
        writeln!(out, "\"unsent\": {}\n}}", Json::from(unsent))
    }

    fn cell(&self, cell: &PlanCell) -> Json {
        json!({
            "cell": self.plan.address(cell.at),
            "organisation": self.code(cell.org),
            "period": self.plan.period_of(cell).id(),
            "path": self.plan.path(self.form, cell),
            "status": cell.status.word(),
            "old": cell.old.as_ref().map(Old::to_json),
            "new": cell.new.as_ref().map(crate::import::Given::to_json),
            "why": self.plan.why(cell).map(|why| why.say(self.config.lang)),
        })
    }

    fn text(&self, batch: Option<BatchId>, file: &str, dry: bool) {
        let (plan, lang) = (self.plan, self.config.lang);
        let say = |words: Words| say::line(&words.say(lang));
        say(Words::new("import.title")
            .with("file", file)
            .with("form", &self.form.title)
            .with("period", plan.period().label())
            .with("recipe", plan.recipe()));
        say(Words::new("import.rows")
            .with("read", plan.rows.own)
            .with("other", plan.rows.other)
            .with("skipped", plan.rows.skipped)
            .with("unknown", plan.rows.unknown));
        let [new, same, changed, conflict, refused] = plan.counts().map(|(_, count)| count);
        say(Words::new("import.cells")
            .with("new", new)
            .with("same", same)
            .with("changed", changed)
            .with("conflict", conflict)
            .with("refused", refused));
        let agreeing = plan.sums.iter().filter(|sum| sum.agrees()).count();
        if !plan.sums.is_empty() {
            say(Words::new("import.sums").with("agreeing", agreeing).with("all", plan.sums.len()));
        }
        plan.faults.iter().take(TOLD).for_each(|fault| say::line(&say::fault_line(fault, lang)));
        if plan.faults.len() > TOLD {
            say(Words::new("import.more").with("count", plan.faults.len() - TOLD));
        }
        self.unsent.iter().take(TOLD).for_each(|report| self.say_unsent(report));
        say(match batch {
            Some(batch) => Words::new("import.done").with("batch", batch.to_string()),
            None if dry => Words::new("import.dry"),
            None => Words::new("import.nothing"),
        });
    }

    fn say_unsent(&self, (org, period, faults): &(OrgId, Period, Vec<Fault>)) {
        let lang = self.config.lang;
        let faults: Vec<String> = faults.iter().map(|fault| say::fault_line(fault, lang)).collect();
        let words = Words::new("import.unsent")
            .with("org", self.plan.registry.get(*org).map(Org::label).unwrap_or_default())
            .with("period", period.short())
            .with("faults", faults.join("; "));
        say::line(&words.say(lang));
    }
}

fn list(out: &mut impl Write, name: &str, each: impl Iterator<Item = Json>) -> std::io::Result<()> {
    write!(out, "\"{name}\": [")?;
    for (i, one) in each.enumerate() {
        let comma = if i == 0 { "" } else { "," };
        write!(out, "{comma}\n  {one}")?;
    }
    writeln!(out, "],")
}
