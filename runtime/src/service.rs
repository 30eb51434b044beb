//! A document's operations over the handlers of one application.

mod errors;

use std::{
    collections::HashMap,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use tower_layer::Layer;

use crate::{
    Call, Contract, HealthCheck, Operation, RequestBody, Response, Schemas, Started, Stopping,
    Task, TaskOutcome, Verifier, content_encoding,
    example::Examples,
    hook::Hook,
    layers::{Route, Serves, Wrap},
    limits::{OperationLimits, Room},
    metrics::{Counted, Source},
    operation::{Answering, Cause},
    routing::Router,
    template::path_shape,
};

use errors::{choose, problem, tell};
pub(crate) use errors::{failed, problem_answer, unknown_method, unknown_path};

/// What the dispatch must know of one operation.
pub(crate) struct Entry {
    pub(crate) id: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: Option<RequestBody>,
    /// The media types in which success is told, once a caller asks for one: reading the contract takes its time, and
    /// a service that starts has none to lose.
    offers: OnceLock<Vec<&'static str>>,
    /// What stands behind the path in the document, of one of several operations on a path.
    pub(crate) overload: Option<&'static str>,
    /// The operations on the same path and method that come after this one.
    pub(crate) others: Vec<usize>,
    /// Whether its body may come while the handler runs, for as long as that likes.
    pub(crate) streams: bool,
    pub(crate) limits: OperationLimits,
    /// Where it has room of its own.
    pub(crate) room: Option<Room>,
}

/// A document's operations over the handlers of one application, ready to [`run`](crate::run()).
pub struct Service {
    pub(crate) application: Arc<dyn Application>,
    pub(crate) contract: Contract,
    pub(crate) entries: Vec<Entry>,
    pub(crate) counted: Vec<Counted>,
    pub(crate) router: Router,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) checks: Vec<HealthCheck>,
    pub(crate) verifiers: Vec<Verifier>,
    pub(crate) metrics: Vec<Source>,
    pub(crate) secrets: Vec<&'static str>,
    pub(crate) layers: Vec<Wrap>,
    pub(crate) fallback: Option<Route>,
}

impl Service {
    /// Puts a table of operations over an application.
    pub fn new<A: Send + Sync + 'static>(
        application: A,
        operations: &'static [Operation<A>],
        contract: Contract,
    ) -> Self {
        let mut router = Router::new(contract.base_paths);
        let mut entries: Vec<Entry> = operations.iter().map(entry).collect();
        for group in overloads(operations) {
            let (first, others) = (group[0], &group[1..]);
            let (path, _) = split(operations[first].path);
            router.add(method(operations[first].method), path, first);
            entries[first].others = others.to_vec();
        }
        Service {
            application: Arc::new(Typed {
                application: Arc::new(application),
                operations,
            }),
            contract,
            entries,
            counted: operations.iter().map(counted).collect(),
            router,
            hooks: Vec::new(),
            tasks: Vec::new(),
            checks: Vec::new(),
            verifiers: Vec::new(),
            metrics: Vec::new(),
            secrets: Vec::new(),
            layers: Vec::new(),
            fallback: None,
        }
    }

    /// Adds a check of something without which the service is not ready: [`HealthCheck::readiness`] as it stands.
    #[must_use]
    pub fn readiness<F, W, E>(self, name: &'static str, work: F) -> Self
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        self.check(HealthCheck::readiness(name, work))
    }

    /// Adds a check that must pass once before the service has started: [`HealthCheck::startup`] as it stands.
    #[must_use]
    pub fn startup<F, W, E>(self, name: &'static str, work: F) -> Self
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        self.check(HealthCheck::startup(name, work))
    }

    /// Adds a check, with times and weight of its own. Two of one name are a mistake, told when the service is run.
    #[must_use]
    pub fn check(mut self, check: HealthCheck) -> Self {
        self.checks.push(check);
        self
    }

    /// Sets up a verifier by the settings, together with all others, and has probes and metrics tell of it: an
    /// [`ApiKeys`](crate::ApiKeys), and with their features a `Jwt` or `Passwords`, of which the application holds a
    /// clone.
    ///
    /// ```ignore
    /// let keys = ApiKeys::from_environment();
    /// oarlock_runtime::run(shop_api::service(App { keys: keys.clone() }).verifier(keys))
    /// ```
    #[must_use]
    pub fn verifier(mut self, verifier: impl Into<Verifier>) -> Self {
        let verifier = verifier.into();
        self.checks.extend(verifier.checks());
        self.verifiers.push(verifier);
        self
    }

    /// Adds names of headers, parameters, members and fields whose values no line of the log shows: where a field has
    /// such a name, and where one stands before a value in a text. Letters and digits alone count, small or capital:
    /// `cardNumber` is `card_number` too.
    #[must_use]
    pub fn redact(mut self, names: &[&'static str]) -> Self {
        self.secrets.extend(names);
        self
    }

    /// Adds work to be done before the first request is taken, the first added first; it has until its deadline. Where
    /// it fails or is late the service does not start. What it gives back is done on the way out, within as much time:
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # struct Pool;
    /// # impl Pool {
    /// #     async fn connect() -> std::io::Result<Pool> { Ok(Pool) }
    /// #     async fn close(self) -> std::io::Result<()> { Ok(()) }
    /// # }
    /// # fn with(service: oarlock_runtime::Service) -> oarlock_runtime::Service {
    /// use oarlock_runtime::StopWork;
    ///
    /// service.on_start("db", Duration::from_secs(10), || async {
    ///     let pool = Pool::connect().await?;
    ///     Ok(StopWork::new(move || async move { Ok(pool.close().await?) }))
    /// })
    /// # }
    /// ```
    ///
    /// A hook without anything to be undone ends in `Ok(())`. Start and stop hooks are one list: where a start fails, or
    /// a signal ends it, what stands before it in the list is stopped, the last first.
    #[must_use]
    pub fn on_start<F, W, S>(mut self, name: &'static str, deadline: Duration, work: F) -> Self
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<S, Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
        S: Started,
    {
        self.hooks.push(Hook::start(name, deadline, work));
        self
    }

    /// Adds work to be done when every request is answered, the last added first; it has until its deadline.
    #[must_use]
    pub fn on_stop<F, W>(mut self, name: &'static str, deadline: Duration, work: F) -> Self
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        self.hooks.push(Hook::stop(name, deadline, work));
        self
    }

    /// Adds work beside the requests: [`Task::new`] as it stands.
    #[must_use]
    pub fn task<F, W, T>(self, name: &'static str, work: F) -> Self
    where
        F: FnOnce(Stopping) -> W + Send + 'static,
        W: Future<Output = T> + Send + 'static,
        T: TaskOutcome,
    {
        self.background(Task::new(name, work))
    }

    /// Adds work beside the requests, with a word on what becomes of the service where it fails. Two tasks of one name
    /// are a mistake, told when the service is run.
    #[must_use]
    pub fn background(mut self, task: Task) -> Self {
        self.tasks.push(task);
        self
    }

    /// Adds metrics of your own to `/metrics`. Each time that it is asked for, `write` appends them as OpenMetrics
    /// text, on a thread that no request waits for; a caller that wants Prometheus' text gets them as that. Their names
    /// must be other than the runtime's. A last `# EOF` may be there and is dropped.
    ///
    /// With the library `prometheus-client`:
    ///
    /// ```ignore
    /// let mut registry = Registry::default();
    /// let sold = Counter::<u64>::default();
    /// registry.register("shop_pets_sold", "Pets that were sold", sold.clone());
    /// service.metrics(move |out| encode_registry(out, &registry).unwrap_or_default())
    /// ```
    #[must_use]
    pub fn metrics(mut self, write: impl Fn(&mut String) + Send + Sync + 'static) -> Self {
        self.metrics.push(Box::new(write));
        self
    }

    /// Gives one operation, by its `operationId`, limits of its own. An operation that the document does not have is left
    /// alone, and told in the log.
    #[must_use]
    pub fn limit(mut self, operation: &str, limits: OperationLimits) -> Self {
        match self.entries.iter_mut().find(|entry| entry.id == operation) {
            Some(entry) => {
                entry.limits = limits;
                entry.room = limits.max_requests.map(Room::new);
            }
            None => tracing::error!(operation, "limits for an operation that is none"),
        }
        self
    }

    /// Puts a layer of tower's around every request, outside of those that are there already. It is inside of what the
    /// settings ask for (CORS, compression) and outside of what finds the operation, so that it sees the request before
    /// it is decoded, and every answer; each is counted and logged whatever answers it.
    ///
    /// ```ignore
    /// service.layer(tower_http::normalize_path::NormalizePathLayer::trim_trailing_slash())
    /// ```
    #[must_use]
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Send + 'static,
        L::Service: Serves<B>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.layers
            .push(Box::new(move |route| Route::new(layer.layer(route))));
        self
    }

    /// Asks another service for what no path of the document fits, such as an `axum::Router`.
    ///
    /// ```ignore
    /// service.fallback(axum::Router::new().route("/hello", get(|| async { "hello" })))
    /// ```
    #[must_use]
    pub fn fallback<S, B>(mut self, service: S) -> Self
    where
        S: Serves<B>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.fallback = Some(Route::new(service));
        self
    }

    pub(crate) fn examples(&self, on: bool) -> Option<Examples> {
        on.then(|| Examples::read(self.contract.examples, self.contract.schemas))
    }
}

impl Entry {
    pub(crate) fn offers(&self, schemas: &'static Schemas) -> &[&'static str] {
        self.offers.get_or_init(|| {
            let request = schemas.request(self.id).into_iter();
            let offers = request.flat_map(|request| &request.offers);
            offers.map(String::as_str).collect()
        })
    }
}

fn entry<A>(operation: &Operation<A>) -> Entry {
    Entry {
        id: operation.id,
        path: split(operation.path).0,
        body: operation.body,
        offers: OnceLock::new(),
        overload: split(operation.path).1,
        others: Vec::new(),
        streams: operation.body.is_some_and(|body| body.is_streamed()),
        limits: OperationLimits::new(),
        room: None,
    }
}

/// A path, and what stands behind it in the document.
fn split(path: &'static str) -> (&'static str, Option<&'static str>) {
    match path.split_once('#') {
        Some((path, behind)) => (path, Some(behind)),
        None => (path, None),
    }
}

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap_or_else(|_| {
        tracing::error!(name, "a method of the document is none");
        Method::GET
    })
}

/// The operations of each path and method; those that are named by more than their path come first.
fn overloads<A>(operations: &[Operation<A>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<(&str, String), usize> = HashMap::new();
    for (index, one) in operations.iter().enumerate() {
        let (path, overload) = split(one.path);
        let key = (one.method, path_shape(path));
        let group = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(group) {
            None => groups.push(vec![index]),
            Some(group) => {
                let plain = group
                    .iter()
                    .position(|one| split(operations[*one].path).1.is_none());
                let place = plain.filter(|_| overload.is_some()).unwrap_or(group.len());
                group.insert(place, index);
            }
        }
    }
    groups
}

fn counted<A>(operation: &Operation<A>) -> Counted {
    Counted {
        id: operation.id,
        method: operation.method,
        route: split(operation.path).0,
    }
}

/// An application, whatever its type.
pub(crate) trait Application: Send + Sync {
    fn call(&self, operation: usize, call: Box<Call>) -> Answering;
    fn explain(&self, operation: usize, cause: Cause) -> Response;
}

struct Typed<A: 'static> {
    application: Arc<A>,
    operations: &'static [Operation<A>],
}

impl<A: Send + Sync + 'static> Application for Typed<A> {
    fn call(&self, operation: usize, call: Box<Call>) -> Answering {
        (self.operations[operation].handler)(self.application.clone(), call)
    }

    fn explain(&self, operation: usize, cause: Cause) -> Response {
        let errors = self.operations[operation].errors;
        let headers = match &cause {
            Cause::Unauthorized(refusal) => refusal.headers(),
            _ => Vec::new(),
        };
        let codings = matches!(cause, Cause::Coding(_));
        let again = cause.retry_after();
        let (status, answer) = choose(errors, &cause);
        let problem = problem(status, cause);
        let told = || tell(&*self.application, answer, &problem);
        // The mapping may be the user's own.
        let mut response = catch_unwind(AssertUnwindSafe(told)).unwrap_or_else(|_| {
            tracing::error!("the mapping of an error panicked");
            problem_answer(&problem)
        });
        for (name, value) in headers {
            response.headers.append(name, value);
        }
        if let Some(seconds) = again {
            response.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if codings {
            let accepted = HeaderValue::from_static(content_encoding::ACCEPTED);
            response.headers.insert(header::ACCEPT_ENCODING, accepted);
        }
        response
    }
}
