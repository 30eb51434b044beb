//! `https` to a small server whose authority is made here.

use std::{fs, path::PathBuf, sync::atomic::AtomicU32};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use super::*;

/// An authority, and a folder for what it has signed.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

/// A certificate and its key, as files and as they are.
struct Signed {
    chain: PathBuf,
    key_file: PathBuf,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "oarlock-tls-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, SeqCst)
        );
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Authority { issuer, folder }
    }

    fn file(&self) -> PathBuf {
        self.pem("ca.pem", "CERTIFICATE", self.issuer.der())
    }

    fn signed(&self, name: &str) -> Signed {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let bytes = key.serialize_der();
        Signed {
            chain: self.pem(
                &format!("{name}.pem"),
                "CERTIFICATE",
                certificate.der().as_ref(),
            ),
            key_file: self.pem(&format!("{name}.key"), "PRIVATE KEY", &bytes),
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::Pkcs8(bytes.into()),
        }
    }

    fn pem(&self, name: &str, label: &str, bytes: &[u8]) -> PathBuf {
        let file = self.folder.join(name);
        let text = STANDARD.encode(bytes);
        let text = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// Serves over TLS with these protocols offered; asks for certificates of an authority where one is given.
async fn serve_tls(authority: &Authority, alpn: &[&str], ask: bool) -> String {
    let own = authority.signed("localhost");
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority.issuer.der().clone()).unwrap();
    let builder = match ask {
        true => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(roots.into(), provider)
                .build()
                .unwrap(),
        ),
        false => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(vec![own.certificate], own.key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let service = service_fn(|request: Request<Incoming>| async move {
                    let text = format!("{:?}", request.version());
                    Ok::<_, Infallible>(answer(200, &[], text))
                });
                let builder = auto::Builder::new(TokioExecutor::new());
                _ = builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    format!("https://localhost:{port}")
}

async fn version(client: &Client) -> Result<String, CallError> {
    client.call("a", "GET", "/").send().await?.text().await
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered() {
    let authority = Authority::new();
    for (offered, spoken) in [
        (&["h2", "http/1.1"][..], "HTTP/2.0"),
        (&["http/1.1"], "HTTP/1.1"),
        (&[], "HTTP/1.1"),
    ] {
        let address = serve_tls(&authority, offered, false).await;
        let client = Client::new(&address).unwrap();
        let client = client.with_ca_file(authority.file()).unwrap();
        assert_eq!(version(&client).await.unwrap(), spoken, "{offered:?}");
    }
}

#[tokio::test]
async fn whoever_is_not_vouched_for_is_not_called() {
    let (authority, other) = (Authority::new(), Authority::new());
    let address = serve_tls(&authority, &["h2"], false).await;
    let client = Client::new(&address).unwrap();
    let client = client.with_ca_file(other.file()).unwrap();
    let error = version(&client).await.unwrap_err();
    assert!(matches!(error, CallError::Connect(_)), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");

    // The right authority, for another name.
    let client = Client::new(&address.replace("localhost", "127.0.0.1")).unwrap();
    let client = client.with_ca_file(authority.file()).unwrap();
    let error = version(&client).await.unwrap_err();
    assert!(matches!(error, CallError::Connect(_)), "{error:?}");
}

#[tokio::test]
async fn a_client_shows_its_certificate() {
    let authority = Authority::new();
    let address = serve_tls(&authority, &["h2", "http/1.1"], true).await;
    let client = Client::new(&address).unwrap();
    let client = client.with_ca_file(authority.file()).unwrap();
    assert!(version(&client).await.is_err());
    let own = authority.signed("caller");
    let known = client
        .with_client_certificate(&own.chain, &own.key_file)
        .unwrap();
    assert_eq!(version(&known).await.unwrap(), "HTTP/2.0");
}

#[tokio::test]
async fn files_that_do_not_do_are_told() {
    let authority = Authority::new();
    let (one, two) = (authority.signed("one"), authority.signed("two"));
    let client = || Client::new("https://localhost").unwrap();
    let words = |made: Result<Client, CallError>| made.unwrap_err().to_string();
    let none = authority.folder.join("none.pem");
    assert!(words(client().with_ca_file(&none)).contains("none.pem` cannot be read"));
    let told = words(client().with_ca_file(&one.key_file));
    assert!(told.contains("holds no certificate"), "{told}");
    let told = words(client().with_client_certificate(&one.chain, &one.chain));
    assert!(told.contains("holds no private key"), "{told}");
    let told = words(client().with_client_certificate(&one.chain, &two.key_file));
    assert!(
        told.contains("the client's certificate cannot be used"),
        "{told}"
    );
}
