//! Tokens that were verified by the keys that are known: a caller shows the same one again and again, and a signature
//! costs more than most requests.

use std::{collections::HashMap, mem::take, sync::Mutex};

use sha2::{Digest, Sha256};

use super::Claims;

/// How many bytes of tokens a generation stands for, half of what is kept.
const MOST_BYTES: usize = 2 << 20;

/// What good tokens say, by their SHA-256. It lives no longer than the keys that they were verified by, so that a key
/// that goes takes its tokens along.
#[derive(Default)]
pub(super) struct Verified(Mutex<Generations>);

type Mark = [u8; 32];

/// Tokens that are not asked for while as many come as may be kept are gone then.
#[derive(Default)]
struct Generations {
    young: HashMap<Mark, (Claims, usize)>,
    young_bytes: usize,
    old: HashMap<Mark, (Claims, usize)>,
}

pub(super) fn mark(token: &str) -> Mark {
    Sha256::digest(token.as_bytes()).into()
}

impl Verified {
    pub(super) fn find(&self, mark: &Mark) -> Option<Claims> {
        let mut kept = self.0.lock().ok()?;
        if let Some((claims, _)) = kept.young.get(mark) {
            return Some(claims.clone());
        }
        let (claims, bytes) = kept.old.remove(mark)?;
        kept.add(*mark, claims.clone(), bytes);
        Some(claims)
    }

    /// `bytes` is the token's size, which bounds that of what it says.
    pub(super) fn add(&self, mark: Mark, claims: Claims, bytes: usize) {
        if let Ok(mut kept) = self.0.lock() {
            kept.add(mark, claims, bytes);
        }
    }
}

impl Generations {
    fn add(&mut self, mark: Mark, claims: Claims, bytes: usize) {
        if self.young_bytes + bytes > MOST_BYTES {
            self.old = take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(mark, (claims, bytes)).is_none() {
            self.young_bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn claims() -> Claims {
        Claims {
            subject: None,
            issuer: "i".into(),
            scopes: Vec::new(),
            rest: Map::new(),
        }
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_asked_for_stays() {
        let verified = Verified::default();
        let busy = mark("busy");
        verified.add(busy, claims(), 1024);
        for number in 0..10_000 {
            verified.add(mark(&number.to_string()), claims(), 1024);
            assert!(verified.find(&busy).is_some(), "{number}");
        }
        assert!(verified.find(&mark("0")).is_none());
        assert!(verified.find(&mark("9999")).is_some());
        let kept = verified.0.lock().expect("not poisoned");
        let tokens = kept.young.len() + kept.old.len();
        assert!(tokens <= 2 * MOST_BYTES / 1024, "{tokens}");
    }
}
