//! Who sent a request, over which kind of connection and under which name of ours: what the socket says, and behind a
//! proxy what the proxy says.
//!
//! Invariant: what a request says of itself is believed only where the socket's other end is a trusted proxy. Every
//! proxy writes what it saw at the end of what it was told, so lists are read from the right: the first address that is
//! no trusted proxy is the sender, and everything left of it is the sender's own words.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use poem::Request;
use poem::http::{HeaderMap, HeaderName, header};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The other end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Where the request comes from: the sender's address, not that of a trusted proxy. `0.0.0.0` where nobody knows.
    pub address: IpAddr,
    /// Whether the sender's connection is known to be encrypted.
    pub https: bool,
    /// The name and port that the sender asked for, as in the bar of a browser. [`super::door::Door`] has checked that
    /// the name is one of ours.
    pub host: String,
    /// Whether a trusted proxy has handed the request on.
    pub proxied: bool,
}

impl Default for Peer {
    fn default() -> Self {
        Peer { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), https: false, host: String::new(), proxied: false }
    }
}

/// Why it cannot be said who sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unclear {
    /// There is no name of ours in it, or several.
    Host,
    /// A proxy writes one family of headers and hands on another one that says something else.
    Proxy,
}

/// The peer of a request; `trusted` says which addresses are proxies that are believed.
pub(super) fn of(req: &Request, trusted: impl Fn(IpAddr) -> bool) -> Result<Peer, Unclear> {
    let socket = req.remote_addr().0.as_socket_addr().map(SocketAddr::ip);
    let asked = req.uri().authority().map(|authority| authority.as_str());
    told(socket, asked, req.headers(), &trusted)
}

fn told(
    socket: Option<IpAddr>,
    asked: Option<&str>,
    headers: &HeaderMap,
    trusted: &impl Fn(IpAddr) -> bool,
) -> Result<Peer, Unclear> {
    // An IPv4 address looks different to a server that listens for IPv6 too.
    let socket = socket.map(|address| address.to_canonical());
    let direct =
        Peer { host: host(asked, headers)?, address: socket.unwrap_or(Peer::default().address), ..Peer::default() };
    let Some(proxy) = socket.filter(|address| trusted(*address)) else { return Ok(direct) };
    let (by_name, by_list) = (listed(headers), forwarded(headers));
    let hops = match (by_name.is_empty(), by_list.is_empty()) {
        (false, false) if sender(&by_name, proxy, trusted).0 != sender(&by_list, proxy, trusted).0 => {
            return Err(Unclear::Proxy);
        }
        (true, _) => by_list,
        _ => by_name,
    };
    let (address, place) = sender(&hops, proxy, trusted);
    let at = |names: Vec<String>| {
        names.len().checked_sub(1).and_then(|last| names.into_iter().nth(last.saturating_sub(place)))
    };
    let hop = hops.len().checked_sub(1 + place).and_then(|index| hops.get(index));
    let proto = at(values(headers, &PROTO)).or_else(|| hop.and_then(|hop| hop.proto.clone()));
    let host = at(values(headers, &HOST)).or_else(|| hop.and_then(|hop| hop.host.clone()));
    let proxied = !hops.is_empty() || proto.is_some() || host.is_some();
    let https = proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
    Ok(Peer { address, https, host: host.unwrap_or(direct.host), proxied })
}

/// The name of ours in a request: the one of its target, else the one of its head.
fn host(asked: Option<&str>, headers: &HeaderMap) -> Result<String, Unclear> {
    let mut said = headers.get_all(header::HOST).iter();
    let (first, more) = (said.next().map(|value| value.to_str()), said.next());
    match (asked, first, more) {
        (_, _, Some(_)) | (_, Some(Err(_)), _) | (None, None, _) => Err(Unclear::Host),
        (Some(asked), Some(Ok(said)), _) if !asked.eq_ignore_ascii_case(said) => Err(Unclear::Host),
        (Some(host), ..) | (None, Some(Ok(host)), None) => Ok(host.to_owned()),
    }
}

/// What one proxy says that it saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Hop {
    address: Option<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

/// The sender and how many hops from the right it stands. Behind a word that is no address nothing is believed.
fn sender(hops: &[Hop], proxy: IpAddr, trusted: &impl Fn(IpAddr) -> bool) -> (IpAddr, usize) {
    let mut last = (proxy, 0);
    for (place, hop) in hops.iter().rev().enumerate() {
        let Some(address) = hop.address else { return last };
        last = (address, place);
        if !trusted(address) {
            break;
        }
    }
    last
}

/// All values of a header, also of several lines of it, in order.
///
/// The lists are cut at every comma: a quotation mark that a sender opened must not swallow what a proxy wrote after it.
fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    lines.flat_map(|line| line.split(',').map(|value| value.trim().to_owned()).collect::<Vec<_>>()).collect()
}

/// The hops of `X-Forwarded-For`.
fn listed(headers: &HeaderMap) -> Vec<Hop> {
    let each = values(headers, &FOR).into_iter();
    each.map(|value| Hop { address: address(&value), ..Hop::default() }).collect()
}

/// The hops of `Forwarded` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let each = values(headers, &header::FORWARDED).into_iter();
    each.map(|element| {
        let of = |wanted: &str| {
            let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim().trim_matches('"').to_owned())
        };
        Hop { address: of("for").as_deref().and_then(address), proto: of("proto"), host: of("host") }
    })
    .collect()
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
fn address(value: &str) -> Option<IpAddr> {
    let bare = value.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let parsed = bare.unwrap_or(value).parse::<IpAddr>().ok();
    parsed.or_else(|| value.parse::<SocketAddr>().ok().map(|at| at.ip())).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXIES: [&str; 2] = ["127.0.0.1", "10.0.0.2"];

    fn peer(socket: &str, lines: &[(&'static str, &str)]) -> Result<Peer, Unclear> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        told(socket.parse().ok(), None, &headers, &|address| PROXIES.contains(&address.to_string().as_str()))
    }

    /// The address, the connection and the name that a request with these headers has.
    fn seen(socket: &str, lines: &[(&'static str, &str)]) -> String {
        let lines: Vec<(&'static str, &str)> =
            [("host", "inner:8080")].into_iter().chain(lines.iter().copied()).collect();
        match peer(socket, &lines) {
            Ok(Peer { address, https, host, proxied }) => {
                let (scheme, how) = (if https { "https" } else { "http" }, if proxied { "proxied" } else { "direct" });
                format!("{address} {scheme} {host} {how}")
            }
            Err(unclear) => format!("{unclear:?}"),
        }
    }

    #[test]
    fn headers_of_strangers_are_not_believed() {
        let forged = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=127.0.0.1;proto=https;host=evil.example"),
            ("x-real-ip", "127.0.0.1"),
        ];
        assert_eq!(seen("203.0.113.9", &forged), "203.0.113.9 http inner:8080 direct");
        assert_eq!(seen("nobody knows", &forged), "0.0.0.0 http inner:8080 direct");
    }

    #[test]
    fn the_right_most_address_that_is_no_proxy_of_ours_is_the_sender() {
        for (said, sender) in [
            ("198.51.100.7", "198.51.100.7"),
            ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.0.0.2", "10.0.0.2"),
            ("198.51.100.7:4711", "198.51.100.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, unknown", "127.0.0.1"),
            ("1.1.1.1, unknown, 10.0.0.2", "10.0.0.2"),
            ("1.1.1.1,", "127.0.0.1"),
            ("", "127.0.0.1"),
            ("<script>, 198.51.100.7", "198.51.100.7"),
        ] {
            let found = seen("127.0.0.1", &[("x-forwarded-for", said)]);
            assert_eq!(found, format!("{sender} http inner:8080 proxied"), "{said}");
        }
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(seen("127.0.0.1", &lines), "198.51.100.7 http inner:8080 proxied", "two lines are one list");
        assert_eq!(seen("::ffff:127.0.0.1", &[]), "127.0.0.1 http inner:8080 direct");
    }

    #[test]
    fn the_connection_and_the_name_are_those_of_the_same_hop() {
        let one = [
            ("x-forwarded-for", "6.6.6.6, 198.51.100.7"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "svod.example"),
        ];
        assert_eq!(seen("127.0.0.1", &one), "198.51.100.7 https svod.example proxied");
        let two = [
            ("x-forwarded-for", "198.51.100.7, 10.0.0.2"),
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", "svod.example, inner"),
        ];
        assert_eq!(seen("127.0.0.1", &two), "198.51.100.7 https svod.example proxied");
        let forged = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-proto", "https, http")];
        assert_eq!(seen("127.0.0.1", &forged), "198.51.100.7 http inner:8080 proxied");
    }

    #[test]
    fn the_standard_header_says_the_same() {
        let standard =
            [("forwarded", "for=6.6.6.6;proto=http, for=\"[2001:db8::7]:47\";Proto=https;host=\"svod.example\"")];
        assert_eq!(seen("127.0.0.1", &standard), "2001:db8::7 https svod.example proxied");
        let open = [("forwarded", "for=\"6.6.6.6"), ("forwarded", "for=198.51.100.7;proto=https")];
        assert_eq!(
            seen("127.0.0.1", &open),
            "198.51.100.7 https inner:8080 proxied",
            "an open quotation swallows nothing"
        );
        let both = [("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=198.51.100.7;proto=https")];
        assert_eq!(seen("127.0.0.1", &both), "198.51.100.7 http inner:8080 proxied");
        let handed_on = [("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=6.6.6.6")];
        assert_eq!(seen("127.0.0.1", &handed_on), "Proxy", "one of them is the sender's own word");
    }

    #[test]
    fn a_request_names_us_once() {
        let host = |asked, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::HOST, line.parse().unwrap());
            }
            host(asked, &headers)
        };
        assert_eq!(host(None, &["localhost"]), Ok("localhost".to_owned()));
        assert_eq!(host(Some("localhost"), &[]), Ok("localhost".to_owned()));
        assert_eq!(host(Some("localhost"), &["LOCALHOST"]), Ok("localhost".to_owned()));
        assert_eq!(host(Some("evil.example"), &["localhost"]), Err(Unclear::Host));
        assert_eq!(host(None, &["localhost", "evil.example"]), Err(Unclear::Host));
        assert_eq!(host(None, &[]), Err(Unclear::Host));
    }
}
