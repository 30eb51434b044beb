//! Random schemas and values: what generated types take is what a JSON Schema library takes, and nothing else.

use serde_json::Value;

use crate::{
    judge::{self, Case},
    random::Random,
};

/// Schemas, and values for each: pairs enough for rare combinations to meet.
const SCHEMAS: usize = 500;
const VALUES: usize = 200;
const DEFINITIONS: usize = 4;
const SEED: u64 = 20;

fn library(schema: &Value) -> jsonschema::Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema")
}

#[test]
fn types_and_a_library_never_disagree() {
    let seed = std::env::var("TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(SEED);
    let mut random = Random::new(seed, DEFINITIONS);
    let cases: Vec<Case> = (0..SCHEMAS)
        .map(|index| Case {
            name: format!("random-{index}"),
            schema: random.schema(),
        })
        .collect();
    let mut judge = judge::start("differential", "3.1.1", &cases, None);
    assert!(judge.left_out.is_empty(), "{:?}", judge.left_out);
    let (mut pairs, mut taken, mut wrong) = (0, 0, Vec::new());
    for case in &cases {
        let library = library(&case.schema);
        let mut agrees = true;
        for _ in 0..VALUES {
            let value = random.nearly(&case.schema, &case.schema, 0);
            let text = value.to_string();
            let expected = library.is_valid(&value);
            pairs += 1;
            taken += usize::from(expected);
            if judge.takes(&case.name, &text) != expected && std::mem::take(&mut agrees) {
                wrong.push(format!(
                    "{}: {text} is {expected} by {}",
                    case.name, case.schema
                ));
            }
        }
    }
    eprintln!(
        "{pairs} pairs, {taken} of them valid, {} schemas with disagreements",
        wrong.len()
    );
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}
