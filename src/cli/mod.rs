//! The command line: one file a command, each thin: parse, call, show.

mod account;
mod check;
mod data;
mod demo;
mod docs;
mod eval;
mod export;
mod expr;
mod forms;
mod import;
mod live;
mod org;
mod publish;
mod read;
mod say;
mod serve;
mod watch;
mod xlsform;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::sheet;

/// Svod: forms in files, reports of schools, workbooks of figures.
#[derive(Debug, Parser)]
#[command(name = "svod", version, about)]
struct Cli {
    /// The folder of the data file
    #[arg(long, global = true, default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// The folder of form files; embedded copies if absent
    #[arg(long, global = true, default_value = "forms", value_name = "DIR")]
    forms: PathBuf,
    /// The language of messages
    #[arg(long, global = true, value_enum, default_value = "ru")]
    lang: Language,
    /// JSON on standard output
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    Ru,
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check form files: syntax, names, types, cycles, targets, and the forms' own cases
    Check(check::Args),
    /// Fill a form with answers and print everything that follows
    Eval(eval::Args),
    /// Evaluate one expression
    Expr(expr::Args),
    /// Write the workbook of a form: summary, data, lists, who has not sent
    Export(export::Args),
    /// Publish form files: from then on reports are filled by them
    Publish(publish::Args),
    /// Keep the registry of organisations
    Org(org::Args),
    /// Keep accounts: who may sign in
    Account(account::Args),
    /// Import a legacy sheet by a recipe of the form, or take an import back
    Import(import::Args),
    /// Convert an XLSForm into a form file, or a form into an XLSForm
    Xlsform(xlsform::Args),
    /// Show what the program sees in spreadsheets: their sheets, or why a file is not read
    Read(read::Args),
    /// Write a copy of the data file while work goes on
    Backup(data::BackupArgs),
    /// Take the data from a copy; the former data file is kept
    Restore(data::RestoreArgs),
    /// Check the data file: everything that can be computed again is
    Verify,
    /// Print the reference of the form language as Markdown
    Docs,
    /// Serve the pages on this machine
    Serve(serve::Args),
}

/// How a command ended.
enum Outcome {
    /// All is well; warnings and notes included.
    Done,
    /// The input has faults, all of them said.
    Faults,
    /// The command cannot be used like this; why was said.
    Misuse,
}

/// Runs the command line; the exit code is 0, 1 on faults in the input, 2 on wrong usage.
///
/// A process that was started only to read a workbook (see [`sheet::serve_child`]) does that and nothing else.
pub fn run() -> ExitCode {
    if let Some(code) = sheet::serve_child(std::env::args_os()) {
        return code;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let lang = match cli.lang {
        Language::Ru => Lang::Ru,
        Language::En => Lang::En,
    };
    let config = Config { data: cli.data, forms: cli.forms, lang, json: cli.json };
    let result = match cli.command {
        Command::Check(args) => check::run(&config, &args),
        Command::Eval(args) => eval::run(&config, &args),
        Command::Expr(args) => expr::run(&config, &args),
        Command::Export(args) => export::run(&config, &args),
        Command::Publish(args) => publish::run(&config, &args),
        Command::Org(args) => org::run(&config, &args),
        Command::Account(args) => account::run(&config, &args),
        Command::Import(args) => import::run(&config, &args),
        Command::Xlsform(args) => xlsform::run(&config, &args),
        Command::Read(args) => read::run(&config, &args),
        Command::Backup(args) => data::backup(&config, &args),
        Command::Restore(args) => data::restore(&config, &args),
        Command::Verify => data::check(&config),
        Command::Docs => docs::run(&config),
        Command::Serve(args) => serve::run(&config, &args),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Faults) => ExitCode::from(1),
        Ok(Outcome::Misuse) => ExitCode::from(2),
        Err(error) => {
            say::error(&config, &error);
            ExitCode::from(1)
        }
    }
}

/// Runs what waits for the data file to its end.
fn wait<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Error::Internal(error.to_string()))?.block_on(future)
}
