//! Access tokens: JWTs that the sandbox signs and reads itself, so that nothing need be kept but how many there are.
//!
//! Several may live at once. A token ends with its lifetime on the sandbox's clock, or when all tokens given so far are revoked or expired by hand.

use std::sync::Mutex;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::mac;
use crate::problem::Problem;
use crate::sync::lock;

#[derive(Debug)]
pub(crate) struct Tokens {
    signing_key: String,
    issuer: String,
    lifetime: Duration,
    count: Mutex<Count>,
}

/// How many tokens there are, and how many of them ended ahead of their time.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Count {
    given: u64,
    revoked: u64,
    expired: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    sub: String,
    /// The project whose resources the token reads and writes.
    pub(crate) project: String,
    scope: String,
    iat: i64,
    exp: i64,
    /// The count of the tokens given before.
    number: u64,
}

impl Claims {
    pub(crate) fn allows(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|held| held == scope)
    }
}

impl Tokens {
    pub(crate) fn new(signing_key: String, issuer: String, lifetime: Duration) -> Self {
        Self { signing_key, issuer, lifetime, count: Mutex::default() }
    }

    pub(crate) fn lifetime_seconds(&self) -> u64 {
        self.lifetime.as_secs()
    }

    pub(crate) fn mint(&self, subject: &str, project: &str, scope: &str, now: Timestamp) -> String {
        let number = {
            let mut count = lock(&self.count);
            count.given += 1;
            count.given
        };
        let issued = now.as_second();
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: subject.to_owned(),
            project: project.to_owned(),
            scope: scope.to_owned(),
            iat: issued,
            exp: issued.saturating_add_unsigned(self.lifetime_seconds()),
            number,
        };
        let claims = serde_json::json!(claims).to_string();
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = mac::sign(self.signing_key.as_bytes(), &[signed.as_bytes()]);
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What a token allows, or why it allows nothing.
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Result<Claims, Problem> {
        let Some(claims) = self.read(token) else {
            return Err(Problem::unauthenticated(
                "unauthorized",
                "This access token was not given by this sandbox.",
            ));
        };
        let (revoked, expired) = {
            let count = lock(&self.count);
            (claims.number <= count.revoked, claims.number <= count.expired)
        };
        if revoked {
            return Err(Problem::unauthenticated("token_revoked", "The access token was revoked."));
        }
        if expired || now.as_second() >= claims.exp {
            return Err(Problem::unauthenticated("token_expired", "The access token expired."));
        }
        Ok(claims)
    }

    fn read(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if signature.len() != 32
            || !mac::verify(self.signing_key.as_bytes(), &[signed.as_bytes()], &signature)
        {
            return None;
        }
        let claims: Claims =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?).ok()?;
        (claims.iss == self.issuer).then_some(claims)
    }

    pub(crate) fn save(&self) -> Count {
        *lock(&self.count)
    }

    /// The tokens of before are good again, if the signing key and the issuer are those of before.
    pub(crate) fn restore(&self, count: Count) {
        *lock(&self.count) = count;
    }

    /// Every token given so far ends now, ahead of its time.
    pub(crate) fn expire_all(&self) {
        let mut count = lock(&self.count);
        count.expired = count.given;
    }

    pub(crate) fn revoke_all(&self) {
        let mut count = lock(&self.count);
        count.revoked = count.given;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> (Tokens, Timestamp) {
        let tokens = Tokens::new("key".to_owned(), "http://127.0.0.1:1".to_owned(), Duration::from_secs(60));
        (tokens, "2026-06-29T10:14:02Z".parse().unwrap())
    }

    #[test]
    fn a_token_lives_until_its_time_is_up() {
        let (tokens, now) = tokens();
        let token = tokens.mint("cid_sbx_1", "proj_1", "applications:read decisions:read", now);
        assert_eq!(token.split('.').count(), 3);
        let claims = tokens.check(&token, now + Duration::from_secs(59)).unwrap();
        assert!(
            claims.allows("decisions:read")
                && !claims.allows("decisions:write")
                && !claims.allows("decisions")
        );
        assert_eq!(tokens.check(&token, now + Duration::from_secs(60)).unwrap_err().code, "token_expired");
    }

    #[test]
    fn revoking_ends_the_tokens_of_before_only() {
        let (tokens, now) = tokens();
        let before = tokens.mint("a", "p", "s", now);
        tokens.revoke_all();
        let after = tokens.mint("a", "p", "s", now);
        assert_eq!(tokens.check(&before, now).unwrap_err().code, "token_revoked");
        assert!(tokens.check(&after, now).is_ok());
    }

    #[test]
    fn tokens_of_before_are_what_they_were_after_a_restart() {
        let (tokens, now) = tokens();
        let revoked = tokens.mint("a", "p", "s", now);
        tokens.revoke_all();
        let good = tokens.mint("a", "p", "s", now);
        let (next, _) = self::tokens();
        next.restore(tokens.save());
        assert_eq!(next.check(&revoked, now).unwrap_err().code, "token_revoked");
        assert!(next.check(&good, now).is_ok());
        next.expire_all();
        assert_eq!(
            next.check(&good, now).unwrap_err().code,
            "token_expired",
            "it is among those given so far"
        );
        assert!(next.check(&next.mint("a", "p", "s", now), now).is_ok());
    }

    #[test]
    fn nobody_else_can_write_one() {
        let (tokens, now) = tokens();
        let token = tokens.mint("a", "p", "s", now);
        let other = Tokens::new("another".to_owned(), tokens.issuer.clone(), tokens.lifetime);
        assert_eq!(other.check(&token, now).unwrap_err().code, "unauthorized");
        for broken in ["", "a.b.c", &token[..token.len() - 2], &token[1..]] {
            assert_eq!(tokens.check(broken, now).unwrap_err().code, "unauthorized", "{broken}");
        }
    }
}
