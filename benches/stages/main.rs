//! How long each stage takes over a document: `cargo bench --bench stages -- FILE...`. Seconds of one run after
//! another; the least of five is told, since whatever else the machine does only adds to it.

#![allow(clippy::print_stdout)] // What was measured is the output.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use oarlock::{
    config::Deploy,
    diagnostic::Diagnostics,
    emit::{self, Project},
    lower::{self, Unsupporteds},
    model::NameTable,
    output::{self, Lock},
    source::{Source, Sources},
    spec::{self, Access, Files},
};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 5;
const STAGES: [&str; 5] = ["parse", "read", "lower", "emit", "write"];
/// What the program gives itself as well.
const STACK: usize = 512 << 20;

/// The times of one run, a stage each, what is dropped at the end of one included.
fn run(path: &Path, out: &Path) -> [Duration; 5] {
    let mut sources = Sources::default();
    let id = sources.add(Source::read(path).expect("a document"));
    let mut diagnostics = Diagnostics::default();
    let mut times = [Duration::ZERO; 5];
    let mut began = Instant::now();
    let mut lap = |index: usize| {
        times[index] = began.elapsed();
        began = Instant::now();
    };
    let files = Files::read(&mut sources, id, &Access::default(), &mut diagnostics).expect("files");
    lap(0);
    let document = spec::read(&files, &mut diagnostics).expect("a document");
    lap(1);
    let names = NameTable::default();
    let api = lower::lower(&document, Unsupporteds::Refuse, names, &mut diagnostics);
    let api = api.expect("what is meant");
    lap(2);
    let project = Project {
        name: "bench".into(),
        spec_path: "openapi.json".into(),
        documents: vec![(
            "openapi.json".into(),
            sources.get(id).text.as_bytes().to_vec(),
        )],
        allow: Vec::new(),
        remotes: Vec::new(),
        services: lower::one_service(&api, "bench"),
        deployment: lower::one_deployment(&api, &Deploy::default(), "bench").expect("it fits"),
    };
    let written = emit::emit(&api, &project).expect("files");
    lap(3);
    let lock = Lock::new(
        &written,
        &project.documents,
        lower::names_to_lock(&api.names),
    );
    output::write(&written, &lock, out).expect("a project");
    lap(4);
    times
}

fn measure(path: &Path) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stages");
    let mut least = [Duration::MAX; 5];
    for _ in 0..RUNS {
        let _ = std::fs::remove_dir_all(&out);
        for (least, time) in least.iter_mut().zip(run(path, &out)) {
            *least = time.min(*least);
        }
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let told: Vec<String> = STAGES
        .iter()
        .zip(least)
        .map(|(stage, time)| format!("{stage} {:.3}", time.as_secs_f64()))
        .collect();
    println!("{name}: {}", told.join(", "));
}

fn main() {
    let arguments = std::env::args_os().skip(1);
    let paths: Vec<_> = arguments.filter(|one| one != "--bench").collect();
    let worker = move || paths.iter().for_each(|path| measure(Path::new(path)));
    let worker = thread::Builder::new().stack_size(STACK).spawn(worker);
    worker
        .expect("a thread")
        .join()
        .expect("every document is measured");
}
