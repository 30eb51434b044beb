//! Whether the executor still takes up work: it is asked from a thread of its own, and answers by a task.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// How often the executor is asked at least.
const MOST_BEAT: Duration = Duration::from_secs(1);

/// The executor's pulse.
///
/// To be asked also does it good: where the one thread that waits for sockets and timers goes to work and does not come
/// back, tokio leaves the others asleep, and nothing is read any more. The question comes from outside, wakes one of
/// them, and that one waits for sockets from then on.
pub(crate) struct Heartbeat {
    /// How long the executor may leave a question without its answer.
    patience: Duration,
    beat: Duration,
    began: Instant,
    /// When the question was put that has no answer yet, in milliseconds since `began`; 0 where all are answered.
    asked: AtomicU64,
    question: Notify,
    told: AtomicBool,
}

impl Heartbeat {
    /// A pulse that is taken for lost before the executor has done nothing for `bound`, two beats earlier at most.
    pub(crate) fn new(bound: Duration) -> Self {
        let beat = (bound / 8).min(MOST_BEAT);
        Heartbeat {
            // It may have stood still for a beat when it is asked, and another is for a question that is late itself.
            patience: bound.saturating_sub(beat * 2),
            beat,
            began: Instant::now(),
            asked: AtomicU64::new(0),
            question: Notify::new(),
            told: AtomicBool::new(false),
        }
    }

    /// Answers: on the executor.
    pub(crate) async fn answer(self: Arc<Self>) {
        loop {
            self.question.notified().await;
            self.asked.store(0, Relaxed);
        }
    }

    /// Asks: on another thread.
    pub(crate) async fn ask(&self) {
        loop {
            // A question without an answer keeps its age.
            let _ = self.asked.compare_exchange(0, self.now(), Relaxed, Relaxed);
            self.question.notify_one();
            sleep(self.beat).await;
            self.tell();
        }
    }

    /// Whether the executor has answered lately.
    pub(crate) fn is_beating(&self) -> bool {
        let asked = self.asked.load(Relaxed);
        let waited = Duration::from_millis(self.now().saturating_sub(asked));
        asked == 0 || waited < self.patience
    }

    /// A line when it stands still, and another when it goes on.
    fn tell(&self) {
        let beating = self.is_beating();
        if self.told.swap(!beating, Relaxed) != beating {
            return;
        }
        match beating {
            true => tracing::info!("the executor takes up work again"),
            false => tracing::error!(
                "the executor takes up no work: every thread of it is blocked, and /livez fails; \
                 look for handlers that block, and move what blocks to tokio::task::spawn_blocking"
            ),
        }
    }

    /// Milliseconds since `began`, never 0.
    fn now(&self) -> u64 {
        let milliseconds = self.began.elapsed().as_millis();
        u64::try_from(milliseconds).unwrap_or(u64::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_question_that_waits_too_long_is_a_standstill() {
        let heartbeat = Arc::new(Heartbeat::new(Duration::from_secs(10)));
        let asking = heartbeat.clone();
        let asking = tokio::spawn(async move { asking.ask().await });
        let answering = tokio::spawn(heartbeat.clone().answer());
        sleep(Duration::from_secs(60)).await;
        assert!(heartbeat.is_beating());
        answering.abort();
        let _ = answering.await;
        let stopped = Instant::now();
        while heartbeat.is_beating() {
            sleep(Duration::from_millis(50)).await;
        }
        let took = stopped.elapsed();
        assert!(took >= Duration::from_secs(8), "{took:?}");
        assert!(took <= Duration::from_millis(9_100), "{took:?}");
        tokio::spawn(heartbeat.clone().answer());
        sleep(Duration::from_secs(2)).await;
        assert!(heartbeat.is_beating());
        // Nobody asks: nobody is found wanting, however long the process was stopped.
        asking.abort();
        sleep(Duration::from_secs(1000)).await;
        assert!(heartbeat.is_beating());
    }
}
