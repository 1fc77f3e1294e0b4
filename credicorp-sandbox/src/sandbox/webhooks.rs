//! What a test does with webhooks: where they go, when they go, and what became of them.

use super::Sandbox;
use crate::error::Error;
use crate::webhooks::Delivery;

impl Sandbox {
    /// Delivers every event that happens from now on to this address: a webhook endpoint for `*`, created without asking the API. Gives
    /// the secret that the deliveries are signed with, [`Sandbox::webhook_secret`] for every such address.
    ///
    /// # Errors
    ///
    /// It is no http or https address on loopback (other machines are sent to only by https, and only if
    /// [`crate::Builder::allow_remote_webhooks`] says so), or there are 20 endpoints already.
    pub fn deliver_webhooks_to(&self, url: impl AsRef<str>) -> Result<String, Error> {
        self.shared.deliver_webhooks_to(url.as_ref())?;
        Ok(self.webhook_secret().to_owned())
    }

    /// What was delivered so far, oldest first, one for each attempt; the last 50,000 of them.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.webhooks.deliveries()
    }

    /// Waits until every attempt that is due by the sandbox's clock has been made. What failed waits for its next attempt, which comes
    /// due when the clock moves on.
    pub async fn flush_webhooks(&self) {
        self.shared.flush_webhooks().await;
    }

    /// Delivers an event once more, to every enabled endpoint that asked for its type: the same event id, a new delivery id, a new
    /// signature. One attempt, whatever becomes of it. Gives the number of endpoints.
    ///
    /// # Errors
    ///
    /// There was no such event; [`Delivery::event_id`] has those that were.
    pub fn redeliver_event(&self, event_id: impl AsRef<str>) -> Result<usize, Error> {
        self.shared.settle();
        self.shared.webhooks.redeliver(event_id.as_ref(), self.shared.clock.now())
    }

    /// Delivers each of the next events that an endpoint asked for twice, as «at least once» allows.
    pub fn duplicate_webhooks(&self, events: u32) {
        self.shared.settle();
        self.shared.webhooks.duplicate(events);
    }

    /// Holds back every delivery, until they are released.
    pub fn hold_webhooks(&self) {
        self.shared.webhooks.hold();
    }

    /// Lets the held deliveries go, in the order in which they fell due.
    pub fn release_webhooks(&self) {
        self.shared.settle();
        self.shared.webhooks.release(false, self.shared.clock.now());
    }

    /// Lets the held deliveries go, the last one first, as «unordered» allows.
    pub fn release_webhooks_in_reverse(&self) {
        self.shared.settle();
        self.shared.webhooks.release(true, self.shared.clock.now());
    }
}
