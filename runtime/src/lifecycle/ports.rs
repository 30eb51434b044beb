//! The ports of a service: taken when it starts, opened when it serves.

use std::{io, net::SocketAddr};

use tokio::{
    net::{TcpListener, TcpSocket, lookup_host},
    runtime::Handle,
};

use crate::config::Config;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

pub(super) struct Ports {
    pub(super) http: ClosedPort,
    pub(super) admin: TcpListener,
}

/// A port that is the service's own, and to which nobody can connect yet.
pub(super) struct ClosedPort {
    socket: TcpSocket,
    address: String,
}

const HTTP: &str = "OARLOCK_HTTP_ADDR";
const ADMIN: &str = "OARLOCK_ADMIN_ADDR";

impl Ports {
    /// Opens the operators' port, and takes that of the API.
    pub(super) async fn open(config: &Config) -> Result<Self, String> {
        let http = ClosedPort {
            socket: take(&config.http)
                .await
                .map_err(|error| refused(&config.http, HTTP, &error))?,
            address: config.http.clone(),
        };
        let admin = TcpListener::bind(&config.admin)
            .await
            .map_err(|error| refused(&config.admin, ADMIN, &error))?;
        Ok(Ports { http, admin })
    }
}

impl ClosedPort {
    /// Opens the port, for the executor of requests.
    pub(super) fn listen(self, workers: &Handle) -> Result<TcpListener, String> {
        let _entered = workers.enter();
        let listening = self.socket.listen(BACKLOG);
        listening.map_err(|error| refused(&self.address, HTTP, &error))
    }
}

/// Takes the first of an address's sockets that can be had. One that another process left a moment ago can.
async fn take(address: &str) -> io::Result<TcpSocket> {
    let mut refused = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for one in lookup_host(address).await? {
        match take_one(one) {
            Ok(socket) => return Ok(socket),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn take_one(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn refused(address: &str, variable: &str, error: &io::Error) -> String {
    format!("{address} cannot be listened on ({variable}): {error}")
}
