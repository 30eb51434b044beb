//! What is measured: OpenTelemetry's resource, as its Prometheus compatibility has it (`target_info`).

use percent_encoding::percent_decode_str;

use super::exposition::label;

/// The labels of `target_info`, of `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` and, where these are silent, the
/// document.
pub(super) fn labels(
    variable: impl Fn(&str) -> Option<String>,
    title: &str,
    version: &str,
) -> String {
    let set = variable("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
    let attributes = attributes(&set).unwrap_or_else(|| {
        tracing::warn!(
            "OTEL_RESOURCE_ATTRIBUTES must be pairs such as key=value,key=value; none of it is used"
        );
        Vec::new()
    });
    let own = variable("OTEL_SERVICE_NAME").filter(|name| !name.is_empty());
    let own = own.map(|name| ("service_name".to_owned(), name));
    let rest = [("service_name", title), ("service_version", version)];
    let rest = rest.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut known: Vec<String> = Vec::new();
    let mut labels = String::new();
    // Two attributes can have one name as a label: the first of them stays.
    for (name, value) in own.into_iter().chain(attributes).chain(rest) {
        if !known.contains(&name) {
            label(&mut labels, &name, &value);
            known.push(name);
        }
    }
    labels
}

/// None where a pair is none: OpenTelemetry wants all of them left out then.
fn attributes(set: &str) -> Option<Vec<(String, String)>> {
    let pairs = set.split(',').filter(|pair| !pair.trim().is_empty());
    let pairs = pairs.map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        Some((label_name(name.trim())?, value.into_owned()))
    });
    pairs.collect()
}

fn label_name(attribute: &str) -> Option<String> {
    let first = attribute.chars().next()?;
    let letters = attribute.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' => letter,
        _ => '_',
    });
    let digit = first.is_ascii_digit().then_some('_');
    Some(digit.into_iter().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn the_resource_is_read_as_opentelemetry_says() {
        let of = |name: &'static str, attributes: &'static str| {
            let variable = move |asked: &str| match asked {
                "OTEL_SERVICE_NAME" => Some(name.to_owned()),
                _ => Some(attributes.to_owned()),
            };
            labels(variable, "T\"", "1")
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
