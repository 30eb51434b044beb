//! The service: its hooks and tasks are those that `FERRY` names.

mod operations;

use std::{future::pending, process::ExitCode, time::Duration};

use oarlock_runtime::{Service, StopWork, Stopping, Task, TaskFailure};
use tokio::time::sleep;

/// What handlers share: connections, settings, caches.
pub struct App;

const SECOND: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let names = std::env::var("FERRY").unwrap_or_default();
    let service = ferry_api::service(App);
    let named = names.split(',').filter(|name| !name.is_empty());
    oarlock_runtime::run(named.fold(service, with))
}

fn with(service: Service, name: &str) -> Service {
    match name {
        "engine" => started(service, "engine"),
        "ramp" => started(service, "ramp"),
        "flag" => service.on_stop("flag", SECOND, || async {
            println!("flag is stopped");
            Ok(())
        }),
        "slow-start" => service.on_start("slow", 60 * SECOND, || async {
            println!("slow begins");
            sleep(30 * SECOND).await;
            Ok(())
        }),
        "failing-start" => service.on_start("fuel", SECOND, || async {
            Err::<(), _>("the tank is empty".into())
        }),
        "late-start" => service.on_start("tide", SECOND / 10, || async {
            sleep(SECOND).await;
            Ok(())
        }),
        "panicking-start" => service.on_start("anchor", SECOND, || async {
            if std::env::var_os("FERRY").is_some() {
                panic!("as it was asked for");
            }
            Ok(())
        }),
        "hanging-stop" => service.on_stop("moor", SECOND / 2, pending),
        "blocking-stop" => service.on_stop("moor", SECOND / 2, || async {
            std::thread::sleep(60 * SECOND);
            Ok(())
        }),
        "told-task" => service.task("lookout", |stopping: Stopping| async move {
            stopping.stopping().await;
            sleep(SECOND / 5).await;
            println!("lookout has come to its end");
        }),
        "deaf-task" => service.task("deaf", |_| pending::<()>()),
        "failing-task" => service.task("pump", |_| async {
            sleep(SECOND / 5).await;
            Err::<(), _>("the pump is stuck")
        }),
        "panicking-task" => service.background(
            Task::new("radio", |stopping| async move {
                assert!(stopping.is_stopping(), "as it was asked for");
            })
                .on_failure(TaskFailure::Report),
        ),
        "unready-task" => service.background(
            Task::new("radar", |_| async { Err::<(), _>("dark") }).on_failure(TaskFailure::Unready),
        ),
        "dead-task" => service.background(
            Task::new("helm", |_| async { Err::<(), _>("loose") }).on_failure(TaskFailure::Dead),
        ),
        other => panic!("FERRY={other}"),
    }
}

/// A hook that says what it does, at both ends.
fn started(service: Service, name: &'static str) -> Service {
    service.on_start(name, SECOND, move || async move {
        println!("{name} is started");
        Ok(StopWork::new(move || async move {
            println!("{name} is stopped");
            Ok(())
        }))
    })
}
