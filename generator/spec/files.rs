//! The files of a document, read as references name them, and the schema resources in them (JSON Schema 2020-12,
//! section 9: `$id`, `$anchor`, `$dynamicAnchor`).

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
    rc::Rc,
};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::{
    diagnostic::Diagnostics,
    document::{self, Node, Value},
    source::{Source, SourceId, Sources},
};

/// Which files beside the document may be read.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Whether files outside of the document's folder may be.
    pub outside: bool,
    /// Where copies of what stands under remote addresses lie: the address's beginning, and a folder.
    pub remotes: Vec<(String, PathBuf)>,
}

/// The files of a document.
#[derive(Debug)]
pub struct Files {
    /// The document itself.
    pub main: SourceId,
    root: Rc<Node>,
    resources: Vec<Resource>,
    by_url: HashMap<String, ResourceId>,
    of_file: HashMap<SourceId, ResourceId>,
    dynamic_anchors: Vec<Rc<Node>>,
    /// Resources of nodes that lie within an `$id` of their own.
    nested: HashMap<usize, ResourceId>,
    absent: HashMap<String, Absence>,
    origins: Vec<(SourceId, Origin)>,
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file of its own, by its absolute path.
    Local(PathBuf),
    /// The copy of what stands under a remote address: the address's beginning as it was given, and the rest.
    Remote(String, String),
}

/// Names one resource: a file, or a part of one with an `$id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(pub usize);

#[derive(Debug)]
struct Resource {
    url: Url,
    root: Rc<Node>,
    anchors: HashMap<String, Rc<Node>>,
}

/// Keywords under which no schema stands.
const LITERALS: [&str; 1] = ["const"];
/// Keywords under which no schema stands where they hold a list.
const LITERAL_LISTS: [&str; 2] = ["enum", "examples"];
/// Keywords under which every key is a name.
const NAMES: [&str; 6] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
    "schemas",
];

/// Where a node stands.
#[derive(Clone, Copy)]
struct Place {
    resource: ResourceId,
    /// The resource that is the whole file.
    file: ResourceId,
    /// Whether the dialect knows `$id` and anchors.
    ids: bool,
    /// Whether keys are names, and not keywords.
    names: bool,
}

/// Why a file is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Absence {
    /// It lies outside of the document's folder.
    Outside,
    /// It lies on another host.
    Remote(String),
    /// The system says no.
    Unreadable(String),
    /// Its text could not be read; why is among the diagnostics.
    Broken,
    /// It holds no such part.
    Nothing,
}

/// What a node is, to those who know a node only by where it lies.
pub(super) fn identity(node: &Node) -> usize {
    std::ptr::from_ref(node) as usize
}

impl Files {
    /// Reads the file `main` and, one after the other, what their references name. A file that is not there is no
    /// mistake yet: what looks like a reference may be an example.
    pub fn read(
        sources: &mut Sources,
        main: SourceId,
        access: &Access,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let root = document::parse(sources, main, diagnostics)?;
        let place = std::path::absolute(&sources.get(main).name).ok()?;
        let url = Url::from_file_path(&place).ok()?;
        let mut files = Files {
            main,
            root: root.clone(),
            resources: Vec::new(),
            by_url: HashMap::new(),
            of_file: HashMap::new(),
            dynamic_anchors: Vec::new(),
            nested: HashMap::new(),
            absent: HashMap::new(),
            origins: vec![(main, Origin::Local(place))],
        };
        let folder = url.join(".").ok()?;
        let ids = root.get("swagger").is_none()
            && !matches!(root.get("openapi").map(|node| &node.value),
                Some(Value::Scalar { text, .. }) if text.starts_with("3.0"));
        let mut wanted = VecDeque::new();
        files.add(main, url, root, ids, &mut wanted);
        while let Some(url) = wanted.pop_front() {
            if files.by_url.contains_key(url.as_str()) || files.absent.contains_key(url.as_str()) {
                continue;
            }
            match files.fetch(sources, &url, &folder, access, diagnostics) {
                Ok((id, node, origin)) => {
                    files.origins.push((id, origin));
                    files.add(id, url, node, ids, &mut wanted);
                }
                Err(why) => _ = files.absent.insert(url.as_str().to_owned(), why),
            }
        }
        Some(files)
    }

    fn fetch(
        &self,
        sources: &mut Sources,
        url: &Url,
        folder: &Url,
        access: &Access,
        diagnostics: &mut Diagnostics,
    ) -> Result<(SourceId, Rc<Node>, Origin), Absence> {
        let (path, origin) = match url.scheme() {
            "file" => {
                let inside = url.as_str().starts_with(folder.as_str());
                if !inside && !access.outside {
                    return Err(Absence::Outside);
                }
                let path = url.to_file_path().map_err(|()| Absence::Outside)?;
                (path.clone(), Origin::Local(path))
            }
            _ => copy_of(url, access)?,
        };
        let mut source =
            Source::read(&path).map_err(|error| Absence::Unreadable(error.to_string()))?;
        source.name = shown(&path, &sources.get(self.main).name);
        let id = sources.add(source);
        let node = document::parse(sources, id, diagnostics).ok_or(Absence::Broken)?;
        Ok((id, node, origin))
    }

    /// Takes in a file: its resources, its anchors, and the files that it names.
    fn add(
        &mut self,
        id: SourceId,
        url: Url,
        root: Rc<Node>,
        ids: bool,
        wanted: &mut VecDeque<Url>,
    ) {
        let resource = self.resource(url, root.clone());
        self.of_file.insert(id, resource);
        let place = Place {
            resource,
            file: resource,
            ids,
            names: false,
        };
        self.scan(&root, place, wanted);
    }

    fn resource(&mut self, url: Url, root: Rc<Node>) -> ResourceId {
        let id = ResourceId(self.resources.len());
        self.by_url.entry(url.as_str().to_owned()).or_insert(id);
        self.resources.push(Resource {
            url,
            root,
            anchors: HashMap::new(),
        });
        id
    }

    fn scan(&mut self, node: &Rc<Node>, place: Place, wanted: &mut VecDeque<Url>) {
        let mut place = place;
        if !place.names {
            place.resource = self.own_resource(node, place);
            if place.ids {
                self.anchors(node, place.resource);
            }
            self.references(node, place.resource, wanted);
        }
        if place.resource != place.file {
            self.nested.insert(identity(node), place.resource);
        }
        match &node.value {
            Value::Mapping(entries) => {
                for entry in entries {
                    let list = matches!(entry.node.value, Value::Sequence(_));
                    let literal = LITERALS.contains(&entry.key.as_str())
                        || (list && LITERAL_LISTS.contains(&entry.key.as_str()));
                    if place.names || !literal {
                        let names = !place.names && NAMES.contains(&entry.key.as_str());
                        self.scan(&entry.node, Place { names, ..place }, wanted);
                    }
                }
            }
            Value::Sequence(items) => {
                for item in items {
                    self.scan(
                        item,
                        Place {
                            names: false,
                            ..place
                        },
                        wanted,
                    );
                }
            }
            Value::Scalar { .. } => {}
        }
    }

    /// The resource of a node: its own, where it has an `$id`.
    fn own_resource(&mut self, node: &Rc<Node>, place: Place) -> ResourceId {
        let Some(id) = text(node.get("$id")).filter(|_| place.ids) else {
            return place.resource;
        };
        let Ok(mut url) = self.resources[place.resource.0].url.join(id) else {
            return place.resource;
        };
        url.set_fragment(None);
        if identity(node) != identity(&self.resources[place.file.0].root) {
            return self.resource(url, node.clone());
        }
        self.by_url
            .entry(url.as_str().to_owned())
            .or_insert(place.file);
        self.resources[place.file.0].url = url;
        place.file
    }

    fn anchors(&mut self, node: &Rc<Node>, resource: ResourceId) {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(node.get(keyword)) {
                let anchors = &mut self.resources[resource.0].anchors;
                anchors.entry(name.to_owned()).or_insert(node.clone());
            }
        }
        if node.get("$dynamicAnchor").is_some() {
            self.dynamic_anchors.push(node.clone());
        }
    }

    fn references(&self, node: &Node, resource: ResourceId, wanted: &mut VecDeque<Url>) {
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(reference) = text(node.get(keyword))
                && !reference.starts_with('#')
                && let Ok(mut url) = self.resources[resource.0].url.join(reference)
            {
                url.set_fragment(None);
                wanted.push_back(url);
            }
        }
    }

    /// The document's root.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The roots of all files.
    pub(super) fn roots(&self) -> Vec<Rc<Node>> {
        self.resources
            .iter()
            .map(|one| Rc::clone(&one.root))
            .collect()
    }

    /// Every file and where it comes from, in the order in which they were read.
    pub fn origins(&self) -> &[(SourceId, Origin)] {
        &self.origins
    }

    /// The schemas that a dynamic reference may lead to, whether or not anything else does.
    pub(super) fn dynamic_anchors(&self) -> impl Iterator<Item = &Node> {
        self.dynamic_anchors.iter().map(|node| &**node)
    }

    /// The resource in which a node lies.
    pub(super) fn resource_of(&self, node: &Node) -> ResourceId {
        let nested = self.nested.get(&identity(node)).copied();
        nested.unwrap_or_else(|| self.of_file[&node.span.source])
    }

    /// What `reference`, which stands at `at`, leads to.
    pub(super) fn target(&self, at: &Node, reference: &str) -> Result<&Node, Absence> {
        let own = self.resource_of(at);
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resource = match address {
            "" => own,
            _ => self.named(own, address)?,
        };
        let resource = &self.resources[resource.0];
        let decoded = percent_decode_str(fragment).decode_utf8();
        let decoded = decoded.map_err(|_| Absence::Nothing)?;
        if decoded.is_empty() {
            return Ok(&resource.root);
        }
        match decoded.starts_with('/') {
            true => walk(&resource.root, &decoded),
            false => resource.anchors.get(&*decoded).map(|node| &**node),
        }
        .ok_or(Absence::Nothing)
    }

    fn named(&self, own: ResourceId, address: &str) -> Result<ResourceId, Absence> {
        let url = self.resources[own.0].url.join(address);
        let url = url.map_err(|error| Absence::Unreadable(error.to_string()))?;
        match self.by_url.get(url.as_str()) {
            Some(id) => Ok(*id),
            None => Err(self
                .absent
                .get(url.as_str())
                .cloned()
                .unwrap_or(Absence::Nothing)),
        }
    }
}

/// The node that a JSON Pointer names (RFC 6901).
pub(super) fn walk<'a>(root: &'a Node, pointer: &str) -> Option<&'a Node> {
    let mut node = root;
    for step in pointer.strip_prefix('/')?.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        node = match &node.value {
            Value::Sequence(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => node.get(&step)?,
        };
    }
    Some(node)
}

fn text(node: Option<&Node>) -> Option<&str> {
    match node.map(|node| &node.value) {
        Some(Value::Scalar { text, .. }) => Some(text),
        _ => None,
    }
}

/// Where the copy of a remote file lies.
fn copy_of(url: &Url, access: &Access) -> Result<(PathBuf, Origin), Absence> {
    let host = || url.host_str().unwrap_or(url.scheme()).to_owned();
    let known = access.remotes.iter();
    let mut rest = known.filter_map(|(begin, folder)| {
        let rest = url.as_str().strip_prefix(begin.as_str())?;
        let plain = !rest.split('/').any(|part| part == ".." || part.is_empty());
        let origin = Origin::Remote(begin.clone(), rest.to_owned());
        plain.then(|| (folder.join(rest), origin))
    });
    rest.next().ok_or_else(|| Absence::Remote(host()))
}

/// A path as the author would write it: beside the document's own.
fn shown(path: &Path, main: &str) -> String {
    let folder = Path::new(main).parent().unwrap_or(Path::new(""));
    let absolute = std::path::absolute(folder).unwrap_or_default();
    match path.strip_prefix(&absolute) {
        Ok(below) => folder.join(below).display().to_string(),
        Err(_) => path.display().to_string(),
    }
}
