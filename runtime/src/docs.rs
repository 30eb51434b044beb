//! The docs page: the document, Swagger UI over it, and requests from the page to the API. Nothing of it asks another
//! host, and no text of the document runs: the page's policy lets in scripts of the page's own paths alone.

mod assets;
mod document;
mod try_it;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};

use crate::{
    Body, Problem, Response,
    config::DocsPort,
    service::{problem_answer, unknown_method},
};
use document::Document;
pub(crate) use try_it::Desk;

/// Where the page's requests to the API go on the admin port; relative to where the document is.
const TRY_PATH: &str = "docs/try";
/// How many operations are shown at once; more stand folded under their tags.
const UNFOLDED: usize = 100;

/// What the page may do (Content Security Policy Level 3): it runs, and asks, what is on its own port. Pictures may be
/// part of an answer (`blob:`) or of the style sheet (`data:`).
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The headers of everything that belongs to the page.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// What a path of the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Html,
    /// The page's address with a `/` too many, from where its parts would not be found.
    Slash,
    Json,
    Yaml,
    Part(&'static assets::Part),
}

/// The page on one port.
pub(crate) struct Docs {
    document: Option<Document>,
    folded: bool,
}

impl Docs {
    /// The page on the admin port, whose requests go through [`Desk`], and the one on the API port, as the settings
    /// say.
    pub(crate) fn on_ports(
        document: Option<&'static str>,
        operations: usize,
        port: DocsPort,
    ) -> (Option<Arc<Self>>, Option<Arc<Self>>) {
        let page = |server| {
            Arc::new(Docs {
                document: document.map(|text| Document::new(text, server)),
                folded: operations > UNFOLDED,
            })
        };
        let admin = port.has_admin().then(|| page(TRY_PATH));
        (admin, port.has_api().then(|| page("")))
    }

    /// The answer to a request for the page or a part of it; none where the path is no such.
    pub(crate) async fn answer(&self, request: &Parts) -> Option<Response> {
        let page = find(request.uri.path())?;
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return Some(unknown_method(&[Method::GET, Method::HEAD]));
        }
        let mut response = match page {
            Page::Html => bytes("text/html; charset=utf-8", assets::html(self.folded)),
            Page::Slash => {
                Response::empty(StatusCode::PERMANENT_REDIRECT).with_header("location", "../docs")
            }
            Page::Part(part) => assets::part(part),
            Page::Json | Page::Yaml => match &self.document {
                None => problem_answer(&Problem::not_found(
                    "the document is not within this service: build the API's crate with its feature docs-ui, \
                     or find that the document is larger than 32 MiB",
                )),
                Some(document) if page == Page::Json => bytes("application/json", document.json()),
                Some(document) => match document.yaml().await {
                    Ok(text) => bytes("application/yaml", text),
                    Err(reason) => {
                        tracing::error!(reason, "the document could not be written as YAML");
                        problem_answer(&Problem::new(
                            StatusCode::INTERNAL_SERVER_ERROR,
                            "the document could not be written as YAML; ask for /openapi.json",
                        ))
                    }
                },
            },
        };
        for (name, value) in HEADERS {
            response.headers.insert(name, value);
        }
        let caching = match page {
            Page::Part(part) if part.is_library() => HeaderValue::from_static("max-age=3600"),
            _ => HeaderValue::from_static("no-cache"),
        };
        response.headers.insert(header::CACHE_CONTROL, caching);
        Some(response)
    }
}

fn find(path: &str) -> Option<Page> {
    match path {
        "/docs" => Some(Page::Html),
        "/docs/" => Some(Page::Slash),
        "/openapi.json" => Some(Page::Json),
        "/openapi.yaml" => Some(Page::Yaml),
        _ => assets::find(path.strip_prefix("/docs/")?).map(Page::Part),
    }
}

fn bytes(media_type: &'static str, bytes: Bytes) -> Response {
    Response::bytes(StatusCode::OK, media_type, Body::from(bytes))
}
