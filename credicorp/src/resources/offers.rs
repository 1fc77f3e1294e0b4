//! Offers, which come with an approved decision.

use credicorp_gen::types::{Offer, OfferId};

use super::resource;
use crate::call::{Call, Write};

resource! {
    /// Offers: `cc.offers()`. They are read with their decision.
    Offers
}

impl<M> Offers<M> {
    /// Accepts an offer on the applicant's behalf.
    ///
    /// # Errors
    ///
    /// `invalid_state` (409) for an offer that has expired, or whose decision has another one accepted.
    pub fn accept(&self, id: impl Into<OfferId>) -> Call<Write<Offer>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.accept_offer(&id).await })
    }
}
