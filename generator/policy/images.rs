//! Rules about images: what they are built on, and where they are kept.

use super::{Breach, Judge, listed};
use crate::{
    config::stack::{Base, BaseImages, ImagePattern, PinnedImages, Registries},
    model::{BaseImages as Bases, Deployment, ImageName},
};

/// What Docker takes for the registry of a name that has none, and for the place of a name without a path.
const DOCKER_HUB: &str = "docker.io/";
const OFFICIAL: &str = "library/";

/// The key of a base below `deploy: bases`, and its image.
fn image(base: Base, bases: &Bases) -> (&'static str, &str) {
    match base {
        Base::Build => ("build", &bases.build),
        Base::Run => ("run", &bases.run),
        Base::Static => ("static", &bases.run_static),
    }
}

pub(super) fn bases(judge: &mut Judge, asked: &BaseImages, deployment: &Deployment) {
    for base in &asked.bases {
        let (key, image) = image(*base, &deployment.bases);
        if is_allowed(image, &asked.allowed) {
            continue;
        }
        let allowed = listed(asked.allowed.iter().map(|one| &one.0));
        judge.breach(Breach {
            line: &["allowed"],
            service: None,
            message: format!("no image may be built on `{image}`"),
            culprit: judge.deployed(None, &["bases", key]),
            help: format!("let `deploy: bases: {key}` in oarlock.yaml be one of {allowed}"),
        });
    }
}

pub(super) fn pinned(judge: &mut Judge, asked: &PinnedImages, deployment: &Deployment) {
    for base in &asked.bases {
        let (key, image) = image(*base, &deployment.bases);
        let digest = ImageName::of(image).digest;
        if digest.is_some_and(|digest| digest.starts_with("sha256:")) {
            continue;
        }
        judge.breach(Breach {
            line: &["kind"],
            service: None,
            message: format!("the base image `{image}` has no digest"),
            culprit: judge.deployed(None, &["bases", key]),
            help: format!(
                "write the digest of the image behind it, as in `deploy: bases: {key}: {image}@sha256:...`"
            ),
        });
    }
}

pub(super) fn registries(judge: &mut Judge, asked: &Registries, deployment: &Deployment) {
    for service in &deployment.services {
        let repository = &service.image.repository;
        if is_allowed(repository, &asked.allowed) {
            continue;
        }
        let allowed = listed(asked.allowed.iter().map(|one| &one.0));
        let name = Some(&*service.name);
        let place = judge.key(name, &["image", "registry"]);
        let registry = judge.deployed(name, &["image", "registry"]);
        judge.breach(Breach {
            line: &["allowed"],
            service: name,
            message: format!("the image would be kept as `{repository}`"),
            culprit: registry.or_else(|| judge.deployed(name, &["image", "repository"])),
            help: format!("let {place} lead to one of {allowed}"),
        });
    }
}

fn is_allowed(image: &str, allowed: &[ImagePattern]) -> bool {
    let image = whole_name(image);
    allowed.iter().any(|one| fits(&image, &whole_name(&one.0)))
}

/// Whether a name is the one that is allowed, or goes on behind it where that ends a part of a name.
fn fits(image: &str, allowed: &str) -> bool {
    image.strip_prefix(allowed).is_some_and(|rest| {
        allowed.ends_with('/') || rest.is_empty() || rest.starts_with([':', '@'])
    })
}

/// A name with what Docker puts before it.
fn whole_name(name: &str) -> String {
    let host = name.split_once('/').map(|(host, _)| host);
    match host {
        Some(host) if host.contains(['.', ':']) || host == "localhost" => name.to_owned(),
        Some(_) => format!("{DOCKER_HUB}{name}"),
        None => format!("{DOCKER_HUB}{OFFICIAL}{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_allowed_by_whole_parts() {
        for (image, allowed, is) in [
            ("rust:1.95", "docker.io/library/", true),
            ("rust:1.95", "rust", true),
            ("rust:1.95", "rust:1.95", true),
            ("rust:1.95-slim", "rust:1.95", false),
            ("rust:1.95@sha256:ab", "rust:1.95", true),
            ("rustic:1", "rust", false),
            ("shop/rust:1", "docker.io/shop/", true),
            ("shop.example.com/rust:1", "docker.io/", false),
            (
                "registry.example.com.evil.example/a:1",
                "registry.example.com/",
                false,
            ),
            ("registry.example.com/a:1", "registry.example.com/", true),
            (
                "gcr.io/distroless/cc-debian12:nonroot",
                "gcr.io/distroless/cc",
                false,
            ),
        ] {
            let allowed = [ImagePattern(allowed.to_owned())];
            assert_eq!(is_allowed(image, &allowed), is, "{image} by {allowed:?}");
        }
    }
}
