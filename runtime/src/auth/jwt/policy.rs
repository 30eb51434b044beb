//! Which tokens are good.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
};
use serde_json::{Map, Value};

use super::{Claims, fetch::Source};
use crate::Unauthorized;

/// Which tokens are good, and where the keys for them are.
pub(super) struct Policy {
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    /// Those of public keys alone, whatever is set: a key that everybody has must sign nothing (RFC 8725, 2.1).
    pub(super) algorithms: Vec<Algorithm>,
    /// How far the clocks of the issuer and of this service may be apart.
    pub(super) skew: Duration,
    /// How many bytes a token may have.
    pub(super) most: usize,
    pub(super) source: Source,
    /// How often the keys are fetched.
    pub(super) refresh: Duration,
    /// How long they go on while they cannot be.
    pub(super) max_age: Duration,
}

/// What of a token's header is looked at: nothing that would name a key from elsewhere (`jwk`, `jku`, `x5u`, `x5c`).
pub(super) struct Head {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

/// What one key says of a token.
pub(super) enum Judgement {
    Claims(Claims),
    /// The signature is another's.
    NotSigned,
    Refused(Unauthorized),
}

impl Policy {
    /// # Errors
    /// Where it is no token that could be good.
    pub(super) fn head(&self, token: &str) -> Result<Head, Unauthorized> {
        if token.len() > self.most {
            return Err(Unauthorized::invalid_token("the token is too long"));
        }
        let header = decode_header(token)
            .map_err(|_| Unauthorized::invalid_token("the token is no JWT that can be read"))?;
        // None of its parameters is known here (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            let words = "the token's header has `crit`, which is not understood";
            return Err(Unauthorized::invalid_token(words));
        }
        if !self.algorithms.contains(&header.alg) {
            let words = "the token is signed by an algorithm that is not taken";
            return Err(Unauthorized::invalid_token(words));
        }
        Ok(Head {
            algorithm: header.alg,
            kid: header.kid,
        })
    }

    pub(super) fn judge(&self, token: &str, head: &Head, key: &DecodingKey) -> Judgement {
        let mut validation = Validation::new(head.algorithm);
        validation.leeway = self.skew.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&self.audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        match decode::<Map<String, Value>>(token, key, &validation) {
            Ok(token) => match self.held(token.claims) {
                Ok(claims) => Judgement::Claims(claims),
                Err(refusal) => Judgement::Refused(refusal),
            },
            Err(error) => match error.kind() {
                ErrorKind::InvalidSignature => Judgement::NotSigned,
                _ => Judgement::Refused(Unauthorized::invalid_token(words(&error))),
            },
        }
    }

    /// Whether a token that was good is so still.
    pub(super) fn is_alive(&self, claims: &Claims) -> bool {
        let end = claims.rest.get("exp").and_then(Value::as_f64);
        end.is_some_and(|end| end >= now() - self.skew.as_secs_f64())
    }

    /// # Errors
    /// Where the claims are not of their types, or from the future.
    fn held(&self, claims: Map<String, Value>) -> Result<Claims, Unauthorized> {
        let issued = match claims.get("iat") {
            None => Some(0.0),
            Some(issued) => issued.as_f64(),
        };
        let issued =
            issued.ok_or_else(|| Unauthorized::invalid_token("the token's `iat` is no time"))?;
        if issued > now() + self.skew.as_secs_f64() {
            let words = "the token was issued in the future";
            return Err(Unauthorized::invalid_token(words));
        }
        Claims::of(claims)
            .ok_or_else(|| Unauthorized::invalid_token("the token's `iss` is no text"))
    }
}

/// The seconds since 1970.
fn now() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs_f64()
}

fn words(error: &Error) -> String {
    match error.kind() {
        ErrorKind::ExpiredSignature => "the token has expired".into(),
        ErrorKind::ImmatureSignature => "the token is not valid yet".into(),
        ErrorKind::InvalidAudience => "the token is for another audience".into(),
        ErrorKind::InvalidIssuer => "the token is from another issuer".into(),
        ErrorKind::MissingRequiredClaim(claim) => format!("the token has no `{claim}`"),
        ErrorKind::InvalidClaimFormat(claim) => format!("the token's `{claim}` cannot be read"),
        _ => "the token cannot be read".into(),
    }
}
