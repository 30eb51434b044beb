//! Changed documents: none makes the generator panic, run away or write what is no Rust, and what is written of those
//! that it takes compiles.
//! `OARLOCK_MUTANTS=n` makes more of them, `TEST_SEED=n` others, `OARLOCK_MUTANT=n` that one alone.

#![allow(clippy::print_stdout)] // What was tried is told by those who ran it.

mod mutate;
mod seeds;
mod trial;
#[path = "../workspace/mod.rs"]
mod workspace;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use mutate::{Choices, mutant};
use serde_json::Value;
use trial::{Outcome, try_document};

/// How long one document may take.
const LONGEST: Duration = Duration::from_secs(10);
/// How many of those that are taken are compiled.
const COMPILED: usize = 40;
/// What the program gives itself as well.
const STACK: usize = 512 << 20;

struct Random(fastrand::Rng);

impl Choices for Random {
    fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }
}

fn number(variable: &str) -> Option<usize> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What many trials have come to.
#[derive(Default)]
struct Tally {
    accepted: usize,
    rejected: usize,
    faults: Vec<(usize, String)>,
    slowest: (Duration, usize),
    /// The files of some of those that were taken, by their numbers.
    kept: BTreeMap<usize, trial::Files>,
}

impl Tally {
    fn add(&mut self, index: usize, outcome: Outcome, took: Duration, keep: bool) {
        if took > LONGEST {
            self.faults.push((index, format!("took {took:?}")));
        }
        self.slowest = self.slowest.max((took, index));
        match outcome {
            Outcome::Fault(what) => self.faults.push((index, what)),
            Outcome::Rejected => self.rejected += 1,
            Outcome::Accepted(files) => {
                self.accepted += 1;
                if keep {
                    self.kept.insert(index, files);
                }
            }
        }
    }
}

fn text_of(seeds: &[Value], seed: usize, index: usize) -> String {
    let mixed = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index as u64;
    mutant(seeds, &mut Random(fastrand::Rng::with_seed(mixed)))
}

/// Tries mutants until there are none left to try.
fn work(seeds: &[Value], seed: usize, all: usize, next: &AtomicUsize, tally: &Mutex<Tally>) {
    let stride = (all / (COMPILED * 3)).max(1);
    // What stands here after an abort (a stack that was not enough) is the one to look at.
    let trace = folder().join(format!("trying-{:?}.txt", thread::current().id()));
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= all {
            let _ = fs::remove_file(trace);
            return;
        }
        fs::write(&trace, index.to_string()).expect("a file");
        let text = text_of(seeds, seed, index);
        let began = Instant::now();
        let outcome = try_document(&text);
        let took = began.elapsed();
        let keep = index.is_multiple_of(stride);
        tally
            .lock()
            .expect("the tally")
            .add(index, outcome, took, keep);
    }
}

#[test]
fn no_mutant_panics_or_runs_away_and_what_is_taken_compiles() {
    let seeds = seeds::seeds(Path::new(env!("CARGO_MANIFEST_DIR")));
    let seed = number("TEST_SEED").unwrap_or(0);
    if let Some(index) = number("OARLOCK_MUTANT") {
        return one(&seeds, seed, index);
    }
    let all = number("OARLOCK_MUTANTS").unwrap_or(1_000);
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    trial::record_panics();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            let worker = || work(&seeds, seed, all, &next, &tally);
            let builder = thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, worker).expect("a thread");
        }
    });
    let tally = tally.into_inner().expect("the tally");
    let (slowest, which) = tally.slowest;
    println!(
        "{all} mutants of {} documents: {} taken, {} refused, {} faults; the slowest, {which}, took {} ms; {} MiB at most",
        seeds.len(),
        tally.accepted,
        tally.rejected,
        tally.faults.len(),
        slowest.as_millis(),
        most_memory() >> 10,
    );
    for (index, what) in tally.faults.iter().take(20) {
        let path = folder().join(format!("{index}.json"));
        fs::write(&path, text_of(&seeds, seed, *index)).expect("a file");
        println!("{}: {what}", path.display());
    }
    assert!(
        tally.faults.is_empty(),
        "OARLOCK_MUTANT=n shows one of them"
    );
    compile(tally.kept);
}

/// The most memory that this process has held, in KiB; 0 where the system does not tell.
fn most_memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0)
}

/// Shows one mutant and tries it, with whatever it prints.
fn one(seeds: &[Value], seed: usize, index: usize) {
    let text = text_of(seeds, seed, index);
    println!("{text}");
    let worker = move || match try_document(&text) {
        Outcome::Fault(what) => panic!("{what}"),
        Outcome::Rejected => println!("refused"),
        Outcome::Accepted(_) => println!("taken"),
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(worker);
    worker.expect("a thread").join().expect("no panic");
}

/// Compiles the crates of some mutants together.
fn compile(kept: BTreeMap<usize, trial::Files>) {
    let root = folder().join("compiled");
    let _ = fs::remove_dir_all(&root);
    let mut projects = Vec::new();
    for (index, files) in kept.into_iter().take(COMPILED) {
        let project = root.join(format!("m{index}"));
        for (path, text) in files {
            let path = project.join(path.replace("mutant", &format!("m{index}")));
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            let text = match path.extension().is_some_and(|ending| ending == "toml") {
                true => text.replace("mutant", &format!("m{index}")),
                false => text
                    .replace("mutant_api", &format!("m{index}_api"))
                    .replace("CARGO_BIN_EXE_mutant", &format!("CARGO_BIN_EXE_m{index}")),
            };
            fs::write(path, text).expect("a file");
        }
        projects.push(project);
    }
    assert!(!projects.is_empty(), "no mutant was taken");
    workspace::clippy(&root, &projects);
    println!("{} of them compile without a warning", projects.len());
}
