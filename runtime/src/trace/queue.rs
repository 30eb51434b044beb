//! Between requests and the exporter: a queue that never makes a request wait, and counts what it had no room for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::timeout,
};

use super::span::Span;

/// Where spans go that are over.
pub(crate) struct Spans {
    queue: mpsc::Sender<Span>,
    /// Tells the exporter to empty the queue, and is told when that is done.
    flushes: mpsc::Sender<oneshot::Sender<()>>,
    full: Arc<Notify>,
    batch: usize,
    counts: Arc<Counts>,
}

/// What became of spans.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Put in the queue.
    pub(crate) queued: AtomicU64,
    /// Taken by the receiver.
    pub(crate) exported: AtomicU64,
    /// Left out, since the queue was full.
    pub(crate) dropped: AtomicU64,
    /// Sent and not taken, or not deliverable.
    pub(crate) failed: AtomicU64,
}

/// The exporter's end.
pub(crate) struct Queued {
    pub(crate) queue: mpsc::Receiver<Span>,
    pub(crate) flushes: mpsc::Receiver<oneshot::Sender<()>>,
    /// There is a whole batch.
    pub(crate) full: Arc<Notify>,
    pub(crate) counts: Arc<Counts>,
}

/// A queue with room for `most` spans, whose reader is woken early when there are `batch` of them.
pub(crate) fn queue(most: usize, batch: usize) -> (Spans, Queued) {
    let (queue, queued) = mpsc::channel(most);
    let (flushes, flushing) = mpsc::channel(1);
    let full = Arc::new(Notify::new());
    let counts = Arc::<Counts>::default();
    let spans = Spans {
        queue,
        flushes,
        full: full.clone(),
        batch,
        counts: counts.clone(),
    };
    let queued = Queued {
        queue: queued,
        flushes: flushing,
        full,
        counts,
    };
    (spans, queued)
}

impl Spans {
    /// Takes a span where there is room for it.
    pub(super) fn put(&self, span: Span) {
        match self.queue.try_send(span) {
            Ok(()) => _ = self.counts.queued.fetch_add(1, Relaxed),
            Err(_) => _ = self.counts.dropped.fetch_add(1, Relaxed),
        }
        // Waking the exporter for each span would cost a system call each.
        if self.queue.max_capacity() - self.queue.capacity() >= self.batch {
            self.full.notify_one();
        }
    }

    pub(super) fn outcomes(&self) -> [(&'static str, u64); 3] {
        let counts = &self.counts;
        [
            ("exported", counts.exported.load(Relaxed)),
            ("dropped", counts.dropped.load(Relaxed)),
            ("failed", counts.failed.load(Relaxed)),
        ]
    }

    /// Waits until the queue is empty, no longer than that.
    pub(super) async fn flush(&self, most: Duration) {
        let (done, told) = oneshot::channel();
        let flushed = timeout(most, async {
            self.flushes.send(done).await.is_ok() && told.await.is_ok()
        });
        if flushed.await != Ok(true) {
            let counts = &self.counts;
            let settled = counts.exported.load(Relaxed) + counts.failed.load(Relaxed);
            let left = counts.queued.load(Relaxed).saturating_sub(settled);
            tracing::warn!(spans = left, "spans were lost: their receiver was too slow");
        }
    }
}
