//! The web: pages for people, each one file and one row in [`pages::ALL`].

mod assets;
mod entrance;
mod field;
mod figures;
mod guard;
mod language;
mod layout;
mod letter;
pub mod pages;
mod parts;
mod problem;
mod qr;
mod questionnaire;
pub mod reference;
mod visit;
mod waiting;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, Response, Route, RouteMethod, Server};

pub use entrance::Entrance;

use crate::access::Actor;
use crate::backup::Keeper;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::report::version::Folder;

/// How long a request that has begun may still take after the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

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

/// All pages behind their guard, as one endpoint.
pub fn app(site: Site) -> impl Endpoint<Output = Response> {
    let site = Arc::new(site);
    let mut methods: BTreeMap<&str, RouteMethod> = BTreeMap::new();
    for page in pages::ALL {
        let route = methods.remove(page.path).unwrap_or_default();
        methods.insert(page.path, route.method(page.method(), visit::Mounted { page, site: site.clone() }));
    }
    let routes = methods.into_iter().fold(Route::new(), |routes, (path, route)| routes.at(path, route));
    guard::Guarded { inner: routes, site }
}

/// Serves the pages on an address until the program is told to stop; requests that have begun are finished.
///
/// # Errors
/// [`Error::File`] where the address is taken or may not be listened on.
pub async fn serve(site: Site, listen: SocketAddr, started: impl FnOnce(SocketAddr)) -> Result<()> {
    let failed = |source| Error::File { path: listen.to_string(), source };
    let acceptor = TcpListener::bind(listen).into_acceptor().await.map_err(failed)?;
    let address = acceptor.local_addr().iter().find_map(|at| at.as_socket_addr().copied()).unwrap_or(listen);
    started(address);
    let server = Server::new_with_acceptor(acceptor);
    server.run_with_graceful_shutdown(app(site), told_to_stop(), Some(FAREWELL)).await.map_err(failed)
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
