//! What a handler can know of its request beyond what it was asked.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Instant,
};

use http::{HeaderMap, Method, Uri, header, request::Parts};
use serde_json::Value;

use crate::{
    ClientCertificate, Exchange, NoCertificate, Stopping, Unauthorized, accept,
    drain::{Drain, Phase},
    routing::Captures,
    server::Connection,
    template::path_names,
    text::decode_path,
    trace::TraceIds,
};

/// The request around a handler's call.
pub struct RequestContext {
    pub(crate) operation: &'static str,
    pub(crate) template: &'static str,
    pub(crate) captures: Captures,
    /// The path's parameters, found when they are asked for.
    pub(crate) path: OnceLock<Vec<(String, String)>>,
    pub(crate) parts: Parts,
    pub(crate) ids: TraceIds,
    pub(crate) connection: Arc<Connection>,
    pub(crate) client: IpAddr,
    /// When nobody waits for the answer any more.
    pub(crate) deadline: Option<Instant>,
}

impl RequestContext {
    /// The operation's `operationId`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The trace's id: 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        self.ids.to_string()
    }

    /// The value of `traceparent` (W3C Trace Context) for whoever is asked for this request by other means than a
    /// generated client, which sends it by itself.
    pub fn traceparent(&self) -> String {
        self.ids.traceparent()
    }

    /// The caller's `tracestate` (W3C Trace Context), to be sent along with [`RequestContext::traceparent`].
    pub fn tracestate(&self) -> Option<&str> {
        self.ids.state()?.to_str().ok()
    }

    /// What the caller gave along under a name in `baggage` (W3C Baggage), percent-decoded. Anybody may write it: it is
    /// no proof of anything.
    pub fn baggage(&self, name: &str) -> Option<String> {
        self.ids.baggage_value(name)
    }

    /// Every header of the request.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The request's target.
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// What a layer has put into the request's extensions.
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.parts.extensions.get()
    }

    /// Who asks: the other end of the connection, or whom proxies name that `OARLOCK_TRUSTED_PROXIES` trusts.
    pub fn client_addr(&self) -> IpAddr {
        self.client
    }

    /// The other end of the connection: the caller, or the proxy before this service.
    pub fn remote_addr(&self) -> SocketAddr {
        self.connection.peer.address
    }

    /// The certificate that the caller has shown: in TLS (`OARLOCK_TLS_CLIENT_CA_PATH`), or to a proxy that
    /// `OARLOCK_TRUSTED_PROXIES` trusts, which tells of it in `Client-Cert` (RFC 9440).
    ///
    /// # Errors
    /// Where there is none, and where it may not be believed.
    pub fn client_certificate(&self) -> Result<ClientCertificate, NoCertificate> {
        let peer = &self.connection.peer;
        let proxied = self.connection.server.proxies.trust(peer.address.ip());
        match &peer.certificate {
            Some(certificate) if !proxied => Ok(certificate.clone()),
            _ => ClientCertificate::forwarded(self, |_| proxied),
        }
    }

    /// When the caller stops waiting, where it says so (`x-envoy-expected-rq-timeout-ms`). Calls by generated clients that
    /// are made for this request end then too, and say so in turn.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The request as a runtime expression of the document sees it, for callbacks; the body as the handler has it.
    pub fn exchange<'a>(&'a self, body: Option<&'a Value>) -> Exchange<'a> {
        let target = self.parts.uri.path_and_query();
        Exchange {
            url: target.map_or("", |target| target.as_str()),
            method: &self.parts.method,
            status: None,
            request_headers: &self.parts.headers,
            request_query: self.parts.uri.query(),
            request_path: self.path.get_or_init(|| self.path_parameters()),
            request_body: body,
            response_headers: None,
            response_body: None,
        }
    }

    fn path_parameters(&self) -> Vec<(String, String)> {
        let names = path_names(self.template).enumerate();
        let pairs = names.filter_map(|(index, name)| {
            let text = self.captures.get(self.parts.uri.path(), index)?;
            Some((name.to_owned(), decode_path(text)?.into_owned()))
        });
        pairs.collect()
    }

    /// Which of the media types that an answer may have the caller likes best, by its place.
    pub fn preferred(&self, offered: &[&str]) -> usize {
        accept::negotiate(accepted(&self.parts.headers), offered).unwrap_or(0)
    }

    /// The id of the last event that the caller has of a stream which broke off (`Last-Event-ID`).
    pub fn last_event_id(&self) -> Option<&str> {
        let value = self.parts.headers.get("last-event-id")?;
        std::str::from_utf8(value.as_bytes()).ok()
    }

    /// Tells when the service is on its way out, for work that lasts.
    pub fn stopping(&self) -> Stopping {
        Stopping(self.drain().clone())
    }

    /// Ends when the service takes no more connections: an endless answer should come to its end. Event streams have
    /// `OARLOCK_DRAIN_STREAMS` from then on, and are ended after it.
    pub fn closing(&self) -> impl Future<Output = ()> + Send + 'static {
        let drain = self.drain().clone();
        async move { drain.reached(Phase::Closing).await }
    }

    fn drain(&self) -> &Arc<Drain> {
        &self.connection.server.drain
    }

    /// Ends when an event stream must.
    pub(crate) fn farewell(&self) -> impl Future<Output = ()> + Send + 'static {
        let drain = self.drain().clone();
        async move { drain.farewell().await }
    }

    /// Ends when the drain's time is over and the request is about to be cut, 200 ms later.
    pub async fn cancelled(&self) {
        self.drain().reached(Phase::Cancelling).await;
    }

    /// Who a caller is taken for while the verifier is not written.
    ///
    /// # Errors
    /// Everywhere but where `OARLOCK_EXAMPLES=on`: nobody is let in.
    pub fn example_principal<P>(&self, principal: P) -> Result<P, Unauthorized> {
        match self.connection.server.examples.is_some() {
            true => Ok(principal),
            false => Err(Unauthorized::new(
                "the verifier of this credential is not written yet",
            )),
        }
    }
}

/// The values of every `Accept`.
pub(crate) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::ACCEPT).iter();
    values.filter_map(|value| value.to_str().ok())
}
