//! Zstandard (RFC 8878) as it comes: the format's outer layer is read here, so that a frame can be handed over block by
//! block, and `ruzstd` decodes the blocks.

use std::{
    io::{self, Read},
    pin::Pin,
    task::{Context, Poll, ready},
};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

/// The largest window that a sender may ask for (RFC 9659).
const WINDOW: u64 = 8 << 20;
/// The largest block (RFC 8878, 3.1.1.2.4).
const BLOCK: usize = 128 << 10;
/// Starts a frame (RFC 8878, 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What comes next in the coded bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Frame,
    Block {
        checksum: bool,
    },
    /// Bytes of a skippable frame.
    Skipped(usize),
}

/// Decodes frames, one after the other.
pub(super) struct ZstdDecoder<R> {
    coded: R,
    frames: FrameDecoder,
    next: Next,
    /// The part of what comes next that is there already.
    held: Vec<u8>,
    /// Whether a frame was read to its end: nothing at all is no frame.
    any: bool,
}

impl<R: AsyncBufRead + Unpin> ZstdDecoder<R> {
    pub(super) fn new(coded: R) -> Self {
        let mut frames = FrameDecoder::new();
        frames.set_max_window_size(WINDOW);
        ZstdDecoder {
            coded,
            frames,
            next: Next::Frame,
            held: Vec::new(),
            any: false,
        }
    }

    /// Takes in bytes until what comes next is complete; `false` at the end.
    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            let wanted = match self.next {
                Next::Frame => frame_header_length(&self.held)?,
                Next::Block { checksum } => block_length(&self.held, checksum)?,
                Next::Skipped(left) => left,
            };
            if self.held.len() >= wanted {
                return Poll::Ready(Ok(true));
            }
            let bytes = ready!(Pin::new(&mut self.coded).poll_fill_buf(cx))?;
            if bytes.is_empty() {
                let whole = self.any && self.next == Next::Frame && self.held.is_empty();
                return Poll::Ready(match whole {
                    true => Ok(false),
                    false => Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "it is cut off",
                    )),
                });
            }
            let count = bytes.len().min(wanted - self.held.len());
            match &mut self.next {
                // What is skipped is not kept, for it can be 4 GiB.
                Next::Skipped(left) => *left -= count,
                _ => self.held.extend(bytes.iter().take(count)),
            }
            Pin::new(&mut self.coded).consume(count);
        }
    }

    /// Reads what comes next, which is complete.
    fn advance(&mut self) -> io::Result<()> {
        let held = self.held.as_slice();
        match self.next {
            Next::Frame => match skippable(held) {
                Some(length) => self.next = Next::Skipped(length),
                None => {
                    self.frames.reset(held).map_err(damaged)?;
                    // RFC 8878, 3.1.1.1.1.5.
                    let checksum = held.get(4).is_some_and(|descriptor| descriptor & 4 != 0);
                    self.next = Next::Block { checksum };
                }
            },
            Next::Block { .. } => {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.frames.decode_blocks(held, one).map_err(damaged)?;
            }
            Next::Skipped(_) => {
                self.next = Next::Frame;
                self.any = true;
            }
        }
        self.held.clear();
        Ok(())
    }

    /// Closes a frame that was decoded and read out.
    fn close(&mut self) -> io::Result<()> {
        let sent = self.frames.get_checksum_from_data();
        if sent.is_some() && sent != self.frames.get_calculated_checksum() {
            return Err(damaged("its checksum is wrong"));
        }
        self.next = Next::Frame;
        self.any = true;
        Ok(())
    }
}

impl<R: AsyncBufRead + Unpin> AsyncRead for ZstdDecoder<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if let Next::Block { .. } = this.next {
                if this.frames.can_collect() > 0 {
                    let count = this.frames.read(into.initialize_unfilled())?;
                    into.advance(count);
                    return Poll::Ready(Ok(()));
                }
                if this.frames.is_finished() {
                    this.close()?;
                }
            }
            match ready!(this.poll_held(cx))? {
                true => this.advance()?,
                false => return Poll::Ready(Ok(())),
            }
        }
    }
}

/// How long a frame's header is, as far as its first bytes tell (RFC 8878, 3.1.1.1).
fn frame_header_length(held: &[u8]) -> io::Result<usize> {
    if held.len() < MAGIC.len() {
        return Ok(MAGIC.len());
    }
    if is_skippable(held) {
        return Ok(8);
    }
    if !held.starts_with(&MAGIC) {
        return Err(damaged("it is no Zstandard frame"));
    }
    let Some(descriptor) = held.get(4) else {
        return Ok(5);
    };
    let single = descriptor & 0x20 != 0;
    let size = match descriptor >> 6 {
        0 => usize::from(single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let dictionary = match descriptor & 3 {
        3 => 4,
        bytes => usize::from(bytes),
    };
    Ok(5 + usize::from(!single) + dictionary + size)
}

/// How long a block is with its header and, behind the last one, the checksum (RFC 8878, 3.1.1.2).
fn block_length(held: &[u8], checksum: bool) -> io::Result<usize> {
    let [low, middle, high, ..] = *held else {
        return Ok(3);
    };
    let header = u32::from_le_bytes([low, middle, high, 0]);
    let size = (header >> 3) as usize;
    let content = match (header >> 1) & 3 {
        1 => 1,
        3 => return Err(damaged("a block is of no known type")),
        _ if size > BLOCK => return Err(damaged("a block is too large")),
        _ => size,
    };
    let last = header & 1 == 1;
    Ok(3 + content + if last && checksum { 4 } else { 0 })
}

/// RFC 8878, 3.1.2: sixteen numbers start a frame without contents of ours.
fn is_skippable(held: &[u8]) -> bool {
    matches!(held, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// How many bytes follow the header of a frame that is skipped.
fn skippable(held: &[u8]) -> Option<usize> {
    let length = held.get(4..8).filter(|_| is_skippable(held))?;
    let length = <[u8; 4]>::try_from(length).ok()?;
    usize::try_from(u32::from_le_bytes(length)).ok()
}

fn damaged(cause: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause.to_string())
}
