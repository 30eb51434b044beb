//! A connection from its begin to its end, which comes with the service's at the latest.

use std::{pin::Pin, sync::atomic::Ordering::Relaxed, time::Duration};

use hyper_util::server::graceful::GracefulConnection;
use tokio::time::{Instant, sleep};

use super::{Drain, Phase};
use crate::metrics::Conversation;

/// How long a caller that has connected before the port was closed may take to send its request's head.
const LATE_HEAD: Duration = Duration::from_secs(1);
/// How often a connection that was told to end is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long a connection on which nothing is in work may stand still: its other end is gone without a word, or takes
/// none of what is left for it.
const STILL: Duration = Duration::from_secs(5);

/// Serves a connection to its end; none where it was cut or dropped.
pub(crate) async fn see_off<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    drain: &Drain,
    conversation: &Conversation,
) -> Option<C::Output> {
    tokio::select! {
        ended = connection.as_mut() => return Some(ended),
        () = drain.reached(Phase::Closing) => {}
    }
    // What was sent before the port was closed may still be on its way.
    let late = async {
        tokio::select! {
            () = sleep(LATE_HEAD) => {}
            () = drain.cut() => {}
        }
    };
    tokio::select! {
        ended = connection.as_mut() => return Some(ended),
        () = late => {}
    }
    connection.as_mut().graceful_shutdown();
    let lost = tokio::select! {
        ended = connection => return Some(ended),
        () = drain.cut() => match conversation.has_begun() {
            true => &drain.tally.cut_connections,
            false => &drain.tally.dropped_connections,
        },
        () = nothing_to_wait_for(conversation) => &drain.tally.dropped_connections,
    };
    lost.fetch_add(1, Relaxed);
    None
}

/// Ends when nothing is to be expected of a connection that was told to end.
async fn nothing_to_wait_for(conversation: &Conversation) {
    let (mut moved, mut since) = (conversation.moved(), Instant::now());
    loop {
        sleep(LOOK).await;
        if !conversation.has_begun() {
            return;
        }
        let now = conversation.moved();
        if now != moved || conversation.is_busy() {
            (moved, since) = (now, Instant::now());
        }
        if since.elapsed() >= STILL {
            return;
        }
    }
}
