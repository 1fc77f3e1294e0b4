//! The pipeline: the only place where anything is sent.
//!
//! ```text
//! key        one per logical call, before the first attempt; the caller's wins
//! run        the attempt loop
//!   token    cached; minted or renewed by one caller while the others wait
//!   wire     one exchange; the body is read inside the attempt
//!   classify one truth table: answer, repeat after a delay, mint once, give up
//! ```

pub(crate) mod budget;
pub(crate) mod classify;
pub(crate) mod delay;
pub(crate) mod key;
mod options;
pub(crate) mod run;
pub(crate) mod token;
mod trace;
pub(crate) mod wire;

use std::sync::Arc;

use credicorp_gen::{Operation, Response};
use http::HeaderValue;
use tracing::Instrument;

pub(crate) use options::Options;

use crate::ambient::Ambient;
use crate::base::Base;
use crate::error::Error;
use budget::Budget;
use run::{Limits, Run};
use token::{TokenStore, Tokens};
use wire::Wire;

/// What all clients of one connection pool share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) base: Base,
    /// Builds requests, and is the wire but in tests.
    pub(crate) http: reqwest::Client,
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) ambient: Arc<dyn Ambient>,
    pub(crate) budget: Budget,
    pub(crate) tokens: TokenStore,
    pub(crate) limits: Limits,
    pub(crate) user_agent: HeaderValue,
    /// The thread of blocking clients.
    #[cfg(feature = "blocking")]
    pub(crate) runtime: crate::blocking::Runtime,
}

impl Core {
    /// Sends one call to its end: a success, or the one error.
    pub(crate) async fn call(
        &self,
        request: &mut reqwest::Request,
        operation: &'static Operation,
        options: &Options,
        tokens: Option<&Tokens<'_>>,
    ) -> Result<Response, Error> {
        options.check()?;
        let key = key::choose(operation, options.key(), &*self.ambient)?;
        options.apply(request)?;
        self.base.admits(request.url())?;
        let mut run = Run::new(self, operation, options.limits(self.limits), key);
        run.drive(request, tokens).instrument(trace::call(operation)).await
    }
}

#[cfg(test)]
mod tests;
