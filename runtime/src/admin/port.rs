//! The thread of the operators' port.

use std::{io, sync::Arc, thread};

use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};

use super::Admin;

/// The operators' port, open until this is dropped. It has a thread and an executor of its own, since it is to answer
/// also where every thread of the service is blocked, and to say so.
pub(crate) struct AdminPort {
    _open: oneshot::Sender<()>,
}

impl AdminPort {
    /// Serves on a port that is bound.
    pub(crate) async fn open(admin: Arc<Admin>, listener: TcpListener) -> io::Result<Self> {
        let listener = listener.into_std()?;
        let (open, dropped) = oneshot::channel();
        let (told, outcome) = oneshot::channel();
        let serve = async move {
            let listener = match TcpListener::from_std(listener) {
                Ok(listener) => listener,
                Err(error) => {
                    // Whoever opens it waits for this.
                    let _ = told.send(Err(error));
                    return;
                }
            };
            let _ = told.send(Ok(()));
            let probes = admin.probes.clone();
            tokio::select! {
                () = admin.serve(listener) => {}
                () = probes.watch_executor() => {}
                _ = dropped => {}
            }
        };
        thread::Builder::new()
            .name("oarlock-admin".into())
            .spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(serve);
                io::Result::Ok(())
            })?;
        // A thread that ends without a word could not start its executor.
        outcome.await.map_err(io::Error::other)??;
        Ok(AdminPort { _open: open })
    }
}
