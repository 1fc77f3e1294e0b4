//! Payment links: open for a week, paid once. A payment that fails leaves its link open for another.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::application::check_redirect_uri;
use super::schedule::{Due, after};
use super::shelf::Resource;
use super::{PAY_PAGES, World};
use crate::problem::{FieldError, Problem};
use crate::spec::Spec;
use crate::state::{Hides, Move};

const LINK_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PaymentLink {
    pub(crate) id: String,
    pub(super) url: String,
    status: LinkStatus,
    amount_pence: i64,
    reference: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<String>,
    #[serde(skip)]
    hidden: Hidden,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hidden {
    account_id: Option<String>,
    /// Where the payer goes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    /// Whether its payment is on its way.
    paying: bool,
}

impl Hides for PaymentLink {
    type Hidden = Hidden;

    fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }
}

impl PaymentLink {
    pub(super) fn moved(&mut self, moved: Move<'_>) {
        moved.address(&mut self.url);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LinkStatus {
    Open,
    Paid,
    Expired,
    Cancelled,
}

impl LinkStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Resource for PaymentLink {
    const KIND: &'static str = "payment link";

    fn id(&self) -> &str {
        &self.id
    }
}

/// What a link is created from, after validation by the spec. Nothing is kept of the payer.
#[derive(Debug, Deserialize)]
pub(crate) struct NewPaymentLink {
    amount_pence: i64,
    reference: String,
    account_id: Option<String>,
    redirect_uri: Option<String>,
}

impl NewPaymentLink {
    pub(crate) fn check(_: &Spec, body: &Value) -> Vec<FieldError> {
        check_redirect_uri(body).into_iter().collect()
    }
}

impl PaymentLink {
    /// Where the payer goes back to.
    pub(crate) fn redirect_uri(&self) -> Option<&str> {
        self.hidden.redirect_uri.as_deref()
    }
}

impl World {
    pub(crate) fn create_payment_link(
        &mut self,
        new: NewPaymentLink,
        now: Timestamp,
    ) -> Result<PaymentLink, Problem> {
        if let Some(account) = &new.account_id {
            self.check_repayment(account, new.amount_pence)?;
        }
        let expires_at = after(now, LINK_LIFETIME);
        let id = self.ids.next("plink");
        let link = PaymentLink {
            url: format!("{}{PAY_PAGES}{}", self.url, self.ids.next("pay_page")),
            id: id.clone(),
            status: LinkStatus::Open,
            amount_pence: new.amount_pence,
            reference: new.reference,
            created_at: now,
            expires_at,
            payment_id: None,
            hidden: Hidden { account_id: new.account_id, redirect_uri: new.redirect_uri, paying: false },
        };
        self.links.put(link.clone());
        self.schedule.plan(expires_at, Due::ExpireLink(id));
        Ok(link)
    }

    pub(crate) fn payment_link(&self, id: &str) -> Result<&PaymentLink, Problem> {
        self.links.get(id)
    }

    /// The payer pays; the id of the payment, which is on its way.
    pub(crate) fn pay_link(&mut self, id: &str, now: Timestamp) -> Result<String, Problem> {
        let link = self.open_link(id)?.clone();
        if let Some(account) = &link.hidden.account_id {
            self.check_repayment(account, link.amount_pence)?;
        }
        let payment =
            self.pay_in(link.hidden.account_id.as_deref(), link.amount_pence, id, &link.reference, now).id;
        let link = self.links.get_mut(id)?;
        link.payment_id = Some(payment.clone());
        link.hidden.paying = true;
        Ok(payment)
    }

    pub(crate) fn cancel_link(&mut self, id: &str) -> Result<(), Problem> {
        self.open_link(id)?;
        self.links.get_mut(id)?.status = LinkStatus::Cancelled;
        Ok(())
    }

    /// A link that nobody is paying yet.
    fn open_link(&self, id: &str) -> Result<&PaymentLink, Problem> {
        let link = self.links.get(id)?;
        match link.status {
            LinkStatus::Open if !link.hidden.paying => Ok(link),
            LinkStatus::Open => Err(Problem::invalid_state(format!("{id} is being paid."))),
            status => Err(Problem::invalid_state(format!("{id} is {}.", status.as_str()))),
        }
    }

    pub(super) fn expire_link(&mut self, id: &str) {
        let waits = |link: &&mut PaymentLink| link.status == LinkStatus::Open && !link.hidden.paying;
        if let Some(link) = self.links.get_mut(id).ok().filter(waits) {
            link.status = LinkStatus::Expired;
        }
    }

    /// Its payment settled.
    pub(super) fn link_paid(&mut self, id: Option<&str>) {
        if let Some(link) = id.and_then(|id| self.links.get_mut(id).ok()) {
            link.status = LinkStatus::Paid;
            link.hidden.paying = false;
        }
    }

    /// Its payment came to nothing on its way: it can be paid again, if there is time left. What was paid and then returned stays paid.
    pub(super) fn link_unpaid(&mut self, id: Option<&str>, at: Timestamp) {
        if let Some(link) = id.and_then(|id| self.links.get_mut(id).ok()).filter(|link| link.hidden.paying) {
            link.status = if at < link.expires_at { LinkStatus::Open } else { LinkStatus::Expired };
            link.hidden.paying = false;
        }
    }
}
