//! The provider's keys: fetched in the background by one task, asked for by many requests.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, Semaphore, SemaphorePermit, watch},
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    Claims,
    fetch::{self, Fetcher},
    key_set::KeySet,
    metrics::KeyFacts,
    policy::{Head, Judgement, Policy},
    verified::{Verified, mark},
};
use crate::Unauthorized;

/// From the begin of one fetch to that of the next, however many requests ask for it.
pub(super) const COOLDOWN: Duration = Duration::from_secs(3);
/// How many requests may wait for the cooldown's end; others are refused without.
const MOST_WAITING: usize = 64;
/// How long a request waits at most: for a fetch at work, the cooldown, and the next fetch.
const LONGEST: Duration = Duration::from_secs(3 + 4 * fetch::TIMEOUT.as_secs());
/// The longest rest after fetches that failed.
const LONGEST_REST: Duration = Duration::from_secs(60);

/// The keys as they are known.
pub(super) struct Keeper {
    state: watch::Sender<Arc<Known>>,
    /// A request has a token by a key that is not known.
    asked: Notify,
    waiting: Semaphore,
}

/// What is known of the keys.
#[derive(Default, Clone)]
struct Known {
    keys: Arc<KeySet>,
    verified: Arc<Verified>,
    /// When they were asked for.
    fetched: Option<Instant>,
    /// When the last fetch began that is over.
    tried: Option<Instant>,
    /// Why that gave no keys.
    failure: Option<Arc<str>>,
    successes: u64,
    failures: u64,
    /// How many failures came since the last success.
    in_a_row: u32,
}

impl Default for Keeper {
    fn default() -> Self {
        Keeper {
            state: watch::Sender::default(),
            asked: Notify::new(),
            waiting: Semaphore::new(MOST_WAITING),
        }
    }
}

impl Keeper {
    /// Fetches the keys: at once, before they are too old, and where a request asks for it.
    pub(super) async fn keep(self: Arc<Self>, policy: Arc<Policy>) {
        let mut fetcher = Fetcher::new(&policy.issuer, policy.source.clone());
        if fetcher.is_in_the_clear() {
            tracing::warn!(
                issuer = policy.issuer,
                "the token issuer's keys come over a connection without TLS: whoever can change what is on it can sign \
                 tokens"
            );
        }
        loop {
            let began = Instant::now();
            let jwks = fetcher.jwks().await;
            let keys = jwks.and_then(|jwks| KeySet::read(&jwks, &policy.algorithms));
            let rest = self.learn(began, keys, policy.refresh);
            tokio::select! {
                () = sleep_until(began + rest) => fetcher.forget(),
                () = self.asked.notified() => sleep_until(began + COOLDOWN).await,
            }
        }
    }

    /// Takes over what a fetch gave; how long to rest from its begin on.
    fn learn(&self, began: Instant, keys: Result<KeySet, String>, refresh: Duration) -> Duration {
        let mut known = Known::clone(&self.state.borrow());
        known.tried = Some(began);
        let rest = match keys {
            Ok(keys) => {
                if known.in_a_row > 0 || known.fetched.is_none() {
                    tracing::info!(keys = keys.len(), "the token issuer's keys are here");
                }
                known.keys = Arc::new(keys);
                known.verified = Arc::default();
                known.fetched = Some(began);
                known.failure = None;
                known.successes += 1;
                known.in_a_row = 0;
                refresh
            }
            Err(reason) => {
                tracing::warn!(reason, "the token issuer's keys cannot be fetched");
                known.failure = Some(reason.into());
                known.failures += 1;
                known.in_a_row += 1;
                let doubled = COOLDOWN * 2_u32.pow(known.in_a_row.min(6) - 1);
                doubled.min(LONGEST_REST).min(refresh)
            }
        };
        self.state.send_replace(Arc::new(known));
        // Many instances should not ask at the same moment.
        rest.mul_f64(0.9 + fastrand::f64() / 10.0)
    }

    /// What a token says, which may be known, by the keys that are known or, where none of them fits, by those that are
    /// there now.
    ///
    /// # Errors
    /// Where the token is no good or cannot be judged.
    pub(super) async fn claims(
        &self,
        policy: &Policy,
        token: &str,
    ) -> Result<Claims, Unauthorized> {
        let mark = mark(token);
        let known = self.state.borrow().clone();
        let kept = known.usable(policy).then(|| known.verified.find(&mark));
        if let Some(claims) = kept.flatten().filter(|claims| policy.is_alive(claims)) {
            return Ok(claims);
        }
        let head = policy.head(token)?;
        let (known, claims) = self.judged(policy, token, &head).await?;
        known.verified.add(mark, claims.clone(), token.len());
        Ok(claims)
    }

    /// What a token says, and the keys that it was verified by.
    async fn judged(
        &self,
        policy: &Policy,
        token: &str,
        head: &Head,
    ) -> Result<(Arc<Known>, Claims), Unauthorized> {
        let mut state = self.state.subscribe();
        let asked = Instant::now();
        let mut turn: Option<SemaphorePermit> = None;
        loop {
            let known = state.borrow_and_update().clone();
            match known.judge(policy, token, head) {
                Judgement::Claims(claims) => return Ok((known, claims)),
                Judgement::Refused(refusal) => return Err(refusal),
                Judgement::NotSigned => {}
            }
            if known.tried.is_some_and(|tried| tried >= asked) {
                return Err(known.refusal(policy));
            }
            if turn.is_none() && known.is_cooling_down() {
                let permit = self.waiting.try_acquire();
                turn = Some(permit.map_err(|_| known.refusal(policy))?);
            }
            self.asked.notify_one();
            match timeout_at(asked + LONGEST, state.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(unavailable()),
            }
        }
    }

    /// Whether tokens can be judged.
    ///
    /// # Errors
    /// Why the keys are not as they should be.
    pub(super) fn standing(&self, policy: &Policy) -> Result<(), String> {
        let known = self.state.borrow();
        match (&known.failure, known.usable(policy)) {
            (Some(failure), true) => Err(format!("the last keys are in use: {failure}")),
            (Some(failure), false) => Err(format!("there are no keys: {failure}")),
            (None, false) => Err("the keys are not here yet".into()),
            (None, true) if known.keys.len() == 0 => {
                Err("the issuer has no key that tokens could be signed by".into())
            }
            (None, true) => Ok(()),
        }
    }

    /// [`Keeper::standing`], once the first fetch is over.
    ///
    /// # Errors
    /// As there.
    pub(super) async fn first_standing(&self, policy: &Policy) -> Result<(), String> {
        let mut state = self.state.subscribe();
        // It does not end, as long as this does not.
        let _ = state.wait_for(|known| known.tried.is_some()).await;
        self.standing(policy)
    }

    pub(super) fn facts(&self, name: &'static str) -> KeyFacts {
        let known = self.state.borrow();
        KeyFacts {
            name,
            keys: known.keys.len(),
            age: known.fetched.map(|fetched| fetched.elapsed()),
            successes: known.successes,
            failures: known.failures,
        }
    }
}

impl Known {
    /// Whether the keys are not too old.
    fn usable(&self, policy: &Policy) -> bool {
        let fetched = self.fetched;
        fetched.is_some_and(|fetched| fetched.elapsed() <= policy.max_age)
    }

    fn is_cooling_down(&self) -> bool {
        self.tried.is_some_and(|tried| tried.elapsed() < COOLDOWN)
    }

    fn judge(&self, policy: &Policy, token: &str, head: &Head) -> Judgement {
        if !self.usable(policy) {
            return Judgement::NotSigned;
        }
        let mut keys = self.keys.fitting(head.kid.as_deref(), head.algorithm);
        let judged = keys.find_map(|key| match policy.judge(token, head, key) {
            Judgement::NotSigned => None,
            judged => Some(judged),
        });
        judged.unwrap_or(Judgement::NotSigned)
    }

    /// The refusal of a token that none of the keys fits.
    fn refusal(&self, policy: &Policy) -> Unauthorized {
        match self.failure.is_some() || !self.usable(policy) {
            true => unavailable(),
            false => Unauthorized::invalid_token("the token is signed by no key of its issuer"),
        }
    }
}

fn unavailable() -> Unauthorized {
    Unauthorized::unavailable("the keys of the token's issuer cannot be had right now; try again")
}
