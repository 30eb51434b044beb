//! `deploy: image: include`: what of the project images are made of beside what is generated and `services/`.

use serde::{Deserialize, Deserializer};

use super::terms::{Term, term, terms};

/// What images have anyway, what is generated, and what `.dockerignore` keeps out.
const OTHERS: [&str; 12] = [
    "api",
    "runtime",
    "services",
    "deploy",
    "target",
    ".cargo",
    ".git",
    ".github",
    ".dockerignore",
    "Cargo.toml",
    "Cargo.lock",
    "oarlock.lock",
];
const MUST: &str = "a folder or a file of the project, such as libs or db/migrations: letters, digits, `.`, `_` and `-`, with `/` between";

/// Names that `.dockerignore` keeps out of images, in whichever folder.
pub const KEPT_OUT_OF_IMAGES: [&str; 6] =
    ["target", ".git", ".env", ".DS_Store", ".idea", ".vscode"];

/// Whether `.dockerignore` keeps a path out of images by one of its names.
#[must_use]
pub fn is_kept_out_of_images(path: &str) -> bool {
    path.split('/').any(|part| {
        KEPT_OUT_OF_IMAGES.contains(&part)
            || part.starts_with(".env.")
            || part.ends_with(".swp")
            || part.ends_with('~')
    })
}

terms! {
    /// A folder or a file of the project.
    Included(String) = included;
}

fn included(text: &str) -> Result<String, String> {
    let letter = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
    let part = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.starts_with('-')
            && part.chars().all(letter)
    };
    if text.len() > 200 || !text.split('/').all(part) {
        return Err(MUST.to_owned());
    }
    let first = text.split('/').next().unwrap_or_default();
    if OTHERS.contains(&first) {
        return Err(format!(
            "{MUST}; {first} is in every image already, or has no place in one"
        ));
    }
    let at_the_top = !text.contains('/') && text.ends_with(".md");
    match at_the_top || is_kept_out_of_images(text) {
        true => Err(format!("{MUST}; .dockerignore keeps that out of images")),
        false => Ok(text.to_owned()),
    }
}
