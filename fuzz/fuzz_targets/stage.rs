//! The thread on which documents are tried: with as much stack as the program gives itself, where the fuzzer's own
//! thread has little.

use std::{
    fs,
    path::Path,
    sync::{
        LazyLock, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use crate::trial::{Outcome, record_panics, try_document};

/// What the program gives itself as well.
const STACK: usize = 512 << 20;

/// Where documents go in, and what is at fault with each comes out.
type Ends = (Sender<String>, Receiver<Option<String>>);

static ENDS: LazyLock<Mutex<Ends>> = LazyLock::new(|| {
    let (documents, taken) = channel::<String>();
    let (tell, faults) = channel();
    record_panics();
    let work = move || {
        for text in taken {
            let fault = match try_document(&text) {
                Outcome::Fault(what) => Some(what),
                Outcome::Accepted(files) if files.is_empty() => {
                    Some("taken, without a file".into())
                }
                Outcome::Rejected | Outcome::Accepted(_) => None,
            };
            if tell.send(fault).is_err() {
                return;
            }
        }
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(work);
    worker.expect("a thread with its stack");
    Mutex::new((documents, faults))
});

/// Tries one document; a fault ends the process, as the fuzzer wants it. However the process ends, by want of stack too,
/// the document stands in `artifacts/<target>.txt`.
pub(crate) fn perform(target: &str, text: String) {
    let artifacts = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/artifacts"));
    fs::write(artifacts.join(target).with_extension("txt"), &text).expect("a file");
    let ends = ENDS.lock().unwrap_or_else(PoisonError::into_inner);
    ends.0.send(text).expect("the thread works");
    if let Some(what) = ends.1.recv().expect("the thread works") {
        panic!("{what}");
    }
}
