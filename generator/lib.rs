//! The generator: from an OpenAPI document to a Rust service.
//!
//! Files with byte spans ([`source`]), their text as a tree of spanned nodes ([`document`]), what the document says
//! ([`spec`]), what is meant ([`model`], made by [`lower`]), the files of a project ([`files`], made by [`emit`]), and
//! the disk ([`output`]), or what was understood ([`report`]); with the mistakes of the author on the way ([`diagnostic`]), and
//! what a team's rules say of it all ([`policy`]).

pub mod config;
pub mod diagnostic;
pub mod document;
pub mod emit;
pub mod files;
pub mod lower;
pub mod model;
pub mod openapi;
pub mod output;
pub mod policy;
pub mod report;
pub mod source;
pub mod spec;

use diagnostic::Diagnostics;
use emit::EmitError;
use lower::Unsupporteds;
use model::{Api, NameTable, Services};
use report::Report;
use source::{SourceId, Sources};
use spec::{Access, Files, Origin};

/// What a run is allowed, and what it must keep to.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which files beside the document may be read.
    pub access: Access,
    /// What to do with features that are not generated yet.
    pub unsupporteds: Unsupporteds,
    /// The names that the lock keeps.
    pub names: NameTable,
}

/// A document as it was read, to be asked further.
#[derive(Debug)]
pub struct Text {
    files: Files,
    document: spec::Document,
}

impl Text {
    /// The files that it took, and whence they came.
    pub fn origins(&self) -> &[(SourceId, Origin)] {
        self.files.origins()
    }

    /// Deals the operations to services as `oarlock.yaml` says, each with the document as it shows it.
    ///
    /// # Errors
    /// Everything of `services` that is wrong by itself, or does not fit the document.
    pub fn services(
        &self,
        sources: &Sources,
        api: &Api,
        project: &str,
        said: &config::Services,
    ) -> Result<Services, Vec<String>> {
        let mut services = lower::services(sources, &self.document, api, project, said)?;
        for service in &mut services.all {
            let others = |index: &usize| !service.groups.contains(index);
            let others = (0..api.groups.len()).filter(others);
            let operations = others.flat_map(|index| &api.groups[index].operations);
            let told: Vec<String> = operations
                .map(|one| format!("{} {}", one.method.as_str(), one.bare_path()))
                .collect();
            service.document = self.shown(api, told.iter().map(String::as_str));
        }
        Ok(services)
    }

    /// Puts what `oarlock.yaml` promises of requests over what the document does.
    ///
    /// # Errors
    /// Tags that no operation has.
    pub fn objectives(&self, said: &config::Objectives, api: &mut Api) -> Result<(), Vec<String>> {
        lower::objectives(&self.document, said, api)
    }

    /// The document without the operations that are left out, and without these.
    fn shown<'a>(&self, api: &'a Api, others: impl Iterator<Item = &'a str>) -> Option<String> {
        let omitted = api.omitted.iter().map(|one| one.operation.as_str());
        spec::bundle(
            &self.files,
            &self.document,
            &omitted.chain(others).collect(),
        )
    }
}

/// Reads a document, and the files that it names, down to what is meant. Every mistake is in `diagnostics`; none is
/// generated from where one of them is an error.
pub fn read(
    sources: &mut Sources,
    id: SourceId,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Option<(Api, Text)> {
    read_and_judge(sources, id, options, |_| {}, diagnostics)
}

/// [`read`], where rules that are not OpenAPI's have a look at what the document says.
pub fn read_and_judge(
    sources: &mut Sources,
    id: SourceId,
    options: Options,
    judge: impl FnOnce(&spec::Document),
    diagnostics: &mut Diagnostics,
) -> Option<(Api, Text)> {
    let files = Files::read(sources, id, &options.access, diagnostics)?;
    let document = spec::read(&files, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    judge(&document);
    let mut api = lower::lower(&document, options.unsupporteds, options.names, diagnostics)?;
    let text = Text { files, document };
    api.document = text.shown(&api, std::iter::empty());
    Some((api, text))
}

/// What is understood of a document, how far, and what it costs; features that are not generated yet are told rather
/// than refused. `None` where its author has made a mistake that stands in the way: it is then in `diagnostics`.
///
/// # Errors
/// Faults of the generator.
pub fn inspect(
    sources: &mut Sources,
    id: SourceId,
    access: &Access,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Report>, EmitError> {
    let Some(files) = Files::read(sources, id, access, diagnostics) else {
        return Ok(None);
    };
    let document = spec::read(&files, diagnostics).filter(|_| !diagnostics.has_errors());
    let Some(document) = document else {
        return Ok(None);
    };
    let names = NameTable::default();
    let Some(mut api) = lower::lower(&document, Unsupporteds::LeaveOut, names, diagnostics) else {
        return Ok(None);
    };
    let text = Text { files, document };
    api.document = text.shown(&api, std::iter::empty());
    let coverage = lower::coverage(&text.document);
    let lines = emit::lines(&api, &emit::api(&api)?);
    let file = sources.get(id).name.clone();
    Ok(Some(report::report(
        sources,
        &file,
        &coverage,
        &api,
        &lines,
        diagnostics,
    )))
}
