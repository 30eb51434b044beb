//! Why a caller is not let in, and what the answer says of it.

use http::{HeaderName, HeaderValue, header};

use crate::Failure;

/// In seconds: as long as the keys of tokens are not asked for again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("3");

/// Why a caller was not let in.
#[derive(Debug, Clone)]
pub struct Unauthorized {
    challenges: &'static [&'static str],
    pub(crate) detail: String,
    noted: bool,
    reason: Reason,
}

/// What is wrong; of several refusals the answer tells the one that stands last here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Nobody is known by the credential, or there is none.
    Unknown,
    /// The token is expired, malformed, or for somebody else.
    InvalidToken,
    /// The caller is known and may not do this.
    Forbidden,
    /// Nobody can say right now.
    Unavailable,
}

impl Unauthorized {
    /// A refusal in words that the caller reads.
    pub fn new(detail: impl Into<String>) -> Self {
        Self::because(Reason::Unknown, detail)
    }

    /// The refusal of a token that is expired, revoked, malformed or otherwise no good: 401, and for a bearer's token
    /// `error="invalid_token"` in `WWW-Authenticate` (RFC 6750, 3.1).
    pub fn invalid_token(detail: impl Into<String>) -> Self {
        Self::because(Reason::InvalidToken, detail)
    }

    /// The refusal of a caller who is known and may not do this: 403, as for a token without the scope that is needed
    /// (RFC 6750, 3.1).
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::because(Reason::Forbidden, detail)
    }

    /// The refusal of a caller whose credential cannot be verified for a while, through no fault of the caller's: 503
    /// with `Retry-After`, since a caller who is told 401 throws away what may be good.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::because(Reason::Unavailable, detail)
    }

    /// The refusal of a caller without any credential that the operation takes; the challenges go to
    /// `WWW-Authenticate` (RFC 9110, 11.6.1).
    pub fn missing(challenges: &'static [&'static str]) -> Self {
        Unauthorized {
            challenges,
            ..Self::new("this operation needs a credential")
        }
    }

    fn because(reason: Reason, detail: impl Into<String>) -> Self {
        Unauthorized {
            challenges: &[],
            detail: detail.into(),
            noted: false,
            reason,
        }
    }

    /// Takes over the words of a verifier's refusal.
    pub fn note(&mut self, refusal: Unauthorized) {
        if refusal.reason >= self.reason {
            self.detail = refusal.detail;
            self.reason = refusal.reason;
        }
        self.noted = true;
    }

    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// What the answer says beside its words: what would be taken, or when to try again.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        if self.reason == Reason::Unavailable {
            return vec![(header::RETRY_AFTER, RETRY_AFTER)];
        }
        let told = self.challenges.iter().map(|one| self.challenge(one));
        told.filter_map(|one| Some((header::WWW_AUTHENTICATE, HeaderValue::try_from(one).ok()?)))
            .collect()
    }

    fn challenge(&self, one: &str) -> String {
        let scopes = one.strip_prefix("Bearer scope=");
        match (self.reason, scopes) {
            (Reason::Forbidden, Some(scopes)) => {
                format!("Bearer error=\"insufficient_scope\", scope={scopes}")
            }
            (Reason::InvalidToken, Some(scopes)) => {
                format!("Bearer error=\"invalid_token\", scope={scopes}")
            }
            (Reason::InvalidToken, None) if one == "Bearer" => {
                "Bearer error=\"invalid_token\"".to_owned()
            }
            _ => one.to_owned(),
        }
    }

    /// Lets in a caller without any credential, and nobody whose credential was refused.
    ///
    /// # Errors
    /// Where a verifier has refused a credential.
    pub fn unless_anonymous<P>(self) -> Result<Option<P>, Failure> {
        match self.noted {
            true => Err(self.into()),
            false => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(refusals: Vec<Unauthorized>) -> (String, Vec<String>) {
        let mut refused = Unauthorized::missing(&["Bearer scope=\"read\"", "Bearer", "Basic"]);
        for one in refusals {
            refused.note(one);
        }
        let headers = refused.headers();
        let texts = headers
            .iter()
            .filter_map(|(_, one)| one.to_str().ok().map(str::to_owned));
        (refused.detail.clone(), texts.collect())
    }

    #[test]
    fn a_challenge_says_what_was_wrong_with_the_token() {
        let (_, plain) = told(vec![Unauthorized::new("who?")]);
        assert_eq!(plain, ["Bearer scope=\"read\"", "Bearer", "Basic"]);
        let (_, invalid) = told(vec![Unauthorized::invalid_token("expired")]);
        assert_eq!(
            invalid,
            [
                "Bearer error=\"invalid_token\", scope=\"read\"",
                "Bearer error=\"invalid_token\"",
                "Basic"
            ]
        );
        let (_, forbidden) = told(vec![Unauthorized::forbidden("no")]);
        assert_eq!(
            forbidden[0],
            "Bearer error=\"insufficient_scope\", scope=\"read\""
        );
        assert_eq!(told(vec![Unauthorized::unavailable("later")]).1, ["3"]);
    }

    #[test]
    fn of_several_refusals_the_weightiest_is_told() {
        let (detail, _) = told(vec![
            Unauthorized::forbidden("not this"),
            Unauthorized::new("who?"),
        ]);
        assert_eq!(detail, "not this");
        let (detail, _) = told(vec![Unauthorized::new("one"), Unauthorized::new("other")]);
        assert_eq!(detail, "other");
    }
}
