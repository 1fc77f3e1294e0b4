//! Accounts: the live facilities, their balance and their schedule.

use credicorp_gen::types::{Account, AccountId, AccountPage, Schedule};

use super::{query, resource};
use crate::call::{Call, RawResult, Read};
use crate::list::{At, List, Query};

resource! {
    /// Accounts: `cc.accounts()`. An application that is funded has one.
    Accounts
}

impl<M> Accounts<M> {
    /// Reads an account: its balance, its arrears, its next payment.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn get(&self, id: impl Into<AccountId>) -> Call<Read<Account>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_account(&id).await })
    }

    /// Lists accounts, newest first: one page, or a walk; [`list`](crate::list) has both.
    ///
    /// # Errors
    ///
    /// `invalid_cursor` (400) for a cursor that is not the API's.
    pub fn list(&self) -> Call<List<AccountQuery>, M> {
        self.cx.list(AccountQuery::default())
    }

    /// Reads the repayment schedule of an account, whole: every instalment with its status.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn schedule(&self, id: impl Into<AccountId>) -> Call<Read<Schedule>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_account_schedule(&id).await })
    }
}

query! {
    /// The list of accounts, which has no filters.
    AccountQuery {}
    AccountPage of Account
}

impl Query for AccountQuery {
    type Item = Account;
    type Wire = AccountPage;

    async fn page(self, raw: credicorp_gen::Client, at: At) -> RawResult<AccountPage> {
        raw.list_accounts(at.cursor.as_deref(), at.limit).await
    }
}
