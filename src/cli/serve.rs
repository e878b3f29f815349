//! `svod serve`: the pages, for this machine or for a network, until the program is told to stop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Time;

use super::live::Live;
use super::watch::Watch;
use super::{Outcome, demo, forms, publish, say, wait};
use crate::access::Actor;
use crate::account;
use crate::backup::{self, Keeper};
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::lang::Words;
use crate::report;
use crate::report::version::{self, Fate, Offer};
use crate::web::door::{self, Asked, Door};
use crate::web::{self, Entrance, Site};

/// How long the closing of the data file may take.
const FAREWELL: Duration = Duration::from_secs(10);

/// Refusals of the data file beside which reports can still be read.
const READ_ONLY: [&str; 2] = ["db.read-only", "db.full"];

/// Where the demonstration keeps its own data.
const DEMO: &str = "data-demo";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address and port to listen on. An address that others can reach needs `--behind-proxy` or `--plain-http`
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// A proxy in front keeps the connection encrypted (HTTPS). What it says of the sender is believed; the proxies are
    /// named by address or network, a proxy on this machine needs no name
    #[arg(long, value_name = "ADDRESS,…", value_delimiter = ',', num_args = 0..=1, default_missing_value = door::THIS_MACHINE)]
    behind_proxy: Option<Vec<String>>,
    /// Serve a network without encryption: passwords and answers can be read on the way
    #[arg(long)]
    plain_http: bool,
    /// A public name of the server, such as svod.example.org; may be given several times
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Made-up data in a folder of its own, `data-demo`; every page says so
    #[arg(long)]
    demo: bool,
    /// Publish forms of the folder as they are saved; what is wrong with them is said on every page. Always with `--demo`
    #[arg(long)]
    watch: bool,
    /// Where copies of the data file go; `backups` in the data folder if not given
    #[arg(long, value_name = "DIR")]
    backup_dir: Option<PathBuf>,
    /// When a copy is made every night, by the clock of this place; a night that was missed is made up for at start.
    /// One is kept for each of the last 7 days and each of the last 4 weeks
    #[arg(long, default_value = "03:00", value_name = "TIME")]
    backup_at: Time,
    /// No copies by night
    #[arg(long)]
    no_backup: bool,
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    let asked =
        Asked { proxies: args.behind_proxy.clone(), plain: args.plain_http, hosts: args.host.clone(), demo: args.demo };
    let door = match Door::new(args.listen, &asked) {
        Ok(door) => door,
        Err(why) => {
            say::line(&why.say(config.lang));
            return Ok(Outcome::Misuse);
        }
    };
    door.told().iter().for_each(|words| say::line(&words.say(config.lang)));
    logs();
    let data = if args.demo { PathBuf::from(DEMO) } else { config.data.clone() };
    let folder = forms::folder(config);
    // Without anybody who watches, a server does not start with faulty forms.
    let watch = (args.watch || args.demo).then(|| Watch::new(std::slice::from_ref(&config.forms)));
    let offers = if watch.is_none() { publish::sound(config, &forms::given(config, &[])?)? } else { Vec::new() };
    wait(async {
        let db = Db::open(&data).await?;
        let actor = Actor::operator();
        let (config_, folder_) = (config.clone(), folder.clone());
        let mut live =
            watch.map(|watch| Live { config: config_, db: db.clone(), actor: actor.clone(), folder: folder_, watch });
        let published = match &mut live {
            Some(live) => live.look().await,
            None => publish_once(config, (&db, &actor), &offers).await,
        };
        unless_read_only(config, published)?;
        if args.demo {
            demonstrate(&db, &actor).await?;
        }
        let copies = keeper(args, &data);
        let nights = tokio::spawn(backup::actions::nightly(db.clone(), copies.clone(), actor.clone()));
        let sweeping = tokio::spawn(report::files::actions::sweeping(db.clone(), actor.clone()));
        let watching = live.map(|live| tokio::spawn(live.keep_looking()));
        let ways = Ways::of(&db, &actor, args.demo).await?;
        let site = Site {
            db: db.clone(),
            actor: Actor::nobody(),
            lang: config.lang,
            demo: args.demo,
            copies,
            forms: folder,
            entrance: Entrance::default(),
        };
        let doors = door.clone();
        let started = |address: SocketAddr| announce(config, (&doors, address), &ways);
        web::serve(site, door, started).await?;
        nights.abort();
        sweeping.abort();
        watching.inspect(tokio::task::JoinHandle::abort);
        closed(config, db).await;
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// A file that takes no changes can still be read: that is said, and the server goes on.
fn unless_read_only(config: &Config, published: Result<()>) -> Result<()> {
    match published {
        Err(Error::Data(detail)) if READ_ONLY.contains(&detail.key()) => {
            say::line(&Words::new("care.read-only-start").with("detail", detail).say(config.lang));
            Ok(())
        }
        published => published,
    }
}

/// Fills the demonstration by the forms that are published.
async fn demonstrate(db: &Db, actor: &Actor) -> Result<()> {
    let published = version::actions::list(db, actor).await?;
    let forms: Vec<Form> = published.into_iter().map(|version| (*version.form).clone()).collect();
    demo::fill(db, actor, &forms).await
}

/// Closes the data file and says how that went. Whoever still works on it after that has gone away already.
async fn closed(config: &Config, db: Db) {
    let closed = tokio::time::timeout(FAREWELL, db.close()).await.is_ok();
    let words = if closed { Words::new("care.stopped") } else { Words::new("care.stopped-hard") };
    say::line(&words.say(config.lang));
}

/// How somebody gets in who has no password.
enum Ways {
    /// Into a demonstration as anybody, and by a personal link of a school.
    Demo(Option<account::Secret>),
    /// By the link for the first administrator, while there is none.
    First(Option<account::Secret>),
}

impl Ways {
    async fn of(db: &Db, actor: &Actor, demo: bool) -> Result<Ways> {
        Ok(if demo { Ways::Demo(demo::people::link(db, actor).await?) } else { Ways::First(first(db, actor).await?) })
    }
}

/// Says where the pages are, and how somebody gets in who has no password yet.
fn announce(config: &Config, (door, at): (&Door, SocketAddr), ways: &Ways) {
    let (front, here) = (door.front(at), format!("http://{at}/"));
    if front != here {
        say::line(&Words::new("door.listens").with("address", here).say(config.lang));
    }
    say::line(&Words::new("cli.serving").with("address", &front).say(config.lang));
    match ways {
        Ways::First(None) => {}
        Ways::First(Some(secret)) => {
            let link = format!("{front}invite?key={}", secret.text());
            say::line(&Words::new("account.first-link").with("link", link).say(config.lang));
        }
        Ways::Demo(by_link) => {
            say::line(&Words::new("account.demo-links").say(config.lang));
            for (login, name) in demo::people::everybody() {
                say::line(&format!("  {front}enter?as={login:<14} {name}"));
            }
            if let Some(secret) = by_link {
                say::line(&Words::new("link.demo").say(config.lang));
                say::line(&format!("  {front}fill?key={}", secret.text()));
            }
        }
    }
}

/// The link for the first administrator, where there is none and the data file takes changes.
async fn first(db: &Db, actor: &Actor) -> Result<Option<account::Secret>> {
    match account::actions::first_administrator(db, actor).await {
        Err(Error::Data(detail)) if READ_ONLY.contains(&detail.key()) => Ok(None),
        first => first,
    }
}

/// Publishes the forms that the server starts with, and says what was left out.
async fn publish_once(config: &Config, (db, actor): (&Db, &Actor), offers: &[Offer]) -> Result<()> {
    db.writable().await?;
    let fates = version::actions::start(db, actor, offers).await?;
    fates.iter().for_each(|fate| left_out(config, fate));
    Ok(())
}

/// Says what was not published at start, and why; the published version stays at work.
fn left_out(config: &Config, fate: &Fate) {
    match fate {
        Fate::Published(_) => {}
        Fate::Refused(faults) => {
            faults.iter().for_each(|fault| say::line(&say::fault_line(fault, config.lang)));
            say::line(&Words::new("cli.old-version-runs").say(config.lang));
        }
        Fate::Differs(difference) => {
            say::line(&difference.words().say(config.lang));
            say::line(&Words::new("evolution.file-replace").say(config.lang));
        }
    }
}

/// Where copies go, and whether they are made by night: a demonstration is not worth one.
fn keeper(args: &Args, data: &Path) -> Keeper {
    let dir = args.backup_dir.clone().unwrap_or_else(|| data.join("backups"));
    Keeper::new(&dir, (!args.no_backup && !args.demo).then_some(args.backup_at))
}

/// Logs go to standard error; `RUST_LOG` chooses how much of them.
fn logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}
