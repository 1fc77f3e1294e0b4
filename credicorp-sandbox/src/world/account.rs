//! Accounts: what was lent is paid back in monthly instalments; what is not there by the end of its day is in arrears.
//!
//! Repayments cover the oldest instalments first, in part or whole, so that balance, arrears and status all follow from what was paid.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::World;
use super::offer::total_cost;
use super::payment::invalid;
use super::schedule::Due;
use super::shelf::Resource;
use crate::page::Slice;
use crate::problem::Problem;
use crate::state::Hides;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(super) id: String,
    pub(super) application_id: String,
    opened_at: Timestamp,
    principal_pence: i64,
    #[serde(flatten)]
    figures: Figures,
    #[serde(skip)]
    hidden: Hidden,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hidden {
    /// Day and amount, in order.
    instalments: Vec<(Date, i64)>,
    /// How many of the instalments had to be there by now.
    overdue: usize,
    /// What was paid, oldest first.
    repayments: Vec<(String, i64)>,
    /// What is scheduled or on its way.
    expected: Vec<(String, i64)>,
    closed: bool,
}

/// What follows from the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Figures {
    status: AccountStatus,
    balance_pence: i64,
    arrears_pence: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_payment: Option<NextPayment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct NextPayment {
    due_on: Date,
    amount_pence: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccountStatus {
    Active,
    InArrears,
    Settled,
    Closed,
}

#[derive(Debug, Serialize)]
pub(crate) struct Instalment {
    due_on: Date,
    amount_pence: i64,
    status: InstalmentStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<String>,
    /// What is still missing of it.
    #[serde(skip)]
    missing: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum InstalmentStatus {
    Due,
    Paid,
    Missed,
}

impl Hides for Account {
    type Hidden = Hidden;

    fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }
}

impl Resource for Account {
    const KIND: &'static str = "account";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Account {
    fn new(
        id: String,
        application: &str,
        principal: i64,
        instalments: Vec<(Date, i64)>,
        at: Timestamp,
    ) -> Self {
        let figures =
            Figures { status: AccountStatus::Active, balance_pence: 0, arrears_pence: 0, next_payment: None };
        let mut account = Self {
            id,
            application_id: application.to_owned(),
            opened_at: at,
            principal_pence: principal,
            figures,
            hidden: Hidden { instalments, ..Hidden::default() },
        };
        account.figures = account.count();
        account
    }

    /// The instalments as far as they are covered.
    pub(crate) fn schedule(&self) -> Vec<Instalment> {
        let mut paid = self.hidden.repayments.iter();
        let (mut last, mut left) = (None, 0);
        let mut schedule = Vec::with_capacity(self.hidden.instalments.len());
        for (place, (due_on, amount)) in self.hidden.instalments.iter().enumerate() {
            let mut missing = *amount;
            while missing > 0 {
                if left == 0 {
                    let Some((id, amount)) = paid.next() else { break };
                    (last, left) = (Some(id), *amount);
                }
                let taken = missing.min(left);
                missing -= taken;
                left -= taken;
            }
            let status = match missing {
                0 => InstalmentStatus::Paid,
                _ if place < self.hidden.overdue => InstalmentStatus::Missed,
                _ => InstalmentStatus::Due,
            };
            let payment_id = last.filter(|_| missing == 0).cloned();
            schedule.push(Instalment { due_on: *due_on, amount_pence: *amount, status, payment_id, missing });
        }
        schedule
    }

    fn count(&self) -> Figures {
        let schedule = self.schedule();
        let balance = schedule.iter().map(|instalment| instalment.missing).sum();
        let missed = schedule.iter().filter(|instalment| instalment.status == InstalmentStatus::Missed);
        let arrears = missed.map(|instalment| instalment.missing).sum();
        let next = schedule.iter().find(|instalment| instalment.status == InstalmentStatus::Due);
        let status = match (self.hidden.closed, balance, arrears) {
            (true, _, _) => AccountStatus::Closed,
            (_, 0, _) => AccountStatus::Settled,
            (_, _, 0) => AccountStatus::Active,
            _ => AccountStatus::InArrears,
        };
        Figures {
            status,
            balance_pence: balance,
            arrears_pence: arrears,
            next_payment: next.map(|next| NextPayment { due_on: next.due_on, amount_pence: next.missing }),
        }
    }

    pub(super) fn expect(&mut self, payment: &str, amount: i64) {
        self.hidden.expected.push((payment.to_owned(), amount));
    }

    pub(super) fn settled(&mut self, payment: &str, amount: i64) {
        self.hidden.expected.retain(|(id, _)| id != payment);
        self.hidden.repayments.push((payment.to_owned(), amount));
    }

    /// The payment failed or was returned.
    pub(super) fn undone(&mut self, payment: &str) {
        self.hidden.expected.retain(|(id, _)| id != payment);
        self.hidden.repayments.retain(|(id, _)| id != payment);
    }

    /// The money went back where it came from: nothing is owed.
    pub(super) fn close(&mut self) {
        self.hidden.closed = true;
        self.hidden.instalments.clear();
    }

    /// Whether anything was paid back, or is to be.
    pub(super) fn is_touched(&self) -> bool {
        !self.hidden.repayments.is_empty() || !self.hidden.expected.is_empty()
    }
}

/// Equal parts, one a month; the last takes the odd pence.
fn instalments(total: i64, term_months: i64, opened: Date) -> Vec<(Date, i64)> {
    let part = total / term_months;
    let amount = |month| if month == term_months { total - part * (term_months - 1) } else { part };
    let day = |month| opened.saturating_add(Span::new().months(month));
    (1..=term_months).map(|month| (day(month), amount(month))).filter(|(_, amount)| *amount > 0).collect()
}

impl World {
    pub(crate) fn account(&self, id: &str) -> Result<&Account, Problem> {
        self.accounts.get(id)
    }

    /// Newest first.
    pub(crate) fn accounts(&self, slice: &Slice) -> (Vec<&Account>, Option<u64>) {
        self.accounts.page(slice, |_| true)
    }

    /// Opens the account of a draw-down over the term that was offered.
    pub(super) fn open_account(
        &mut self,
        application: &str,
        principal: i64,
        at: Timestamp,
    ) -> Option<String> {
        let term = self.accepted_offer(application).ok()?.term_months;
        let opened = at.to_zoned(TimeZone::UTC).date();
        let instalments = instalments(total_cost(principal, term), term, opened);
        let id = self.ids.next("acc");
        for (due_on, _) in &instalments {
            let end = due_on.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC));
            let end = end.map_or(Timestamp::MAX, |end| end.timestamp());
            self.schedule.plan(end, Due::EndInstalmentDay(id.clone()));
        }
        self.accounts.put(Account::new(id.clone(), application, principal, instalments, at));
        Some(id)
    }

    /// Whether an account can be paid this much.
    pub(super) fn check_repayment(&self, id: &str, amount: i64) -> Result<(), Problem> {
        let account = self.accounts.get(id)?;
        if account.figures.balance_pence == 0 {
            return Err(Problem::invalid_state(format!("{id} owes nothing.")));
        }
        let expected: i64 = account.hidden.expected.iter().map(|(_, amount)| amount).sum();
        let open = account.figures.balance_pence - expected;
        if amount > open {
            let message = format!("must be at most {open}, what is owed and not collected already");
            return Err(invalid("amount_pence", "out_of_range", message));
        }
        Ok(())
    }

    /// The day of an instalment is over.
    pub(super) fn end_instalment_day(&mut self, id: &str, at: Timestamp) {
        self.change_account(Some(id), at, |account| account.hidden.overdue += 1);
    }

    /// Changes an account and announces what follows from it, if anything does.
    pub(super) fn change_account(
        &mut self,
        id: Option<&str>,
        at: Timestamp,
        change: impl FnOnce(&mut Account),
    ) {
        let Some(account) = id.and_then(|id| self.accounts.get_mut(id).ok()) else { return };
        change(account);
        let figures = account.count();
        let before = std::mem::replace(&mut account.figures, figures);
        if before != account.figures {
            let id = account.id.clone();
            self.emit_account(&id, Some(&before), at);
        }
    }

    pub(super) fn emit_account(&mut self, id: &str, before: Option<&Figures>, at: Timestamp) {
        let Ok(account) = self.accounts.get(id) else { return };
        let figures = &account.figures;
        let mut data = json!({
            "account_id": id,
            "status": figures.status,
            "balance_pence": figures.balance_pence,
            "arrears_pence": figures.arrears_pence,
        });
        if let Some(before) = before {
            data["previous"] = json!({
                "status": before.status,
                "balance_pence": before.balance_pence,
                "arrears_pence": before.arrears_pence,
            });
        }
        self.emit("account.updated", data, at);
    }
}
