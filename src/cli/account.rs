//! `svod account`: who may sign in, from the machine that holds the data file: the way back in for an administrator
//! who has lost theirs.

use serde_json::{Value as Json, json};

use super::{Outcome, say, wait};
use crate::access::Actor;
use crate::account::actions::{self, Kept};
use crate::account::{Account, INVITED, Secret, Wanted};
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::lang::Words;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// How people address the server, for links
    #[arg(long, global = true, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    at: String,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the accounts
    List,
    /// Make an account and a one-time link with which its holder chooses a password
    Add {
        /// What its holder types to sign in
        login: String,
        /// How people call its holder
        #[arg(long)]
        name: String,
        /// administrator, department, methodist, author, school or viewer
        #[arg(long)]
        role: String,
        /// The code of the organisation from which down it sees; not for administrators
        #[arg(long, default_value = "", value_name = "CODE", hide_default_value = true)]
        org: String,
        /// A form that it is confined to; several may be given
        #[arg(long, value_name = "ID")]
        form: Vec<String>,
        /// The address for letters
        #[arg(long, default_value = "", hide_default_value = true)]
        email: String,
    },
    /// Make a new one-time link: for whoever has forgotten the password
    Link {
        /// Whose
        login: String,
    },
    /// Close an account: its holder is signed in nowhere any more
    Close {
        /// Whose
        login: String,
    },
    /// Open a closed account again
    Open {
        /// Whose
        login: String,
    },
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    wait(async {
        let (db, me) = (Db::open(&config.data).await?, Actor::operator());
        match &args.command {
            Command::List => list(config, &actions::list(&db, &me).await?),
            Command::Add { login, name, role, org, form, email } => {
                let text = |text: &String| text.clone();
                let wanted = Wanted {
                    login: text(login),
                    name: text(name),
                    role: text(role),
                    org: text(org),
                    forms: form.clone(),
                    email: text(email),
                };
                let (account, secret) = actions::make(&db, &me, &wanted).await?;
                link(config, args, &account, &secret);
            }
            Command::Link { login } => {
                let (account, secret) = actions::invite(&db, &me, login).await?;
                link(config, args, &account, &secret);
            }
            Command::Close { login } => {
                done(config, &actions::close(&db, &me, login).await?, "account.was-closed");
            }
            Command::Open { login } => {
                done(config, &actions::reopen(&db, &me, login).await?, "account.was-opened");
            }
        }
        db.close().await;
        Ok(())
    })?;
    Ok(Outcome::Done)
}

fn list(config: &Config, all: &[Kept]) {
    if config.json {
        return say::json(&Json::Array(all.iter().map(|kept| of(&kept.account)).collect()));
    }
    if all.is_empty() {
        say::line(&config.lang.t("account.none"));
    }
    for Kept { account, .. } in all {
        let state = match (account.closed_at, account.ready) {
            (Some(_), _) => "account.is-closed",
            (None, true) => "account.works",
            (None, false) => "account.not-in-yet",
        };
        let role = account.grant.role.word();
        say::line(&format!("{:<24} {role:<14} {} ({})", account.login, account.name, config.lang.t(state)));
    }
}

fn of(account: &Account) -> Json {
    json!({
        "login": account.login,
        "name": account.name,
        "role": account.grant.role.word(),
        "forms": account.grant.forms.as_ref().map(|forms| forms.iter().collect::<Vec<_>>()),
        "ready": account.ready,
        "closed": account.closed_at.is_some(),
    })
}

/// The one-time link, on standard output with `--json` and for people on the terminal; nowhere else.
fn link(config: &Config, args: &Args, account: &Account, secret: &Secret) {
    let link = format!("{}/invite?key={}", args.at.trim_end_matches('/'), secret.text());
    if config.json {
        let mut said = of(account);
        said["link"] = link.into();
        return say::json(&said);
    }
    let days = usize::try_from(INVITED.as_hours() / 24).unwrap_or_default();
    say::line(&Words::new("account.link-what").with("login", &account.login).with("n", days).say(config.lang));
    say::line(&link);
}

fn done(config: &Config, account: &Account, words: &'static str) {
    if config.json { say::json(&of(account)) } else { say::line(&config.lang.t(words)) }
}
