//! What people are told, and what stands in the runbook of each alert: of objectives that are not kept here, of services that are
//! ill in [`illness`](super::illness).

use super::{
    illness,
    records::{self, DURATIONS, FAILED, Indicator, Job},
};
use crate::{
    emit::escape,
    model::{BURNS, Burn, Group},
};

/// Fewer requests than these within the long window tell nobody: of few, one is a large share.
pub(super) const LEAST: u32 = 10;

/// An alert, and what its page says.
pub(super) struct Alarm {
    pub(super) name: String,
    pub(super) severity: &'static str,
    /// How long it must hold before anyone is told.
    pub(super) hold: Option<&'static str>,
    pub(super) expr: String,
    /// Annotations, as YAML.
    pub(super) annotations: [(&'static str, String); 3],
    /// Names of metrics, in words.
    pub(super) metric: String,
    pub(super) means: String,
    pub(super) affected: String,
    /// Steps.
    pub(super) first: Vec<String>,
    pub(super) next: Vec<String>,
}

/// What an alert says, before it is put into YAML.
pub(super) struct Words {
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) metric: String,
    pub(super) means: String,
    pub(super) affected: String,
    pub(super) first: Vec<String>,
    pub(super) next: Vec<String>,
}

/// A rule, without its words.
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) pages: bool,
    pub(super) hold: Option<&'static str>,
    pub(super) expr: String,
}

/// Where alerts happen; compose files have no namespaces.
pub(super) const IN_NAMESPACE: &str =
    "{{ with $labels.namespace }} in the namespace {{ . }}{{ end }}";

/// Every alert of a service.
pub(super) fn alarms(service: &str, groups: &[&Group], runbooks: &str) -> Vec<Alarm> {
    let job = Job(service);
    let mut all = Vec::new();
    if !groups.is_empty() {
        for indicator in records::indicators(groups) {
            all.extend(BURNS.iter().map(|burn| burning(&job, indicator, burn)));
        }
    }
    all.extend(illness::all(&job));
    let place = format!("{runbooks}/{service}.md");
    all.into_iter()
        .map(|(rule, words)| alarm(rule, words, &place))
        .collect()
}

fn alarm(rule: Rule, words: Words, place: &str) -> Alarm {
    let page = format!("{place}#{}", rule.name.to_lowercase());
    Alarm {
        severity: if rule.pages { "page" } else { "ticket" },
        name: rule.name,
        hold: rule.hold,
        expr: rule.expr,
        annotations: [
            ("summary", escape::yaml(&words.summary)),
            ("description", escape::yaml(&words.description)),
            ("runbook_url", escape::yaml(&page)),
        ],
        metric: words.metric,
        means: words.means,
        affected: words.affected,
        first: words.first,
        next: words.next,
    }
}

/// A budget that burns too fast over both windows.
fn burning(job: &Job, indicator: Indicator, burn: &Burn) -> (Rule, Words) {
    let (kind, words) = match indicator {
        Indicator::Availability => ("Availability", availability(job, burn)),
        Indicator::Latency => ("Latency", latency(job, burn)),
    };
    let (long, short) = (indicator.burn(burn.long), indicator.burn(burn.short));
    let count = indicator.count(burn.long);
    let rule = Rule {
        name: format!("{kind}BudgetBurn{}", burn.long),
        pages: burn.pages,
        hold: None,
        expr: format!(
            "{} > {}\nand {} > {}\nand {} >= {LEAST}",
            job.series(&long, ""),
            burn.rate,
            job.series(&short, ""),
            burn.rate,
            job.series(&count, ""),
        ),
    };
    (rule, words)
}

fn pace(burn: &Burn) -> String {
    let Burn {
        rate, long, used, ..
    } = burn;
    match *rate {
        "1" => format!(
            "At this pace all that may go wrong in 30 days has gone wrong by their end, and {used} of it within {long}."
        ),
        rate => format!(
            "That is {rate} times the pace at which what may go wrong in 30 days lasts for them: {used} of it is gone within {long}."
        ),
    }
}

fn availability(job: &Job, burn: &Burn) -> Words {
    let Burn { long, short, .. } = burn;
    let count = job.series(&format!("{DURATIONS}_count"), FAILED);
    let by_operation =
        format!("`topk(10, sum by (operation_id, http_response_status_code) (rate({count}[5m])))`");
    let by_instance = format!("`sum by (instance) (rate({count}[5m]))`");
    Words {
        summary: "{{ $labels.job }}: too many requests to {{ $labels.tag }} fail".to_owned(),
        description: format!(
            "Requests of the tag {{{{ $labels.tag }}}}{IN_NAMESPACE} were answered with 5xx {{{{ $value | humanize }}}} times as often \
             as the objective of {{{{ $labels.job }}}} allows over the last {long}, and still are over the last {short}."
        ),
        metric: "`http_server_request_duration_seconds_count` by `http_response_status_code`".to_owned(),
        means: format!(
            "Requests of one tag of the API are answered with 5xx, over the last {long} and still over the last {short}. {}",
            pace(burn)
        ),
        affected: "Callers of the operations of the tag that the alert names. Callers who try again may see nothing but slowness."
            .to_owned(),
        first: vec![
            format!("See which operations fail, and with which status: {by_operation}."),
            format!("See whether one instance fails or all do: {by_instance}. Where it is one, delete its pod."),
            "Where it began with a rollout, go back: `helm rollback`.".to_owned(),
        ],
        next: vec![
            "Read the log lines of those operations (`operation_id`, `level=ERROR`): each has its trace.".to_owned(),
            "Where the status is 503, see `RequestsTurnedAway`; 501 is a handler that is not written yet; 500 with a panic, \
             see `HandlersPanic`."
                .to_owned(),
            "See what the service stands on: `/readyz?verbose` on the admin port, and `http_client_request_duration_seconds` of the \
             calls that it makes."
                .to_owned(),
        ],
    }
}

fn latency(job: &Job, burn: &Burn) -> Words {
    let Burn { long, short, .. } = burn;
    let buckets = job.series(&format!("{DURATIONS}_bucket"), "");
    let slowest = format!(
        "`topk(10, histogram_quantile(0.99, sum by (operation_id, le) (rate({buckets}[5m]))))`"
    );
    let busy = format!(
        "`sum by (instance) (rate({}[5m])) / sum by (instance) ({})`",
        job.series("tokio_workers_busy_seconds_total", ""),
        job.series("tokio_workers", ""),
    );
    let cpu = format!(
        "`rate({}[5m])`",
        job.series("process_cpu_seconds_total", "")
    );
    Words {
        summary: "{{ $labels.job }}: too many requests to {{ $labels.tag }} are slow".to_owned(),
        description: format!(
            "Requests of the tag {{{{ $labels.tag }}}}{IN_NAMESPACE} took longer than their objective {{{{ $value | humanize }}}} times \
             as often as {{{{ $labels.job }}}} may let them over the last {long}, and still do over the last {short}."
        ),
        metric: "`http_server_request_duration_seconds_bucket` at the time of the objective".to_owned(),
        means: format!(
            "Requests of one tag of the API that did not fail took longer than the objective says, from their head to the last byte of \
             the answer, over the last {long} and still over the last {short}. {}",
            pace(burn)
        ),
        affected: "Callers of the operations of the tag that the alert names; those with little patience give up and try again, which \
                   is more work."
            .to_owned(),
        first: vec![
            format!("See which operations are slow: {slowest}."),
            format!("See whether the instances are at their limit: {cpu} against the chart's `resources.limits.cpu`, and {busy}, \
                     near 1 where every thread is busy. Where they are, scale up: `replicas`, or `autoscaling`."),
            "Where it began with a rollout, go back: `helm rollback`.".to_owned(),
        ],
        next: vec![
            "Follow an exemplar of the slow buckets to its trace, and see where the time goes.".to_owned(),
            "See whether what the service calls is slow: `http_client_request_duration_seconds_bucket` by `server_address`.".to_owned(),
            "Where all is as it should be, the objective is not: change `objectives` in `oarlock.yaml`.".to_owned(),
        ],
    }
}
