//! Items sent from another task.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::sync::{Semaphore, mpsc};

use super::Items;
use crate::Problem;

/// Items that another task sends, and the sender for it.
///
/// `room` is how many items may wait for the reader; there is always room for one. The stream ends once every sender
/// is dropped. Where one is dropped by a panic, the stream ends in a problem, so that it never looks whole.
pub fn channel<T: Send + 'static>(room: usize) -> (ItemSender<T>, Items<T>) {
    let (items, waiting) = mpsc::channel(room.clamp(1, Semaphore::MAX_PERMITS));
    let panicked = Arc::new(AtomicBool::new(false));
    let reader = Received {
        waiting: Some(waiting),
        panicked: Arc::clone(&panicked),
    };
    (ItemSender { items, panicked }, Items::new(reader))
}

/// Sends items to their reader. Clones send to the same one.
pub struct ItemSender<T> {
    items: mpsc::Sender<Result<T, Problem>>,
    panicked: Arc<AtomicBool>,
}

impl<T> ItemSender<T> {
    /// Sends an item, once there is room for it: a slow reader slows its sender down.
    ///
    /// # Errors
    /// Where the reader is gone.
    pub async fn send(&self, item: T) -> Result<(), Closed> {
        self.items.send(Ok(item)).await.map_err(|_| Closed)
    }

    /// Ends the stream in a problem, behind the items that were sent before.
    ///
    /// # Errors
    /// Where the reader is gone.
    pub async fn fail(self, problem: Problem) -> Result<(), Closed> {
        self.items.send(Err(problem)).await.map_err(|_| Closed)
    }

    /// Waits until the reader is gone.
    pub async fn closed(&self) {
        self.items.closed().await;
    }
}

impl<T> Clone for ItemSender<T> {
    fn clone(&self) -> Self {
        ItemSender {
            items: self.items.clone(),
            panicked: Arc::clone(&self.panicked),
        }
    }
}

impl<T> fmt::Debug for ItemSender<T> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("ItemSender")
    }
}

impl<T> Drop for ItemSender<T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.panicked.store(true, SeqCst);
        }
    }
}

/// The reader of a stream is gone; nothing more can be sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("the reader of the stream is gone")
    }
}

impl Error for Closed {}

struct Received<T> {
    /// None once the end was given out, which tells the senders.
    waiting: Option<mpsc::Receiver<Result<T, Problem>>>,
    panicked: Arc<AtomicBool>,
}

impl<T> Stream for Received<T> {
    type Item = Result<T, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(waiting) = &mut self.waiting else {
            return Poll::Ready(None);
        };
        let next = match waiting.poll_recv(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) if self.panicked.load(SeqCst) => Some(Err(Problem::internal(
                "the stream broke off before its end",
            ))),
            Poll::Ready(next) => next,
        };
        if !matches!(next, Some(Ok(_))) {
            self.waiting = None;
        }
        Poll::Ready(next)
    }
}
