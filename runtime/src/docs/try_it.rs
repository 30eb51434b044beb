//! Requests from the page on the admin port to the API: handed to this service's own dispatch, in this process. There
//! is no socket, no name and no second reading of a head between, so that nothing but this API can be reached.

use std::{net::SocketAddr, sync::Arc};

use http::{HeaderName, HeaderValue, Request, StatusCode, Uri, header, uri::PathAndQuery};
use hyper::body::Incoming;
use tokio::runtime::Handle;

use super::Docs;
use crate::{
    Body, Problem, Response,
    drain::Phase,
    server::{Connection, Peer, Server},
    service::problem_answer,
};

/// The path below which the paths of the API stand.
const PREFIX: &str = "/docs/try/";
/// Tells that a request comes from the page: other sites cannot send it along, since that asks leave first
/// (Fetch, section 3.2), which is never given.
const FROM_PAGE: HeaderName = HeaderName::from_static("oarlock-docs");
const TRY_IT: &str = "try-it";
/// The cookies that the page wants to be sent: browsers let no script set `Cookie`.
const COOKIE: HeaderName = HeaderName::from_static("oarlock-docs-cookie");

/// The page on the admin port, and the service behind it.
pub(crate) struct Desk {
    pub(crate) docs: Arc<Docs>,
    pub(crate) server: Arc<Server>,
    /// What works on the API's requests.
    pub(crate) executor: Handle,
}

impl Desk {
    /// The answer to a request that is the page's or comes from it; the request itself where it is neither.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        remote: SocketAddr,
    ) -> Result<http::Response<Body>, Request<Incoming>> {
        let (mut parts, body) = request.into_parts();
        if let Some(target) = target(&parts.uri) {
            if let Some(refusal) = self.refusal(&parts.headers) {
                return Ok(refusal.into_http());
            }
            parts.uri = target;
            parts.headers.remove(FROM_PAGE);
            parts.headers.remove(header::COOKIE);
            if let Some(cookie) = parts.headers.remove(COOKIE) {
                parts.headers.insert(header::COOKIE, cookie);
            }
            let request = Request::from_parts(parts, body);
            let connection = Connection::new(self.server.clone(), Peer::at(remote));
            // Where all requests are worked on: a handler that blocks must not hold up the operators' port.
            let answer = self.executor.spawn(connection.answer(request)).await;
            return Ok(match answer {
                Ok(Ok(answer)) => answer,
                Err(_) => stopped().into_http(),
            });
        }
        match self.docs.answer(&parts).await {
            Some(response) => Ok(response.into_http()),
            None => Err(Request::from_parts(parts, body)),
        }
    }

    fn refusal(&self, headers: &http::HeaderMap) -> Option<Response> {
        if headers.get(FROM_PAGE).map(HeaderValue::as_bytes) != Some(TRY_IT.as_bytes()) {
            let words = "only the docs page asks here: ask the API port, or send the header `oarlock-docs: try-it`";
            return Some(problem_answer(&Problem::forbidden(words)));
        }
        // The admin port outlives the API's, which takes nothing any more.
        self.server.drain.has_reached(Phase::Closing).then(stopped)
    }
}

fn stopped() -> Response {
    let words = "the service is about to end";
    problem_answer(&Problem::new(StatusCode::SERVICE_UNAVAILABLE, words))
}

/// What a request of the page asks the API for: always a path, whatever address stood before it.
fn target(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_prefix(PREFIX)?;
    let target = match uri.query() {
        Some(query) => format!("/{path}?{query}"),
        None => format!("/{path}"),
    };
    let target = PathAndQuery::from_maybe_shared(target).ok()?;
    Some(Uri::from(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &str) -> Option<String> {
        target(&uri.parse().expect("a URI")).map(|target| {
            assert!(target.authority().is_none() && target.scheme().is_none());
            target.to_string()
        })
    }

    #[test]
    fn a_target_is_a_path_of_this_service() {
        assert_eq!(
            asked("/docs/try/pets?a=b%20c").as_deref(),
            Some("/pets?a=b%20c")
        );
        assert_eq!(asked("/docs/try/").as_deref(), Some("/"));
        assert_eq!(asked("/docs/try"), None);
        assert_eq!(asked("/docs/tryst/pets"), None);
        assert_eq!(
            asked("/docs/try//evil.example/x").as_deref(),
            Some("//evil.example/x")
        );
        assert_eq!(
            asked("/docs/try/http://evil.example/").as_deref(),
            Some("/http://evil.example/")
        );
        assert_eq!(
            asked("/docs/try/@evil.example:80/").as_deref(),
            Some("/@evil.example:80/")
        );
        assert_eq!(
            asked("/docs/try/../../metrics").as_deref(),
            Some("/../../metrics")
        );
        assert_eq!(
            asked("http://evil.example/docs/try/pets").as_deref(),
            Some("/pets")
        );
        assert_eq!(asked("evil.example:80"), None);
    }
}
