//! `services` of `oarlock.yaml`: the shop's tags dealt to three services, each of which answers its own operations and no
//! others; what is dealt wrongly is told.

#[path = "../service/client.rs"]
#[allow(dead_code)] // Other tests look at headers.
mod client;
mod dealing;
mod deployed;
mod moving;
#[path = "../project/mod.rs"]
mod project;
mod serving;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, MutexGuard, PoisonError},
};

use project::root;

/// The shop's document and how its tags are dealt are those of the golden tree.
const SHOP: &str = "tests/golden/shop";

/// How the golden tree deals its tags.
const THREE: &str = "
  catalog: { tags: [products, categories, operations] }
  cart: { tags: [carts], calls: [catalog] }
  orders: { tags: [orders], calls: [catalog, cart], replicas: { min: 3, max: 20 } }
";

/// Cargo knows packages of one target folder by where they lie in their workspace, so that those of two tests are one to it, and
/// by the times of their files: whoever builds holds this from before the first file is written.
fn building() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder with the shop's document, and nothing yet generated of it.
fn shop(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("services")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let document = root().join(SHOP).join("openapi.yaml");
    fs::copy(document, folder.join("openapi.yaml")).expect("a copy");
    folder
}

/// Writes a project's settings: lines of `services`, and what else there is.
fn deal(folder: &Path, services: &str, more: &str) {
    let text = format!("spec: openapi.yaml\nname: shop\n{more}services:{services}");
    fs::write(folder.join("oarlock.yaml"), text).expect("settings");
}

fn oarlock(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("oarlock runs")
}

/// Runs it, which ends so; what it told.
#[track_caller]
fn told(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = oarlock(folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{told}");
    told
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
