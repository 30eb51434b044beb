//! Names that are no settings: a misspelt one would else be a default in silence.

use super::{
    file::{File, PREFIX, member},
    source::{CONFIG, FROM_FILE, Sources},
};

/// What the names of other services' addresses begin with, whose number is the document's.
const CALLS: &str = "OARLOCK_CALL_";

/// A mistake for each variable and each member of the file that no setting has the name of.
pub(super) fn mistakes(sources: &Sources, known: &[&'static str]) -> Vec<String> {
    let variables = sources.variables().filter(|name| is_unknown(name, known));
    let of_variables = variables.map(|name| {
        let near = nearest(name, known.iter().map(|one| (*one).to_owned()));
        format!("{name} is no setting of this service{near}")
    });
    let of_file = sources
        .file()
        .into_iter()
        .flat_map(|file| unknown_members(file, known));
    of_variables.chain(of_file).collect()
}

fn unknown_members<'f>(file: &'f File, known: &'f [&'static str]) -> impl Iterator<Item = String> {
    let all = || known.iter().filter_map(|one| member(one));
    let unknown = file
        .members()
        .filter(move |name| all().all(|one| one != *name));
    unknown.map(move |name| {
        let near = nearest(name, all());
        format!(
            "{}: {name} is no setting of this service{near}",
            file.path()
        )
    })
}

fn is_unknown(name: &str, known: &[&'static str]) -> bool {
    let value = name.strip_suffix(FROM_FILE).unwrap_or(name);
    name.starts_with(PREFIX)
        && name != CONFIG
        && !name.starts_with(CALLS)
        && !is_service_link(name)
        && !known.iter().any(|one| *one == name || *one == value)
}

/// Whether Kubernetes sets it in every pod beside a Service whose name begins with `oarlock`: the form that Docker's
/// links had (kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
fn is_service_link(name: &str) -> bool {
    let is_port = |rest: &str| {
        let mut words = rest.split('_');
        let number = words.next().is_some_and(|one| one.parse::<u16>().is_ok());
        number
            && words
                .next()
                .is_some_and(|one| matches!(one, "TCP" | "UDP" | "SCTP"))
    };
    let last_port = name
        .rmatch_indices("_PORT_")
        .any(|(at, word)| is_port(&name[at + word.len()..]));
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || name.ends_with("_PORT")
        || last_port
}

/// A question about the name that is nearest, where one is near.
fn nearest(name: &str, known: impl Iterator<Item = String>) -> String {
    let distances = known.map(|one| (strsim::levenshtein(name, &one), one));
    match distances.min() {
        Some((distance, near)) if distance <= 3 => format!("; did you mean {near}?"),
        _ => String::from("; --print-config shows them all"),
    }
}
