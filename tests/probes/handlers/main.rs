//! The service of these tests. `WATCH` names what it watches, separated by commas; `DB` is where its database listens,
//! `MENDED` a file that is there when what was broken is mended.

mod naps;

use std::{future::pending, io, path::Path, process::ExitCode, time::Duration};

use oarlock_runtime::HealthCheck;
use tokio::{io::AsyncReadExt, net::TcpStream, time::sleep};

pub struct App;

fn main() -> ExitCode {
    let mut service = naps_api::service(App);
    let watched = std::env::var("WATCH").unwrap_or_default();
    for name in watched.split(',').filter(|name| !name.is_empty()) {
        service = match name {
            "plain" => service.readiness("plain", || async { Ok::<(), String>(()) }),
            "twin" => service.readiness("db", database),
            "db" => service.check(quick(HealthCheck::readiness("db", database))),
            "cache" => service.check(quick(HealthCheck::readiness("cache", database)).critical(false)),
            "hangs" => service.check(quick(HealthCheck::readiness("hangs", || async {
                match mended() {
                    true => Ok::<(), String>(()),
                    false => pending().await,
                }
            }))),
            "panics" => service.check(quick(HealthCheck::readiness("panics", || {
                assert!(mended(), "secret words\n[+]panics ok");
                async { Ok::<(), String>(()) }
            }))),
            "blocks" => service.check(quick(HealthCheck::readiness("blocks", || async {
                while !mended() {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Ok::<(), String>(())
            }))),
            "slow" => service.check(
                HealthCheck::readiness("slow", || async {
                    sleep(Duration::from_secs(60)).await;
                    Ok::<(), String>(())
                })
                .timeout(Duration::from_secs(60)),
            ),
            "migrations" => service.check(quick(HealthCheck::startup("migrations", || async {
                mended().then_some(()).ok_or("12 of 40")
            }))),
            "stop" => service.on_stop("stop", Duration::from_secs(5), || async {
                sleep(Duration::from_millis(1500)).await;
                Ok(())
            }),
            other => panic!("{other}"),
        };
    }
    oarlock_runtime::run(service)
}

fn quick(check: HealthCheck) -> HealthCheck {
    check
        .interval(Duration::from_millis(100))
        .timeout(Duration::from_millis(300))
}

/// A database says "ok" to whoever comes.
async fn database() -> io::Result<()> {
    let address = std::env::var("DB").map_err(io::Error::other)?;
    let mut words = [0; 2];
    TcpStream::connect(address).await?.read_exact(&mut words).await?;
    Ok(())
}

fn mended() -> bool {
    std::env::var("MENDED").is_ok_and(|file| Path::new(&file).exists())
}
