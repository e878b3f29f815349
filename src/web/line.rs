//! Connections: how many there may be, how long a request may take to say what it wants, and how they end.
//!
//! HTTP/1.1 alone: browsers speak HTTP/2 with encryption only, and that is the proxy's part.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long the head of a request may take; a connection that is kept open waits as long for the next one.
const HEAD: Duration = Duration::from_secs(30);

/// How large the head of a request may be, in bytes.
const HEAD_SIZE: usize = 64 << 10;

/// How many lines the head of a request may have.
const HEAD_LINES: usize = 100;

/// How long a request that has begun may still take after the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// The most connections at one moment; more wait until one ends.
const CONNECTIONS: u64 = 4096;

/// How many files the program opens besides connections: the data file, copies, children that read workbooks.
const OTHER_FILES: u64 = 128;

/// After a refusal of the system to hand out a connection it is asked again so much later.
const BREATH: Duration = Duration::from_millis(50);

/// Answers connections with an endpoint until `stop` is over; requests that have begun are finished.
pub(super) async fn serve(
    listener: TcpListener,
    app: impl Endpoint<Output = Response> + 'static,
    stop: impl Future<Output = ()>,
) {
    let (app, room) = (Arc::new(app), Arc::new(Semaphore::new(room())));
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // Nobody closes it.
            let place = room.clone().acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        match tokio::select! { () = &mut stop => break, next = next => next } {
            (Ok((stream, from)), place) => converse(stream, from, app.clone(), &open, place),
            (Err(why), _) => {
                tracing::warn!(%why, "a connection was not taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("some requests were not finished");
    }
}

/// Answers the requests of one connection, in a task of its own.
fn converse<E: Endpoint<Output = Response> + 'static>(
    stream: TcpStream,
    from: SocketAddr,
    app: Arc<E>,
    open: &GracefulShutdown,
    place: Option<OwnedSemaphorePermit>,
) {
    // Small answers are not kept back to be sent with later ones.
    let _ = stream.set_nodelay(true);
    let here = LocalAddr(stream.local_addr().map_or_else(|_| Addr::default(), Addr::from));
    let service = service_fn(move |req: hyper::Request<Incoming>| {
        let (app, here, from) = (app.clone(), here.clone(), RemoteAddr(Addr::from(from)));
        async move {
            let answer = app.get_response((req, here, from, Scheme::HTTP).into()).await;
            Ok::<hyper::Response<_>, Infallible>(answer.into())
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_SIZE)
        .max_headers(HEAD_LINES)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        // Whoever went away in the middle needs no word; what is no HTTP has been answered.
        let _ = connection.await;
        drop(place);
    });
}

/// How many connections the system lets the program have. The program asks for as many files as it may have: the
/// usual limit is meant for programs that serve nobody.
#[cfg(unix)]
fn room() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = || -> io::Result<u64> {
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
        let wanted = hard.min(CONNECTIONS + OTHER_FILES).max(soft);
        setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)?;
        Ok(wanted)
    };
    let files = raised().unwrap_or(1024);
    usize::try_from(files.saturating_sub(OTHER_FILES).clamp(64, CONNECTIONS)).unwrap_or(64)
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
fn room() -> usize {
    usize::try_from(CONNECTIONS).unwrap_or(64)
}
