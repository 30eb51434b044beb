//! Who asks, where proxies stand between: `Forwarded` (RFC 7239) and `X-Forwarded-For`, believed as far as they come from
//! proxies that the settings trust.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use crate::config::Reader;

const FORWARDED: &str = "forwarded";
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// `OARLOCK_TRUSTED_PROXIES`: the networks whose word is believed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(crate) fn read(reader: &mut Reader) -> Self {
        let name = "OARLOCK_TRUSTED_PROXIES";
        let listed = reader.list(name);
        let networks: Option<Vec<IpNet>> = listed.iter().map(|one| network(one)).collect();
        if networks.is_none() {
            let words =
                "addresses and networks with commas between, such as 10.0.0.0/8,192.168.1.7";
            reader.mistake(name, words);
        }
        TrustedProxies(networks.unwrap_or_default())
    }

    /// Whether the word of whoever has this address is believed.
    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asks: the other end of the connection, unless that is a trusted proxy. Then whom it names, unless that is one
    /// as well, and so on. A name that cannot be read ends the search: what stands before it is no proof of anything.
    pub(crate) fn client(&self, remote: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = remote.ip();
        if self.0.is_empty() || !self.trust(client) {
            return client;
        }
        for named in named(headers).into_iter().rev() {
            let Some(address) = named else { break };
            client = address;
            if !self.trust(address) {
                break;
            }
        }
        client
    }
}

/// A network, or one address.
fn network(text: &str) -> Option<IpNet> {
    let network = text.parse().ok();
    let network = network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    network.map(|network| network.trunc())
}

/// Whom each proxy says that it was asked by, the nearest last; none for one that cannot be read. `Forwarded` is the
/// standard and goes before the other.
fn named(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let values = |name| {
        let all = headers.get_all(name).iter();
        all.map(|value| value.to_str().unwrap_or("?"))
    };
    match headers.contains_key(FORWARDED) {
        true => {
            let elements = values(FORWARDED).flat_map(|value| split(value, ','));
            elements.map(for_of).collect()
        }
        false => {
            let elements = values(X_FORWARDED_FOR).flat_map(|value| value.split(','));
            elements.map(|one| node(one.trim())).collect()
        }
    }
}

/// The parts of a text between signs that do not stand in quotes.
fn split(text: &str, between: char) -> Vec<&str> {
    let mut quoted = false;
    let parts = text.split(move |sign| {
        quoted ^= sign == '"';
        sign == between && !quoted
    });
    parts.collect()
}

/// The parameter `for` of an element of `Forwarded`.
fn for_of(element: &str) -> Option<IpAddr> {
    let pairs = split(element, ';').into_iter();
    let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
    node(value.trim().trim_matches('"'))
}

/// An address, with a port or without; IPv6 ones may stand in brackets (RFC 7239, section 6).
fn node(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|one| one.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(remote: &str, headers: &[(&'static str, &'static str)]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8", "192.168.1.7"];
        let trusted = trusted.map(|one| network(one).expect("a network"));
        let proxies = TrustedProxies(trusted.to_vec());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let remote = format!("{remote}:1").parse().expect("an address");
        proxies.client(remote, &map).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let header = [("x-forwarded-for", "1.2.3.4")];
        assert_eq!(client("8.8.8.8", &header), "8.8.8.8");
        assert_eq!(client("10.1.1.1", &header), "1.2.3.4");
        assert_eq!(client("192.168.1.7", &header), "1.2.3.4");
        assert_eq!(client("192.168.1.8", &header), "192.168.1.8");
        assert_eq!(client("[::ffff:10.1.1.1]", &header), "1.2.3.4");
        assert_eq!(client("10.1.1.1", &[]), "10.1.1.1");
    }

    #[test]
    fn the_last_that_is_no_proxy_is_the_client() {
        let for_many = |value| client("10.1.1.1", &[("x-forwarded-for", value)]);
        assert_eq!(for_many("6.6.6.6, 1.2.3.4, 10.2.2.2"), "1.2.3.4");
        assert_eq!(for_many("6.6.6.6, 1.2.3.4"), "1.2.3.4");
        assert_eq!(for_many("10.3.3.3, 10.2.2.2"), "10.3.3.3");
        assert_eq!(for_many("6.6.6.6, ?, 10.2.2.2"), "10.2.2.2");
        assert_eq!(for_many("2001:db8::1"), "2001:db8::1");
        assert_eq!(for_many("[2001:db8::1]:443"), "2001:db8::1");
        assert_eq!(for_many("1.2.3.4:5678"), "1.2.3.4");
        let two = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "1.2.3.4"),
        ];
        assert_eq!(client("10.1.1.1", &two), "1.2.3.4");
    }

    #[test]
    fn forwarded_goes_before_the_other() {
        let forwarded = |value| {
            client(
                "10.1.1.1",
                &[("forwarded", value), ("x-forwarded-for", "6.6.6.6")],
            )
        };
        assert_eq!(forwarded("for=1.2.3.4;proto=https;by=10.0.0.1"), "1.2.3.4");
        assert_eq!(
            forwarded("for=6.6.6.6, For=\"[2001:db8::1]:47011\""),
            "2001:db8::1"
        );
        assert_eq!(
            forwarded("for=1.2.3.4;host=\"a,b;for=6.6.6.6\", for=10.2.2.2"),
            "1.2.3.4"
        );
        for unreadable in ["for=unknown", "for=_hidden", "proto=https", "", "for=\""] {
            assert_eq!(forwarded(unreadable), "10.1.1.1", "{unreadable}");
        }
    }
}
