//! What a service counts itself.

use std::collections::BTreeMap;

const COUNTS: &str = "http_server_request_duration_seconds_count{";

/// The requests that metrics tell of, by status; 0 for those that were broken off before there was one.
pub fn requests_by_status(metrics: &str) -> BTreeMap<u16, u64> {
    let mut counts = BTreeMap::new();
    for line in metrics.lines().filter_map(|line| line.strip_prefix(COUNTS)) {
        let Some((labels, value)) = line.rsplit_once("} ") else {
            continue;
        };
        let status = labels.split_once("http_response_status_code=\"");
        let status = status.and_then(|(_, rest)| rest.get(..3)?.parse().ok());
        let broken = labels.contains("error_type=\"");
        let key = if broken {
            0
        } else {
            status.unwrap_or_default()
        };
        let value = value.parse::<u64>().unwrap_or_default();
        *counts.entry(key).or_default() += value;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_summed_and_what_was_broken_off_stands_apart() {
        let text = "\
http_server_request_duration_seconds_count{operation_id=\"a}\",http_response_status_code=\"200\"} 3
http_server_request_duration_seconds_count{operation_id=\"b\",http_response_status_code=\"200\"} 4
http_server_request_duration_seconds_count{http_response_status_code=\"200\",error_type=\"cancelled\"} 2
http_server_request_duration_seconds_count{error_type=\"timeout\"} 1
http_server_request_duration_seconds_sum{http_response_status_code=\"200\"} 9
";
        assert_eq!(requests_by_status(text), BTreeMap::from([(0, 3), (200, 7)]));
    }
}
