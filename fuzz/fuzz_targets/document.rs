//! The fuzzer's bytes choose what is changed in one of the project's own documents, as the mutation test's random
//! numbers do.

#![no_main]

#[path = "../../tests/mutants/mutate.rs"]
mod mutate;
#[path = "../../tests/mutants/seeds.rs"]
mod seeds;
mod stage;
#[path = "../../tests/mutants/trial.rs"]
mod trial;

use std::{path::Path, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use mutate::{Choices, mutant};
use serde_json::Value;

static SEEDS: LazyLock<Vec<Value>> =
    LazyLock::new(|| seeds::seeds(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))));

/// Choices by what is left of the fuzzer's bytes; the first of everything where none is left.
struct Bytes<'a>(&'a [u8]);

impl Choices for Bytes<'_> {
    fn below(&mut self, end: usize) -> usize {
        let mut number = 0;
        let mut reach = 1_usize;
        while reach < end {
            let Some((first, rest)) = self.0.split_first() else {
                break;
            };
            (number, self.0) = (number << 8 | usize::from(*first), rest);
            reach <<= 8;
        }
        number % end
    }

    /// More than the mutation test makes, since each is kept only for what it reaches.
    fn changes(&mut self) -> usize {
        1 + self.below(12)
    }
}

fuzz_target!(|bytes: &[u8]| stage::perform("document", mutant(&SEEDS, &mut Bytes(bytes))));
