//! Requests by operation and outcome: a table that is as large as what has happened, and whose labels come from the
//! document alone, so that no caller can make it grow.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use http::{Method, StatusCode};

use super::{
    exposition::{Family, Kind, label},
    histogram::{Durations, Sizes},
};
use crate::method;

/// What an operation is counted under.
pub(crate) struct Counted {
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    pub(crate) route: &'static str,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With its whole answer.
    Answered,
    /// Its caller, the handler or the drain broke it off.
    Cancelled,
    /// Its head did not come in time.
    TimedOut,
}

/// One request that is over.
pub(crate) struct Request<'r> {
    pub(crate) operation: Option<usize>,
    /// None where it could not be read.
    pub(crate) method: Option<&'r Method>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) ending: Ending,
    pub(crate) took: Duration,
    /// Bytes of its body that were read.
    pub(crate) received: u64,
    /// Bytes of the answer's body.
    pub(crate) sent: u64,
    /// Its trace, where that is sampled.
    pub(crate) trace: Option<u128>,
}

/// The requests of a service.
pub(crate) struct HttpTable {
    operations: Vec<Row>,
    /// What reached no operation, for each of the methods that are known.
    unmatched: [Row; method::KNOWN.len()],
    /// The same for all other methods.
    odd: Row,
}

/// The requests of one operation.
struct Row {
    counted: Counted,
    active: AtomicI64,
    endings: [OnceLock<Box<Statuses>>; 3],
    /// `HEAD`, where the operation is a `GET`.
    head: OnceLock<Box<Row>>,
}

/// A slot for each number of three digits, made when it is first needed: 000 is no status.
type Statuses = Ten<Ten<Ten<Slot>>>;

#[derive(Default)]
struct Ten<T>([OnceLock<Box<T>>; 10]);

#[derive(Default)]
struct Slot {
    durations: Durations,
    received: Sizes,
    sent: Sizes,
}

impl HttpTable {
    pub(crate) fn new(counted: Vec<Counted>) -> Self {
        HttpTable {
            operations: counted.into_iter().map(Row::new).collect(),
            unmatched: method::KNOWN.map(Row::unmatched),
            odd: Row::unmatched(method::OTHER),
        }
    }

    fn row(&self, operation: Option<usize>, method: Option<&Method>) -> &Row {
        let Some(index) = operation else {
            let known = method.and_then(method::place);
            return known.map_or(&self.odd, |place| &self.unmatched[place]);
        };
        let row = &self.operations[index];
        match method == Some(&Method::HEAD) && row.counted.method != "HEAD" {
            true => row.head.get_or_init(|| {
                Box::new(Row::new(Counted {
                    method: "HEAD",
                    ..row.counted
                }))
            }),
            false => row,
        }
    }

    /// An operation by its index.
    pub(crate) fn operation(&self, index: usize) -> Option<&Counted> {
        self.operations.get(index).map(|row| &row.counted)
    }

    /// A request is now in work, or no more: `change` is 1 or -1.
    pub(crate) fn in_work(&self, operation: Option<usize>, method: &Method, change: i64) {
        let row = self.row(operation, Some(method));
        row.active.fetch_add(change, Relaxed);
    }

    /// How many requests are in work.
    pub(crate) fn active(&self) -> i64 {
        self.rows().map(|row| row.active.load(Relaxed)).sum()
    }

    /// Counts a request that is over.
    pub(crate) fn count(&self, request: &Request) {
        let row = self.row(request.operation, request.method);
        let statuses = row.endings[request.ending as usize].get_or_init(Box::default);
        let status = request.status.map_or(0, |status| status.as_u16());
        let slot = statuses
            .at(status / 100)
            .at(status / 10 % 10)
            .at(status % 10);
        slot.durations.observe(request.took, request.trace);
        slot.received.observe(request.received);
        slot.sent.observe(request.sent);
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        let operations = self.operations.iter();
        let rows = operations.chain(&self.unmatched).chain([&self.odd]);
        rows.flat_map(|row| [Some(row), row.head.get().map(|row| &**row)])
            .flatten()
    }

    pub(crate) fn write(&self, out: &mut String) {
        let mut slots: Vec<(String, &Slot)> = Vec::new();
        let mut active: Vec<(String, i64)> = Vec::new();
        for row in self.rows() {
            let before = slots.len();
            row.slots(&mut slots);
            let now = row.active.load(Relaxed);
            if slots.len() > before || now != 0 {
                active.push((row.labels(), now));
            }
        }
        let name = "http_server_request_duration_seconds";
        let help = "Time from a request's head to the last byte of its answer.";
        let mut family = Family::begin(out, name, Kind::Histogram, help);
        for (labels, slot) in &slots {
            slot.durations.write(&mut family, labels);
        }
        let name = "http_server_request_body_size_bytes";
        let help = "Bytes of requests' bodies that were read, as they were sent.";
        let mut family = Family::begin(out, name, Kind::Histogram, help);
        for (labels, slot) in &slots {
            slot.received.write(&mut family, labels);
        }
        let name = "http_server_response_body_size_bytes";
        let help = "Bytes of answers' bodies that were handed to the connection.";
        let mut family = Family::begin(out, name, Kind::Histogram, help);
        for (labels, slot) in &slots {
            slot.sent.write(&mut family, labels);
        }
        let help = "Requests in work, answers that are being sent among them.";
        let mut family = Family::begin(out, "http_server_active_requests", Kind::Gauge, help);
        for (labels, now) in active {
            family.sample(&labels, now);
        }
    }
}

impl Row {
    fn new(counted: Counted) -> Self {
        Row {
            counted,
            active: AtomicI64::new(0),
            endings: Default::default(),
            head: OnceLock::new(),
        }
    }

    fn unmatched(method: &'static str) -> Self {
        Row::new(Counted {
            id: "",
            method,
            route: "",
        })
    }

    fn labels(&self) -> String {
        let mut labels = String::new();
        label(&mut labels, "operation_id", self.counted.id);
        label(&mut labels, "http_request_method", self.counted.method);
        label(&mut labels, "http_route", self.counted.route);
        labels
    }

    fn slots<'r>(&'r self, into: &mut Vec<(String, &'r Slot)>) {
        let errors = ["", "cancelled", "timeout"];
        for (error, statuses) in errors.into_iter().zip(&self.endings) {
            let statuses = statuses.get().into_iter().flat_map(|all| all.each());
            for (hundreds, tens) in statuses {
                for (tens, ones) in tens.each() {
                    for (ones, slot) in ones.each() {
                        let status = hundreds * 100 + tens * 10 + ones;
                        let mut labels = self.labels();
                        if status > 0 {
                            let status = status.to_string();
                            label(&mut labels, "http_response_status_code", &status);
                        }
                        label(&mut labels, "error_type", error);
                        into.push((labels, slot));
                    }
                }
            }
        }
    }
}

impl<T: Default> Ten<T> {
    fn at(&self, digit: u16) -> &T {
        self.0[usize::from(digit % 10)].get_or_init(Box::default)
    }

    fn each(&self) -> impl Iterator<Item = (usize, &T)> {
        let made = self.0.iter().enumerate();
        made.filter_map(|(digit, one)| Some((digit, &**one.get()?)))
    }
}
