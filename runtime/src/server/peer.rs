//! The other end of a connection.

use std::{net::SocketAddr, sync::Arc};

use crate::ClientCertificate;

/// The other end of a connection: the caller, or the proxy before this service.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// What it has shown in TLS, and proved to be its own.
    pub(crate) certificate: Option<Arc<ClientCertificate>>,
}

impl Peer {
    /// One that has shown no certificate.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Peer {
            address,
            certificate: None,
        }
    }
}
