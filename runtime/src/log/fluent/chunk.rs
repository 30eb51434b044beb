//! Lines as a message of the forward protocol (Forward Protocol Specification v1, PackedForward mode).

use std::{
    io::{Error, ErrorKind, Read, Result},
    time::SystemTime,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rmp::encode;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The type of `EventTime`: seconds and nanoseconds, four bytes each.
const EVENT_TIME: i8 = 0;

/// Lines that are acknowledged together.
pub(super) struct Chunk {
    pub(super) id: String,
    /// Each an array of its time and its record, one behind the other.
    entries: Vec<u8>,
    pub(super) lines: u64,
}

impl Chunk {
    pub(super) fn new() -> Self {
        Chunk {
            id: STANDARD.encode(fastrand::u128(..).to_be_bytes()),
            entries: Vec::new(),
            lines: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Adds a line of JSON.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        let start = self.entries.len();
        if entry(&mut self.entries, line).is_err() {
            self.entries.truncate(start);
            self.lines -= 1;
        }
    }

    /// The message: the tag, the entries, and that it wants to be acknowledged.
    pub(super) fn message(&self, tag: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.entries.len() + tag.len() + 64);
        // A `Vec` takes everything.
        let _ = encode::write_array_len(&mut out, 3);
        let _ = encode::write_str(&mut out, tag);
        let _ = encode::write_bin(&mut out, &self.entries);
        let _ = encode::write_map_len(&mut out, 2);
        let _ = encode::write_str(&mut out, "chunk");
        let _ = encode::write_str(&mut out, &self.id);
        let _ = encode::write_str(&mut out, "size");
        let _ = encode::write_uint(&mut out, self.lines);
        out
    }
}

fn entry(out: &mut Vec<u8>, line: &[u8]) -> Result<()> {
    let record: Map<String, Value> = serde_json::from_slice(line)?;
    let time = record.get("timestamp").and_then(Value::as_str);
    let time = time.and_then(|time| humantime::parse_rfc3339(time).ok());
    let since = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    let since = since.unwrap_or_default();
    encode::write_array_len(out, 2).map_err(Error::other)?;
    encode::write_ext_meta(out, 8, EVENT_TIME).map_err(Error::other)?;
    // The protocol has four bytes for the seconds: until 2106.
    #[expect(clippy::cast_possible_truncation, reason = "as the protocol has it")]
    out.extend((since.as_secs() as u32).to_be_bytes());
    out.extend(since.subsec_nanos().to_be_bytes());
    rmp_serde::encode::write(out, &record).map_err(Error::other)
}

#[derive(Deserialize)]
struct Acknowledgement {
    ack: String,
}

/// Which chunk a receiver acknowledges.
pub(super) fn acknowledged(stream: impl Read) -> Result<String> {
    let told: Acknowledgement = rmp_serde::from_read(stream).map_err(|error| {
        let words = format!("no acknowledgement came: {error}");
        Error::new(ErrorKind::InvalidData, words)
    })?;
    Ok(told.ack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_as_the_protocol_has_it() {
        let mut chunk = Chunk::new();
        chunk.add(b"{\"timestamp\":\"1970-01-01T00:00:01.000002Z\",\"status\":200}\n");
        chunk.add(b"no JSON");
        assert_eq!(chunk.lines, 1);
        let message = chunk.message("shop");
        let entry = b"\x92\xd7\x00\x00\x00\x00\x01\x00\x00\x07\xd0\x82\xa9timestamp\xbb1970-01-01T00:00:01.000002Z\xa6status\xcc\xc8";
        let mut wanted = b"\x93\xa4shop\xc4".to_vec();
        wanted.push(u8::try_from(entry.len()).expect("it is short"));
        wanted.extend(entry);
        wanted.extend(b"\x82\xa5chunk\xb8");
        wanted.extend(chunk.id.as_bytes());
        wanted.extend(b"\xa4size\x01");
        assert_eq!(message, wanted);
    }

    #[test]
    fn an_acknowledgement_is_read() {
        assert_eq!(acknowledged(&b"\x81\xa3ack\xa1x"[..]).expect("one"), "x");
        assert!(acknowledged(&b"\x81\xa3ack"[..]).is_err());
        assert!(acknowledged(&b"\xc1"[..]).is_err());
        assert!(acknowledged(&b"\xdf\xff\xff\xff\xff"[..]).is_err());
    }
}
