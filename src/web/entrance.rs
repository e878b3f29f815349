//! The entrance: which cookies tell who somebody is, and where they come from.
//!
//! A cookie holds a secret and nothing else; everything about a session is in the data file.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use poem::http::{HeaderValue, header};
use poem::{Request, Response};

use super::Site;
use super::peer::Peer;
use crate::access::Actor;
use crate::account::Secret;
use crate::account::guess::Guesses;
use crate::account::second::Halves;
use crate::account::session::{self, Entered, From, Signed};
use crate::error::Result;
use crate::report::link::{self, Holder, Standing};

/// The cookie of a session.
const SESSION: &str = "svod-session";

/// The cookie of whoever came in by a personal link. It comes before that of a session: who tries a link sees what
/// others see by it.
const LINK: &str = "svod-link";

/// The cookie by which a browser is known again.
const BROWSER: &str = "svod-browser";

/// How long a browser is known again.
const KNOWN: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What the entrance knows: who stands in it, and who has guessed passwords of late.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// Who is signed in, for the pages of one request.
    pub signed: Option<Arc<Signed>>,
    /// Who came in by a personal link, for the pages of one request.
    pub holder: Option<Arc<Holder>>,
    /// Why somebody who came in by a link is in no more.
    pub gone: Option<Arc<Gone>>,
    /// Wrong passwords of late.
    pub guesses: Guesses,
    /// Those whose password was right and whose code is still to come.
    pub halves: Halves,
}

/// Why somebody who came in by a personal link is in no more.
#[derive(Debug, Clone)]
pub enum Gone {
    /// They have done nothing for long.
    Forgotten,
    /// The link opens nothing any more.
    Shut(Box<Holder>),
}

/// The value of a cookie.
fn cookie<'a>(req: &'a Request, name: &str) -> Option<&'a str> {
    let cookies = req.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(known, _)| *known == name).map(|(_, value)| value).next()
}

/// Whether a request brings the cookie of a session, right or wrong.
pub(super) fn brought(req: &Request) -> bool {
    cookie(req, SESSION).or_else(|| cookie(req, LINK)).is_some()
}

/// Lets a site know who is there with a request. A server that lets somebody act without an account asks for none.
///
/// # Errors
/// [`crate::error::Error::Data`] where the data file refuses.
pub(super) async fn know(site: &mut Site, req: &Request, peer: &Peer) -> Result<()> {
    let address = peer.address.to_string();
    if let Some(secret) = cookie(req, LINK) {
        site.actor = Actor::nobody();
        let holder = link::actions::holder(&site.db, &Secret::brought(secret)).await?;
        match holder {
            Some(holder) if holder.link.standing(Timestamp::now()) == Standing::InForce => {
                site.actor = holder.actor().coming_from(&address);
                site.entrance.holder = Some(Arc::new(holder));
            }
            Some(holder) => site.entrance.gone = Some(Arc::new(Gone::Shut(Box::new(holder)))),
            None => site.entrance.gone = Some(Arc::new(Gone::Forgotten)),
        }
    } else if let Some(secret) = cookie(req, SESSION)
        && let Some(signed) = session::actions::signed(&site.db, &Secret::brought(secret)).await?
    {
        site.actor = signed.account.actor().coming_from(&address);
        site.entrance.signed = Some(Arc::new(signed));
    }
    Ok(())
}

/// Where a request comes from.
pub(super) fn from(peer: &Peer, req: &Request) -> From {
    let agent = req.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let browser = cookie(req, BROWSER).map(Secret::brought);
    From { address: peer.address, agent: agent.to_owned(), browser }
}

/// Lets a browser keep what it got when somebody signed in.
pub(super) fn let_in(response: &mut Response, entered: &Entered, secure: bool) {
    set(response, SESSION, entered.secret.text(), entered.keeps, secure);
    forget_link(response, secure);
    if entered.keeps.is_some() {
        set(response, BROWSER, entered.browser.text(), Some(KNOWN), secure);
    }
}

/// Lets a browser keep what it got when somebody came in by a personal link. Whoever is signed in there stays so.
pub(super) fn let_in_by_link(response: &mut Response, entered: &link::Entered, secure: bool) {
    set(response, LINK, entered.secret.text(), entered.keeps, secure);
}

/// Lets a browser forget who came in by a personal link.
pub(super) fn forget_link(response: &mut Response, secure: bool) {
    set(response, LINK, "", Some(SignedDuration::ZERO), secure);
}

/// Lets a browser forget a session; it stays known.
pub(super) fn let_out(response: &mut Response, secure: bool) {
    set(response, SESSION, "", Some(SignedDuration::ZERO), secure);
}

fn set(response: &mut Response, name: &str, value: &str, keeps: Option<SignedDuration>, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let keeps = keeps.map(|keeps| format!("; Max-Age={}", keeps.as_secs())).unwrap_or_default();
    // `Lax`: links in letters lead to pages with the session; other sites can post nothing with it.
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{keeps}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
