//! The bill of materials of an image: CycloneDX 1.6 (ECMA-424), as JSON. Which packages are in it is said by the binary
//! itself, into which cargo-auditable wrote them when it was built; cargo adds their licences. The libraries of the base
//! image are not listed: it is named, for whoever has its own bill.

use std::{collections::BTreeMap, io::Read};

use auditable_serde::{DependencyKind, Package, Source, VersionInfo};
use oarlock::model::ImageName;
use packageurl::PackageUrl;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What the list within a binary may have at most, unpacked: a thousand times what services have.
const LONGEST_LIST: usize = 32 << 20;

/// What a service's binary says.
pub(super) struct Binary {
    packages: Vec<Package>,
    /// SHA-256, in hexadecimal digits.
    digest: String,
}

/// What else is said of an image.
pub(super) struct Subject<'a> {
    pub(super) service: &'a str,
    pub(super) repository: &'a str,
    pub(super) tag: &'a str,
    /// What the engine calls it.
    pub(super) id: &'a str,
    pub(super) base: &'a str,
    /// The commit's time.
    pub(super) created: Option<&'a str>,
}

/// Licences by the names and versions of packages, as their manifests have them.
pub(super) type Licences = BTreeMap<(String, String), String>;

/// Reads what a binary says; it comes as the one file of a tar.
///
/// # Errors
/// Where there is no such file, or it says nothing.
pub(super) fn read(tar: &[u8], service: &str) -> Result<Binary, String> {
    let binary = only_file(tar).map_err(|error| {
        format!("{service}: its binary could not be taken out of the image: {error}")
    })?;
    let list = auditable_info::audit_info_from_slice(&binary, LONGEST_LIST);
    let list: VersionInfo = list.map_err(|error| {
        format!(
            "{service}: its binary does not say what it was built of, which `cargo auditable build` would have written into it: {error}"
        )
    })?;
    Ok(Binary {
        packages: list.packages,
        digest: hexadecimal(&Sha256::digest(&binary)),
    })
}

fn only_file(tar: &[u8]) -> std::io::Result<Vec<u8>> {
    for entry in tar::Archive::new(tar).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    Err(std::io::Error::other("the engine gave no file"))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Licensed>,
}

#[derive(Deserialize)]
struct Licensed {
    name: String,
    version: String,
    license: Option<String>,
}

/// Reads licences out of what `cargo metadata` writes.
///
/// # Errors
/// Where it is something else.
pub(super) fn licences(metadata: &[u8]) -> Result<Licences, String> {
    let metadata: Metadata = serde_json::from_slice(metadata).map_err(|error| error.to_string())?;
    let packages = metadata.packages.into_iter();
    let licences = packages.filter_map(|one| Some(((one.name, one.version), one.license?)));
    Ok(licences.collect())
}

/// The text of a bill of materials. The same image gives the same text.
///
/// # Errors
/// Names that no package can have.
pub(super) fn written(
    subject: &Subject,
    binary: &Binary,
    licences: &Licences,
) -> Result<String, String> {
    let names = names(&binary.packages)?;
    let mut components = vec![base(subject.base)?];
    for (package, name) in binary.packages.iter().zip(&names) {
        components.push(component(package, name, binary, licences)?);
    }
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata(subject),
        "components": components,
        "dependencies": dependencies(binary, &names),
    });
    bill["serialNumber"] = serial_number(&bill.to_string()).into();
    let text = serde_json::to_string_pretty(&bill).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

const IMAGE: &str = "image";
const BASE: &str = "base-image";

fn metadata(subject: &Subject) -> Value {
    let mut metadata = json!({});
    if let Some(created) = subject.created {
        metadata["timestamp"] = created.into();
    }
    metadata["lifecycles"] = json!([{ "phase": "post-build" }]);
    let version = env!("CARGO_PKG_VERSION");
    metadata["tools"] = json!({
        "components": [{ "type": "application", "name": "oarlock", "version": version }],
    });
    metadata["component"] = json!({
        "type": "container",
        "bom-ref": IMAGE,
        "name": subject.repository,
        "version": subject.tag,
        "properties": [
            { "name": "oarlock:image:id", "value": subject.id },
            { "name": "oarlock:service", "value": subject.service },
        ],
    });
    metadata
}

/// The image below: its name with its registry, and its tag or digest.
fn base(image: &str) -> Result<Value, String> {
    let ImageName { name, tag, digest } = ImageName::of(image);
    let mut component = json!({ "type": "container", "bom-ref": BASE, "name": name });
    if let Some(version) = tag.or(digest) {
        component["version"] = version.into();
    }
    if let Some(digest) = digest {
        let failed = |error| format!("{image}: {error}");
        let last = name.rsplit('/').next().unwrap_or(name).to_lowercase();
        let mut purl = PackageUrl::new("oci", last).map_err(failed)?;
        purl.with_version(digest).map_err(failed)?;
        purl.add_qualifier("repository_url", name).map_err(failed)?;
        if let Some(tag) = tag {
            purl.add_qualifier("tag", tag).map_err(failed)?;
        }
        component["purl"] = purl.to_string().into();
    }
    Ok(component)
}

/// A name for each package within the bill; of those of the public registry, the name by which scanners know them.
fn names(packages: &[Package]) -> Result<Vec<String>, String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(packages.len());
    for package in packages {
        let name = match purl(package)? {
            Some(purl) => purl,
            None => {
                let source = String::from(package.source.clone());
                format!("{source}:{}@{}", package.name, package.version)
            }
        };
        let count = taken.entry(name.clone()).or_default();
        *count += 1;
        // Two repositories of git may have packages of one name and version.
        names.push(match *count {
            1 => name,
            count => format!("{name}#{count}"),
        });
    }
    Ok(names)
}

/// Only of packages of the public registry: what has their names elsewhere is something else.
fn purl(package: &Package) -> Result<Option<String>, String> {
    if package.source != Source::CratesIo {
        return Ok(None);
    }
    let failed = |error| format!("{}: {error}", package.name);
    let mut purl = PackageUrl::new("cargo", package.name.as_str()).map_err(failed)?;
    purl.with_version(package.version.to_string())
        .map_err(failed)?;
    Ok(Some(purl.to_string()))
}

fn component(
    package: &Package,
    name: &str,
    binary: &Binary,
    licences: &Licences,
) -> Result<Value, String> {
    let version = package.version.to_string();
    let mut component = json!({
        "type": if package.root { "application" } else { "library" },
        "bom-ref": name,
        "name": package.name,
        "version": version,
        // What only helped to build is not in the image.
        "scope": match package.kind {
            DependencyKind::Build => "excluded",
            DependencyKind::Runtime => "required",
        },
    });
    if package.root {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": binary.digest }]);
    }
    if let Some(licence) = licences.get(&(package.name.clone(), version)) {
        component["licenses"] = json!([licensed(licence)]);
    }
    match purl(package)? {
        Some(purl) => component["purl"] = purl.into(),
        None => {
            let source = String::from(package.source.clone());
            component["properties"] = json!([{ "name": "oarlock:source", "value": source }]);
        }
    }
    Ok(component)
}

/// An expression of SPDX where it is one, old ways of writing included (`MIT/Apache-2.0`); else its name.
fn licensed(written: &str) -> Value {
    let mended = spdx::Expression::canonicalize(written).ok().flatten();
    let expression = mended.unwrap_or_else(|| written.to_owned());
    match spdx::Expression::parse(&expression) {
        Ok(_) => json!({ "expression": expression, "acknowledgement": "declared" }),
        Err(_) => json!({ "license": { "name": written, "acknowledgement": "declared" } }),
    }
}

fn dependencies(binary: &Binary, names: &[String]) -> Vec<Value> {
    let line = |name: &str, others: Vec<&str>| json!({ "ref": name, "dependsOn": others });
    let roots = binary
        .packages
        .iter()
        .zip(names)
        .filter(|(package, _)| package.root);
    let in_image = std::iter::once(BASE).chain(roots.map(|(_, name)| name.as_str()));
    let mut lines = vec![line(IMAGE, in_image.collect()), line(BASE, Vec::new())];
    for (package, name) in binary.packages.iter().zip(names) {
        let others = package.dependencies.iter();
        let mut others: Vec<&str> = others
            .filter_map(|index| names.get(*index).map(String::as_str))
            .collect();
        others.sort_unstable();
        others.dedup();
        lines.push(line(name, others));
    }
    lines
}

/// A UUID of what the bill holds, so that the same bill has the same: version 8 of RFC 9562, section 5.8.
fn serial_number(text: &str) -> String {
    let mut bytes = [0; 16];
    let digest = Sha256::digest(text.as_bytes());
    bytes
        .iter_mut()
        .zip(digest)
        .for_each(|(byte, one)| *byte = one);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = hexadecimal(&bytes);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    let parts = parts.map(|part| digits.get(part).unwrap_or_default());
    format!("urn:uuid:{}", parts.join("-"))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
