//! One token for one credential and its scopes: cached, renewed by one caller, shared by all.
//!
//! A mint on its way is a *flight*: a shared future that stands in the cache and that every waiter polls. Whoever started
//! it may be dropped, or never be polled again: the others carry it on, and if all are gone the next caller does, so that
//! short deadlines cannot keep a token from ever being minted. All waiters of one flight share its outcome, good or bad;
//! whoever comes after it landed starts anew. Nothing is spawned, and no lock is held across an await.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Shared;
use http::HeaderValue;

use super::Mint;
use super::lifetime::{Freshness, Lifetime};
use crate::Secret;
use crate::ambient::Ambient;
use crate::error::Error;
use crate::pipeline::run::within;

/// How long the caller who renews early waits for it, and how long nobody else tries after it began.
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

    fn freshness(&self, now: Duration) -> Freshness {
        self.lifetime.as_ref().map_or(Freshness::Mandatory, |lifetime| lifetime.freshness(now))
    }
}

type Outcome = Result<Arc<Token>, Error>;
type Flight = Shared<Pin<Box<dyn Future<Output = Outcome> + Send>>>;

#[derive(Debug, Default)]
pub(crate) struct TokenCache(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    current: Option<Arc<Token>>,
    /// The mint on its way, until somebody sees it land.
    flight: Option<Flight>,
    /// No early renewal before this instant.
    held_off_until: Duration,
}

/// What a look into the cache says.
enum Look {
    Use(Arc<Token>),
    RenewEarly(Flight),
    Join(Flight),
}

impl TokenCache {
    /// A token to send: the cached one, or the outcome of the flight that everybody waits for. `left` is what the caller
    /// has left of its deadline.
    pub(crate) async fn get(
        &self,
        ambient: &dyn Ambient,
        left: Option<Duration>,
        mint: &dyn Mint,
    ) -> Outcome {
        loop {
            match self.look(ambient.now(), mint) {
                Look::Use(token) => return Ok(token),
                Look::Join(flight) => return self.follow(flight).await,
                Look::RenewEarly(flight) => {
                    // Half of what is left, so that the call itself has time with the token there is.
                    let patience = left.map_or(HOLD_OFF, |left| HOLD_OFF.min(left / 2));
                    if let Some(Ok(token)) = within(ambient, Some(patience), pin!(self.follow(flight))).await
                    {
                        return Ok(token);
                    }
                    // The next look uses the good token, or joins the flight if it is good no more.
                    self.state().held_off_until = ambient.now() + HOLD_OFF;
                }
            }
        }
    }

    /// The token, as long as no renewal is due.
    pub(crate) fn fresh(&self, now: Duration) -> Option<Arc<Token>> {
        self.state().current.as_ref().filter(|token| token.freshness(now) == Freshness::Fresh).cloned()
    }

    /// Drops that very token, if it is still the one in use.
    pub(crate) fn reject(&self, refused: &Arc<Token>) {
        self.state().current.take_if(|current| Arc::ptr_eq(current, refused));
    }

    /// Lets the flight go, which keeps the core alive, when no client is left to carry it on.
    pub(crate) fn abandon(&self) {
        let flight = self.state().flight.take();
        // Dropped without the lock: it may hold the last handle of what holds this cache.
        drop(flight);
    }

    /// Whether a token is kept, so that forgetting the cache would cost a mint.
    pub(crate) fn is_live(&self, now: Duration) -> bool {
        self.state().current.as_ref().is_some_and(|token| token.freshness(now) != Freshness::Mandatory)
    }

    fn look(&self, now: Duration, mint: &dyn Mint) -> Look {
        let mut state = self.state();
        match state.current.as_ref().map(|token| (token.freshness(now), token)) {
            Some((Freshness::Fresh, token)) => Look::Use(Arc::clone(token)),
            Some((Freshness::Advisory, token)) if now < state.held_off_until => Look::Use(Arc::clone(token)),
            Some((Freshness::Advisory, _)) => {
                // One caller renews; should it be dropped, another does after this.
                state.held_off_until = now + HOLD_OFF;
                Look::RenewEarly(state.board(mint))
            }
            Some((Freshness::Mandatory, _)) | None => Look::Join(state.board(mint)),
        }
    }

    /// Carries a flight on until it lands.
    async fn follow(&self, flight: Flight) -> Outcome {
        let outcome = flight.clone().await;
        let mut state = self.state();
        if state.flight.take_if(|current| current.ptr_eq(&flight)).is_some()
            && let Ok(token) = &outcome
            && token.lifetime.is_some()
        {
            state.current = Some(Arc::clone(token));
        }
        outcome
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The flight on its way, or a new one.
    fn board(&mut self, mint: &dyn Mint) -> Flight {
        let minting = || -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
            let minting = mint.mint();
            Box::pin(async move { minting.await.map(Arc::new) })
        };
        self.flight.get_or_insert_with(|| minting().shared()).clone()
    }
}
