//! Client certificates as a proxy tells of them: RFC 9440.

use std::{fmt, net::IpAddr};

use http::HeaderMap;
use sfv::{BareItem, Item, List, ListEntry, Parser};
use sha2::{Digest, Sha256};

use super::Unauthorized;
use crate::RequestContext;

const LEAF: &str = "client-cert";
const CHAIN: &str = "client-cert-chain";
/// The most certificates that a chain may have.
const MOST: usize = 16;

/// A client's certificate that a proxy before this service has verified and tells of in `Client-Cert` (RFC 9440).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCertificate {
    /// The certificate: X.509 in DER.
    pub der: Vec<u8>,
    /// Those between it and a trusted one, in the order of TLS, where the proxy tells of them.
    pub chain: Vec<Vec<u8>>,
}

/// Why there is no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoCertificate {
    /// The request names none.
    Absent,
    /// It does not come from a proxy that may tell of one.
    Untrusted,
    /// What it says is not what RFC 9440 has.
    Malformed,
}

impl fmt::Display for NoCertificate {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(match self {
            NoCertificate::Absent => "the request has no client certificate",
            NoCertificate::Untrusted => "the client certificate does not come from a trusted proxy",
            NoCertificate::Malformed => "the client certificate cannot be read",
        })
    }
}

impl std::error::Error for NoCertificate {}

impl From<NoCertificate> for Unauthorized {
    fn from(reason: NoCertificate) -> Self {
        Unauthorized::new(reason.to_string())
    }
}

impl ClientCertificate {
    /// The certificate of a request. `trusted` says of the other end of the connection whether it is a proxy that
    /// verifies clients and takes off what they send under these names; anybody else could write anything there (RFC
    /// 9440, 4).
    ///
    /// # Errors
    /// Where there is none, and where it may not be believed.
    pub fn forwarded(
        cx: &RequestContext,
        trusted: impl FnOnce(IpAddr) -> bool,
    ) -> Result<Self, NoCertificate> {
        Self::told(cx.headers(), || trusted(cx.remote_addr().ip()))
    }

    fn told(headers: &HeaderMap, trusted: impl FnOnce() -> bool) -> Result<Self, NoCertificate> {
        if !headers.contains_key(LEAF) {
            return Err(NoCertificate::Absent);
        }
        if !trusted() {
            return Err(NoCertificate::Untrusted);
        }
        match (leaf(headers), chain(headers)) {
            (Some(der), Some(chain)) => Ok(ClientCertificate { der, chain }),
            _ => Err(NoCertificate::Malformed),
        }
    }

    /// The SHA-256 of the certificate, by which one is known that was written down before (RFC 8705, 3.1).
    pub fn thumbprint(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let (bytes, more) = (self.der.len(), self.chain.len());
        write!(out, "ClientCertificate({bytes} bytes, {more} more)")
    }
}

/// `Client-Cert`: an item, and so in one header (RFC 9440, 2.2).
fn leaf(headers: &HeaderMap) -> Option<Vec<u8>> {
    let mut values = headers.get_all(LEAF).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    certificate(Parser::new(value.as_bytes()).parse().ok()?)
}

/// `Client-Cert-Chain`: a list, which may stand in several headers (RFC 9440, 2.3).
fn chain(headers: &HeaderMap) -> Option<Vec<Vec<u8>>> {
    let values = headers.get_all(CHAIN).iter();
    let values: Vec<&[u8]> = values.map(|value| value.as_bytes()).collect();
    let list: List = Parser::new(&values.join(&b',')).parse().ok()?;
    let certificates = list.into_iter().map(|entry| match entry {
        ListEntry::Item(item) => certificate(item),
        ListEntry::InnerList(_) => None,
    });
    let chain: Vec<Vec<u8>> = certificates.collect::<Option<_>>()?;
    (chain.len() <= MOST).then_some(chain)
}

/// A certificate is a SEQUENCE (X.690, 8.9), whose head says how long it is (8.1.3).
fn certificate(item: Item) -> Option<Vec<u8>> {
    let BareItem::ByteSequence(der) = item.bare_item else {
        return None;
    };
    let ([0x30, first], rest) = der.split_at_checked(2)? else {
        return None;
    };
    let (head, length) = match *first {
        short @ 0..=0x7f => (0, usize::from(short)),
        long @ 0x81..=0x83 => {
            let size = usize::from(long & 0x0f);
            let bytes = rest.get(..size)?.iter();
            (
                size,
                bytes.fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            )
        }
        _ => return None,
    };
    (rest.len() == head + length).then_some(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        headers: &[(&'static str, &str)],
        trusted: bool,
    ) -> Result<ClientCertificate, NoCertificate> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header"));
        }
        ClientCertificate::told(&map, || trusted)
    }

    #[test]
    fn a_certificate_is_believed_of_a_trusted_proxy_alone() {
        let header = [(LEAF, ":MAMCAQE=:")];
        assert_eq!(told(&header, false), Err(NoCertificate::Untrusted));
        let certificate = told(&header, true).expect("one");
        assert_eq!(certificate.der, [0x30, 3, 2, 1, 1]);
        assert_eq!(told(&[], true), Err(NoCertificate::Absent));
        assert_eq!(told(&[(LEAF, ":MAMCAQE=:;a=1")], true), Ok(certificate));
    }

    #[test]
    fn a_chain_may_stand_in_several_headers() {
        let headers = [
            (LEAF, ":MIEDAgEB:"),
            (CHAIN, ":MAMCAQI=:, :MAMCAQM=:"),
            (CHAIN, ":MAMCAQQ=:"),
        ];
        let chain = told(&headers, true).expect("one").chain;
        let last: Vec<u8> = chain.iter().map(|der| der[4]).collect();
        assert_eq!(last, [2, 3, 4]);
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for value in [
            "",
            "MAMCAQE=",
            ":MAMCAQE=",
            ":MAMCAQ:",
            ":MAQCAQE=:",
            ":AAAA:",
            "::",
            "\"MAMCAQE=\"",
            ":MA==:",
            ":MIQ=:",
            ":MAMCAQE=:, :MAMCAQE=:",
        ] {
            let refused = Err(NoCertificate::Malformed);
            assert_eq!(told(&[(LEAF, value)], true), refused, "{value}");
        }
        let twice = [(LEAF, ":MAMCAQE=:"), (LEAF, ":MAMCAQE=:")];
        assert_eq!(told(&twice, true), Err(NoCertificate::Malformed));
        let chain = [(LEAF, ":MAMCAQE=:"), (CHAIN, "(:MAMCAQE=:)")];
        assert_eq!(told(&chain, true), Err(NoCertificate::Malformed));
    }
}
