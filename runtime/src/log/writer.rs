//! The thread that writes lines to stdout.

use std::{
    fmt::Write as _,
    io::{ErrorKind, Write},
    sync::{Arc, mpsc::SyncSender},
    thread,
    time::Duration,
};

use tracing::Level;

use super::{
    line::{self, Head},
    pretty,
    queue::{self, Entries, Entry, Queue},
    settings::Style,
    volume::{LEVELS, VOLUME},
};

/// How long lines are gathered after the first: a busy service wakes the thread a few hundred times a second, and not for
/// each line.
const GATHERED: Duration = Duration::from_millis(2);
/// How much is written at once, in bytes.
const MOST_AT_ONCE: usize = 64 << 10;
/// The pause where stdout does not block and takes nothing.
const PAUSE: Duration = Duration::from_millis(5);

/// Starts the thread; it ends with the process.
pub(super) fn start(most: usize, style: Style, head: Arc<Head>) -> std::io::Result<Arc<Queue>> {
    let (queue, entries) = queue::queue(most, &VOLUME.dropped);
    let mut writer = Writer {
        entries,
        style,
        head,
        batch: Batch::default(),
        told: [0; 5],
    };
    let thread = thread::Builder::new().name("log".into());
    thread.spawn(move || writer.work())?;
    Ok(Arc::new(queue))
}

struct Writer {
    entries: Entries,
    style: Style,
    head: Arc<Head>,
    batch: Batch,
    /// How many drops were told of, for each level.
    told: [u64; 5],
}

#[derive(Default)]
struct Batch {
    text: String,
    /// Their room in the queue.
    size: usize,
    lines: [u64; 5],
    flushes: Vec<SyncSender<()>>,
}

impl Writer {
    fn work(&mut self) {
        while let Some(first) = self.entries.next() {
            if matches!(first, Entry::Line(..)) && !self.entries.is_hurried() {
                thread::sleep(GATHERED);
            }
            self.take(first);
            while self.batch.text.len() < MOST_AT_ONCE
                && self.batch.flushes.is_empty()
                && let Ok(entry) = self.entries.ready()
            {
                self.take(entry);
            }
            self.write();
            if self.entries.is_roomy() {
                self.tell_drops();
            }
            for flush in self.batch.flushes.drain(..) {
                // Who has stopped waiting need not be told.
                let _ = flush.try_send(());
            }
        }
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Line(level, line) => {
                self.batch.size += queue::size(&line);
                let place = LEVELS.iter().position(|one| *one == level);
                self.batch.lines[place.unwrap_or(0)] += 1;
                match self.style {
                    Style::Json => self.batch.text.push_str(&line),
                    Style::Pretty { coloured } => {
                        pretty::add(&mut self.batch.text, &line, coloured)
                    }
                }
            }
            Entry::Flush(flush) => self.batch.flushes.push(flush),
        }
    }

    fn write(&mut self) {
        if !self.batch.text.is_empty() && write_all(self.batch.text.as_bytes()).is_err() {
            // Nobody reads any more; how many lines were lost is all that is left to know.
            for (level, count) in LEVELS.iter().zip(self.batch.lines) {
                VOLUME.dropped.add(*level, count);
            }
        }
        self.entries.free(self.batch.size);
        self.batch.text.clear();
        (self.batch.size, self.batch.lines) = (0, [0; 5]);
    }

    /// A line of its own about lines that were dropped since the last.
    fn tell_drops(&mut self) {
        let now = VOLUME.dropped.counts();
        if now == self.told {
            return;
        }
        let mut line = String::new();
        self.head.begin(&mut line, Level::WARN, module_path!());
        line::name(&mut line, "message");
        line::text(
            &mut line,
            "lines were dropped: stdout was not read fast enough",
        );
        let mut all = 0;
        for ((level, now), told) in LEVELS.iter().zip(now).zip(self.told) {
            let count = now - told;
            all += count;
            let _ = write!(line, ",\"{}\":{count}", level.as_str().to_ascii_lowercase());
        }
        let _ = write!(line, ",\"dropped\":{all}");
        line::end(&mut line);
        if let Style::Pretty { coloured } = self.style {
            let json = std::mem::take(&mut line);
            pretty::add(&mut line, &json, coloured);
        }
        if write_all(line.as_bytes()).is_ok() {
            self.told = now;
        }
    }
}

/// Writes to stdout, under its lock, so that nothing that the user's code prints comes within a line.
fn write_all(mut bytes: &[u8]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    while !bytes.is_empty() {
        match stdout.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
    stdout.flush()
}
