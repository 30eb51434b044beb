//! What the platform tells a process: to stop, and to stop now.

use std::io;

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// A signal to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Terminate,
    Interrupt,
}

impl Told {
    /// 128 and the signal's number, as shells have it.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Told::Terminate => 143,
            Told::Interrupt => 130,
        }
    }
}

/// The signals that have come.
pub(super) struct Signals(watch::Receiver<Heard>);

#[derive(Clone, Copy, Default)]
struct Heard {
    first: Option<Told>,
    second: Option<Told>,
}

impl Signals {
    /// Hears SIGTERM and SIGINT from here on.
    pub(super) fn hear() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (tell, heard) = watch::channel(Heard::default());
        tokio::spawn(async move {
            loop {
                let told = tokio::select! {
                    _ = terminate.recv() => Told::Terminate,
                    _ = interrupt.recv() => Told::Interrupt,
                };
                tell.send_modify(|heard| match heard.first {
                    None => heard.first = Some(told),
                    Some(_) => heard.second = heard.second.or(Some(told)),
                });
            }
        });
        Ok(Signals(heard))
    }

    /// Ends when the process is told to stop.
    pub(super) async fn told(&self) {
        self.until(|heard| heard.first).await;
    }

    /// Ends when it is told again.
    pub(super) async fn again(&self) -> Told {
        self.until(|heard| heard.second).await
    }

    async fn until(&self, which: impl Fn(&Heard) -> Option<Told>) -> Told {
        let mut heard = self.0.clone();
        loop {
            if let Some(told) = which(&heard.borrow_and_update()) {
                return told;
            }
            if heard.changed().await.is_err() {
                // Nobody hears any more: the process is at its end.
                std::future::pending::<()>().await;
            }
        }
    }
}
