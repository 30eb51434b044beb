//! TLS for the API port: HTTP/2 and HTTP/1.1 by ALPN (RFC 7301), certificates that are taken up when their files change,
//! and, where it is asked for, clients that show a certificate.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use tokio::time::sleep;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{ReadToItsEnd, Versions};
use crate::{
    ClientCertificate,
    config::Reader,
    pem::{certificates, private_key},
};

/// How often the files are looked at. Kubernetes itself takes up to a minute to change a mounted secret.
const LOOK: Duration = Duration::from_secs(10);

/// Where the certificates are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// `OARLOCK_TLS_CERT_PATH`: the service's certificate and those that vouch for it.
    cert: PathBuf,
    /// `OARLOCK_TLS_KEY_PATH`.
    key: PathBuf,
    /// `OARLOCK_TLS_CLIENT_CA_PATH`: who vouches for clients; none asked where there is none.
    client_ca: Option<PathBuf>,
    /// `OARLOCK_TLS_CLIENT_AUTH`: whether a client without a certificate is turned away.
    required: bool,
}

impl Settings {
    /// None where the port speaks plainly. What the files hold is looked at here, since a mistake in it is one of the
    /// configuration.
    pub(crate) fn read(reader: &mut Reader) -> Option<Self> {
        let [cert_name, key_name] = ["OARLOCK_TLS_CERT_PATH", "OARLOCK_TLS_KEY_PATH"];
        let (ca_name, auth_name) = ("OARLOCK_TLS_CLIENT_CA_PATH", "OARLOCK_TLS_CLIENT_AUTH");
        let [cert, key, client_ca] = [cert_name, key_name, ca_name].map(|name| reader.text(name));
        let required = reader.word(auth_name, "required", &["required", "optional"]) == "required";
        let (cert, key) = match (cert, key) {
            (Some(cert), Some(key)) => (cert.into(), key.into()),
            (None, None) if client_ca.is_none() => return None,
            _ => {
                let words = format!("{cert_name} and {key_name} must both be set for TLS");
                reader.mistakes.push(words);
                return None;
            }
        };
        let settings = Settings {
            cert,
            key,
            client_ca: client_ca.map(PathBuf::from),
            required,
        };
        if let Err(words) = settings.load(Versions::Both) {
            reader.mistakes.push(format!("TLS: {words}"));
        }
        Some(settings)
    }

    fn load(&self, versions: Versions) -> Result<ServerConfig, String> {
        let provider = Arc::new(ring::default_provider());
        let verifier = self.client_verifier()?;
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("it cannot be set up: {error}"))?;
        let builder = match verifier {
            None => builder.with_no_client_auth(),
            Some(verifier) => builder.with_client_cert_verifier(verifier),
        };
        let mut config = builder
            .with_single_cert(certificates(&self.cert)?, private_key(&self.key)?)
            .map_err(|error| {
                let (cert, key) = (self.cert.display(), self.key.display());
                format!("`{cert}` and `{key}` cannot be used together: {error}")
            })?;
        let (http2, http1) = (b"h2".to_vec(), b"http/1.1".to_vec());
        config.alpn_protocols = match versions {
            Versions::Both => vec![http2, http1],
            Versions::Http1 => vec![http1],
            Versions::Http2 => vec![http2],
        };
        Ok(config)
    }

    fn client_verifier(&self) -> Result<Option<Arc<dyn ClientCertVerifier>>, String> {
        let Some(file) = &self.client_ca else {
            return Ok(None);
        };
        let cannot =
            |error: &dyn std::fmt::Display| format!("`{}` cannot be used: {error}", file.display());
        let mut roots = RootCertStore::empty();
        for authority in certificates(file)? {
            roots.add(authority).map_err(|error| cannot(&error))?;
        }
        let provider = Arc::new(ring::default_provider());
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let builder = match self.required {
            true => builder,
            false => builder.allow_unauthenticated(),
        };
        builder.build().map(Some).map_err(|error| cannot(&error))
    }

    /// What the files hold, to see when they change.
    fn contents(&self) -> Vec<Option<Vec<u8>>> {
        let files = [Some(&self.cert), Some(&self.key), self.client_ca.as_ref()];
        files
            .into_iter()
            .flatten()
            .map(|file| std::fs::read(file).ok())
            .collect()
    }
}

/// TLS as it is in force.
pub(crate) struct Tls {
    settings: Settings,
    versions: Versions,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// # Errors
    /// Where the files are no longer what they were when the settings were read.
    pub(crate) fn new(settings: Settings, versions: Versions) -> Result<Arc<Self>, String> {
        let current = RwLock::new(Arc::new(settings.load(versions)?));
        Ok(Arc::new(Tls {
            settings,
            versions,
            current,
        }))
    }

    /// Takes up what the files hold whenever that changes, for new connections. What cannot be used is told and left.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut known = self.settings.contents();
        loop {
            sleep(LOOK).await;
            let now = self.settings.contents();
            if now == known {
                continue;
            }
            known = now;
            match self.settings.load(self.versions) {
                Ok(config) => {
                    let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                    *current = Arc::new(config);
                    tracing::info!("the certificates of TLS are renewed");
                }
                Err(reason) => {
                    tracing::error!(
                        reason,
                        "the certificates of TLS cannot be renewed; the old ones stay"
                    );
                }
            }
        }
    }

    /// Agrees with a caller on how to speak; with the certificate that the caller has shown.
    pub(crate) async fn accept(
        &self,
        stream: ReadToItsEnd,
    ) -> std::io::Result<(TlsStream<ReadToItsEnd>, Option<ClientCertificate>)> {
        let config = self
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let mut shown = shown.iter().map(|one| one.to_vec());
        let certificate = shown.next().map(|der| ClientCertificate {
            der,
            chain: shown.collect(),
        });
        Ok((stream, certificate))
    }
}
