//! What is measured: OpenTelemetry's resource, as its Prometheus compatibility has it (`target_info`).

use super::exposition::label;

/// The labels of `target_info`: the resource's attributes and, where these are silent, what the document says.
pub(super) fn labels(resource: &[(String, String)], title: &str, version: &str) -> String {
    let (own, others): (Vec<_>, Vec<_>) = resource
        .iter()
        .partition(|(name, _)| name == "service.name");
    let set = own.into_iter().chain(others);
    let set = set.map(|(name, value)| (label_name(name), value.as_str()));
    let rest = [("service_name", title), ("service_version", version)];
    let rest = rest.map(|(name, value)| (name.to_owned(), value));
    let mut known: Vec<String> = Vec::new();
    let mut labels = String::new();
    // Two attributes can have one name as a label: the first of them stays.
    for (name, value) in set.chain(rest) {
        if !known.contains(&name) {
            label(&mut labels, &name, value);
            known.push(name);
        }
    }
    labels
}

fn label_name(attribute: &str) -> String {
    let letters = attribute.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' => letter,
        _ => '_',
    });
    let digit = attribute.starts_with(|first: char| first.is_ascii_digit());
    digit.then_some('_').into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::labels;
    use crate::{
        config::{Reader, Sources},
        trace::Settings,
    };

    #[test]
    fn the_resource_is_read_as_opentelemetry_says() {
        let of = |name: &'static str, attributes: &'static str| {
            let set = [
                ("OTEL_SERVICE_NAME".into(), name.into()),
                ("OTEL_RESOURCE_ATTRIBUTES".into(), attributes.into()),
            ];
            let (sources, _) = Sources::read(set);
            let settings = Settings::read(&mut Reader::new(&sources));
            labels(&settings.resource, "T\"", "1")
        };
        assert_eq!(of("", ""), r#"service_name="T\"",service_version="1""#);
        assert_eq!(
            of(
                "own",
                "service.name=x, k8s.pod.name=a%2Cb,9=,service_name=y"
            ),
            r#"service_name="own",k8s_pod_name="a,b",service_version="1""#
        );
        assert_eq!(of("", "a=1,b"), of("", ""));
    }
}
