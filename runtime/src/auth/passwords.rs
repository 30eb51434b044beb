//! Names with passwords (RFC 7617) whose hashes alone are known here: argon2id as PHC strings.

mod verified;

use std::{
    collections::HashMap,
    fmt,
    io::Read,
    sync::{Arc, OnceLock},
    thread::available_parallelism,
};

use argon2::{
    Argon2,
    password_hash::{
        PasswordHash, PasswordHashString, PasswordHasher, PasswordVerifier, SaltString,
        rand_core::OsRng,
    },
};
use tokio::sync::Semaphore;

use super::{Basic, Unauthorized, Verifier, secret_input, verifier::Ready};
use crate::config::Reader;
use verified::Verified;

const SETTING: &str = "OARLOCK_PASSWORDS";
const FORM: &str = "lines of a name, a colon and a PHC string of argon2id ($argon2id$v=19$m=…,t=…,p=…$…$…), as the \
                    service's command `hash-password NAME` prints them";
/// How many may wait for their turn; a verification takes some 20 ms.
const MOST_WAITING: usize = 256;

/// Verifies names and passwords.
///
/// A verification costs what a guess costs: some 20 MiB and 20 ms by the usual parameters. So no more than the machine
/// has processors are worked on at a time, away from the executor, and a pair that was verified is known for a minute
/// (by a keyed hash, never by the password). An unknown name takes as long as a known one.
///
/// `hash-password NAME` of every service with the feature `passwords` reads a password from stdin and prints its line.
/// Clones share all of this.
///
/// ```
/// # use oarlock_runtime::{Basic, Passwords, Unauthorized};
/// # struct App { passwords: Passwords }
/// # impl App {
/// async fn verify_user(&self, credential: Basic) -> Result<String, Unauthorized> {
///     self.passwords.verify(&credential).await
/// }
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Passwords(Arc<OnceLock<Arc<Users>>>);

struct Users {
    hashes: HashMap<String, PasswordHashString>,
    /// The hash that costs most, for names that are not known.
    other: Option<PasswordHashString>,
    verified: Verified,
    /// Those that are worked on.
    working: Semaphore,
    /// Those that are worked on or wait for it.
    waiting: Semaphore,
}

impl Passwords {
    /// The passwords that the setting `OARLOCK_PASSWORDS` holds, or the file that `OARLOCK_PASSWORDS_FILE` names. They
    /// are read when the service starts that this was given to by [`Service::verifier`](crate::Service::verifier).
    #[must_use]
    pub fn from_environment() -> Self {
        Self::default()
    }

    /// The passwords of these lines: a name, a colon, and a PHC string of argon2id. Empty lines are left out, and those
    /// that begin with `#`.
    ///
    /// # Errors
    /// Which line is wrong; the line itself is not repeated.
    pub fn new(lines: &str) -> Result<Self, String> {
        let users = Users::read(lines)?;
        Ok(Passwords(Arc::new(OnceLock::from(Arc::new(users)))))
    }

    /// The name, where the password is its own.
    ///
    /// # Errors
    /// Where it is not, and where too many wait for an answer already.
    pub async fn verify(&self, credential: &Basic) -> Result<String, Unauthorized> {
        let users = self
            .0
            .get()
            .ok_or_else(|| super::not_given("Passwords::from_environment()"))?;
        let Basic { user, password } = credential;
        let mark = users.verified.mark(user, password);
        if users.verified.holds(&mark) {
            return Ok(user.clone());
        }
        let busy = || Unauthorized::unavailable("too many passwords are being verified; try again");
        let _waiting = users.waiting.try_acquire().map_err(|_| busy())?;
        let _working = users.working.acquire().await.map_err(|_| busy())?;
        // Another request with the same may have been before.
        if users.verified.holds(&mark) {
            return Ok(user.clone());
        }
        match users.clone().compare(user, password).await {
            true => {
                users.verified.add(mark);
                Ok(user.clone())
            }
            false => Err(Unauthorized::new("the name or the password is wrong")),
        }
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let known = self.0.get().map_or(0, |users| users.hashes.len());
        write!(out, "Passwords({known} names)")
    }
}

impl From<Passwords> for Verifier {
    fn from(passwords: Passwords) -> Self {
        Verifier(Arc::new(passwords))
    }
}

impl Ready for Passwords {
    fn read(&self, reader: &mut Reader) {
        if self.0.get().is_some() {
            return;
        }
        match Users::read(&reader.secret(SETTING).unwrap_or_default()) {
            Ok(users) if users.hashes.is_empty() => reader.mistake(SETTING, FORM),
            Ok(users) => _ = self.0.set(Arc::new(users)),
            Err(words) => reader.mistake(SETTING, &format!("{FORM}: {words}")),
        }
    }
}

impl Users {
    fn read(lines: &str) -> Result<Self, String> {
        let mut hashes = HashMap::new();
        for (number, line) in (1..).zip(lines.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = line.split_once(':').filter(|(name, _)| !name.is_empty());
            let entry = entry.and_then(|(name, hash)| Some((name, argon2id(hash)?)));
            let (name, hash) = entry.ok_or_else(|| format!("line {number} is none"))?;
            if hashes.insert(name.to_owned(), hash).is_some() {
                return Err(format!("the name of line {number} stands twice"));
            }
        }
        let other = hashes.values().max_by_key(|hash| cost(hash)).cloned();
        let at_a_time = available_parallelism().map_or(1, usize::from);
        Ok(Users {
            verified: Verified::new(hashes.len()),
            hashes,
            other,
            working: Semaphore::new(at_a_time),
            waiting: Semaphore::new(at_a_time + MOST_WAITING),
        })
    }

    async fn compare(self: Arc<Self>, user: &str, password: &str) -> bool {
        let own = self.hashes.get(user);
        let known = own.is_some();
        let Some(hash) = own.or(self.other.as_ref()).cloned() else {
            return false;
        };
        let password = password.to_owned();
        let compared = tokio::task::spawn_blocking(move || {
            let hash = hash.password_hash();
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        compared.await.unwrap_or(false) && known
    }
}

/// A hash, where it is one of argon2id.
fn argon2id(text: &str) -> Option<PasswordHashString> {
    let hash = PasswordHash::new(text).ok()?;
    let whole = hash.salt.is_some() && hash.hash.is_some();
    let known = argon2::Params::try_from(&hash).is_ok();
    (hash.algorithm == argon2::ARGON2ID_IDENT && whole && known).then(|| hash.serialize())
}

/// What a verification costs, in blocks that are written.
fn cost(hash: &PasswordHashString) -> u64 {
    let parameters = argon2::Params::try_from(&hash.password_hash());
    parameters.map_or(0, |one| u64::from(one.m_cost()) * u64::from(one.t_cost()))
}

/// The command `hash-password`: the line of a password that `input` holds, for a name.
///
/// # Errors
/// What is wrong with the password or the name.
pub(crate) fn hash_password(words: &[String], input: impl Read) -> Result<String, String> {
    let [name] = words else {
        return Err("usage: hash-password NAME, with the password on stdin".into());
    };
    let ends = |letter: char| letter.is_control() || letter == ':';
    if name.is_empty() || name.trim() != name || name.starts_with('#') || name.contains(ends) {
        return Err("a name can hold no colon, and begin with no #".into());
    }
    let password = secret_input(input)?;
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    match hash {
        Ok(hash) => Ok(format!("{name}:{hash}\n")),
        Err(error) => Err(format!("the password cannot be hashed: {error}")),
    }
}

#[cfg(test)]
mod tests;
