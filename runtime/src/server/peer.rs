//! The other end of a connection.

use std::{net::SocketAddr, sync::OnceLock};

use crate::ClientCertificate;

/// The other end of a connection: the caller, or the proxy before this service.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// What it has shown in TLS, and proved to be its own.
    pub(crate) certificate: Option<ClientCertificate>,
    /// The address as text, once a line of the log has it.
    shown: OnceLock<Box<str>>,
}

impl Peer {
    /// One that has shown no certificate.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Peer::known(address, None)
    }

    /// One that may have shown a certificate.
    pub(crate) fn known(address: SocketAddr, certificate: Option<ClientCertificate>) -> Self {
        Peer {
            address,
            certificate,
            shown: OnceLock::new(),
        }
    }

    /// The address as text.
    pub(crate) fn shown(&self) -> &str {
        self.shown.get_or_init(|| self.address.to_string().into())
    }
}
