//! The files of the page: its own, and Swagger UI's as the library's archive holds them.

use std::{io::Read, sync::OnceLock};

use bytes::Bytes;
use flate2::bufread::DeflateDecoder;
use http::StatusCode;
use rawzip::ZipArchive;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

use super::bytes;
use crate::{Problem, Response, service::problem_answer};

const HTML: &str = include_str!("page.html");
const UNFOLDED: &str = "data-fold=\"list\"";
const FOLDED: &str = "data-fold=\"none\"";

/// How deep the library's own files lie in its archive: in a folder of a folder.
const DEPTH: usize = 2;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// A file beside the page.
#[derive(Debug)]
pub(super) struct Part {
    name: &'static str,
    media_type: &'static str,
    /// Its text; none where the library has it.
    text: Option<&'static str>,
    /// What was unpacked of the library.
    unpacked: OnceLock<Option<Bytes>>,
}

static PARTS: [Part; 4] = [
    Part::own("start.js", SCRIPT, include_str!("start.js")),
    Part::own("page.css", STYLE, include_str!("page.css")),
    Part::library("swagger-ui-bundle.js", SCRIPT),
    Part::library("swagger-ui.css", STYLE),
];

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Part {}

impl Part {
    const fn own(name: &'static str, media_type: &'static str, text: &'static str) -> Self {
        Part {
            name,
            media_type,
            text: Some(text),
            unpacked: OnceLock::new(),
        }
    }

    const fn library(name: &'static str, media_type: &'static str) -> Self {
        Part {
            name,
            media_type,
            text: None,
            unpacked: OnceLock::new(),
        }
    }

    pub(super) fn is_library(&self) -> bool {
        self.text.is_none()
    }

    fn bytes(&self) -> Option<Bytes> {
        match self.text {
            Some(text) => Some(Bytes::from_static(text.as_bytes())),
            None => self.unpacked.get_or_init(|| unpack(self.name)).clone(),
        }
    }
}

/// The page itself.
pub(super) fn html(folded: bool) -> Bytes {
    match folded {
        true => Bytes::from(HTML.replace(UNFOLDED, FOLDED)),
        false => Bytes::from_static(HTML.as_bytes()),
    }
}

/// A file by its name.
pub(super) fn find(name: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.name == name)
}

pub(super) fn part(part: &Part) -> Response {
    match part.bytes() {
        Some(all) => bytes(part.media_type, all),
        None => {
            tracing::error!(
                name = part.name,
                "the archive of the docs page lacks a file"
            );
            problem_answer(&Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the docs page lacks a file; the log names it",
            ))
        }
    }
}

/// A file of the library's archive, which lies below a folder that is named after its version.
fn unpack(name: &str) -> Option<Bytes> {
    let wanted = format!("/dist/{name}");
    let archive = ZipArchive::from_slice(SWAGGER_UI_VENDORED).ok()?;
    let mut entries = archive.entries();
    while let Some(found) = entries.next_entry().ok()? {
        let path = found.file_path();
        let path = std::str::from_utf8(path.as_bytes()).ok()?;
        if path.ends_with(&wanted) && path.matches('/').count() == DEPTH {
            let packed = archive.get_entry(found.wayfinder()).ok()?;
            let inflated = DeflateDecoder::new(packed.data());
            let mut all = Vec::new();
            let mut verified = packed.verifying_reader(inflated);
            verified.read_to_end(&mut all).ok()?;
            return Some(all.into());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_has_every_part() {
        for part in &PARTS {
            assert!(
                part.bytes().is_some_and(|all| all.len() > 100),
                "{}",
                part.name
            );
        }
    }

    #[test]
    fn the_page_names_parts_that_are_there_and_can_be_folded() {
        let named = HTML.split("docs/").skip(1);
        let named: Vec<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(named.len(), PARTS.len());
        assert!(named.iter().all(|name| find(name).is_some()), "{named:?}");
        assert!(String::from_utf8_lossy(&html(true)).contains(FOLDED));
        assert!(String::from_utf8_lossy(&html(false)).contains(UNFOLDED));
    }
}
