//! The spans of `tracing` that authors of handlers open: within a trace that is kept, they are children of their request,
//! and parents of the calls and log lines within them.

use std::{
    cell::RefCell,
    fmt,
    num::NonZeroU64,
    time::{Instant, SystemTime},
};

use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::span::{Span, Value, Work, short};
use crate::handler::{self, Current};

/// Makes spans of OpenTelemetry of spans of `tracing`.
pub(crate) struct OwnSpans;

/// A span that is open.
struct Open {
    /// The request, with this span as what others are children of.
    current: Current,
    started: (SystemTime, Instant),
    attributes: Vec<(&'static str, Value)>,
}

thread_local! {
    /// The spans that this thread is in, each with what it was in before.
    static ENTERED: RefCell<Vec<(Id, Option<Current>)>> = const { RefCell::new(Vec::new()) };
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for OwnSpans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let given = attributes.parent().and_then(|parent| {
            let parent = context.span(parent)?;
            let open = parent.extensions();
            open.get::<Open>().map(|open| open.current.clone())
        });
        let Some(mut current) = given.or_else(handler::current) else {
            return;
        };
        let Some(span) = context.span(id).filter(|_| current.is_kept()) else {
            return;
        };
        current.ids.parent = NonZeroU64::new(current.ids.span);
        current.ids.span = fastrand::u64(1..);
        let mut open = Open {
            current,
            started: (SystemTime::now(), Instant::now()),
            attributes: Vec::new(),
        };
        attributes.record(&mut Fields(&mut open.attributes));
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut Fields(&mut open.attributes));
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions().get::<Open>()
        {
            let before = handler::replace(Some(open.current.clone()));
            ENTERED.with_borrow_mut(|all| all.push((id.clone(), before)));
        }
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        let left = ENTERED.with_borrow_mut(|all| {
            let place = all.iter().rposition(|(one, _)| one == id)?;
            Some(all.remove(place))
        });
        if let Some((_, before)) = left {
            handler::replace(before);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        if let Some(open) = span.extensions_mut().remove::<Open>() {
            let Current { ids, tracing, .. } = open.current;
            tracing.put(Span {
                ids,
                started: open.started.0,
                took: open.started.1.elapsed(),
                work: Work::Own {
                    name: span.name(),
                    attributes: open.attributes,
                },
            });
        }
    }
}

struct Fields<'a>(&'a mut Vec<(&'static str, Value)>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: Value) {
        let name = field.name();
        match self.0.iter_mut().find(|(one, _)| *one == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::Text(short(&format!("{value:?}"))));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::Text(short(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::Integer(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let whole = i64::try_from(value).map(Value::Integer);
        self.put(
            field,
            whole.unwrap_or_else(|_| Value::Text(value.to_string())),
        );
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Value::Float(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::Flag(value));
    }
}
