//! A document is input, not code: whatever its texts and names hold, nothing of what is generated, and nothing that is
//! told, takes it for more than text. Each text gets a canary, a text with a number that would break out of one kind of
//! file; what is generated is read back, with a parser for each kind, and held against what comes of harmless texts.

#![allow(clippy::print_stdout)] // What was tried is told by those who ran it.

mod binary;
mod other_text;
mod payloads;
mod plant;
mod rust_text;
mod trial;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use payloads::{HARMLESS, PAYLOADS};
use plant::{Planting, STRUCTURAL, Units};
use serde_json::Value;
use trial::{Outcome, try_document};

/// What the program gives itself as well.
const STACK: usize = 64 << 20;
const DOCUMENTS: [&str; 3] = [
    "fixtures/petstore.yaml",
    "fixtures/workshop.yaml",
    "tests/canary/garden.yaml",
];

fn documents() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &&str| {
        let text = fs::read_to_string(root.join(path)).expect("a document");
        serde_yaml::from_str(&text).expect("a document")
    };
    DOCUMENTS.iter().map(read).collect()
}

/// Does something with each number below an end, on every core.
fn each(end: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            let run = || {
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        index if index < end => work(index),
                        _ => return,
                    }
                }
            };
            let builder = thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, run).expect("a thread");
        }
    });
}

/// What the trials of all canaries of one kind in one document have come to.
struct Trial {
    units: usize,
    refused: BTreeSet<usize>,
    wrong: Vec<String>,
}

/// The document with all canaries but those that are left out; more are left out until the rest is taken.
fn taken(
    document: &Value,
    payload: &str,
    left_out: &mut BTreeSet<usize>,
) -> Result<BTreeMap<String, String>, String> {
    loop {
        let planting = Planting {
            payload,
            left_out,
            structural: None,
        };
        let planted = Units::default().plant(document, &planting);
        match try_document(&planted)? {
            Outcome::Accepted(files) => return Ok(files),
            Outcome::Refused(blamed, told) => {
                let before = left_out.len();
                left_out.extend(blamed);
                if left_out.len() == before {
                    return Err(format!("refused, and no canary is to blame:\n{told}"));
                }
            }
        }
    }
}

/// A canary in every text of a document at once.
fn try_payload(document: &Value, payload: &str) -> Trial {
    let mut units = Units::default();
    let mut left_out = BTreeSet::new();
    let none = BTreeSet::new();
    units.plant(
        document,
        &Planting {
            payload,
            left_out: &none,
            structural: None,
        },
    );
    let mut trial = Trial {
        units: units.count(),
        refused: BTreeSet::new(),
        wrong: Vec::new(),
    };
    // Harmless canaries that are refused leave the same place empty in both.
    loop {
        let before = left_out.len();
        let hostile = taken(document, payload, &mut left_out);
        let harmless = taken(document, HARMLESS, &mut left_out);
        match (hostile, harmless) {
            (Ok(hostile), Ok(harmless))
                if left_out.len() == before || hostile.len() == harmless.len() =>
            {
                let hostile = match left_out.len() == before {
                    true => Ok(hostile),
                    false => taken(document, payload, &mut left_out),
                };
                match hostile {
                    Ok(hostile) => trial.wrong.extend(differences(&hostile, &harmless)),
                    Err(what) => trial.wrong.push(what),
                }
                break;
            }
            (Ok(_), Ok(_)) => {}
            (one, other) => {
                trial.wrong.extend(one.err().into_iter().chain(other.err()));
                break;
            }
        }
    }
    trial.refused = left_out;
    trial
}

fn differences(
    hostile: &BTreeMap<String, String>,
    harmless: &BTreeMap<String, String>,
) -> Vec<String> {
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    if names(hostile) != names(harmless) {
        let (ours, theirs) = (names(hostile), names(harmless));
        let odd = ours.iter().filter(|one| !theirs.contains(one));
        let gone = theirs.iter().filter(|one| !ours.contains(one));
        return vec![format!(
            "other files: {:?}",
            odd.chain(gone).collect::<Vec<_>>()
        )];
    }
    let differing = hostile
        .iter()
        .filter(|(path, text)| harmless[*path] != **text);
    differing
        .map(|(path, text)| {
            let diff = similar::TextDiff::from_lines(&harmless[path], text);
            let diff = diff.unified_diff().context_radius(1).to_string();
            format!(
                "{path} is more than text:\n{}",
                diff.chars().take(1500).collect::<String>()
            )
        })
        .collect()
}

#[test]
fn no_text_is_more_than_text() {
    let documents = documents();
    let trials = Mutex::new(BTreeMap::new());
    each(documents.len() * PAYLOADS.len(), |index| {
        let document = &documents[index % documents.len()];
        let trial = try_payload(document, PAYLOADS[index / documents.len()].1);
        trials.lock().expect("the trials").insert(index, trial);
    });
    let trials = trials.into_inner().expect("the trials");
    let mut wrong = 0;
    let (mut fields, mut planted, mut refused) = (0, 0, 0);
    for (index, trial) in &trials {
        let (target, payload) = PAYLOADS[index / documents.len()];
        planted += trial.units;
        refused += trial.refused.len();
        fields += if index / documents.len() == 0 {
            trial.units
        } else {
            0
        };
        for what in &trial.wrong {
            println!(
                "{target} {payload:?} in {}: {what}\n",
                DOCUMENTS[index % documents.len()]
            );
            wrong += 1;
        }
    }
    println!(
        "{fields} texts, {} canaries: {planted} planted, {refused} of them refused; {wrong} escapes",
        PAYLOADS.len()
    );
    assert_eq!(wrong, 0);
}

/// The fields whose harmless canary is refused: no other gets through, so that nothing comes of them but diagnostics.
#[test]
fn few_fields_take_no_canary_at_all() {
    let mut told = Vec::new();
    for (document, name) in documents().iter().zip(DOCUMENTS) {
        let mut left_out = BTreeSet::new();
        taken(document, HARMLESS, &mut left_out).expect("a harmless document");
        if !left_out.is_empty() {
            told.push(format!("{name}: {left_out:?}"));
        }
    }
    assert!(told.is_empty(), "{told:?}");
}

/// What structural fields hold is told of, or becomes text.
#[test]
fn structural_fields_reach_no_terminal_and_no_code() {
    let (mut tried, mut accepted) = (0, 0);
    let mut seen = BTreeSet::new();
    for document in documents() {
        let mut units = Units::default();
        let none = BTreeSet::new();
        let plant = |units: &mut Units, payload: &str, structural: Option<&str>| {
            units.plant(
                &document,
                &Planting {
                    payload,
                    left_out: &none,
                    structural,
                },
            )
        };
        plant(&mut units, "", Some(""));
        let places = units.structural.clone();
        for ((kind, text), pointer) in places {
            if !seen.insert((kind.clone(), text.clone())) {
                continue;
            }
            assert!(STRUCTURAL.iter().any(|(one, _)| *one == kind), "{kind}");
            for (target, payload) in PAYLOADS {
                let planted = plant(&mut units, payload, Some(&pointer));
                tried += 1;
                match try_document(&planted) {
                    Ok(Outcome::Accepted(_)) => accepted += 1,
                    Ok(Outcome::Refused(..)) => {}
                    Err(what) => panic!("{target} {payload:?} in {kind} {text:?}: {what}"),
                }
            }
        }
    }
    println!("{tried} canaries in structural fields, {accepted} of them accepted");
}
