//! A binary that says what it was built of: linked by the machine's own linker, with the section that cargo-auditable writes.

use std::{fs, io::Write, path::Path, process::Command, sync::OnceLock};

use flate2::{Compression, write::ZlibEncoder};

/// What the binary says: cargo-auditable's list, with a package from everywhere that packages come from.
pub(crate) const LIST: &str = r#"{"packages":[
    {"name":"build-help","version":"1.0.0","source":"crates.io","kind":"build"},
    {"name":"forked","version":"0.3.0","source":"git"},
    {"name":"hyper","version":"1.12.0","source":"crates.io","dependencies":[4,7]},
    {"name":"inner","version":"0.1.0","source":"registry"},
    {"name":"odd","version":"2.0.0+build.7","source":"crates.io"},
    {"name":"old","version":"0.1.0","source":"crates.io","dependencies":[0]},
    {"name":"petstore","version":"0.1.0","source":"local","root":true,"dependencies":[5,3,2,1,8]},
    {"name":"unicode-ident","version":"1.0.27","source":"crates.io"},
    {"name":"petstore-api","version":"0.1.0","source":"local","dependencies":[2]}]}"#;

const SOURCE: &str = r#"
#[used]
#[unsafe(link_section = ".dep-v0")]
static LIST: [u8; include_bytes!("list").len()] = *include_bytes!("list");

fn main() {
    std::hint::black_box(&LIST);
}
"#;

/// The binary.
pub(crate) fn binary() -> &'static [u8] {
    static BINARY: OnceLock<Vec<u8>> = OnceLock::new();
    BINARY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-audited");
        fs::create_dir_all(&folder).expect("a folder");
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(LIST.as_bytes()).expect("memory");
        fs::write(folder.join("list"), packed.finish().expect("memory")).expect("a file");
        fs::write(folder.join("service.rs"), SOURCE).expect("a file");
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "-C", "strip=symbols", "service.rs"]);
        let done = rustc.current_dir(&folder).output().expect("rustc");
        assert!(done.status.success(), "{done:?}");
        fs::read(folder.join("service")).expect("a binary")
    })
}

/// The binary as engines give it.
pub(crate) fn tar() -> Vec<u8> {
    tar_of(binary())
}

pub(crate) fn tar_of(bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o755);
    let mut archive = tar::Builder::new(Vec::new());
    archive
        .append_data(&mut header, "service", bytes)
        .expect("memory");
    archive.into_inner().expect("memory")
}
