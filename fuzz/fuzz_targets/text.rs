//! The fuzzer's bytes are the document.

#![no_main]

mod stage;
#[path = "../../tests/mutants/trial.rs"]
mod trial;

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // What is no UTF-8 never comes past `source`.
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    stage::perform("text", text.to_owned());
    Corpus::Keep
});
