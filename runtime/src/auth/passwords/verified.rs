//! Names with passwords that were verified a moment ago.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use argon2::password_hash::rand_core::{OsRng, RngCore};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How long a pair is known.
const KEPT: Duration = Duration::from_secs(60);

/// What a pair is known by: its hash under a key of this process, of no use outside of it.
pub(super) type Mark = [u8; 32];

/// Pairs that were right. Each name has one password, so that there are never more than names.
pub(super) struct Verified {
    keyed: Hmac<Sha256>,
    most: usize,
    until: Mutex<HashMap<Mark, Instant>>,
}

impl Verified {
    pub(super) fn new(most: usize) -> Self {
        let mut key = [0; 64];
        OsRng.fill_bytes(&mut key);
        Verified {
            keyed: Hmac::new(&key.into()),
            most,
            until: Mutex::default(),
        }
    }

    pub(super) fn mark(&self, name: &str, password: &str) -> Mark {
        let mut hash = self.keyed.clone();
        // With its length before it, no name can reach into a password.
        hash.update(&(name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        hash.update(password.as_bytes());
        hash.finalize().into_bytes().into()
    }

    pub(super) fn holds(&self, mark: &Mark) -> bool {
        let until = self.until.lock();
        let until = until.ok().and_then(|until| until.get(mark).copied());
        until.is_some_and(|until| Instant::now() < until)
    }

    pub(super) fn add(&self, mark: Mark) {
        if let Ok(mut until) = self.until.lock() {
            if until.len() >= self.most {
                let now = Instant::now();
                until.retain(|_, until| now < *until);
            }
            if until.len() < self.most {
                until.insert(mark, Instant::now() + KEPT);
            }
        }
    }
}
