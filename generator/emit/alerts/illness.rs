//! Alerts of a service that is ill, whatever is promised of its requests.

use super::alarms::{IN_NAMESPACE, Rule, Words};
use super::records::{DURATIONS, Job};

/// Every one of them.
pub(super) fn all(job: &Job) -> Vec<(Rule, Words)> {
    vec![
        down(job),
        instance_down(job),
        turned_away(job),
        connections(job),
        panics(job),
        restarts(job),
    ]
}

/// What is for the next working day.
fn ticket(name: &str, hold: Option<&'static str>, expr: String) -> Rule {
    Rule {
        name: name.to_owned(),
        pages: false,
        hold,
        expr,
    }
}

fn steps<const N: usize>(steps: [&str; N]) -> Vec<String> {
    steps.map(str::to_owned).into()
}

fn down(job: &Job) -> (Rule, Words) {
    let up = job.series("up", "");
    let expr = format!("sum by (namespace, job) ({up}) == 0\nor absent({up})");
    let words = Words {
        summary: "{{ $labels.job }} is not there".to_owned(),
        description: format!(
            "No instance of {{{{ $labels.job }}}}{IN_NAMESPACE} has answered Prometheus for 2 minutes, or there is none."
        ),
        metric: "`up` of the service's job".to_owned(),
        means: "Prometheus reaches no instance, or knows of none. Nothing that is counted of requests can be trusted meanwhile: no \
                other alert of the service tells anything."
            .to_owned(),
        affected: "Everyone, where the service is gone; nobody but those who watch it, where only its metrics are out of reach."
            .to_owned(),
        first: vec![
            "Ask the API itself, from outside.".to_owned(),
            format!("See the pods: `kubectl get pods --selector app.kubernetes.io/name={}`, and `kubectl describe` and `kubectl logs \
                     --previous` of those that are not ready.", job.0),
            "Where it began with a rollout, go back: `helm rollback`.".to_owned(),
        ],
        next: steps([
            "Where the API answers, see what is between Prometheus and the admin port: the ServiceMonitor's labels, and \
             `networkPolicy.metricsFrom` of the chart.",
            "A service whose settings cannot be does not start, and says so in the last lines of its log.",
        ]),
    };
    let rule = Rule {
        pages: true,
        ..ticket("ServiceDown", Some("2m"), expr)
    };
    (rule, words)
}

fn instance_down(job: &Job) -> (Rule, Words) {
    let expr = format!("{} == 0", job.series("up", ""));
    let words = Words {
        summary: "{{ $labels.job }}: the instance {{ $labels.instance }} does not answer".to_owned(),
        description: format!(
            "The admin port of {{{{ $labels.instance }}}}, an instance of {{{{ $labels.job }}}}{IN_NAMESPACE}, has not answered \
             Prometheus for 10 minutes."
        ),
        metric: "`up` of one instance".to_owned(),
        means: "Prometheus knows an instance and does not reach its admin port. It answers from a thread of its own, so that a service \
                which is merely busy still answers."
            .to_owned(),
        affected: "Nobody as long as others serve; there is less to spare.".to_owned(),
        first: steps([
            "See its pod: whether it is ready, restarts, or lies on a node that is gone.",
            "Delete it where it hangs: another takes its place.",
        ]),
        next: steps(["Read the end of its log, `kubectl logs --previous`."]),
    };
    (ticket("InstanceDown", Some("10m"), expr), words)
}

fn turned_away(job: &Job) -> (Rule, Words) {
    let count = format!("{DURATIONS}_count");
    let away = job.series(&count, "http_response_status_code=\"503\"");
    let all = job.series(&count, "");
    let expr = format!(
        "sum by (namespace, job) (rate({away}[5m]))\n/ sum by (namespace, job) (rate({all}[5m]))\n> 0.01\n\
         and sum by (namespace, job) (increase({away}[5m])) >= 10"
    );
    let active = job.series("http_server_active_requests", "");
    let words = Words {
        summary: "{{ $labels.job }} turns requests away".to_owned(),
        description: format!(
            "{{{{ $value | humanizePercentage }}}} of the requests to {{{{ $labels.job }}}}{IN_NAMESPACE} were answered with 503 over the \
             last 5 minutes: more are in work than may be, or their answers did not begin in time."
        ),
        metric: "`http_server_request_duration_seconds_count` with the status 503".to_owned(),
        means: "The service answers 503: requests in work have reached their limit (`OARLOCK_MAX_CONCURRENT_REQUESTS`, or `limits` of one \
                operation), an answer did not begin within `OARLOCK_REQUEST_TIMEOUT`, or a handler says so itself."
            .to_owned(),
        affected: "Callers whose requests are turned away; they are told when to try again (`Retry-After`).".to_owned(),
        first: vec![
            format!("See how many are in work, and of which operation: `sum by (instance, operation_id) ({active})`."),
            "Where all instances are full, scale up: `replicas`, or `autoscaling`.".to_owned(),
            "Where one operation fills them, bound it: `limits` in `oarlock.yaml`.".to_owned(),
        ],
        next: steps([
            "See what the handlers wait for: a database, or another service (`http_client_request_duration_seconds`).",
            "Where one caller asks too much, bound callers: `OARLOCK_RATE_LIMIT`.",
        ]),
    };
    (ticket("RequestsTurnedAway", Some("5m"), expr), words)
}

fn connections(job: &Job) -> (Rule, Words) {
    let (open, most) = (
        job.series("oarlock_connections", ""),
        job.series("oarlock_connections_limit", ""),
    );
    let words = Words {
        summary: "{{ $labels.job }}: {{ $labels.instance }} has nearly as many connections as it takes".to_owned(),
        description: format!(
            "{{{{ $labels.instance }}}}, an instance of {{{{ $labels.job }}}}{IN_NAMESPACE}, has \
             {{{{ $value | humanizePercentage }}}} of the connections that it takes; more wait to be accepted."
        ),
        metric: "`oarlock_connections` against `oarlock_connections_limit`".to_owned(),
        means: "An instance has more than nine tenths of the connections that it may have (`OARLOCK_MAX_CONNECTIONS`). Beyond the limit \
                they are not refused: they wait, and look like a service that does not answer."
            .to_owned(),
        affected: "Callers that open new connections, soon.".to_owned(),
        first: steps([
            "Scale up: `replicas`, or `autoscaling`.",
            "See whether requests are many too, or connections are merely kept: `http_server_active_requests`.",
        ]),
        next: steps([
            "Raise `OARLOCK_MAX_CONNECTIONS` where memory and file descriptors allow it (`process_open_fds` against `process_max_fds`).",
            "Shorten `OARLOCK_IDLE_TIMEOUT` where most are idle and no proxy keeps them.",
        ]),
    };
    let expr = format!("{open}\n/ {most}\n> 0.9");
    (ticket("ConnectionsNearLimit", Some("5m"), expr), words)
}

fn panics(job: &Job) -> (Rule, Words) {
    let panics = job.series("oarlock_panics_total", "");
    let words = Words {
        summary: "{{ $labels.job }} panics".to_owned(),
        description: format!(
            "{{{{ $labels.job }}}}{IN_NAMESPACE} has panicked {{{{ $value | humanize }}}} times within 15 minutes."
        ),
        metric: "`oarlock_panics_total`".to_owned(),
        means: "Code of the service panicked. A handler's panic is answered with 500 and the service goes on; its log has the place."
            .to_owned(),
        affected: "The callers whose requests panicked.".to_owned(),
        first: steps([
            "Find the log line of the panic: it has file, line, and the trace of its request.",
            "Where it began with a rollout and is frequent, go back: `helm rollback`.",
        ]),
        next: steps(["Write a test that sends the same request, and mend the handler."]),
    };
    let expr = format!("sum by (namespace, job) (increase({panics}[15m])) > 0");
    (ticket("HandlersPanic", None, expr), words)
}

fn restarts(job: &Job) -> (Rule, Words) {
    let started = job.series("process_start_time_seconds", "");
    let words = Words {
        summary: "{{ $labels.job }}: {{ $labels.instance }} starts again and again".to_owned(),
        description: format!(
            "{{{{ $labels.instance }}}}, an instance of {{{{ $labels.job }}}}{IN_NAMESPACE}, was started {{{{ $value }}}} times \
             within 30 minutes."
        ),
        metric: "`process_start_time_seconds`".to_owned(),
        means: "The process of one instance ends and is started again, three times or more within half an hour: it is out of memory, its \
                liveness probe fails since every thread is blocked, or it ends by itself. Rollouts are not counted: they make new pods."
            .to_owned(),
        affected: "Callers whose requests are in work when it ends.".to_owned(),
        first: steps([
            "See why: `kubectl describe pod` has the last state (`OOMKilled`, or an exit code) and the probes that failed.",
            "Where it is memory, raise `resources.limits.memory`, and see `process_resident_memory_bytes` before the end.",
        ]),
        next: steps([
            "Where the liveness probe failed, a handler blocks the executor: look for work without `await`, and see \
             `OARLOCK_LIVENESS_STALL`.",
            "Read `kubectl logs --previous`.",
        ]),
    };
    let expr = format!("changes({started}[30m]) >= 3");
    (ticket("InstanceRestarts", None, expr), words)
}
