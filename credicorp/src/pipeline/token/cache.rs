//! One token for one credential and its scopes: cached, renewed by one caller, shared by all.
//!
//! The flight mutex is held by whoever mints. Its holder may be dropped at any await: the next waiter takes over, as the
//! count of finished flights has not moved. Whoever waited while a flight finished shares its outcome, good or bad;
//! whoever comes later starts anew. The state has a mutex of its own, which no await ever crosses.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;

use super::Mint;
use super::lifetime::{Freshness, Lifetime};
use crate::Secret;
use crate::ambient::Ambient;
use crate::error::Error;

/// How long an early renewal that failed is not tried again.
const HOLD_OFF: Duration = Duration::from_secs(5);

/// A token as it goes on the wire. The bytes are zeroised when the last holder drops them.
#[derive(Debug)]
pub(crate) struct Token {
    bearer: HeaderValue,
    lifetime: Option<Lifetime>,
}

impl Token {
    /// `bearer` is the whole header value, marked sensitive.
    pub(crate) fn new(bearer: HeaderValue, lifetime: Option<Lifetime>) -> Self {
        Self { bearer, lifetime }
    }

    /// The value of `Authorization`.
    pub(crate) fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }

    /// The token itself.
    pub(crate) fn secret(&self) -> Secret {
        let text = std::str::from_utf8(self.bearer.as_bytes()).unwrap_or_default();
        Secret::from(text.trim_start_matches("Bearer "))
    }
}

#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    state: Mutex<State>,
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Arc<Token>>,
    /// Flights that finished, and how the last one ended.
    landed: u64,
    outcome: Option<Result<Arc<Token>, Error>>,
    /// No early renewal before this instant.
    held_off_until: Duration,
}

/// What a look into the cache says.
enum Look {
    Use(Arc<Token>),
    RenewEarly(Arc<Token>),
    Wait { landed: u64 },
}

impl TokenCache {
    /// A token to send: the cached one, or the outcome of the one flight that everybody waits for.
    pub(crate) async fn get(&self, ambient: &dyn Ambient, mint: &dyn Mint) -> Result<Arc<Token>, Error> {
        match self.look(ambient.now()) {
            Look::Use(token) => Ok(token),
            Look::RenewEarly(token) => Ok(self.renew_early(ambient, mint).await.unwrap_or(token)),
            Look::Wait { landed } => self.join(landed, mint).await,
        }
    }

    /// Drops that very token, if it is still the one in use.
    pub(crate) fn reject(&self, refused: &Arc<Token>) {
        let mut state = self.state();
        state.current.take_if(|current| Arc::ptr_eq(current, refused));
    }

    /// Whether a token is kept, so that forgetting the cache would cost a mint.
    pub(crate) fn is_live(&self, now: Duration) -> bool {
        !matches!(self.look(now), Look::Wait { .. })
    }

    fn look(&self, now: Duration) -> Look {
        let state = self.state();
        let Some(token) = &state.current else {
            return Look::Wait { landed: state.landed };
        };
        match token.lifetime.as_ref().map_or(Freshness::Mandatory, |lifetime| lifetime.freshness(now)) {
            Freshness::Fresh => Look::Use(Arc::clone(token)),
            Freshness::Advisory if now < state.held_off_until => Look::Use(Arc::clone(token)),
            Freshness::Advisory => Look::RenewEarly(Arc::clone(token)),
            Freshness::Mandatory => Look::Wait { landed: state.landed },
        }
    }

    /// One caller renews; everybody else, and the renewer whose flight fails, goes on with the token there is.
    async fn renew_early(&self, ambient: &dyn Ambient, mint: &dyn Mint) -> Option<Arc<Token>> {
        let _flight = self.flight.try_lock().ok()?;
        // Another caller may have renewed between the look and the lock.
        if let Look::Use(token) = self.look(ambient.now()) {
            return Some(token);
        }
        match mint.mint().await {
            Ok(token) => self.land(Ok(Arc::new(token))).ok(),
            Err(_) => {
                self.state().held_off_until = ambient.now() + HOLD_OFF;
                None
            }
        }
    }

    /// Waits for the flight in the air and shares its outcome, or flies.
    async fn join(&self, landed: u64, mint: &dyn Mint) -> Result<Arc<Token>, Error> {
        let _flight = self.flight.lock().await;
        {
            let state = self.state();
            if let (true, Some(outcome)) = (state.landed != landed, &state.outcome) {
                return outcome.clone();
            }
        }
        self.land(mint.mint().await.map(Arc::new))
    }

    fn land(&self, outcome: Result<Arc<Token>, Error>) -> Result<Arc<Token>, Error> {
        let mut state = self.state();
        state.landed += 1;
        state.outcome = Some(outcome.clone());
        if let Ok(token) = &outcome {
            state.current = token.lifetime.is_some().then(|| Arc::clone(token));
        }
        outcome
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
