//! What somebody gets whose request is no HTTP: the same page with the same headers as for any other fault, in place of
//! the bare line that the library under the server writes before any of our code has heard of the request.
//!
//! Invariant: only an answer that the library made up is replaced. It comes in one piece, ends with its head, is small,
//! and lacks the number that [`super::guard`] puts on every answer of ours.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use poem::Response;
use poem::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// No answer that the library makes up is longer than this, in bytes.
const BARE: usize = 256;

/// Whole answers by their status, ready to be sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals(Arc<[(StatusCode, Vec<u8>)]>);

impl Refusals {
    /// The faults of a head that the library finds: it cannot be read, its address is too long, it is too large.
    pub const STATUSES: [StatusCode; 3] =
        [StatusCode::BAD_REQUEST, StatusCode::URI_TOO_LONG, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE];

    /// The answers as they go over the wire.
    pub async fn of(pages: Vec<Response>) -> Refusals {
        let mut all = Vec::new();
        for page in pages {
            let (status, headers) = (page.status(), page.headers().clone());
            let body = page.into_body().into_bytes().await.unwrap_or_default();
            let mut whole = format!("HTTP/1.1 {status}\r\n").into_bytes();
            for (name, value) in &headers {
                whole.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
            whole.extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes());
            whole.extend(body);
            all.push((status, whole));
        }
        Refusals(all.into())
    }

    /// Which of them stands for an answer that is about to be sent.
    fn instead_of(&self, bytes: &[u8]) -> Option<usize> {
        let bare = bytes.len() < BARE && bytes.starts_with(b"HTTP/1.") && bytes.ends_with(b"\r\n\r\n");
        let ours = || bytes.windows(13).any(|part| part.eq_ignore_ascii_case(b"x-request-id:"));
        if !bare || ours() {
            return None;
        }
        let status = bytes.get(9..12)?;
        self.0.iter().position(|(known, _)| known.as_str().as_bytes() == status)
    }
}

/// A connection on which bare refusals become pages.
#[derive(Debug)]
pub(super) struct Mended<S> {
    stream: S,
    refusals: Refusals,
    /// The answer that is being sent instead, and how much of it has been sent.
    sending: Option<(usize, usize)>,
}

impl<S> Mended<S> {
    pub fn new(stream: S, refusals: Refusals) -> Mended<S> {
        Mended { stream, refusals, sending: None }
    }
}

impl<S: AsyncWrite + Unpin> Mended<S> {
    /// Sends the answer that stands for these bytes, if one does; ready when it is sent, or when none is.
    fn poll_instead(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<bool>> {
        let begun = self.sending.or_else(|| self.refusals.instead_of(bytes).map(|which| (which, 0)));
        let Some((which, mut sent)) = begun else { return Poll::Ready(Ok(false)) };
        let whole = self.refusals.0.get(which).map_or(&[][..], |(_, whole)| whole);
        while sent < whole.len() {
            self.sending = Some((which, sent));
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &whole[sent..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            sent += written;
        }
        self.sending = None;
        Poll::Ready(Ok(true))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Mended<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Mended<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if ready!(self.poll_instead(cx, bytes))? {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(first) = pieces.iter().find(|piece| !piece.is_empty())
            && ready!(self.poll_instead(cx, first))?
        {
            return Poll::Ready(Ok(first.len()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_bare_refusals_are_replaced() {
        let page = Response::builder().status(StatusCode::BAD_REQUEST).header("x-ours", "1").body("Слова");
        let refusals = Refusals::of(vec![page]).await;
        let bare: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: Wed\r\n\r\n";
        assert_eq!(refusals.instead_of(bare), Some(0));
        for other in [
            &b"HTTP/1.1 400 Bad Request\r\nx-request-id: 1\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\n\r\nbody",
            b"",
        ] {
            assert_eq!(refusals.instead_of(other), None, "{}", String::from_utf8_lossy(other));
        }
        let whole = String::from_utf8(refusals.0[0].1.clone()).unwrap();
        assert!(whole.starts_with("HTTP/1.1 400 Bad Request\r\nx-ours: 1\r\n"), "{whole}");
        assert!(whole.ends_with("content-length: 10\r\nconnection: close\r\n\r\nСлова"), "{whole}");
    }
}
