//! Lines on their way to a thread that writes them: bounded in bytes, and never waited for.
//!
//! They stand one behind the other in one text, which the thread takes whole: a line costs its bytes and no memory of
//! its own.

use std::{
    mem::{replace, take},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, SyncSender},
    },
    time::{Duration, Instant},
};

use tracing::Level;

use super::volume::ByLevel;

/// What a line costs beside its bytes.
const AROUND: usize = 16;
/// How much memory is kept for the lines that come next, in bytes.
const KEPT: usize = 1 << 20;

/// The end where lines are put in.
pub(super) struct Queue {
    shared: Arc<Shared>,
    most: usize,
    dropped: &'static ByLevel,
}

/// The end where they are taken out.
pub(super) struct Entries {
    shared: Arc<Shared>,
    most: usize,
    /// When something was last taken out.
    last: Option<Instant>,
    /// What was written: the next lines stand in its memory.
    spare: Batch,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    batch: Batch,
    /// The room that is taken, by what is being written as well, in bytes.
    taken: usize,
    /// Whether the thread has nothing to do: a busy one looks by itself.
    idle: bool,
    /// Whether the process waits for the end of this.
    hurried: bool,
    /// Whether nobody is left to log.
    over: bool,
}

/// Lines as they were put in, and who is to be told when they are written.
#[derive(Default)]
pub(super) struct Batch {
    text: Vec<u8>,
    /// The level of each line, and its length in bytes.
    lines: Vec<(Level, usize)>,
    pub(super) flushes: Vec<SyncSender<()>>,
}

/// Some lines of a batch.
pub(super) struct Piece<'b> {
    pub(super) text: &'b [u8],
    lines: &'b [(Level, usize)],
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.flushes.is_empty()
    }

    /// The lines in pieces of about `most` bytes, each of one line at least.
    pub(super) fn pieces(&self, most: usize) -> impl Iterator<Item = Piece<'_>> {
        let (mut text, mut lines) = (&*self.text, &*self.lines);
        std::iter::from_fn(move || {
            let mut length = lines.first()?.1;
            let mut count = 1;
            while let Some((_, next)) = lines.get(count).filter(|(_, next)| length + next <= most) {
                length += next;
                count += 1;
            }
            let piece = Piece {
                text: &text[..length],
                lines: &lines[..count],
            };
            (text, lines) = (&text[length..], &lines[count..]);
            Some(piece)
        })
    }
}

impl<'b> Piece<'b> {
    /// Each line with its level.
    pub(super) fn lines(&self) -> impl Iterator<Item = (Level, &'b [u8])> {
        let mut rest = self.text;
        self.lines.iter().map(move |(level, length)| {
            let (line, behind) = rest.split_at(*length);
            rest = behind;
            (*level, line)
        })
    }

    /// The room that it takes in the queue, in bytes.
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.lines.len() * AROUND
    }
}

/// A queue of at most `most` bytes; what finds no room is counted in `dropped`.
pub(super) fn queue(most: usize, dropped: &'static ByLevel) -> (Queue, Entries) {
    let shared = Arc::<Shared>::default();
    let queue = Queue {
        shared: shared.clone(),
        most,
        dropped,
    };
    let entries = Entries {
        shared,
        most,
        last: None,
        spare: Batch::default(),
    };
    (queue, entries)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Puts a line in, where there is room: the last eighth is for warnings and errors.
    pub(super) fn push(&self, level: Level, line: &[u8]) {
        let size = line.len() + AROUND;
        let most = match level {
            Level::ERROR | Level::WARN => self.most,
            _ => self.most - self.most / 8,
        };
        let mut waiting = self.shared.lock();
        if waiting.taken + size > most {
            drop(waiting);
            self.dropped.add(level, 1);
            return;
        }
        waiting.taken += size;
        waiting.batch.text.extend_from_slice(line);
        waiting.batch.lines.push((level, line.len()));
        if take(&mut waiting.idle) {
            self.wake(waiting);
        }
    }

    /// Waits until everything from before is written; false where that takes longer than until then.
    pub(super) fn flush(&self, until: Instant) -> bool {
        let (done, told) = mpsc::sync_channel(1);
        let mut waiting = self.shared.lock();
        waiting.hurried = true;
        waiting.batch.flushes.push(done);
        self.wake(waiting);
        let rest = until.saturating_duration_since(Instant::now());
        told.recv_timeout(rest).is_ok()
    }

    fn wake(&self, waiting: MutexGuard<Waiting>) {
        drop(waiting);
        self.shared.arrived.notify_one();
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut waiting = self.shared.lock();
        waiting.over = true;
        self.wake(waiting);
    }
}

impl Entries {
    /// Everything that is there, as soon as there is something; not sooner than `gathered` after the last, so that a
    /// busy service wakes its reader no more often than that. None where nobody is left to log.
    pub(super) fn next(&mut self, gathered: Duration) -> Option<Batch> {
        let mut waiting = self.shared.lock();
        while waiting.batch.is_empty() {
            if waiting.over {
                return None;
            }
            waiting.idle = true;
            waiting = self
                .shared
                .arrived
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        waiting.idle = false;
        let since = self.last.map_or(gathered, |last| last.elapsed());
        if let Some(rest) = gathered.checked_sub(since) {
            let early = |now: &mut Waiting| !now.hurried && !now.over;
            let pause = self.shared.arrived.wait_timeout_while(waiting, rest, early);
            (waiting, _) = pause.unwrap_or_else(PoisonError::into_inner);
        }
        self.last = Some(Instant::now());
        Some(replace(&mut waiting.batch, take(&mut self.spare)))
    }

    /// Gives the room of lines back.
    pub(super) fn free(&self, size: usize) {
        self.shared.lock().taken -= size;
    }

    /// Gives a batch back whose lines are written, and tells who waits for that.
    pub(super) fn done(&mut self, mut batch: Batch) {
        for flush in batch.flushes.drain(..) {
            // Who has stopped waiting need not be told.
            let _ = flush.try_send(());
        }
        batch.text.clear();
        batch.lines.clear();
        if batch.text.capacity() <= KEPT {
            self.spare = batch;
        }
    }

    /// Whether there is room again: a half, so that nothing is told of drops that go on.
    pub(super) fn is_roomy(&self) -> bool {
        self.shared.lock().taken <= self.most / 2
    }

    /// Whether the process waits for the end of this.
    #[cfg(feature = "fluent")]
    pub(super) fn is_hurried(&self) -> bool {
        self.shared.lock().hurried
    }
}
