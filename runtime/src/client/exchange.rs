//! A call from the request to the head of its answer: its time, its turn, its tries.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use http::{HeaderMap, Method, Request, Response, Uri};
use tokio::time::{sleep_until, timeout, timeout_at};

use super::{
    CallError, Client, Shared,
    backend::{Backend, Entered},
    balance::{self, List},
    connection::Failed,
    observe::{self, Trying},
    retry::{self, Outcome},
    settings::Settings,
};
use crate::{Body, deadline};

/// How much of an answer that is not wanted is read, so that its connection can be kept: bytes, and time.
const UNWANTED: usize = 16 * 1024;
const UNWANTED_TIME: Duration = Duration::from_millis(20);

/// A request that is written.
pub(super) struct Outgoing {
    pub(super) operation: &'static str,
    /// The path as the document has it; none where the address comes from elsewhere.
    #[cfg(feature = "server")]
    pub(super) template: Option<&'static str>,
    pub(super) method: Method,
    /// As the document has it.
    #[cfg(feature = "server")]
    pub(super) method_name: &'static str,
    pub(super) target: Destination,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    /// The request that this one is made for, where there is one.
    #[cfg(feature = "server")]
    pub(super) current: Option<crate::handler::Current>,
}

/// Where a request goes, every parameter put in.
pub(super) enum Destination {
    /// A path and query below whichever base is chosen.
    Own(String),
    Given(Uri),
}

impl Outgoing {
    /// By when the whole of it must be over, by the request that it is made for.
    fn due(&self) -> Option<Instant> {
        #[cfg(feature = "server")]
        return self.current.as_ref()?.deadline;
        #[cfg(not(feature = "server"))]
        None
    }

    fn is_given(&self) -> bool {
        matches!(self.target, Destination::Given(_))
    }

    /// The request as it goes to a backend, with this body.
    fn request(&self, backend: &Backend, body: Body) -> Result<Request<Body>, String> {
        let uri = match (&self.target, &backend.base) {
            (Destination::Given(uri), _) => uri.clone(),
            (Destination::Own(path), Some(base)) => {
                format!("{}{path}", base.as_str()).try_into().map_err(
                    |error: http::uri::InvalidUri| format!("its address is no URL: {error}"),
                )?
            }
            (Destination::Own(_), None) => return Err("it has no address".into()),
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        Ok(request)
    }
}

/// Sends a request until it is answered, as often as may be; also how long the body of the answer may take.
pub(super) async fn exchange(
    client: &Client,
    outgoing: Outgoing,
) -> Result<(Response<Body>, Duration), CallError> {
    let (settings, shared) = (&*client.settings, client.shared());
    let now = Instant::now();
    let due = outgoing.due();
    let own = now.checked_add(settings.timeout).unwrap_or(now);
    let deadline = due.map_or(own, |due| due.min(own));
    if deadline <= now {
        return Err(CallError::Timeout);
    }
    let operation = outgoing.operation;
    let turn = shared.limit.turn(deadline).await;
    let turn = turn.inspect_err(|error| observe::refused(operation, error))?;
    shared.budget.called();
    let mut exchange = Exchange {
        settings,
        shared,
        deadline,
        is_own: deadline == own,
        again: outgoing.body.again().is_some(),
        idempotent: retry::is_idempotent(&outgoing.method, &outgoing.headers),
        outgoing,
        tried: Vec::new(),
        tries: 0,
    };
    let answer = exchange.run().await;
    drop(turn);
    let left = due.map(|due| due.saturating_duration_since(Instant::now()));
    let left = left.map_or(settings.timeout, |left| left.min(settings.timeout));
    answer
        .map(|answer| (answer, left))
        .map_err(|failed| failed.error)
}

struct Exchange<'c> {
    settings: &'c Settings,
    shared: &'c Shared,
    outgoing: Outgoing,
    deadline: Instant,
    /// Whether the deadline is the client's own, and not what others have left of theirs.
    is_own: bool,
    /// Whether its body can be sent again.
    again: bool,
    idempotent: bool,
    tried: Vec<Arc<Backend>>,
    tries: u32,
}

impl Exchange<'_> {
    async fn run(&mut self) -> Outcome {
        loop {
            let backends = self.backends().await?;
            let outcome = self.one_try(&backends).await;
            let Some(until) = self.retry_at(&outcome, &backends) else {
                return outcome;
            };
            if let Ok(unwanted) = outcome {
                let read = unwanted.into_body().bytes(UNWANTED);
                // Whatever comes of it.
                let _ = timeout(UNWANTED_TIME, read).await;
            }
            sleep_until(until.into()).await;
        }
    }

    async fn backends(&mut self) -> Result<List, Failed> {
        if self.outgoing.is_given() {
            return Ok(self.shared.given.clone());
        }
        let found = timeout_at(self.deadline.into(), self.shared.backends.all()).await;
        found.map_err(|_| unsent(CallError::Timeout))
    }

    async fn one_try(&mut self, backends: &List) -> Outcome {
        let now = Instant::now();
        let chosen = balance::choose(backends, &self.tried, now);
        let mut entered = chosen.map_err(|retry_in| {
            let error = CallError::Open { retry_in };
            observe::refused(self.outgoing.operation, &error);
            unsent(error)
        })?;
        self.tries += 1;
        let (until, is_own) = self.until(now);
        let backend = entered.backend.clone();
        let mut request = self.request(&entered, until - now)?;
        let trying = Trying::begin(&self.outgoing, &backend, &mut request, self.tries - 1);
        let sending = backend.send(self.settings, self.outgoing.operation, request);
        let outcome = match timeout_at(until.into(), sending).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failed {
                error: CallError::Timeout,
                unprocessed: false,
            }),
        };
        trying.ended(&outcome);
        self.judge(&mut entered, &outcome, is_own);
        drop(entered);
        self.tried.push(backend);
        outcome
    }

    /// When this try must be over, and whether that is the client's own time as a whole.
    fn until(&self, now: Instant) -> (Instant, bool) {
        let one = self
            .settings
            .try_timeout
            .and_then(|one| now.checked_add(one));
        match one.filter(|one| *one < self.deadline) {
            Some(one) => (one, true),
            None => (self.deadline, self.is_own && self.tries == 1),
        }
    }

    fn request(&mut self, entered: &Entered, left: Duration) -> Result<Request<Body>, Failed> {
        let body = match self.outgoing.body.again() {
            Some(body) => body,
            None => std::mem::take(&mut self.outgoing.body),
        };
        let operation = self.outgoing.operation;
        let made = self.outgoing.request(&entered.backend, body);
        let mut request =
            made.map_err(|words| unsent(CallError::Request(format!("{operation}: {words}"))))?;
        // Whoever gave the address is told nothing of how this service works.
        if self.settings.tell_deadline && !self.outgoing.is_given() {
            deadline::tell(request.headers_mut(), left);
        }
        Ok(request)
    }

    /// What an outcome says of the backend: nothing, where the time was too short or the request's own body broke off.
    fn judge(&self, entered: &mut Entered, outcome: &Outcome, is_own: bool) {
        entered.failed = match outcome {
            Ok(answer) => Some(retry::is_of_the_backend(answer.status())),
            Err(failed) => match failed.error {
                CallError::Connect(_) => Some(true),
                CallError::Broken(_) => self.again.then_some(true),
                CallError::Timeout => is_own.then_some(true),
                _ => None,
            },
        };
        if matches!(outcome, Err(failed) if matches!(failed.error, CallError::Connect(_))) {
            self.shared.backends.doubt();
        }
    }

    /// When to try again, where that is allowed, worth it, paid for and in time.
    fn retry_at(&self, outcome: &Outcome, backends: &List) -> Option<Instant> {
        let may = self.again && self.tries < self.settings.tries;
        if !may || !retry::is_worth_it(outcome, self.idempotent) {
            return None;
        }
        let now = Instant::now();
        let another = balance::has_another(backends, &self.tried, now);
        let pause = match outcome {
            // Nothing is gained by waiting for another backend.
            Err(_) if another => Duration::ZERO,
            _ => retry::pause(outcome, self.tries),
        };
        let until = now.checked_add(pause)?;
        let open = another || backends.iter().any(|one| one.wait(until).is_none());
        if until >= self.deadline || !open {
            return None;
        }
        let paid = self.shared.budget.spend(now);
        let tell = if paid {
            observe::retried
        } else {
            observe::denied
        };
        tell(self.outgoing.operation);
        paid.then_some(until)
    }
}

fn unsent(error: CallError) -> Failed {
    Failed {
        error,
        unprocessed: true,
    }
}
