//! Path templates (OpenAPI Specification 3.1, section 4.4, "Path Templating").

/// The names of a path template's expressions, in their order.
pub fn path_names(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

/// A path template without its names: templates of one shape are the same path.
pub fn path_shape(template: &str) -> String {
    let mut parts = template.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("{}");
        out.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{path_names, path_shape};

    #[test]
    fn names_stand_in_their_order() {
        let names = |template| path_names(template).collect::<Vec<_>>();
        assert_eq!(names("/{a}/x-{b}.{c}"), ["a", "b", "c"]);
        assert!(names("/plain").is_empty());
    }

    #[test]
    fn names_make_no_other_path() {
        assert_eq!(path_shape("/{a}/x/{b}"), path_shape("/{c}/x/{d}"));
        assert_ne!(path_shape("/{a}/x"), path_shape("/{a}/y"));
    }
}
