//! Layers that settings ask for, and headers that every answer has.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};
use tower_layer::Layer;

use super::Route;
use crate::config::Reader;

/// What answers have that browsers ask for (OWASP REST Security Cheat Sheet), where a handler has not said otherwise.
const SECURITY: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// What stands around every request by the settings.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Settings {
    cors: Option<Cors>,
    /// `OARLOCK_COMPRESSION`.
    compression: bool,
    /// `OARLOCK_SECURITY_HEADERS`.
    security: bool,
    /// `OARLOCK_REQUEST_ID`.
    request_id: Option<HeaderName>,
}

/// Which pages of other origins may ask, and what they see (Fetch, section 3.2).
#[derive(Debug, Clone, PartialEq)]
struct Cors {
    /// `OARLOCK_CORS_ORIGINS`; none for any.
    origins: Option<Vec<HeaderValue>>,
    /// `OARLOCK_CORS_HEADERS`; none for whichever are asked for.
    headers: Option<Vec<HeaderName>>,
    /// `OARLOCK_CORS_EXPOSE`.
    expose: Vec<HeaderName>,
    /// `OARLOCK_CORS_CREDENTIALS`.
    credentials: bool,
    /// `OARLOCK_CORS_MAX_AGE`.
    max_age: Duration,
}

impl Settings {
    pub(crate) fn read(reader: &mut Reader) -> Self {
        Settings {
            cors: Cors::read(reader),
            compression: compression(reader, "OARLOCK_COMPRESSION"),
            security: reader.switch("OARLOCK_SECURITY_HEADERS", false),
            request_id: request_id_name(reader, "OARLOCK_REQUEST_ID"),
        }
    }

    /// Whether every request goes through a layer.
    pub(crate) fn ask_for_layers(&self) -> bool {
        self.cors.is_some() || self.compression
    }

    /// Puts the layers around what is there.
    pub(crate) fn around(&self, mut route: Route) -> Route {
        #[cfg(feature = "compression")]
        if self.compression {
            let layer = tower_http::compression::CompressionLayer::new();
            route = Route::new(layer.layer(route));
        }
        if let Some(cors) = &self.cors {
            route = Route::new(cors.layer().layer(route));
        }
        route
    }

    /// The id of a request that ids are asked of: the caller's own where that can be one, else a new one, which its
    /// header then has. None where requests have no ids.
    pub(crate) fn request_id(&self, headers: &mut HeaderMap) -> Option<HeaderValue> {
        let name = self.request_id.as_ref()?;
        if let Some(given) = headers.get(name).filter(|given| is_id(given)) {
            return Some(given.clone());
        }
        let new = HeaderValue::try_from(format!("{:032x}", fastrand::u128(..))).ok()?;
        headers.insert(name.clone(), new.clone());
        Some(new)
    }

    /// Adds the headers that every answer has.
    pub(crate) fn complete(&self, headers: &mut HeaderMap, request_id: Option<&HeaderValue>) {
        if let (Some(name), Some(id)) = (&self.request_id, request_id) {
            headers.insert(name.clone(), id.clone());
        }
        if self.security {
            for (name, value) in &SECURITY {
                if !headers.contains_key(name) {
                    headers.insert(name.clone(), HeaderValue::from_static(value));
                }
            }
        }
    }
}

fn is_id(given: &HeaderValue) -> bool {
    let bytes = given.as_bytes();
    (1..=128).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}

fn request_id_name(reader: &mut Reader, name: &'static str) -> Option<HeaderName> {
    match &*reader.text_or(name, "off") {
        "off" => None,
        value => {
            let header = HeaderName::try_from(value).ok();
            if header.is_none() {
                reader.mistake(name, "the name of a header, such as x-request-id, or off");
            }
            header
        }
    }
}

fn compression(reader: &mut Reader, name: &'static str) -> bool {
    let on = reader.switch(name, false);
    if on && !cfg!(feature = "compression") {
        let words =
            "off: the service is built without the feature `compression` of oarlock-runtime";
        reader.mistake(name, words);
    }
    on
}

impl Cors {
    /// None where no page of another origin may ask.
    fn read(reader: &mut Reader) -> Option<Self> {
        let listed = reader.list("OARLOCK_CORS_ORIGINS");
        let headers = names(reader, "OARLOCK_CORS_HEADERS");
        let expose = names(reader, "OARLOCK_CORS_EXPOSE");
        let credentials = reader.switch("OARLOCK_CORS_CREDENTIALS", false);
        let max_age = reader.duration("OARLOCK_CORS_MAX_AGE", Duration::from_secs(600));
        if listed.is_empty() {
            return None;
        }
        let any = listed == ["*"];
        let origins: Option<Vec<HeaderValue>> = listed.iter().map(|one| origin(one)).collect();
        if origins.is_none() && !any {
            let words =
                "origins with commas between, such as https://shop.example, or * alone for any";
            reader.mistake("OARLOCK_CORS_ORIGINS", words);
        }
        if any && credentials {
            let words =
                "off while OARLOCK_CORS_ORIGINS is *: browsers do not take that; name the origins";
            reader.mistake("OARLOCK_CORS_CREDENTIALS", words);
        }
        Some(Cors {
            origins: origins.filter(|_| !any),
            headers: (!headers.is_empty()).then_some(headers),
            expose,
            credentials,
            max_age,
        })
    }

    fn layer(&self) -> CorsLayer {
        let origins = match &self.origins {
            None => AllowOrigin::any(),
            Some(origins) => AllowOrigin::list(origins.clone()),
        };
        let headers = match &self.headers {
            None => AllowHeaders::mirror_request(),
            Some(headers) => AllowHeaders::list(headers.clone()),
        };
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(headers)
            .expose_headers(ExposeHeaders::list(self.expose.clone()))
            .allow_credentials(self.credentials && self.origins.is_some())
            .max_age(self.max_age)
    }
}

/// An origin as browsers send it: scheme, host, port, and no path (RFC 6454, section 6.2).
fn origin(text: &str) -> Option<HeaderValue> {
    let uri: http::Uri = text.parse().ok()?;
    let scheme = uri.scheme_str()?;
    let authority = uri.authority()?;
    let whole = format!("{scheme}://{authority}");
    match whole == text && !authority.as_str().contains('@') {
        true => HeaderValue::try_from(whole).ok(),
        false => None,
    }
}

fn names(reader: &mut Reader, name: &'static str) -> Vec<HeaderName> {
    let listed = reader.list(name);
    let names: Result<Vec<HeaderName>, _> = listed.iter().map(HeaderName::try_from).collect();
    names.unwrap_or_else(|_| {
        reader.mistake(name, "names of headers with commas between");
        Vec::new()
    })
}
