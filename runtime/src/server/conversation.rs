//! How far the talk on a connection has come, and how long it may stand still.
//!
//! Nothing is set or reset for each request: moments are noted, and one timer for the connection looks at them when the
//! shortest of the bounds may have passed.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::Poll,
    time::{Duration, Instant},
};

use http::{StatusCode, Version};
use tokio::time::sleep;

use super::Connection;

/// How every HTTP/2 connection begins (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// How long a connection may stand still, by what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For the whole of a request's head, from its first byte; for that byte itself on a new connection.
    pub(crate) head: Duration,
    /// For the next request.
    pub(crate) idle: Duration,
    /// For the other end to take bytes.
    pub(crate) write: Duration,
}

/// What a connection has waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// The rest of a head, or its first byte on a new connection.
    Head,
    /// Another request.
    Idle,
    /// That the other end takes bytes.
    Write,
}

/// A moment that is not looked at yet.
const JUST_NOW: u64 = u64::MAX;

/// How far the talk on a connection has come. Moments are milliseconds since its beginning and one more; 0 is none.
pub(crate) struct Conversation {
    began: Instant,
    /// Requests in work.
    active: AtomicUsize,
    /// Since when nothing is asked.
    idle: AtomicU64,
    /// Since when a head is on its way; on HTTP/1.
    asking: AtomicU64,
    /// Since when the other end takes no bytes.
    blocked: AtomicU64,
    /// Whether a byte has come.
    spoken: AtomicBool,
    /// Whether a whole head has.
    begun: AtomicBool,
    http2: AtomicBool,
    /// The status of the last answer on HTTP/1.
    status: AtomicU16,
}

impl Default for Conversation {
    fn default() -> Self {
        Conversation {
            began: Instant::now(),
            active: AtomicUsize::new(0),
            idle: AtomicU64::new(1),
            asking: AtomicU64::new(0),
            blocked: AtomicU64::new(0),
            spoken: AtomicBool::new(false),
            begun: AtomicBool::new(false),
            http2: AtomicBool::new(false),
            status: AtomicU16::new(0),
        }
    }
}

impl Conversation {
    /// A request's head has come. It is in work until it [is over](Conversation::over).
    fn asked(&self, version: Version) {
        // The first bytes may have been too few to tell.
        if version == Version::HTTP_2 {
            self.http2.store(true, Relaxed);
        }
        self.active.fetch_add(1, Relaxed);
        self.begun.store(true, Relaxed);
        self.asking.store(0, Relaxed);
    }

    /// A request is over since then.
    fn over(&self, since: Instant) {
        self.idle.store(self.at(since), Relaxed);
        self.active.fetch_sub(1, Relaxed);
    }

    /// Whether a request's head has ever come.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Relaxed)
    }

    /// Whether a head was on its way.
    pub(crate) fn is_asking(&self) -> bool {
        self.asking.load(Relaxed) != 0
    }

    /// The status that the last answer on HTTP/1 had, whoever gave it.
    pub(crate) fn last_status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status.load(Relaxed)).ok()
    }

    fn now(&self) -> u64 {
        self.at(Instant::now())
    }

    fn at(&self, moment: Instant) -> u64 {
        let since = moment.saturating_duration_since(self.began).as_millis();
        u64::try_from(since).unwrap_or(u64::MAX - 2) + 1
    }

    /// The connection has looked at all that has come: what is not a whole head by now has begun in this moment. For
    /// heads that come in one piece no clock is asked.
    pub(crate) fn rest(&self) {
        if self.asking.load(Relaxed) == JUST_NOW {
            self.asking.store(self.now(), Relaxed);
        }
    }

    /// Bytes have come.
    pub(super) fn read(&self, bytes: &[u8]) {
        if !self.spoken.load(Relaxed) {
            self.spoken.store(true, Relaxed);
            self.http2.store(bytes.starts_with(PREFACE), Relaxed);
        }
        let new = self.active.load(Relaxed) == 0 && !self.is_asking();
        if new && !self.http2.load(Relaxed) {
            self.asking.store(JUST_NOW, Relaxed);
        }
    }

    /// Bytes were to be sent.
    pub(super) fn wrote(&self, bytes: &[u8], outcome: &Poll<io::Result<usize>>) {
        match outcome {
            Poll::Ready(_) if self.blocked.load(Relaxed) != 0 => self.blocked.store(0, Relaxed),
            Poll::Ready(_) => {}
            Poll::Pending => {
                let moment = self.now();
                // The first moment counts.
                let _ = self.blocked.compare_exchange(0, moment, Relaxed, Relaxed);
            }
        }
        let digits = bytes
            .strip_prefix(b"HTTP/1.")
            .and_then(|rest| rest.get(2..5));
        if let Some(status) = digits.and_then(|digits| StatusCode::from_bytes(digits).ok()) {
            self.status.store(status.as_u16(), Relaxed);
        }
    }

    /// Ends when the connection has waited for too long, with what for.
    pub(crate) async fn overdue(&self, patience: Patience) -> Overdue {
        let shortest = patience.head.min(patience.idle).min(patience.write);
        loop {
            let left = match self.due(patience) {
                None => shortest,
                Some((since, most, what)) => {
                    let waited = Duration::from_millis(self.now().saturating_sub(since));
                    match most.checked_sub(waited) {
                        None | Some(Duration::ZERO) => return what,
                        Some(left) => left.min(shortest),
                    }
                }
            };
            sleep(left).await;
        }
    }

    /// What it waits for: since when, and how long it may.
    fn due(&self, patience: Patience) -> Option<(u64, Duration, Overdue)> {
        self.rest();
        let (blocked, asking) = (self.blocked.load(Relaxed), self.asking.load(Relaxed));
        if blocked != 0 {
            return Some((blocked, patience.write, Overdue::Write));
        }
        if self.active.load(Relaxed) > 0 {
            return None;
        }
        let idle = self.idle.load(Relaxed);
        match (asking, self.spoken.load(Relaxed)) {
            (0, true) => Some((idle, patience.idle, Overdue::Idle)),
            (0, false) => Some((idle, patience.head, Overdue::Head)),
            (asking, _) => Some((asking, patience.head, Overdue::Head)),
        }
    }
}

/// A request in work on a connection.
pub(crate) struct Asked {
    pub(crate) connection: Arc<Connection>,
    /// When it was over, where that is known to whoever drops this.
    pub(crate) over: Option<Instant>,
}

impl Asked {
    /// A request's head has come.
    pub(crate) fn on(connection: &Arc<Connection>, version: Version) -> Self {
        connection.conversation.asked(version);
        Asked {
            connection: connection.clone(),
            over: None,
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let over = self.over.unwrap_or_else(Instant::now);
        self.connection.conversation.over(over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_head_on_http2_is_none_however_its_first_bytes_came() {
        let (first, rest) = PREFACE.split_at(4);
        let conversation = Conversation::default();
        conversation.read(first);
        conversation.read(rest);
        assert!(conversation.is_asking());
        conversation.asked(Version::HTTP_2);
        conversation.over(Instant::now());
        conversation.read(b"a ping");
        assert!(!conversation.is_asking());
        let plain = Conversation::default();
        plain.read(b"GET / ");
        plain.asked(Version::HTTP_11);
        plain.over(Instant::now());
        plain.read(b"GET / ");
        assert!(plain.is_asking());
    }
}
