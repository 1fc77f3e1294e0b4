mod control;
mod webhooks;

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::blocking::BlockingSandbox;
use crate::builder::Builder;
use crate::clock::Clock;
use crate::error::Error;
use crate::fault::Fault;
use crate::record::RecordedRequest;
use crate::server;
use crate::shared::Shared;
use crate::webhooks::deliver_until_closed;

/// A running emulator of the partner API on a port of its own, on 127.0.0.1.
///
/// It stops when it is dropped: its connections are closed, its tasks end, its state is gone, but for what [`Sandbox::save_state`] wrote.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
}

impl Sandbox {
    /// What a sandbox that stops in good order gives running requests.
    pub(crate) const GRACE: Duration = Duration::from_secs(2);

    /// Starts a sandbox on a free port of the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Starts a sandbox on a free port and on a thread of its own, for code without a runtime.
    ///
    /// # Errors
    ///
    /// There is no free port, or no thread to be had.
    pub fn start_blocking() -> Result<BlockingSandbox, Error> {
        Self::builder().start_blocking()
    }

    /// Sets up a sandbox: its port, clock, seed, and more.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) async fn run(builder: Builder) -> Result<Self, Error> {
        let address = (Ipv4Addr::LOCALHOST, builder.port);
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Error::caused(format!("port {} on 127.0.0.1 cannot be opened", builder.port), error)
        })?;
        let address =
            listener.local_addr().map_err(|error| Error::caused("the port has no address", error))?;
        let shared = Shared::new(&builder, format!("http://{address}"))?;
        shared.tasks.spawn(server::accept_until_closed(listener, Arc::clone(&shared)));
        shared.tasks.spawn(deliver_until_closed(Arc::clone(&shared)));
        Ok(Self { shared })
    }

    /// The base address, such as `http://127.0.0.1:41823`, for the client's `api_base`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The secret key, `sk_test_…`.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.shared.credentials.secret_key
    }

    /// The client id and the client secret, `cid_sbx_…` and `csk_sbx_…`.
    #[must_use]
    pub fn client_credentials(&self) -> (&str, &str) {
        (&self.shared.credentials.client_id, &self.shared.credentials.client_secret)
    }

    /// The secret, `whsec_…`, that deliveries to the builder's and to [`Sandbox::deliver_webhooks_to`]'s addresses are signed with. An
    /// endpoint that was created over the API has one of its own.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        &self.shared.credentials.webhook_secret
    }

    /// The clock that everything in the sandbox follows.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The requests received so far, oldest first, answered or not; the last 50,000 of them.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.requests.all()
    }

    /// The requests for one operation, by its id in the spec.
    #[must_use]
    pub fn requests_to(&self, operation: &str) -> Vec<RecordedRequest> {
        let mut requests = self.requests();
        requests.retain(|request| request.operation.as_deref() == Some(operation));
        requests
    }

    /// Forgets the requests received so far.
    pub fn clear_requests(&self) {
        self.shared.requests.clear();
    }

    /// Has requests fail, from the next one on.
    pub fn inject(&self, fault: Fault) {
        let known = fault.operation().is_none_or(|operation| self.shared.spec.operation(operation).is_some());
        self.shared.faults.inject(if known { fault } else { fault.misdirected() });
    }

    /// The faults that are not used up.
    #[must_use]
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.shared.faults.waiting()
    }

    /// The faults injected so far, oldest first, used up and cleared ones too, each with how many requests it has hit; the last
    /// 50,000 of them.
    #[must_use]
    pub fn faults_hit(&self) -> Vec<(Fault, u64)> {
        self.shared.faults.hits()
    }

    /// Forgets the faults that are not used up.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Ends every token given so far ahead of its time: each is answered by 401 `token_expired` from now on. New ones can be minted.
    pub fn expire_tokens(&self) {
        self.shared.tokens.expire_all();
    }

    /// Revokes every token given so far: each is answered by 401 `token_revoked` from now on. New ones can be minted.
    pub fn revoke_tokens(&self) {
        self.shared.tokens.revoke_all();
    }

    /// Where the emulator itself broke the spec: answers and events that are not what it promises. Always empty, unless it has a bug.
    ///
    /// Checked in debug builds only; such an answer goes out as a 500 that says what is wrong.
    #[must_use]
    pub fn spec_violations(&self) -> Vec<String> {
        self.shared.violations()
    }

    /// Writes the state to the [`crate::Builder::state_file`] now, in place of what the file held: all of it or nothing, readable by its owner
    /// only, as secrets are in it. [`Sandbox::stop_and_save`] does so at the end; nothing is saved by stopping or dropping alone.
    ///
    /// A request that is running meanwhile may be in it or not; its idempotency key is in it only once it was answered. A delivery that
    /// is on its way is sent again by the sandbox that goes on from the file.
    ///
    /// # Errors
    ///
    /// No state file was set, or it cannot be written.
    pub fn save_state(&self) -> Result<(), Error> {
        self.shared.save_state()
    }

    /// Stops in good order: no new connections, up to two seconds for running requests. Returns once the port is closed.
    pub async fn stop(self) {
        self.shared.close(Self::GRACE).await;
    }

    /// Stops as [`Sandbox::stop`] does, and then saves as [`Sandbox::save_state`] does: what ran to its end is in the file.
    ///
    /// # Errors
    ///
    /// It has stopped, and the state could not be saved.
    pub async fn stop_and_save(self) -> Result<(), Error> {
        self.shared.close(Self::GRACE).await;
        self.shared.save_state()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("url", &self.shared.url).finish_non_exhaustive()
    }
}
