//! Which addresses are called. An address that comes from outside must not lead into the network that this service
//! stands in (OWASP, "Server Side Request Forgery"), whether it says so itself or a name stands for it.

use std::{
    error::Error,
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    vec,
};

use http::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use super::Allowed;

/// The address of a service.
#[derive(Clone)]
pub(super) struct Base {
    /// Without a slash at its end.
    text: String,
    /// Without brackets.
    pub(super) host: String,
    /// The one of the scheme where none is told.
    #[cfg(feature = "server")]
    pub(super) port: u16,
}

impl Base {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let uri = plain(text)?;
        if uri.query().is_some() || text.contains('#') {
            return Err(format!("`{text}` has more than a path"));
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let path = uri.path().trim_end_matches('/');
        let scheme = uri.scheme_str().unwrap_or("http");
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Base {
            text: format!("{scheme}://{authority}{path}"),
            host: host.to_owned(),
            #[cfg(feature = "server")]
            port: uri
                .port_u16()
                .unwrap_or(if scheme == "https" { 443 } else { 80 }),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether its host is a name, which may stand for several addresses.
    pub(super) fn is_named(&self) -> bool {
        self.host.parse::<IpAddr>().is_err()
    }
}

/// A URL that can be called: `http` or `https`, with a host and without a name or password.
fn plain(text: &str) -> Result<Uri, String> {
    let behind = text.split_once("//").map_or(text, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#']).next();
    if authority.is_some_and(|authority| authority.contains('@')) {
        // Not repeated: a log may come to show it.
        return Err("a URL to be called cannot hold a name or password".to_owned());
    }
    let uri: Uri = text
        .parse()
        .map_err(|error| format!("`{text}` is no URL: {error}"))?;
    match (uri.scheme_str(), uri.host()) {
        (_, None | Some("")) => Err(format!("`{text}` has no host")),
        (Some("http"), _) => Ok(uri),
        (Some("https"), _) if cfg!(feature = "tls") => Ok(uri),
        (Some("https"), _) => Err(format!(
            "`{text}` needs TLS: build with the feature `tls` of `oarlock-runtime`"
        )),
        _ => Err(format!("`{text}` is no `http` or `https` URL")),
    }
}

/// Whether a URL could be called at all, wherever it comes from.
///
/// # Errors
/// Why not.
#[cfg(feature = "jwt")]
pub(crate) fn callable(text: &str) -> Result<(), String> {
    plain(text).map(|_| ())
}

/// A URL that was given from outside and may be called.
pub(super) fn checked(text: &str, allowed: Option<&Allowed>, private: bool) -> Result<Uri, String> {
    let uri = plain(text)?;
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if allowed.is_some_and(|allowed| !allowed(&host)) {
        return Err(format!("the host `{host}` may not be called"));
    }
    let local = host == "localhost" || host.ends_with(".localhost");
    let literal = host.parse::<IpAddr>().ok();
    if !private && (local || literal.is_some_and(|address| !is_public(address))) {
        return Err(NotPublic(host).to_string());
    }
    Ok(uri)
}

/// A host that has no public address.
#[derive(Debug)]
pub(super) struct NotPublic(String);

impl fmt::Display for NotPublic {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(
            out,
            "`{}` is not a public address and may not be called",
            self.0
        )
    }
}

impl Error for NotPublic {}

/// Whether an address can be one of the public Internet (IANA, special-purpose address registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!((first, second), (100, 64..=127) | (198, 18..=19))
        || (first, second, third) == (192, 0, 0)
        || first == 0
        // Multicast, reserved and broadcast.
        || first >= 224;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // Unspecified, loopback, and the outdated IPv4-compatible addresses.
        [0, 0, 0, 0, 0, 0, _, _] => false,
        // IPv4-mapped and IPv4-translated.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            embedded(high, low)
        }
        // NAT64 (RFC 6052) and 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other protocols' own, benchmarking and documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All unicast addresses that are given out so far (RFC 4291, section 2.4).
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Finds the addresses of names.
#[derive(Clone, Default)]
pub(super) struct Resolver {
    /// Whether only public ones will do.
    pub(super) public: bool,
    /// The addresses of the one host that is asked for, where it is known which of them are to be taken.
    pub(super) known: Arc<[IpAddr]>,
}

type Found = Result<vec::IntoIter<SocketAddr>, Box<dyn Error + Send + Sync>>;

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Found> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (public, known) = (self.public, self.known.clone());
        Box::pin(async move {
            if !known.is_empty() {
                let known: Vec<_> = known.iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
                return Ok(known.into_iter());
            }
            // The connection puts in the port.
            let found: io::Result<_> = tokio::net::lookup_host((name.as_str(), 0)).await;
            kept(found?.collect(), public, name.as_str())
        })
    }
}

/// The addresses that may be called.
fn kept(mut found: Vec<SocketAddr>, public: bool, name: &str) -> Found {
    let before = found.len();
    found.retain(|address| !public || is_public(address.ip()));
    match found.is_empty() && before > 0 {
        true => Err(NotPublic(name.to_owned()).into()),
        false => Ok(found.into_iter()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for public in [
            "8.8.8.8",
            "100.63.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for own in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:0:10.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(own.parse().unwrap()), "{own}");
        }
    }

    #[test]
    fn urls_from_outside_are_checked() {
        let public = |text: &str| checked(text, None, false);
        assert!(public("http://example.com/hook?x=1").is_ok());
        assert!(public("http://8.8.8.8:99").is_ok());
        for refused in [
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost",
            "http://127.0.0.1:80/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "ftp://example.com",
            "//example.com",
            "/x",
            "",
            "http://user:secret@example.com/",
            "https://user:secret@example.com/",
            "http://user:secret@ex ample",
        ] {
            let words = public(refused).unwrap_err();
            assert!(!words.contains("secret"), "{words}");
        }
        assert_eq!(public("https://example.com").is_ok(), cfg!(feature = "tls"));
        assert!(public("https://localhost").is_err());
        assert!(checked("http://localhost/", None, true).is_ok());
        let one: &Allowed = &|host| host == "example.com";
        assert!(checked("http://Example.com./", Some(one), false).is_ok());
        assert!(checked("http://example.org/", Some(one), false).is_err());
    }

    #[test]
    fn names_keep_their_public_addresses() {
        let both: Vec<SocketAddr> = vec![([10, 0, 0, 1], 0).into(), ([8, 8, 8, 8], 0).into()];
        let left: Vec<_> = kept(both.clone(), true, "x").unwrap().collect();
        assert_eq!(left, both[1..]);
        assert_eq!(kept(both.clone(), false, "x").unwrap().count(), 2);
        let error = kept(both[..1].to_vec(), true, "x").unwrap_err();
        assert!(error.is::<NotPublic>());
    }

    #[test]
    fn bases_keep_their_path() {
        let base = |text: &str| Base::parse(text).map(|base| base.text);
        assert_eq!(base("http://a:80/v1/").unwrap(), "http://a:80/v1");
        assert_eq!(base("http://a").unwrap(), "http://a");
        assert_eq!(base("https://a").is_ok(), cfg!(feature = "tls"));
        for bad in ["ftp://a", "a", "http://a?x", "http://a/#x", "http://u@a"] {
            assert!(base(bad).is_err(), "{bad}");
        }
    }
}
