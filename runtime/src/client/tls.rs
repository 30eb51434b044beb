//! TLS for `https`: whom to trust, who to be, and which version of HTTP is spoken then (ALPN, RFC 7301).

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

use crate::pem::{certificates, private_key};

/// Whom a client trusts beside the machine's own authorities, and who it says that it is.
#[derive(Clone, Default)]
pub(super) struct Trust {
    authorities: Vec<CertificateDer<'static>>,
    identity: Option<Arc<Identity>>,
    /// Made once: the machine's authorities are many.
    made: Arc<OnceLock<Result<ClientConfig, String>>>,
}

/// A certificate with those that vouch for it, and its key.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Trust {
    /// Trusts the authorities of a PEM file as well.
    pub(super) fn add_file(&mut self, file: &Path) -> Result<(), String> {
        self.authorities.extend(certificates(file)?);
        self.made = Arc::default();
        Ok(())
    }

    /// Shows a certificate to servers that ask for one.
    pub(super) fn identify(&mut self, chain: &Path, key: &Path) -> Result<(), String> {
        let identity = Identity {
            chain: certificates(chain)?,
            key: private_key(key)?,
        };
        // Told now: whether the two belong together is only seen when they are put together.
        configured(RootCertStore::empty(), Some(&identity))?;
        self.identity = Some(Arc::new(identity));
        self.made = Arc::default();
        Ok(())
    }

    /// How connections are made; TLS 1.2 and 1.3.
    pub(super) fn config(&self) -> Result<ClientConfig, String> {
        self.made.get_or_init(|| self.make()).clone()
    }

    fn make(&self) -> Result<ClientConfig, String> {
        let mut roots = RootCertStore::empty();
        let platform = rustls_native_certs::load_native_certs();
        // One that is damaged or of an unknown kind is no reason to distrust the others.
        roots.add_parsable_certificates(platform.certs);
        for authority in &self.authorities {
            roots
                .add(authority.clone())
                .map_err(|error| format!("an authority cannot be used: {error}"))?;
        }
        if roots.is_empty() {
            return Err(
                "this machine has no certificates of authorities; install `ca-certificates`, name \
                 a file by SSL_CERT_FILE, or give one to `Client::with_ca_file`"
                    .into(),
            );
        }
        configured(roots, self.identity.as_deref())
    }
}

fn configured(roots: RootCertStore, identity: Option<&Identity>) -> Result<ClientConfig, String> {
    // Named here: another library of the process may want another provider as the default.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots);
    match identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(|error| format!("the client's certificate cannot be used: {error}")),
    }
}

/// What makes connections to `https` as well; HTTP/2 where the server offers it, or nothing else.
pub(super) fn connector<C>(inner: C, config: ClientConfig, http2: bool) -> HttpsConnector<C> {
    let builder = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http();
    match http2 {
        true => builder.enable_http2().wrap_connector(inner),
        false => builder.enable_all_versions().wrap_connector(inner),
    }
}
