//! The door of the server: which proxies are believed, which names of ours are heard, and which ways of opening it to a
//! network are refused.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;

use super::peer::Peer;
use crate::lang::Words;

/// What the bare word `--behind-proxy` trusts: a proxy on this machine.
pub const THIS_MACHINE: &str = "127.0.0.0/8,::1";

/// What was asked for at start.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The proxies that are believed, as addresses or networks; `None`: there is no proxy.
    pub proxies: Option<Vec<String>>,
    /// Whether requests may come over a network without encryption.
    pub plain: bool,
    /// The public names of the server.
    pub hosts: Vec<String>,
    /// Whether the data are made up.
    pub demo: bool,
}

/// Which requests are heard. Nobody is let in by it: that is for accounts and rights.
#[derive(Debug, Clone)]
pub struct Door {
    listen: SocketAddr,
    proxies: Vec<IpNet>,
    plain: bool,
    names: Vec<String>,
}

impl Door {
    /// The door that opens to this machine alone, on a port that is free.
    pub fn local() -> Door {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Door { listen, proxies: Vec::new(), plain: false, names: Vec::new() }
    }

    /// The door of a server that listens on an address.
    ///
    /// # Errors
    /// What cannot be asked for together, and what to ask for instead: the network without a word of how it is
    /// protected, a demonstration for others, proxies or names that are none.
    pub fn new(listen: SocketAddr, asked: &Asked) -> Result<Door, Words> {
        let local = listen.ip().is_loopback();
        if asked.demo && (!local || asked.plain || asked.proxies.is_some() || !asked.hosts.is_empty()) {
            return Err(Words::new("door.demo"));
        }
        if !local && !asked.plain && asked.proxies.is_none() {
            return Err(Words::new("door.which").with("address", listen.to_string()));
        }
        let proxies = asked.proxies.iter().flatten().map(|given| network(given)).collect::<Result<_, _>>()?;
        let names = asked.hosts.iter().map(|given| public_name(given)).collect::<Result<_, _>>()?;
        Ok(Door { listen, proxies, plain: asked.plain, names })
    }

    /// Where the server listens.
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    fn own(&self) -> IpAddr {
        self.listen.ip().to_canonical()
    }

    /// Whether an address is a proxy that is believed.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// Whether a request may come this way: through the proxy, from this machine, or in the open where that was
    /// asked for.
    pub(super) fn admits(&self, peer: &Peer) -> bool {
        self.plain || self.proxies.is_empty() || peer.proxied || peer.address.is_loopback() || self.trusts(peer.address)
    }

    /// Whether a request asks for a name of ours. A page of a foreign site may point its own name at this machine; its
    /// requests carry that name. An address of a network cannot be pointed anywhere.
    pub(super) fn hears(&self, peer: &Peer) -> bool {
        let name = without_port(&peer.host);
        if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            let own = self.own() == address.to_canonical() || self.own().is_unspecified();
            return address.is_loopback() || (self.plain && own) || self.is_named(&address.to_string());
        }
        name.eq_ignore_ascii_case("localhost") || self.is_named(name) || (self.names.is_empty() && peer.proxied)
    }

    /// Whether a request was made by a page of ours: what browsers say of the page that a form was sent from.
    pub(super) fn is_own_page(&self, peer: &Peer, origin: &str) -> bool {
        let Some((scheme, at)) = origin.split_once("://") else { return false };
        let (default, host) = (if scheme == "https" { ":443" } else { ":80" }, peer.host.as_str());
        at.eq_ignore_ascii_case(host.strip_suffix(default).unwrap_or(host)) && (scheme == "https" || !peer.https)
    }

    /// Where people open the pages, once the server listens on an address.
    pub fn front(&self, listening: SocketAddr) -> String {
        match self.names.first() {
            Some(name) if !self.proxies.is_empty() => format!("https://{name}/"),
            Some(name) => format!("http://{name}:{}/", listening.port()),
            None if listening.ip().is_unspecified() => format!("http://localhost:{}/", listening.port()),
            None => format!("http://{listening}/"),
        }
    }

    /// Whether a proxy stands before it.
    pub(super) fn has_proxy(&self) -> bool {
        !self.proxies.is_empty()
    }

    /// Whether it opens to this machine alone.
    pub fn is_local(&self) -> bool {
        self.own().is_loopback() && self.proxies.is_empty() && self.names.is_empty()
    }

    /// What whoever starts the server should know of it: who is believed, which names are heard, what is not safe.
    pub fn told(&self) -> Vec<Words> {
        let mut told = Vec::new();
        if !self.proxies.is_empty() {
            let networks: Vec<String> = self.proxies.iter().map(ToString::to_string).collect();
            told.push(Words::new("door.behind-proxy").with("proxies", networks.join(", ")));
        }
        if self.plain && !self.own().is_loopback() {
            told.push(Words::new("door.plain"));
        }
        if !self.names.is_empty() {
            told.push(Words::new("door.names").with("names", self.names.join(", ")));
        } else if !self.proxies.is_empty() {
            told.push(Words::new("door.any-name"));
        }
        if self.plain && !self.own().is_loopback() {
            let own = if self.own().is_unspecified() {
                Words::new("door.every-address")
            } else {
                Words::literal(self.own().to_string())
            };
            told.push(Words::new("door.addresses").with("own", own));
        }
        told
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name.trim_end_matches('.')))
    }
}

/// A proxy's address or network.
fn network(given: &str) -> Result<IpNet, Words> {
    let given = given.trim();
    let parsed = given.parse::<IpNet>().ok().or_else(|| given.parse::<IpAddr>().ok().map(IpNet::from));
    let Some(network) = parsed else { return Err(Words::new("door.bad-proxy").with("given", given)) };
    if network.prefix_len() == 0 {
        return Err(Words::new("door.everybody").with("given", given));
    }
    Ok(network.trunc())
}

/// A public name as a browser would ask for it, without scheme, port and path.
fn public_name(given: &str) -> Result<String, Words> {
    let name = given.trim().trim_end_matches('.');
    if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let sound = !name.is_empty() && name.len() < 254 && name.chars().all(fits);
    if sound { Ok(name.to_ascii_lowercase()) } else { Err(Words::new("door.bad-name").with("given", given)) }
}

/// A host without its port.
fn without_port(host: &str) -> &str {
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    host.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn asked(proxies: Option<&str>, plain: bool, hosts: &[&str]) -> Asked {
        let proxies = proxies.map(|list| list.split(',').map(str::to_owned).collect());
        Asked { proxies, plain, hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), demo: false }
    }

    fn door(listen: &str, asked: &Asked) -> Door {
        Door::new(listen.parse().unwrap(), asked).unwrap()
    }

    fn peer(address: &str, host: &str, proxied: bool) -> Peer {
        Peer { address: address.parse().unwrap(), host: host.to_owned(), proxied, https: proxied }
    }

    #[test]
    fn wrong_ways_to_open_it_are_said() {
        let demo = Asked { demo: true, ..asked(None, true, &[]) };
        for (listen, asked, said) in [
            ("0.0.0.0:8080", asked(None, false, &[]), "--behind-proxy"),
            ("192.168.0.5:8080", asked(None, false, &["svod.example"]), "--plain-http"),
            ("127.0.0.1:8080", demo.clone(), "Демонстрация"),
            ("0.0.0.0:8080", Asked { plain: false, ..demo }, "Демонстрация"),
            ("127.0.0.1:8080", asked(Some("proxy.example"), false, &[]), "proxy.example"),
            ("127.0.0.1:8080", asked(Some("10.0.0.1,10.0.0.0/40"), false, &[]), "10.0.0.0/40"),
            ("127.0.0.1:8080", asked(Some("0.0.0.0/0"), false, &[]), "0.0.0.0/0"),
            ("127.0.0.1:8080", asked(Some("::/0"), false, &[]), "::/0"),
            ("127.0.0.1:8080", asked(None, true, &["https://svod.example/"]), "https://svod.example/"),
            ("127.0.0.1:8080", asked(None, true, &["школа.рф"]), "xn--"),
        ] {
            let refused = Door::new(listen.parse().unwrap(), &asked).map(drop).unwrap_err().say(Lang::Ru);
            assert!(refused.contains(said), "{listen}: {refused}");
        }
    }

    #[test]
    fn this_machine_is_known_by_its_own_names_only() {
        for (host, ours) in [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("127.0.0.1.evil.example", false),
            ("svod.example:8080", false),
            ("192.168.0.10", false),
            ("", false),
        ] {
            assert_eq!(Door::local().hears(&peer("127.0.0.1", host, false)), ours, "{host}");
        }
    }

    #[test]
    fn names_and_addresses_of_a_network_are_heard_where_they_were_named() {
        let named = door("127.0.0.1:8080", &asked(Some(THIS_MACHINE), false, &["Svod.Example.", "2001:DB8::1"]));
        let any = door("127.0.0.1:8080", &asked(Some(THIS_MACHINE), false, &[]));
        let one = door("192.168.0.5:8080", &asked(None, true, &[]));
        let every = door("0.0.0.0:8080", &asked(None, true, &["server"]));
        for (door, host, proxied, heard) in [
            (&named, "svod.example", true, true),
            (&named, "SVOD.example.:443", true, true),
            (&named, "[2001:db8::1]:443", true, true),
            (&named, "evil.example", true, false),
            (&named, "192.168.0.5", true, false),
            (&any, "svod.example", true, true),
            (&any, "svod.example", false, false),
            (&one, "192.168.0.5:8080", false, true),
            (&one, "192.168.0.6:8080", false, false),
            (&one, "server:8080", false, false),
            (&every, "192.168.0.6:8080", false, true),
            (&every, "[fe80::1]:8080", false, true),
            (&every, "Server:8080", false, true),
            (&every, "evil.example", false, false),
        ] {
            assert_eq!(door.hears(&peer("192.168.0.77", host, proxied)), heard, "{host} {door:?}");
        }
    }

    #[test]
    fn people_are_told_an_address_that_opens() {
        let listening: SocketAddr = "0.0.0.0:8080".parse().unwrap();
        let names: &[&str] = &["svod.example", "other.example"];
        for (asked, told) in [
            (asked(Some("10.0.0.1"), false, names), "https://svod.example/"),
            (asked(None, true, names), "http://svod.example:8080/"),
            (asked(None, true, &[]), "http://localhost:8080/"),
        ] {
            assert_eq!(door("0.0.0.0:8080", &asked).front(listening), told);
        }
    }

    #[test]
    fn behind_a_proxy_nobody_comes_past_it() {
        let behind = door("0.0.0.0:8080", &asked(Some("10.0.0.0/24"), false, &[]));
        assert!(behind.trusts("10.0.0.7".parse().unwrap()) && !behind.trusts("10.0.1.7".parse().unwrap()));
        assert!(behind.admits(&peer("203.0.113.9", "svod.example", true)));
        assert!(behind.admits(&peer("127.0.0.1", "localhost", false)), "who asks how it is from this machine");
        assert!(!behind.admits(&peer("203.0.113.9", "svod.example", false)));
        let both = door("0.0.0.0:8080", &asked(Some("10.0.0.0/24"), true, &[]));
        assert!(both.admits(&peer("203.0.113.9", "svod.example", false)));
    }

    #[test]
    fn a_form_comes_from_a_page_of_the_same_address() {
        let behind = peer("203.0.113.9", "svod.example", true);
        let direct = peer("127.0.0.1", "localhost:8080", false);
        for (peer, origin, own) in [
            (&behind, "https://svod.example", true),
            (&behind, "http://svod.example", false),
            (&behind, "https://svod.example:8443", false),
            (&behind, "https://evil.example", false),
            (&behind, "null", false),
            (&direct, "http://localhost:8080", true),
            (&direct, "http://localhost:8081", false),
            (&direct, "http://127.0.0.1:8080", false),
        ] {
            assert_eq!(Door::local().is_own_page(peer, origin), own, "{origin}");
        }
        assert!(Door::local().is_own_page(&peer("203.0.113.9", "svod.example:443", true), "https://svod.example"));
    }
}
