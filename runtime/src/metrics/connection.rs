//! What a connection tells that no request does: answers that hyper gives by itself, and heads that never came whole.

use std::{error::Error, time::Duration};

use http::StatusCode;

use super::{
    Metrics,
    http::{Ending, Request},
};
use crate::server::{Conversation, Overdue};

/// How a connection has ended.
pub(crate) enum Ended {
    /// By itself, or with what broke it.
    ByItself(Result<(), Box<dyn Error + Send + Sync>>),
    /// Closed for keeping this service waiting.
    Overdue(Overdue),
    /// Cut at the end of the drain.
    Cut,
}

impl Metrics {
    /// A connection is over.
    pub(crate) fn connection_ended(&self, conversation: &Conversation, ended: &Ended) {
        let asking = conversation.is_asking();
        let (status, ending) = match ended {
            Ended::Overdue(Overdue::Head) if asking => (None, Ending::TimedOut),
            Ended::Cut if asking => (None, Ending::Cancelled),
            Ended::ByItself(Err(error)) => match error.downcast_ref::<hyper::Error>() {
                // A head that is none is answered by hyper.
                Some(error) if error.is_parse() => {
                    let status = conversation.last_status();
                    match status.filter(StatusCode::is_client_error) {
                        Some(status) => (Some(status), Ending::Answered),
                        None => (None, Ending::Cancelled),
                    }
                }
                Some(error) if error.is_incomplete_message() && asking => (None, Ending::Cancelled),
                _ => return,
            },
            _ => return,
        };
        self.http.count(&Request {
            operation: None,
            method: None,
            status,
            ending,
            took: Duration::ZERO,
            received: 0,
            sent: 0,
            trace: None,
        });
    }
}
