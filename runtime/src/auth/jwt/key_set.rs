//! The keys of a JWKS (RFC 7517) that tokens may be signed by.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde_json::Value;

/// How many keys a JWKS may have.
const MOST: usize = 100;
/// The size of RSA keys, in bits: RFC 7518, 3.3, and what is taken of time for one signature.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// Keys, in the order of the JWKS.
#[derive(Default)]
pub(super) struct KeySet {
    keys: Vec<Key>,
}

struct Key {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

impl KeySet {
    /// The keys for these algorithms. Those for anything else are left out, and those that cannot be read: a provider
    /// may list what is for others (RFC 7517, 5).
    ///
    /// # Errors
    /// Where it is no JWKS.
    pub(super) fn read(document: &Value, algorithms: &[Algorithm]) -> Result<Self, String> {
        let keys = document.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or("the JWKS has no list `keys`")?;
        if keys.len() > MOST {
            return Err(format!("the JWKS has more than {MOST} keys"));
        }
        let keys = keys.iter().filter_map(|key| Key::read(key, algorithms));
        Ok(KeySet {
            keys: keys.collect(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys that a token may be signed by: those of the name that it gives, and those without any.
    pub(super) fn fitting(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &DecodingKey> {
        let fits = move |key: &&Key| match (key.kid.as_deref(), kid) {
            (Some(own), Some(asked)) => own == asked,
            _ => true,
        };
        let keys = self.keys.iter().filter(fits);
        keys.filter(move |key| key.algorithms.contains(&algorithm))
            .map(|key| &key.decoding)
    }
}

impl Key {
    fn read(value: &Value, allowed: &[Algorithm]) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
        let common = &jwk.common;
        let signs = common
            .public_key_use
            .as_ref()
            .is_none_or(|kind| *kind == PublicKeyUse::Signature);
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|all| all.contains(&KeyOperations::Verify));
        if !signs || !verifies {
            return None;
        }
        let of_type = algorithms(&jwk.algorithm)?;
        let own = |one: &&Algorithm| {
            let named = common.key_algorithm;
            named.is_none_or(|named| named == (**one).into())
        };
        let fitting = of_type.iter().filter(own);
        let algorithms: Vec<Algorithm> = fitting
            .filter(|one| allowed.contains(one))
            .copied()
            .collect();
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        (!algorithms.is_empty()).then(|| Key {
            kid: jwk.common.key_id,
            algorithms,
            decoding,
        })
    }
}

/// What a key of a type can verify; nothing for a secret, which has no place where everybody reads.
fn algorithms(parameters: &AlgorithmParameters) -> Option<&'static [Algorithm]> {
    match parameters {
        AlgorithmParameters::RSA(key) => RSA_BITS.contains(&bits(&key.n)?).then_some(&[
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ]),
        AlgorithmParameters::EllipticCurve(key) => {
            let (algorithm, length): (&[Algorithm], usize) = match key.curve {
                EllipticCurve::P256 => (&[Algorithm::ES256], 32),
                EllipticCurve::P384 => (&[Algorithm::ES384], 48),
                _ => return None,
            };
            let whole = |part: &str| bytes(part).is_some_and(|bytes| bytes.len() == length);
            (whole(&key.x) && whole(&key.y)).then_some(algorithm)
        }
        AlgorithmParameters::OctetKeyPair(key) => match key.curve {
            EllipticCurve::Ed25519 => Some(&[Algorithm::EdDSA]),
            _ => None,
        },
        _ => None,
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The length of a number.
fn bits(text: &str) -> Option<usize> {
    let bytes = bytes(text)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let first = bytes.get(zeros)?;
    Some((bytes.len() - zeros) * 8 - first.leading_zeros() as usize)
}
