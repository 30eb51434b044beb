//! The fields of one server-sent event (WHATWG HTML, "Interpreting an event stream").

/// What the lines since the last blank one say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The values of all `data` lines, a line feed between each two; none without such a line.
    pub(super) data: Option<String>,
    /// Empty where the event has the usual type.
    pub(super) event: String,
    pub(super) id: Option<String>,
    /// Milliseconds.
    pub(super) retry: Option<u64>,
}

impl Block {
    /// Takes in a line that is not blank. Comments and fields that the standard does not know say nothing.
    pub(super) fn line(&mut self, line: &str) {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match key {
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                data @ None => *data = Some(value.to_owned()),
            },
            "event" => value.clone_into(&mut self.event),
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                // A number beyond 64 bits is no time that anyone waits.
                self.retry = value.parse().ok().or(self.retry);
            }
            _ => {}
        }
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        length(&self.data) + self.event.len() + length(&self.id)
    }
}
