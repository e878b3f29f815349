//! The parts of a posted questionnaire with files: typed answers are kept whatever the files beside them are.

use poem::http::StatusCode;
use poem::web::Multipart;
use poem::{Body, FromRequest, Request, RequestBody};
use tokio::io::{AsyncRead, AsyncReadExt, sink};

use super::visit::{PATIENCE, Visit};
use crate::form::attachment::LARGEST_MB;
use crate::report::files::{Body as Arrived, Sent};

/// What the names of file fields begin with; the path of the question follows.
pub(super) const FILE: &str = "file:";

/// The largest file that is kept in memory.
const LARGEST: usize = (LARGEST_MB as usize) << 20;

/// How many bytes of files one request may bring; what is beyond is read to its end and left out.
const TOGETHER: usize = 2 * LARGEST;

/// How many parts there may be: a control of every cell of the largest form, and what belongs to it.
const PARTS: usize = 200_000;

fn unreadable<E>(_: E) -> poem::Error {
    poem::Error::from_status(StatusCode::BAD_REQUEST)
}

/// Reads the fields of a questionnaire, of at most so many bytes together, and its files.
pub(super) async fn read(req: &Request, body: Body, fields: usize, visit: &mut Visit) -> poem::Result<()> {
    let limited = Body::from_async_read(body.into_async_read().take(PATIENCE));
    let parts = Multipart::from_request(req, &mut RequestBody::new(limited)).await?;
    each(parts, fields, visit).await
}

async fn each(mut parts: Multipart, mut fields: usize, visit: &mut Visit) -> poem::Result<()> {
    let (mut room, mut count) = (TOGETHER, 0);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        count += 1;
        let name = part.name().unwrap_or_default().to_owned();
        let path = name.strip_prefix(FILE).map(str::to_owned);
        if count > PARTS || name.len() > fields {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into());
        }
        fields -= name.len();
        match (path, part.file_name().map(str::to_owned)) {
            // A file field in which nothing was chosen comes without a name.
            (Some(_), None) => drain(part.into_async_read()).await?,
            (Some(path), Some(name)) => {
                let body = arrived(part.into_async_read(), room).await?;
                room -= if let Arrived::Whole(bytes) = &body { bytes.len() } else { 0 };
                let nothing = name.is_empty() && body == Arrived::Whole(Vec::new());
                if !nothing {
                    visit.files.push(Sent { path, name: name.chars().take(1000).collect(), body });
                }
            }
            (None, _) => {
                let bytes = up_to(part.into_async_read(), fields).await?;
                let Some(bytes) = bytes else { return Err(StatusCode::PAYLOAD_TOO_LARGE.into()) };
                fields -= bytes.len();
                visit.form.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    Ok(())
}

async fn arrived(reader: impl AsyncRead + Send, room: usize) -> poem::Result<Arrived> {
    Ok(match up_to(reader, LARGEST.min(room)).await? {
        Some(bytes) => Arrived::Whole(bytes),
        None if room < LARGEST => Arrived::TooMany,
        None => Arrived::TooLarge,
    })
}

/// The bytes of a part if they are not more than so many; it is read to its end all the same, for what comes after it.
async fn up_to(reader: impl AsyncRead + Send, most: usize) -> poem::Result<Option<Vec<u8>>> {
    let mut reader = Box::pin(reader);
    let mut bytes = Vec::new();
    (&mut reader).take(most as u64 + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
    if bytes.len() <= most {
        return Ok(Some(bytes));
    }
    drop(bytes);
    drain(reader).await.map(|()| None)
}

async fn drain(reader: impl AsyncRead + Send) -> poem::Result<()> {
    tokio::io::copy(&mut Box::pin(reader), &mut sink()).await.map_err(unreadable)?;
    Ok(())
}
