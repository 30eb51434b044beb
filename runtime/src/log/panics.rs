//! A panic is a line with its place, and a count.

use std::{
    panic::{self, PanicHookInfo},
    sync::atomic::Ordering::Relaxed,
    time::Duration,
};

use super::{Sinks, volume::VOLUME};

/// How long a process that a panic ends waits for its last lines.
const LAST: Duration = Duration::from_secs(1);

/// Makes every panic a line, in place of what the standard library writes to stderr.
pub(super) fn hook(sinks: Sinks) {
    panic::set_hook(Box::new(move |panic| {
        VOLUME.panics.fetch_add(1, Relaxed);
        tell(panic);
        if cfg!(panic = "abort") {
            sinks.flush(LAST);
        }
    }));
}

fn tell(panic: &PanicHookInfo) {
    let place = panic.location().map(tracing::field::display);
    let thread = std::thread::current();
    let thread = thread.name();
    let literal = panic.payload().downcast_ref::<&'static str>().copied();
    let formatted = || {
        panic
            .payload()
            .downcast_ref::<String>()
            .map(|words| without_values(words))
    };
    let panic = literal.or_else(formatted).unwrap_or("(it has no words)");
    tracing::error!(panic, place, thread, "a panic");
}

/// What a panic's words say without the values in them, which may be those of a request: that an index is out of bounds
/// says all of it, and what an `Err` holds is nobody's to know. The place tells the rest.
fn without_values(words: &str) -> &str {
    const UNWRAPPED: &str = "called `Result::unwrap()` on an `Err` value";
    const HARMLESS: [&str; 3] = [
        "index out of bounds: ",
        "range end index ",
        "range start index ",
    ];
    const FORMATTED: &str = "(its words hold values, and are left out)";
    match words {
        _ if words.starts_with(UNWRAPPED) => UNWRAPPED,
        _ if HARMLESS.iter().any(|start| words.starts_with(start)) => words,
        _ => FORMATTED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_left_out() {
        assert_eq!(
            without_values("called `Result::unwrap()` on an `Err` value: Parse(\"s3cret\")"),
            "called `Result::unwrap()` on an `Err` value"
        );
        assert!(!without_values("no user s3cret").contains("s3cret"));
        let bounds = "index out of bounds: the len is 3 but the index is 7";
        assert_eq!(without_values(bounds), bounds);
    }
}
