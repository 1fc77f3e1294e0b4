//! Identity checks on the people behind an application.

use credicorp_gen::types::{IdentityCheck, IdentityCheckId, NewIdentityCheck};

use super::resource;
use crate::call::{Call, Read, Write};

resource! {
    /// Identity checks: `cc.identity()`.
    Identity
}

impl<M> Identity<M> {
    /// Starts an identity check, which begins as `pending`.
    ///
    /// ```no_run
    /// use credicorp::types::{IdentitySubject, NewIdentityCheck};
    /// use jiff::civil::date;
    /// # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
    /// let subject = IdentitySubject::new("Ada", "Lovelace", date(1985, 12, 10));
    /// let check = cc.identity().create_check(NewIdentityCheck::new(subject)).await?;
    /// println!("{} {}", check.id, check.status);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// `validation_error` (422) with every offending field.
    pub fn create_check(&self, new: NewIdentityCheck) -> Call<Write<IdentityCheck>, M> {
        self.cx.write(move |raw| async move { raw.create_identity_check(&new).await })
    }

    /// Reads an identity check. One that failed is no error.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn get_check(&self, id: impl Into<IdentityCheckId>) -> Call<Read<IdentityCheck>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_identity_check(&id).await })
    }
}
