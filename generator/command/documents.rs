//! The document of a project, the files that it names, and where they lie in the project.

use std::path::{Path, PathBuf};

use clap::Args;
use oarlock::{
    config::{Allowed, Config},
    source::{Source, SourceId, Sources},
    spec::{Access, Origin},
};

use super::generate::{Arguments, CONFIG};

#[derive(Args, Clone)]
pub(crate) struct Place {
    /// The project's folder; without it, the current one, or the nearest above it that has a project.
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

impl Place {
    /// The project's folder: the one that is named, else the nearest from the current one upwards that has a project.
    pub(super) fn root(&self) -> PathBuf {
        if let Some(out) = &self.out {
            return out.clone();
        }
        let current = std::env::current_dir().unwrap_or_default();
        let mut folders = current.ancestors();
        match folders.position(|folder| folder.join(CONFIG).is_file()) {
            None | Some(0) => ".".into(),
            Some(above) => std::iter::repeat_n("..", above).collect(),
        }
    }

    /// The folder that is to have the project of a document.
    pub(super) fn of_document(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| ".".into())
    }
}

/// What a document may reach and ask for beyond what is usual.
#[derive(Args, Default)]
pub(crate) struct Reach {
    /// What the document may ask for and would else be refused for.
    #[arg(long, value_name = "WHAT")]
    allow: Vec<AllowArgument>,
    /// A folder with copies of what stands under an address; nothing is ever fetched.
    #[arg(long, value_name = "ADDRESS=FOLDER")]
    remote: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum AllowArgument {
    /// Features that are not generated yet: the operations that need them are left out and listed.
    Unsupported,
    /// References to files outside of the document's folder.
    Outside,
}

impl Reach {
    /// Whether the command line or `oarlock.yaml` allows something.
    pub(super) fn allows(&self, config: Option<&Config>, what: AllowArgument) -> bool {
        let word = match what {
            AllowArgument::Unsupported => Allowed::Unsupported,
            AllowArgument::Outside => Allowed::Outside,
        };
        self.allow.contains(&what) || config.is_some_and(|config| config.allow.contains(&word))
    }
}

/// Reads `oarlock.yaml`, where there is one.
pub(super) fn read_config(root: &Path) -> Result<Option<Config>, String> {
    let path = root.join(CONFIG);
    if !path.exists() {
        return Ok(None);
    }
    let source = Source::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let config =
        Config::read(&source.text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(config))
}

/// What the document may reach, by the command line and by `oarlock.yaml`.
pub(super) fn access(
    reach: &Reach,
    root: &Path,
    config: Option<&Config>,
) -> Result<Access, String> {
    let mut remotes = Vec::new();
    for given in &reach.remote {
        let Some((address, folder)) = given
            .split_once('=')
            .filter(|(address, _)| address.contains("://"))
        else {
            return Err(format!(
                "--remote {given:?} must be ADDRESS=FOLDER, as in https://example.com/=copies"
            ));
        };
        remotes.push((address.to_owned(), PathBuf::from(folder)));
    }
    for (address, folder) in config.iter().flat_map(|config| &config.remotes) {
        remotes.push((address.clone(), root.join(folder)));
    }
    Ok(Access {
        outside: reach.allows(config, AllowArgument::Outside),
        remotes,
    })
}

/// Reads a file of the project, under the name that it has from where the run was started.
pub(super) fn source(root: &Path, place: &Path) -> Result<Source, String> {
    let shown = match root == Path::new(".") {
        true => place.strip_prefix(root).unwrap_or(place),
        false => place,
    };
    let mut source =
        Source::read(place).map_err(|error| format!("{}: {error}", shown.display()))?;
    source.name = shown.display().to_string();
    Ok(source)
}

/// The document: the project's own where there is one, which must not differ from the one given.
pub(super) fn read_spec(
    arguments: &Arguments,
    root: &Path,
    config: Option<&Config>,
) -> Result<Source, String> {
    let read =
        |path: &Path| Source::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let own = config.map(|config| root.join(&config.spec));
    match (&arguments.spec, own) {
        (None, None) => Err(format!(
            "there is no {CONFIG} in {}: give a document, as in `oarlock generate openapi.yaml --out shop`",
            root.display()
        )),
        (None, Some(own)) => source(root, &own),
        (Some(given), None) => read(given),
        (Some(given), Some(own)) => match read(given)?.text == read(&own)?.text {
            true => read(&own),
            false => Err(differing(&own, given)),
        },
    }
}

fn differing(there: &Path, given: &Path) -> String {
    format!(
        "{} is the project's document and differs from {}: copy one over the other, and run this again",
        there.display(),
        given.display()
    )
}

/// Where the files of a document lie in its project.
pub(super) struct Placed {
    /// Paths and texts, the document first.
    pub(super) documents: Vec<(String, Vec<u8>)>,
    /// The addresses of which the project holds copies, and the folders.
    pub(super) remotes: Vec<(String, String)>,
}

/// Finds each file's place: as it lies where the project is already, and elsewhere side by side as they lay.
pub(super) fn place(
    sources: &Sources,
    origins: &[(SourceId, Origin)],
    root: &Path,
    config: Option<&Config>,
) -> Result<Placed, String> {
    let locals: Vec<&Path> = origins
        .iter()
        .filter_map(|(_, origin)| match origin {
            Origin::Local(path) => Some(path.as_path()),
            Origin::Remote(..) => None,
        })
        .collect();
    let base = match config {
        Some(_) => std::path::absolute(root).map_err(|error| error.to_string())?,
        None => common_folder(&locals),
    };
    let mut placed = Placed {
        documents: Vec::new(),
        remotes: Vec::new(),
    };
    for (id, origin) in origins {
        let source = sources.get(*id);
        let path = match origin {
            Origin::Local(path) if config.is_none() && locals.len() == 1 => usual_name(path),
            Origin::Local(path) => within(path, &base, source)?,
            Origin::Remote(address, rest) => {
                let known = config.and_then(|config| config.remotes.get(address));
                let folder = known.cloned().unwrap_or_else(|| remote_folder(address));
                if !placed.remotes.iter().any(|(one, _)| one == address) {
                    placed.remotes.push((address.clone(), folder.clone()));
                }
                format!("{folder}/{rest}")
            }
        };
        let there = root.join(&path);
        if config.is_none() && there.exists() {
            let found =
                Source::read(&there).map_err(|error| format!("{}: {error}", there.display()))?;
            if found.text != source.text {
                return Err(differing(&there, Path::new(&source.name)));
            }
        }
        placed
            .documents
            .push((path, source.text.as_bytes().to_vec()));
    }
    Ok(placed)
}

fn usual_name(path: &Path) -> String {
    let json = path.extension().is_some_and(|ending| ending == "json");
    if json { "openapi.json" } else { "openapi.yaml" }.to_owned()
}

fn within(path: &Path, base: &Path, source: &Source) -> Result<String, String> {
    let outside = || {
        format!(
            "{} lies outside of the project: move it in, since the project must hold all that it is generated from",
            source.name
        )
    };
    let below = path.strip_prefix(base).map_err(|_| outside())?;
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    let below = parts.ok_or_else(outside)?.join("/");
    match oarlock::files::is_safe(&below) {
        true => Ok(below),
        false => Err(format!(
            "{below:?} cannot be a path in the project: use letters, digits, `.`, `-` and `_`"
        )),
    }
}

fn common_folder(paths: &[&Path]) -> PathBuf {
    let mut folder = paths
        .first()
        .and_then(|path| path.parent())
        .unwrap_or(Path::new(""))
        .to_path_buf();
    while !paths.iter().all(|path| path.starts_with(&folder)) {
        if !folder.pop() {
            break;
        }
    }
    folder
}

/// A folder for the copies of what stands under an address.
fn remote_folder(address: &str) -> String {
    let host = address.split("://").nth(1).unwrap_or(address);
    let letter = |one: char| {
        if one.is_ascii_alphanumeric() || one == '.' {
            one
        } else {
            '-'
        }
    };
    let plain: String = host.chars().map(letter).collect();
    format!("remotes/{}", plain.trim_matches(['-', '.']))
}
