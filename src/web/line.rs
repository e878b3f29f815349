//! Connections: how many there may be, how long a request may take to say what it wants, and how they end.
//!
//! HTTP/1.1 alone: browsers speak HTTP/2 with encryption only, and that is the proxy's part.

use std::convert::Infallible;
use std::io;
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
use tokio::sync::Semaphore;

use super::door::Door;
use super::mended::{Mended, Refusals};

/// How long the head of a request may take; a connection that is kept open waits as long for the next one.
const HEAD: Duration = Duration::from_secs(30);

/// The same for a proxy, which takes care of slow heads itself. Proxies keep connections for up to two minutes, and must
/// not send a form over one that is being closed at that moment.
const HEAD_OF_PROXY: Duration = Duration::from_secs(180);

/// How large the head of a request may be, in bytes. (It may have a hundred lines, which the library sees to.)
const HEAD_SIZE: usize = 96 << 10;

/// How long a request that has begun may still take after the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// The most connections at one moment; more wait until one ends.
const CONNECTIONS: u64 = 4096;

/// How many files the program opens besides connections: the data file, copies, children that read workbooks.
const OTHER_FILES: u64 = 128;

/// After a refusal of the system to hand out a connection it is asked again so much later.
const BREATH: Duration = Duration::from_millis(50);

/// What a server allows its connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    head: Duration,
    connections: usize,
}

impl Line {
    /// What fits those who come through a door.
    pub fn through(door: &Door) -> Line {
        Line { head: if door.has_proxy() { HEAD_OF_PROXY } else { HEAD }, connections: room() }
    }

    /// Answers connections with an endpoint until `stop` is over; requests that have begun are finished.
    pub async fn serve(
        self,
        listener: TcpListener,
        refusals: Refusals,
        app: impl Endpoint<Output = Response> + 'static,
        stop: impl Future<Output = ()>,
    ) {
        let (app, room) = (Arc::new(app), Arc::new(Semaphore::new(self.connections)));
        let open = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let next = async {
                // Nobody closes it.
                let place = room.clone().acquire_owned().await.ok();
                (listener.accept().await, place)
            };
            match tokio::select! { () = &mut stop => break, next = next => next } {
                (Ok((stream, from)), place) => {
                    // Small answers are not kept back to be sent with later ones.
                    let _ = stream.set_nodelay(true);
                    let ends = (stream.local_addr().map_or_else(|_| Addr::default(), Addr::from), Addr::from(from));
                    let talk = self.talk(Mended::new(stream, refusals.clone()), ends, app.clone(), &open);
                    tokio::spawn(async move {
                        talk.await;
                        drop(place);
                    });
                }
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

    /// Answers the requests of one connection to its end.
    fn talk<E: Endpoint<Output = Response> + 'static>(
        self,
        stream: Mended<TcpStream>,
        (here, from): (Addr, Addr),
        app: Arc<E>,
        open: &GracefulShutdown,
    ) -> impl Future<Output = ()> + use<E> {
        let service = service_fn(move |req: hyper::Request<Incoming>| {
            let (app, here, from) = (app.clone(), LocalAddr(here.clone()), RemoteAddr(from.clone()));
            async move {
                let answer = app.get_response((req, here, from, Scheme::HTTP).into()).await;
                Ok::<hyper::Response<_>, Infallible>(answer.into())
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_header_size(HEAD_SIZE)
            .max_buf_size(HEAD_SIZE)
            .serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        // Whoever went away in the middle needs no word; what is no HTTP has been answered.
        async move { drop(connection.await) }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// What a connection is answered after it has sent some bytes; whole requests ask for an end of the connection.
    async fn sent(to: std::net::SocketAddr, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(to).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_head_that_drips_ends_and_makes_room_for_others() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let line = Line { head: Duration::from_millis(300), connections: 1 };
        let app = poem::endpoint::make_sync(|_| Response::from("heard"));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        let server = tokio::spawn(line.serve(listener, Refusals::default(), app, stopped));
        let mut dripping = TcpStream::connect(address).await.unwrap();
        dripping.write_all(b"GET / HTTP/1.1\r\nHost: local").await.unwrap();
        let other = tokio::spawn(sent(address, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), dripping.read_to_end(&mut rest)).await;
        assert!(ended.is_ok() && rest.is_empty(), "{rest:?}");
        let heard = other.await.unwrap();
        assert!(heard.starts_with("HTTP/1.1 200 OK") && heard.ends_with("heard"), "{heard}");
        stop.send(()).unwrap();
        server.await.unwrap();
    }
}
