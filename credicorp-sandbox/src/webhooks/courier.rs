//! The endpoints, the queue in front of them, and the one task that empties it.
//!
//! The task also wakes when something is due by the sandbox's clock, so that a decision is announced without anybody asking for it.

use std::collections::VecDeque;
use std::future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::redirect::Policy;
use tokio::sync::{Notify, OnceCell, watch};

use super::{Delivery, Event};
use crate::error::Error;
use crate::mac;
use crate::record::KEPT;
use crate::shared::Shared;
use crate::sync::lock;

/// How long an endpoint may take to answer.
const TIME_TO_ANSWER: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Webhooks {
    secret: String,
    endpoints: Mutex<Vec<Url>>,
    queue: Mutex<VecDeque<(Url, Event)>>,
    deliveries: Mutex<VecDeque<Delivery>>,
    /// How many of the queue are not delivered yet, the one on its way included.
    pending: watch::Sender<usize>,
    woken: Notify,
    http: OnceCell<reqwest::Client>,
}

impl Webhooks {
    pub(crate) fn new(secret: String) -> Self {
        Self {
            secret,
            endpoints: Mutex::default(),
            queue: Mutex::default(),
            deliveries: Mutex::default(),
            pending: watch::Sender::new(0),
            woken: Notify::new(),
            http: OnceCell::new(),
        }
    }

    /// Registers an endpoint for every type of event from now on.
    pub(crate) fn register(&self, url: &str) -> Result<(), Error> {
        let parsed = Url::parse(url)
            .map_err(|error| Error::caused(format!("{url:?} is no webhook address"), error))?;
        if !matches!(parsed.scheme(), "http" | "https") || !is_loopback(&parsed) {
            return Err(Error::new(format!(
                "{url:?} is no webhook address for the sandbox: it sends to http or https on 127.0.0.1, [::1] or localhost only"
            )));
        }
        lock(&self.endpoints).push(parsed);
        Ok(())
    }

    /// Puts events into the queue of every endpoint.
    pub(crate) fn publish(&self, events: Vec<Event>) {
        let endpoints = lock(&self.endpoints).clone();
        let mut queue = lock(&self.queue);
        for event in events {
            queue.extend(endpoints.iter().map(|url| (url.clone(), event.clone())));
            self.pending.send_modify(|pending| *pending += endpoints.len());
        }
    }

    /// Has the task look at the queue and the schedule again.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Waits until nothing is in the queue.
    pub(crate) async fn idle(&self) {
        let mut pending = self.pending.subscribe();
        // The sender is in self: it outlives the wait.
        let _ = pending.wait_for(|pending| *pending == 0).await;
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.deliveries).iter().cloned().collect()
    }

    async fn deliver(&self, shared: &Shared, url: Url, event: Event) {
        let id = shared.ids.next("whd");
        let at = shared.clock.now();
        let outcome = self.post(&id, &url, &event, at).await;
        let delivery = Delivery {
            id,
            event_id: event.id().to_owned(),
            event_type: event.kind(),
            url: url.into(),
            body: event.body().clone(),
            at,
            outcome,
        };
        {
            let mut deliveries = lock(&self.deliveries);
            if deliveries.len() == KEPT {
                deliveries.pop_front();
            }
            deliveries.push_back(delivery);
        }
        self.pending.send_modify(|pending| *pending = pending.saturating_sub(1));
    }

    async fn post(&self, id: &str, url: &Url, event: &Event, at: Timestamp) -> Result<u16, String> {
        let http = self.http.get_or_try_init(|| future::ready(client())).await?;
        let request = http
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Credicorp-Signature", signature(&self.secret, event.body(), at.as_second()))
            .header("Credicorp-Delivery", id)
            .body(event.body().clone());
        let response = request.send().await.map_err(|error| chain(&error.without_url()))?;
        Ok(response.status().as_u16())
    }
}

/// The value of `Credicorp-Signature`. The time is the sandbox's; a test that moves its clock verifies at that time.
fn signature(secret: &str, body: &[u8], seconds: i64) -> String {
    let code = mac::sign(secret.as_bytes(), &[seconds.to_string().as_bytes(), b".", body]);
    format!("t={seconds},v1={}", mac::hex(&code))
}

fn client() -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder().redirect(Policy::none()).timeout(TIME_TO_ANSWER).no_proxy();
    builder.user_agent("Credicorp-Webhooks/1.0").build().map_err(|error| chain(&error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

/// The task: whatever is due happens, whatever is queued is sent, and then it waits for more of either, until the sandbox closes.
pub(crate) async fn deliver_until_closed(shared: Arc<Shared>) {
    loop {
        let next_due = shared.settle();
        loop {
            let next = lock(&shared.webhooks.queue).pop_front();
            let Some((url, event)) = next else { break };
            shared.webhooks.deliver(&shared, url, event).await;
        }
        let due = async {
            match next_due {
                Some(at) => shared.clock.reach(at).await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = shared.webhooks.woken.notified() => {}
            () = shared.closed() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_over_time_and_body_with_the_whole_secret() {
        // printf '1719660000.{}' | openssl dgst -sha256 -hmac whsec_4Td1
        let expected = "t=1719660000,v1=8c512521fd645a54b488a323c5fbe259c02843e33542225739364daf9a352270";
        assert_eq!(signature("whsec_4Td1", b"{}", 1_719_660_000), expected);
    }

    #[test]
    fn only_loopback_is_sent_to() {
        let webhooks = Webhooks::new("whsec_1".to_owned());
        for good in ["http://127.0.0.1:1/x", "https://localhost/", "http://[::1]:8/", "http://127.8.9.1/"] {
            assert!(webhooks.register(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "127.0.0.1:1",
            "http://localhost.evil/",
        ] {
            assert!(webhooks.register(bad).is_err(), "{bad}");
        }
    }
}
