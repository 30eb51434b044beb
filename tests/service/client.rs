//! HTTP/1.1 over a socket: no more than the tests need.

use std::{
    io::{Read, Result, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    #[allow(dead_code, reason = "one of the two test targets has no use for it")]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// One request on a connection of its own.
#[track_caller]
pub(crate) fn ask(
    port: u16,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Answer {
    let mut stream = connect(port).expect("the port is open");
    let mut all = vec![("connection", "close")];
    all.extend(headers);
    exchange(&mut stream, method, target, &all, body).expect("an answer")
}

pub(crate) fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub(crate) fn exchange(
    stream: &mut TcpStream,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Result<Answer> {
    let body = body.as_ref();
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: test\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let said = headers.iter().any(|(name, _)| *name == "transfer-encoding");
    if !body.is_empty() && !said {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let bytes = [text.as_bytes(), body].concat();
    // The other side may answer and close before it has read everything.
    let sent = stream.write_all(&bytes);
    let answer = read(stream, method == "HEAD");
    match (sent, answer) {
        (_, Ok(answer)) => Ok(answer),
        (Err(error), _) | (Ok(()), Err(error)) => Err(error),
    }
}

fn read(stream: &mut TcpStream, head_only: bool) -> Result<Answer> {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut lines = head.lines();
            let status = lines
                .next()
                .and_then(|line| line.split(' ').nth(1)?.parse().ok());
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
            if chunked && !head_only {
                stream.read_to_end(&mut bytes)?;
                let status = status.ok_or(std::io::ErrorKind::InvalidData)?;
                let body = dechunked(&bytes[end + 4..]);
                return Ok(Answer {
                    status,
                    headers,
                    body,
                });
            }
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap_or(0));
            let wanted = end + 4 + if head_only { 0 } else { length };
            while bytes.len() < wanted {
                let count = stream.read(&mut piece)?;
                if count == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                bytes.extend_from_slice(&piece[..count]);
            }
            let body = bytes[end + 4..wanted].to_vec();
            let status = status.ok_or(std::io::ErrorKind::InvalidData)?;
            return Ok(Answer {
                status,
                headers,
                body,
            });
        }
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// The bytes of chunks (RFC 9112, 7.1); what is not a chunk ends them.
fn dechunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).ok();
        let size = size.and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(chunk) = size.and_then(|size| bytes.get(end + 2..end + 2 + size)) else {
            break;
        };
        body.extend_from_slice(chunk);
        bytes = bytes.get(end + 4 + chunk.len()..).unwrap_or_default();
    }
    body
}
