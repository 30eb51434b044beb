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
        Arc, Mutex,
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

/// What is left of each file of a document when its texts are taken out.
type Skeletons = BTreeMap<String, String>;
/// Those of harmless documents, by the document's number and what is left out.
type Known = Mutex<BTreeMap<(usize, BTreeSet<usize>), Arc<Skeletons>>>;

/// What the trial of one canary in all places of one document has come to.
struct Trial {
    units: usize,
    refused: usize,
    wrong: Vec<String>,
}

fn planted(document: &Value, payload: &str, left_out: &BTreeSet<usize>) -> (Value, Units) {
    let mut units = Units::default();
    let planting = Planting {
        payload,
        left_out,
        structural: None,
    };
    (units.plant(document, &planting), units)
}

/// The document with all canaries but those that are left out; more are left out until the rest is taken.
fn taken(
    document: &Value,
    payload: &str,
    left_out: &mut BTreeSet<usize>,
) -> Result<Skeletons, String> {
    loop {
        let twice = payload != HARMLESS;
        match try_document(&planted(document, payload, left_out).0, twice)? {
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

/// What is wrong with a document that has a canary in every text at once.
fn try_payload(number: usize, document: &Value, payload: &str, known: &Known) -> Trial {
    let mut left_out = BTreeSet::new();
    if payload.contains('#') {
        // It ends a path, and the name of a parameter within it: the operation is another one.
        left_out = planted(document, payload, &left_out).1.templated;
    }
    let compared = loop {
        let hostile = match taken(document, payload, &mut left_out) {
            Ok(hostile) => hostile,
            Err(what) => break Err(what),
        };
        let key = (number, left_out.clone());
        let harmless = known.lock().expect("what is known").get(&key).cloned();
        let harmless = match harmless {
            Some(harmless) => harmless,
            None => match taken(document, HARMLESS, &mut left_out) {
                Ok(harmless) => Arc::new(harmless),
                Err(what) => break Err(what),
            },
        };
        // What was left out only now is missing in one of the two.
        if left_out == key.1 {
            known
                .lock()
                .expect("what is known")
                .insert(key, Arc::clone(&harmless));
            break Ok(differences(&hostile, &harmless));
        }
    };
    Trial {
        units: planted(document, payload, &left_out).1.count(),
        refused: left_out.len(),
        wrong: compared.unwrap_or_else(|what| vec![what]),
    }
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
    let known = Known::default();
    each(documents.len() * PAYLOADS.len(), |index| {
        let (number, payload) = (index % documents.len(), PAYLOADS[index / documents.len()].1);
        let trial = try_payload(number, &documents[number], payload, &known);
        trials.lock().expect("the trials").insert(index, trial);
    });
    let trials = trials.into_inner().expect("the trials");
    let mut wrong = 0;
    let (mut fields, mut planted, mut refused) = (0, 0, 0);
    for (index, trial) in &trials {
        let (target, payload) = PAYLOADS[index / documents.len()];
        planted += trial.units;
        refused += trial.refused;
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
            let units = planted(document, HARMLESS, &left_out).1;
            let names = left_out.iter().map(|one| units.name(*one));
            told.push(format!("{name}: {:?}", names.collect::<Vec<_>>()));
        }
    }
    assert!(told.is_empty(), "{told:?}");
}

/// What structural fields hold is told of, or becomes text.
#[test]
fn structural_fields_reach_no_terminal_and_no_code() {
    let mut documents = Vec::new();
    let mut seen = BTreeSet::new();
    for document in self::documents() {
        let mut units = Units::default();
        let none = BTreeSet::new();
        let mut plant = |payload: &str, structural: &str| {
            let planting = Planting {
                payload,
                left_out: &none,
                structural: Some(structural),
            };
            let planted = units.plant(&document, &planting);
            (planted, units.structural.clone())
        };
        for ((kind, text), pointer) in plant("", "").1 {
            assert!(STRUCTURAL.iter().any(|(one, _)| *one == kind), "{kind}");
            if seen.insert((kind.clone(), text)) {
                let mut targets = BTreeSet::new();
                for (target, payload) in PAYLOADS {
                    // One for each target will do: they hardly ever get further than a diagnostic.
                    if !targets.insert(target) {
                        continue;
                    }
                    documents.push((kind.clone(), payload, plant(payload, &pointer).0));
                }
            }
        }
    }
    let accepted = AtomicUsize::new(0);
    each(documents.len(), |index| {
        let (kind, payload, document) = &documents[index];
        match try_document(document, false) {
            Ok(Outcome::Accepted(_)) => _ = accepted.fetch_add(1, Ordering::Relaxed),
            Ok(Outcome::Refused(..)) => {}
            Err(what) => panic!("{payload:?} in {kind}: {what}"),
        }
    });
    println!(
        "{} canaries in structural fields, {accepted:?} of them accepted",
        documents.len()
    );
}
