//! TLS on the API port: both versions of HTTP, certificates that are renewed, clients that show one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use oarlock_runtime::client::{CallError, Client};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::time::sleep;

use crate::{
    process::Process,
    project::{self},
};

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("secured", "fixtures/petstore.yaml".as_ref(), "secured");
    project::build_with(&project, "secured", "tls")
});

fn command() -> Command {
    Command::new(&*BINARY)
}

/// An authority of a test's own.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("tls")
            .join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        write(&folder.join("ca.pem"), "CERTIFICATE", issuer.der());
        Authority { issuer, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Writes a certificate for this machine, and its key.
    fn vouch(&self, cert: &Path, key: &Path) {
        let params = CertificateParams::new(vec!["localhost".into()]).expect("parameters");
        let pair = KeyPair::generate().expect("a key");
        let signed = params
            .signed_by(&pair, &self.issuer)
            .expect("a certificate");
        write(key, "PRIVATE KEY", &pair.serialize_der());
        write(cert, "CERTIFICATE", signed.der());
    }
}

/// Writes PEM (RFC 7468).
fn write(path: &Path, label: &str, der: &[u8]) {
    let text = STANDARD.encode(der);
    let text = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
    fs::write(path, text).expect("it can be written");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn start(cert: &Path, key: &Path, more: &[(&str, &str)]) -> Process {
    let usual = [
        ("OARLOCK_EXAMPLES", "on"),
        ("OARLOCK_DRAIN_DELAY", "0s"),
        ("OARLOCK_TLS_CERT_PATH", text(cert)),
        ("OARLOCK_TLS_KEY_PATH", text(key)),
    ];
    Process::of(command, &[&usual, more].concat())
}

fn client(process: &Process, authority: &Authority) -> Client {
    let client = Client::new(&format!("https://localhost:{}", process.http)).expect("an address");
    client.with_ca_file(authority.file()).expect("an authority")
}

/// One try, so that what is refused is told.
async fn get(client: &Client) -> Result<u16, CallError> {
    let answer = client.call("listPets", "GET", "/pets").send().await?;
    Ok(answer.status().as_u16())
}

#[tokio::test]
async fn both_versions_of_http_and_nothing_in_the_clear() {
    let (ours, other) = (Authority::new("both"), Authority::new("both-other"));
    let (cert, key) = (ours.folder.join("cert.pem"), ours.folder.join("key.pem"));
    ours.vouch(&cert, &key);
    let mut process = start(&cert, &key, &[]);
    assert_eq!(get(&client(&process, &ours)).await.expect("an answer"), 200);
    let http2 = client(&process, &ours).with_http2();
    assert_eq!(get(&http2).await.expect("an answer"), 200);
    get(&client(&process, &other))
        .await
        .expect_err("a stranger vouches for it");
    let plain = Client::new(&format!("http://localhost:{}", process.http)).expect("an address");
    get(&plain)
        .await
        .expect_err("it is not spoken in the clear");
    drop((http2, plain));
    process.terminate();
    assert_eq!(process.exit_code(), Some(0));
}

#[tokio::test]
async fn renewed_certificates_are_taken_up_without_a_restart() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let (cert, key) = (old.folder.join("cert.pem"), old.folder.join("key.pem"));
    old.vouch(&cert, &key);
    let process = start(&cert, &key, &[]);
    let kept = client(&process, &old);
    assert_eq!(get(&kept).await.expect("an answer"), 200);
    fs::write(&cert, "damaged").expect("it can be written");
    process.log_with("serving");
    let until = Instant::now() + Duration::from_secs(30);
    while !process.log().contains("the old ones stay") {
        assert!(Instant::now() < until, "{}", process.log());
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(get(&client(&process, &old)).await.expect("an answer"), 200);
    new.vouch(&cert, &key);
    while get(&client(&process, &new)).await.is_err() {
        assert!(Instant::now() < until, "{}", process.log());
        sleep(Duration::from_millis(100)).await;
    }
    // A connection that stands goes on.
    assert_eq!(get(&kept).await.expect("an answer"), 200);
    get(&client(&process, &old))
        .await
        .expect_err("the old one is gone");
}

#[tokio::test]
async fn clients_show_certificates_where_they_are_asked_to() {
    let (ours, theirs) = (Authority::new("server"), Authority::new("clients"));
    let (cert, key) = (ours.folder.join("cert.pem"), ours.folder.join("key.pem"));
    ours.vouch(&cert, &key);
    let (own_cert, own_key) = (
        theirs.folder.join("cert.pem"),
        theirs.folder.join("key.pem"),
    );
    theirs.vouch(&own_cert, &own_key);
    let ca = theirs.file();
    let asked = ("OARLOCK_TLS_CLIENT_CA_PATH", text(&ca));
    let process = start(&cert, &key, &[asked]);
    let known = client(&process, &ours).with_client_certificate(&own_cert, &own_key);
    let known = known.expect("a certificate");
    assert_eq!(get(&known).await.expect("an answer"), 200);
    get(&client(&process, &ours))
        .await
        .expect_err("it shows none");
    let strange = client(&process, &ours).with_client_certificate(&cert, &key);
    get(&strange.expect("a certificate"))
        .await
        .expect_err("nobody vouches for it");
    let optional = start(
        &cert,
        &key,
        &[asked, ("OARLOCK_TLS_CLIENT_AUTH", "optional")],
    );
    assert_eq!(
        get(&client(&optional, &ours)).await.expect("an answer"),
        200
    );
}

#[test]
fn what_cannot_be_used_stops_the_start() {
    let ours = Authority::new("wrong");
    let (cert, key) = (ours.folder.join("cert.pem"), ours.folder.join("key.pem"));
    ours.vouch(&cert, &key);
    let other = ours.folder.join("other.pem");
    ours.vouch(&ours.folder.join("other-cert.pem"), &other);
    let told = |cert: &str, key: &str| {
        let mut command = command();
        command
            .env("OARLOCK_TLS_CERT_PATH", cert)
            .env("OARLOCK_TLS_KEY_PATH", key);
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("text")
    };
    for (cert, key, words) in [
        (text(&cert), "", "must both be set"),
        (text(&cert), "/none.pem", "cannot be read"),
        (text(&cert), text(&cert), "holds no private key"),
        (text(&key), text(&key), "holds no certificate"),
        (text(&cert), text(&other), "cannot be used together"),
    ] {
        let told = told(cert, key);
        assert!(
            told.contains(words) && !told.contains("BEGIN"),
            "{words} in {told}"
        );
    }
}
