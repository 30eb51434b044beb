//! The thread that writes lines to stdout.

use std::{
    io::{ErrorKind, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use tracing::Level;

use super::{
    line::{self, Head},
    pretty,
    queue::{self, Entries, Piece, Queue},
    settings::Style,
    volume::{LEVELS, VOLUME},
};

/// The time between two batches of lines: a busy service wakes the thread two hundred times a second, and not for each
/// line. The first line after a pause is written at once.
const GATHERED: Duration = Duration::from_millis(5);
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
    /// How many drops were told of, for each level.
    told: [u64; 5],
}

impl Writer {
    fn work(&mut self) {
        while let Some(batch) = self.entries.next(GATHERED) {
            for piece in batch.pieces(MOST_AT_ONCE) {
                self.write(&piece);
                self.entries.free(piece.size());
            }
            if self.entries.is_roomy() {
                self.tell_drops();
            }
            self.entries.done(batch);
        }
    }

    fn write(&self, piece: &Piece) {
        let written = match self.style {
            Style::Json => write_all(piece.text),
            Style::Pretty { coloured } => {
                let mut text = String::new();
                for (_, line) in piece.lines() {
                    pretty::add(&mut text, line, coloured);
                }
                write_all(text.as_bytes())
            }
        };
        if written.is_err() {
            // Nobody reads any more; how many lines were lost is all that is left to know.
            for (level, _) in piece.lines() {
                VOLUME.dropped.add(level, 1);
            }
        }
    }

    /// A line of its own about lines that were dropped since the last.
    fn tell_drops(&mut self) {
        let now = VOLUME.dropped.counts();
        if now == self.told {
            return;
        }
        let mut line = Vec::new();
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
            let mut text = String::new();
            pretty::add(&mut text, &line, coloured);
            line = text.into_bytes();
        }
        if write_all(&line).is_ok() {
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
