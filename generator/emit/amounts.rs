//! Amounts as Kubernetes and Docker write them.

use crate::model::{Amounts, Bytes, Cpu};

/// Whole processors, or thousandths.
pub(super) fn processors(amount: Cpu) -> String {
    amount.to_string()
}

/// The same for Docker, which reads decimal numbers.
pub(super) fn docker_processors(amount: Cpu) -> String {
    let text = format!("{}.{:03}", amount.0 / 1000, amount.0 % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Amounts as a mapping on a line.
pub(super) fn mapping(amounts: &Amounts) -> String {
    format!(
        "{{ cpu: \"{}\", memory: {}, ephemeral-storage: {} }}",
        processors(amounts.cpu),
        bytes(amounts.memory),
        bytes(amounts.ephemeral_storage)
    )
}

/// In the largest unit that leaves a whole number.
pub(super) fn bytes(amount: Bytes) -> String {
    amount.to_string()
}

/// The same for Docker, whose units are powers of 1024 too, by one letter.
pub(super) fn docker_bytes(amount: Bytes) -> String {
    let text = bytes(amount);
    match text.strip_suffix('i') {
        Some(text) => text.to_lowercase(),
        None => format!("{text}b"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_they_are_read() {
        for (thousandths, kubernetes, docker) in [
            (250, "250m", "0.25"),
            (2500, "2500m", "2.5"),
            (10_000, "10", "10"),
        ] {
            assert_eq!(processors(Cpu(thousandths)), kubernetes);
            assert_eq!(docker_processors(Cpu(thousandths)), docker);
        }
        for (count, kubernetes, docker) in [
            (256 << 20, "256Mi", "256m"),
            (3 << 29, "1536Mi", "1536m"),
            (1 << 40, "1Ti", "1t"),
            (100_000_000, "100000000", "100000000b"),
        ] {
            assert_eq!(bytes(Bytes(count)), kubernetes);
            assert_eq!(docker_bytes(Bytes(count)), docker);
        }
    }
}
