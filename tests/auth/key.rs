//! Keys that tokens are signed by, and tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign, jwk::Jwk};
use serde_json::{Value, json};

/// A provider's key.
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    pub(crate) algorithm: Algorithm,
    private: EncodingKey,
}

impl Key {
    /// One of the RSA keys in `keys/`, which sign nothing but what these tests make.
    pub(crate) fn rsa(kid: &'static str, number: usize) -> Self {
        let pem = [
            include_str!("keys/rsa-1.pem"),
            include_str!("keys/rsa-2.pem"),
        ][number - 1];
        let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(lines).expect("base64");
        Key {
            kid,
            algorithm: Algorithm::RS256,
            private: EncodingKey::from_rsa_der(&der),
        }
    }

    /// An Ed25519 key of a seed: PKCS #8 as RFC 8410 has it.
    pub(crate) fn ed(kid: &'static str, seed: u8) -> Self {
        let head = [
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        let der = [&head[..], &[seed; 32]].concat();
        Key {
            kid,
            algorithm: Algorithm::EdDSA,
            private: EncodingKey::from_ed_der(&der),
        }
    }

    /// What a JWKS has of it.
    pub(crate) fn public(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.private, self.algorithm).expect("a key");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = self.kid.into();
        jwk["use"] = "sig".into();
        jwk
    }

    pub(crate) fn header(&self) -> Value {
        let name = format!("{:?}", self.algorithm);
        json!({ "typ": "JWT", "alg": name, "kid": self.kid })
    }

    /// A token with a header and claims of one's own.
    pub(crate) fn signs(&self, header: &Value, claims: &Value) -> String {
        signed(header, claims, &self.private, self.algorithm)
    }

    /// A token with these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.signs(&self.header(), claims)
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

pub(crate) fn signed(
    header: &Value,
    claims: &Value,
    key: &EncodingKey,
    algorithm: Algorithm,
) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}

pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}.", encoded(header), encoded(claims))
}

pub(crate) fn now() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    now.as_secs().try_into().expect("a time")
}

/// Claims that are good for an hour.
pub(crate) fn claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "sub": "ann", "aud": ["other", "gate"], "scope": "notes:read profile",
        "iat": now(), "nbf": now(), "exp": now() + 3600,
    })
}

/// [`claims`] with one of them changed; null takes it out.
pub(crate) fn claims_but(issuer: &str, name: &str, value: Value) -> Value {
    let mut claims = claims(issuer);
    match value {
        Value::Null => _ = claims.as_object_mut().expect("claims").remove(name),
        value => claims[name] = value,
    }
    claims
}
