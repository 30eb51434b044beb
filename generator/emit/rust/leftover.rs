//! Files of the user's that no longer belong where they are, since tags were dealt otherwise. They are told, and left.

use super::{append, scaffold};
use crate::{
    emit::Project,
    files::{FileSet, Left},
    model::{Api, Service},
};

pub(super) fn look(api: &Api, project: &Project, files: &mut FileSet) {
    let services = &project.services.all;
    for service in services {
        other_tags(api, service, services, files);
        other_maker(&project.name, service, files);
    }
    let made = format!("{}::service", scaffold::crate_name(&project.name));
    files.look(
        Left::InFoldersOf("services", "src/main.rs"),
        Box::new(move |path, text| {
            let folder = path.strip_suffix("/src/main.rs").unwrap_or(path);
            text.contains(&made).then(|| {
                format!("{folder}: there is no such service any more: take your handlers to where their tags are now, and delete it")
            })
        }),
    );
}

/// Handlers of tags that another service has.
fn other_tags(api: &Api, service: &Service, services: &[Service], files: &mut FileSet) {
    for (index, group) in api.groups.iter().enumerate() {
        let owner = services.iter().find(|one| one.groups.contains(&index));
        let Some(owner) = owner.filter(|one| one.name != service.name) else {
            continue;
        };
        let module = group.module.trim_start_matches("r#");
        let words = format!(
            "{} has the operations of {:?} now: take your handlers there, and `mod {module};` out of services/{}/src/main.rs",
            owner.name, group.tag, service.name
        );
        let trait_name = group.trait_name.clone();
        let look = move |path: &str, text: &str| {
            let left = append::implements(text, &trait_name);
            left.then(|| format!("{path}: {words}"))
        };
        let path = format!("services/{}/src/{module}.rs", service.name);
        files.look(Left::At(path), Box::new(look));
    }
}

/// A `main.rs` from before the operations were dealt to several services, or from before they were one again.
fn other_maker(project: &str, service: &Service, files: &mut FileSet) {
    let api = scaffold::crate_name(project);
    let maker = scaffold::maker(project, service);
    let old = match service.module {
        None => format!("{api}::service::"),
        Some(_) => format!("{api}::service("),
    };
    let look = move |path: &str, text: &str| {
        text.contains(&old)
            .then(|| format!("{path}: the service is made by `{maker}(App)` now: write that there"))
    };
    let path = format!("services/{}/src/main.rs", service.name);
    files.look(Left::At(path), Box::new(look));
}
