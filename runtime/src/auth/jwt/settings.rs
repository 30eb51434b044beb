//! What the environment says of tokens.

use super::{
    builder::{self, JwtBuilder},
    policy::Policy,
};
use crate::config::Reader;

/// None where a setting is wrong, which the reader is told.
pub(super) fn read(reader: &mut Reader) -> Option<Policy> {
    let before = reader.mistakes.len();
    let issuer = reader.text("OARLOCK_JWT_ISSUER").unwrap_or_default();
    let settings = JwtBuilder {
        audiences: reader.list("OARLOCK_JWT_AUDIENCE"),
        url: reader.text("OARLOCK_JWT_JWKS_URL"),
        path: reader.text("OARLOCK_JWT_JWKS_PATH").map(Into::into),
        algorithms: reader.list("OARLOCK_JWT_ALGORITHMS"),
        skew: reader.duration("OARLOCK_JWT_CLOCK_SKEW", builder::SKEW),
        refresh: reader.duration("OARLOCK_JWT_REFRESH", builder::REFRESH),
        max_age: reader.duration("OARLOCK_JWT_KEYS_MAX_AGE", builder::MAX_AGE),
        most: reader.count("OARLOCK_JWT_MAX_BYTES", builder::MOST_BYTES),
        ..JwtBuilder::new(issuer)
    };
    match settings.policy() {
        Ok(policy) => (reader.mistakes.len() == before).then_some(policy),
        Err(mistakes) => {
            for (name, allowed) in mistakes {
                reader.mistake(name, &allowed);
            }
            None
        }
    }
}
