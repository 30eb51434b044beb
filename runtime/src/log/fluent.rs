//! Lines sent to a receiver of Fluentd's forward protocol, version 1, by a thread of its own: chunks in `PackedForward`
//! mode, each sent again until it is acknowledged.

mod chunk;

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use chunk::Chunk;

use super::{
    queue::{self, Entries, Queue},
    settings::Receiver,
    volume::VOLUME,
};

/// The time between two batches of lines.
const GATHERED: Duration = Duration::from_millis(50);
/// How much is sent at once, in bytes.
const MOST_AT_ONCE: usize = 256 << 10;
/// How long a receiver may take to be reached.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a receiver may take to read a piece, and to acknowledge a chunk.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);
/// How large an acknowledgement may be, in bytes.
const MOST_OF_AN_ACKNOWLEDGEMENT: u64 = 4096;
/// The pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause while the process waits for its end.
const HURRIED_PAUSE: Duration = Duration::from_millis(50);

/// Starts the thread; it ends with the process.
pub(super) fn start(receiver: &Receiver, most: usize, service: &str) -> Result<Arc<Queue>> {
    let (queue, entries) = queue::queue(most, &VOLUME.unsent);
    let mut sender = Sender {
        address: receiver.address.clone(),
        tag: receiver.tag.clone().unwrap_or_else(|| service.to_owned()),
        entries,
        connection: None,
        failures: 0,
    };
    let thread = thread::Builder::new().name("fluent".into());
    thread.spawn(move || sender.work())?;
    Ok(Arc::new(queue))
}

struct Sender {
    address: String,
    tag: String,
    entries: Entries,
    connection: Option<TcpStream>,
    /// How often in a row nothing was acknowledged.
    failures: u32,
}

impl Sender {
    fn work(&mut self) {
        while let Some(batch) = self.entries.next(GATHERED) {
            for piece in batch.pieces(MOST_AT_ONCE) {
                let mut chunk = Chunk::new();
                piece.lines().for_each(|(_, line)| chunk.add(line));
                if !chunk.is_empty() {
                    self.deliver(&chunk);
                }
                self.entries.free(piece.size());
            }
            self.entries.done(batch);
        }
    }

    /// Sends a chunk until it is acknowledged.
    fn deliver(&mut self, chunk: &Chunk) {
        let message = chunk.message(&self.tag);
        loop {
            match self.attempt(&message, chunk) {
                Ok(()) => break,
                Err(error) => self.failed(&error),
            }
        }
        if self.failures > 0 {
            tracing::info!(
                attempts = self.failures,
                "the log receiver takes lines again"
            );
            self.failures = 0;
        }
        VOLUME.acknowledged.fetch_add(chunk.lines, Relaxed);
    }

    fn attempt(&mut self, message: &[u8], chunk: &Chunk) -> Result<()> {
        let mut stream = match self.connection.take() {
            Some(stream) => stream,
            None => connect(&self.address)?,
        };
        stream.write_all(message)?;
        let told = chunk::acknowledged((&stream).take(MOST_OF_AN_ACKNOWLEDGEMENT))?;
        if told != chunk.id {
            let words = "another chunk was acknowledged than the one that was sent";
            return Err(Error::new(ErrorKind::InvalidData, words));
        }
        self.connection = Some(stream);
        Ok(())
    }

    fn failed(&mut self, error: &Error) {
        // Once for each time that it goes away: the receiver is told the line as well, when it is back.
        if self.failures == 0 {
            tracing::warn!(%error, receiver = self.address, "the log receiver takes no lines");
        }
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(10));
        let pause = pause
            .min(LONGEST_PAUSE)
            .mul_f64(0.75 + fastrand::f64() / 4.0);
        self.failures = self.failures.saturating_add(1);
        let until = Instant::now() + pause;
        while Instant::now() < until {
            thread::sleep(HURRIED_PAUSE.min(pause));
            if self.entries.is_hurried() {
                return;
            }
        }
    }
}

fn connect(address: &str) -> Result<TcpStream> {
    let mut last = Error::new(ErrorKind::NotFound, "the name has no address");
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(ACKNOWLEDGE))?;
                stream.set_write_timeout(Some(ACKNOWLEDGE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
