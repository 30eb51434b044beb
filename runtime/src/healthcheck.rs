//! `<binary> healthcheck`: asks the admin port, for images without a shell.

use std::{
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
};

use crate::defaults::HEALTHCHECK_STEP;

/// Asks whether the service at an admin address is ready.
pub(crate) fn ask(admin: &str) -> Result<(), String> {
    let target = admin
        .replace("0.0.0.0:", "127.0.0.1:")
        .replace("[::]:", "[::1]:");
    let answer = exchange(&target).map_err(|error| format!("{target} does not answer: {error}"))?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" => Ok(()),
        _ => {
            let words = answer.rsplit("\r\n").next().unwrap_or_default().trim();
            Err(format!("not ready: {words}"))
        }
    }
}

fn exchange(target: &str) -> std::io::Result<String> {
    let unknown = || std::io::Error::other("the name has no address");
    let address = target.to_socket_addrs()?.next().ok_or_else(unknown)?;
    let mut stream = TcpStream::connect_timeout(&address, HEALTHCHECK_STEP)?;
    stream.set_read_timeout(Some(HEALTHCHECK_STEP))?;
    stream.set_write_timeout(Some(HEALTHCHECK_STEP))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(16 << 10).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
