//! Lines on their way to a thread that writes them: bounded in bytes, and never waited for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
        mpsc::{self, Receiver, SyncSender, TryRecvError},
    },
    time::Instant,
};

use tracing::Level;

use super::volume::ByLevel;

/// What a line costs beside its bytes.
const AROUND: usize = 64;

/// The end where lines are put in.
pub(super) struct Queue {
    sender: mpsc::Sender<Entry>,
    waiting: Arc<AtomicUsize>,
    hurried: Arc<AtomicBool>,
    most: usize,
    dropped: &'static ByLevel,
}

/// The end where they are taken out.
pub(super) struct Entries {
    receiver: Receiver<Entry>,
    waiting: Arc<AtomicUsize>,
    hurried: Arc<AtomicBool>,
    pub(super) most: usize,
}

pub(super) enum Entry {
    Line(Level, Box<str>),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

/// A queue of at most `most` bytes; what finds no room is counted in `dropped`.
pub(super) fn queue(most: usize, dropped: &'static ByLevel) -> (Queue, Entries) {
    let (sender, receiver) = mpsc::channel();
    let (waiting, hurried) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
    let queue = Queue {
        sender,
        waiting: waiting.clone(),
        hurried: hurried.clone(),
        most,
        dropped,
    };
    let entries = Entries {
        receiver,
        waiting,
        hurried,
        most,
    };
    (queue, entries)
}

/// What a line takes of a queue's room, in bytes.
pub(super) fn size(line: &str) -> usize {
    line.len() + AROUND
}

impl Queue {
    /// Puts a line in, where there is room: the last eighth is for warnings and errors.
    pub(super) fn push(&self, level: Level, line: &str) {
        let size = size(line);
        let most = match level {
            Level::ERROR | Level::WARN => self.most,
            _ => self.most - self.most / 8,
        };
        let taken = self.waiting.fetch_add(size, Relaxed);
        if taken + size > most || self.sender.send(Entry::Line(level, line.into())).is_err() {
            self.waiting.fetch_sub(size, Relaxed);
            self.dropped.add(level, 1);
        }
    }

    /// Waits until everything from before is written; false where that takes longer than until then.
    pub(super) fn flush(&self, until: Instant) -> bool {
        let (done, told) = mpsc::sync_channel(1);
        self.hurried.store(true, Relaxed);
        let asked = self.sender.send(Entry::Flush(done)).is_ok();
        let rest = until.saturating_duration_since(Instant::now());
        asked && told.recv_timeout(rest).is_ok()
    }
}

impl Entries {
    /// The next entry, as soon as there is one; none where nobody is left to log.
    pub(super) fn next(&self) -> Option<Entry> {
        self.receiver.recv().ok()
    }

    /// The next entry, where it is there within this time.
    #[cfg(feature = "fluent")]
    pub(super) fn next_within(&self, patience: std::time::Duration) -> Option<Entry> {
        self.receiver.recv_timeout(patience).ok()
    }

    /// An entry that is there already.
    pub(super) fn ready(&self) -> Result<Entry, TryRecvError> {
        self.receiver.try_recv()
    }

    /// Gives the room of lines back.
    pub(super) fn free(&self, size: usize) {
        self.waiting.fetch_sub(size, Relaxed);
    }

    /// Whether there is room again: a half, so that nothing is told of drops that go on.
    pub(super) fn is_roomy(&self) -> bool {
        self.waiting.load(Relaxed) <= self.most / 2
    }

    /// Whether the process waits for the end of this.
    pub(super) fn is_hurried(&self) -> bool {
        self.hurried.load(Relaxed)
    }
}
