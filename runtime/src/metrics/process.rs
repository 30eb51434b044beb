//! The process and its executor.

use std::fmt::Display;

use tokio::runtime::RuntimeMetrics;

use super::exposition::{Family, Kind};

/// What the kernel says of this process, under the names that Prometheus' own libraries have for it.
#[cfg(target_os = "linux")]
pub(super) fn write_process(out: &mut String) {
    use procfs::{
        WithCurrentSystemInfo,
        process::{LimitValue, Process},
    };
    let Ok(process) = Process::myself() else {
        return;
    };
    if let Ok(stat) = process.stat() {
        #[expect(clippy::cast_precision_loss, reason = "ticks of a process's life")]
        let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
        let help = "CPU time used, of the user and the system.";
        let used = seconds(stat.utime + stat.stime);
        one(out, "process_cpu_seconds", Kind::Counter, help, used);
        let help = "Memory that is resident.";
        let resident = stat.rss_bytes().get();
        one(
            out,
            "process_resident_memory_bytes",
            Kind::Gauge,
            help,
            resident,
        );
        let help = "Address space in use.";
        one(
            out,
            "process_virtual_memory_bytes",
            Kind::Gauge,
            help,
            stat.vsize,
        );
        one(
            out,
            "process_threads",
            Kind::Gauge,
            "Threads.",
            stat.num_threads,
        );
        if let Ok(boot) = procfs::boot_time_secs() {
            #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
            let started = boot as f64 + seconds(stat.starttime);
            let help = "When the process began, since the epoch of Unix.";
            one(
                out,
                "process_start_time_seconds",
                Kind::Gauge,
                help,
                started,
            );
        }
    }
    if let Ok(open) = process.fd_count() {
        one(
            out,
            "process_open_fds",
            Kind::Gauge,
            "Open file descriptors.",
            open,
        );
    }
    if let Ok(limits) = process.limits() {
        let most = match limits.max_open_files.soft_limit {
            LimitValue::Value(most) => most.to_string(),
            LimitValue::Unlimited => "+Inf".into(),
        };
        let help = "How many file descriptors may be open.";
        one(out, "process_max_fds", Kind::Gauge, help, most);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn write_process(_: &mut String) {}

/// What tokio says of an executor.
pub(super) fn write_executor(metrics: &RuntimeMetrics, out: &mut String) {
    let help = "Threads that work on tasks.";
    one(
        out,
        "tokio_workers",
        Kind::Gauge,
        help,
        metrics.num_workers(),
    );
    let help = "Tasks that are not finished.";
    one(
        out,
        "tokio_alive_tasks",
        Kind::Gauge,
        help,
        metrics.num_alive_tasks(),
    );
    let help = "Tasks that wait for any worker.";
    let waiting = metrics.global_queue_depth();
    one(out, "tokio_global_queue_depth", Kind::Gauge, help, waiting);
    #[cfg(target_has_atomic = "64")]
    {
        let workers = 0..metrics.num_workers();
        let busy = workers.map(|worker| metrics.worker_total_busy_duration(worker).as_secs_f64());
        let help = "Time that workers were busy, of all of them together.";
        let busy: f64 = busy.sum();
        one(out, "tokio_workers_busy_seconds", Kind::Counter, help, busy);
    }
}

fn one(out: &mut String, name: &'static str, kind: Kind, help: &'static str, value: impl Display) {
    Family::begin(out, name, kind, help).sample("", value);
}
