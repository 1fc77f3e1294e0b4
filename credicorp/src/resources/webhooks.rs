//! Webhook endpoints: where events are delivered, and the secret that they are signed with.

use credicorp_gen::types::{
    NewWebhookEndpoint, WebhookEndpoint, WebhookEndpointId, WebhookEndpointPage, WebhookEndpointUpdate,
};

use super::{query, resource};
use crate::call::{Call, RawResult, Read, Write};
use crate::error::Error;
use crate::list::{At, List, Query};
use crate::webhooks::{self, Event};

resource! {
    /// Webhook endpoints: `cc.webhooks()`. What they receive is verified by [`webhooks`](crate::webhooks).
    Webhooks
}

impl<M> Webhooks<M> {
    /// Creates an endpoint. The answer is the only one, besides that of [`rotate_secret`](Self::rotate_secret), that
    /// holds its secret: keep it.
    ///
    /// ```no_run
    /// use credicorp::types::NewWebhookEndpoint;
    /// # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
    /// let url = "https://yourapp.com/webhooks/credicorp";
    /// let endpoint = cc.webhooks().create(NewWebhookEndpoint::new(url, ["decision.completed", "payment.*"])).await?;
    /// let secret = endpoint.secret.as_ref().map(|secret| secret.expose());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// `validation_error` (422), also for a twenty-first endpoint.
    pub fn create(&self, new: NewWebhookEndpoint) -> Call<Write<WebhookEndpoint>, M> {
        self.cx.write(move |raw| async move { raw.create_webhook_endpoint(&new).await })
    }

    /// Reads an endpoint, without its secret.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn get(&self, id: impl Into<WebhookEndpointId>) -> Call<Read<WebhookEndpoint>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_webhook_endpoint(&id).await })
    }

    /// Lists endpoints without their secrets: one page, or a walk; [`list`](crate::list) has both.
    ///
    /// # Errors
    ///
    /// `invalid_cursor` (400) for a cursor that is not the API's.
    pub fn list(&self) -> Call<List<WebhookEndpointQuery>, M> {
        self.cx.list(WebhookEndpointQuery::default())
    }

    /// Changes what is given and leaves the rest.
    ///
    /// # Errors
    ///
    /// `validation_error` (422); `resource_not_found` (404).
    pub fn update(
        &self,
        id: impl Into<WebhookEndpointId>,
        update: WebhookEndpointUpdate,
    ) -> Call<Write<WebhookEndpoint>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.update_webhook_endpoint(&id, &update).await })
    }

    /// Deletes an endpoint. What was not yet delivered to it is not delivered any more.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn delete(&self, id: impl Into<WebhookEndpointId>) -> Call<Write<()>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.delete_webhook_endpoint(&id).await })
    }

    /// Gives the endpoint a new secret, which the answer holds. For 24 hours deliveries are signed with both, so give a
    /// [`Verifier`](webhooks::Verifier) both.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn rotate_secret(&self, id: impl Into<WebhookEndpointId>) -> Call<Write<WebhookEndpoint>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.rotate_webhook_secret(&id).await })
    }

    /// Verifies a delivery and reads it: [`webhooks::construct_event`], which needs no client.
    ///
    /// # Errors
    ///
    /// Those of [`webhooks::construct_event`].
    pub fn construct_event(
        &self,
        body: impl AsRef<[u8]>,
        signature_header: &str,
        secret: &str,
    ) -> Result<Event, Error> {
        webhooks::construct_event(body, signature_header, secret)
    }
}

query! {
    /// The list of webhook endpoints, which has no filters.
    WebhookEndpointQuery {}
    WebhookEndpointPage of WebhookEndpoint
}

impl Query for WebhookEndpointQuery {
    type Item = WebhookEndpoint;
    type Wire = WebhookEndpointPage;

    async fn page(self, raw: credicorp_gen::Client, at: At) -> RawResult<WebhookEndpointPage> {
        raw.list_webhook_endpoints(at.cursor.as_deref(), at.limit).await
    }
}
