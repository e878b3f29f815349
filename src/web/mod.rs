//! The web: pages for people, each one file and one row in [`pages::ALL`], and operations for programs in [`api::ALL`].

pub mod api;
mod assets;
pub mod door;
mod entrance;
mod field;
mod figures;
mod guard;
mod language;
mod layout;
mod letter;
mod line;
mod mended;
mod meter;
pub mod pages;
mod parts;
pub mod peer;
mod problem;
mod qr;
mod questionnaire;
pub mod reference;
mod visit;
mod waiting;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use poem::{Endpoint, Response, Route, RouteMethod};
use tokio::net::TcpListener;

pub use entrance::Entrance;

use self::door::Door;
use self::line::Line;
use self::mended::Refusals;
use self::meter::Meter;
use crate::access::Actor;
use crate::backup::Keeper;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::report::version::Folder;

/// What every page needs.
#[derive(Debug, Clone)]
pub struct Site {
    /// The data file.
    pub db: Db,
    /// Who acts: for the pages of one request whoever has signed in. The server itself begins with nobody.
    pub actor: Actor,
    /// The language of the pages.
    pub lang: Lang,
    /// Every page says «Демонстрация».
    pub demo: bool,
    /// The copies of the data file.
    pub copies: Keeper,
    /// The folder of form files.
    pub forms: Folder,
    /// The entrance.
    pub entrance: Entrance,
}

/// All pages behind their guard, for this machine alone, as one endpoint.
pub fn app(site: Site) -> impl Endpoint<Output = Response> {
    app_behind(site, Door::local())
}

/// All pages behind their guard, which hears what comes through a door.
pub fn app_behind(site: Site, door: Door) -> impl Endpoint<Output = Response> {
    let site = Arc::new(site);
    let mut methods: BTreeMap<&str, RouteMethod> = BTreeMap::new();
    for page in pages::ALL {
        let route = methods.remove(page.path).unwrap_or_default();
        methods.insert(page.path, route.method(page.method(), visit::Mounted { page, site: site.clone() }));
    }
    let routes = methods.into_iter().fold(Route::new(), |routes, (path, route)| routes.at(path, route));
    let routes = routes.nest(api::BASE, api::endpoint(site.clone()));
    guard::Guarded { inner: routes, site, door, meter: Arc::new(Meter::new()) }
}

/// Serves the pages where the door is until the program is told to stop; requests that have begun are finished.
///
/// # Errors
/// [`Error::File`] where the address is taken or may not be listened on.
pub async fn serve(site: Site, door: Door, started: impl FnOnce(SocketAddr)) -> Result<()> {
    let listen = door.listen();
    let failed = |source| Error::File { path: listen.to_string(), source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    started(listener.local_addr().unwrap_or(listen));
    let pages = Refusals::STATUSES.map(|status| guard::refused(&site, status));
    let refusals = Refusals::of(pages.into()).await;
    Line::through(&door).serve(listener, refusals, app_behind(site, door), told_to_stop()).await;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
