//! One endpoint: where it is, what it asked for, what it is signed with, and how it fares.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::event::API_VERSION;
use crate::state::Hides;

/// How long the old secret goes on signing after a rotation.
const BOTH_SIGN: Duration = Duration::from_secs(24 * 60 * 60);
/// So long nothing but failures disables an endpoint.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(super) id: String,
    pub(super) url: String,
    enabled_events: Vec<String>,
    pub(super) status: Status,
    created: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    api_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Map<String, Value>>,
    #[serde(skip)]
    pub(super) hidden: Hidden,
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Hidden {
    secret: String,
    /// The newest first, with their ends.
    old_secrets: Vec<(String, Timestamp)>,
    pub(super) rotations: u32,
    /// Since when it took nothing.
    failing_since: Option<Timestamp>,
    pub(super) deleted: bool,
}

impl Hides for Endpoint {
    type Hidden = Hidden;

    fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Enabled,
    Disabled,
}

/// What an endpoint is created from, after validation by the spec.
#[derive(Debug, Deserialize)]
pub(crate) struct NewEndpoint {
    url: String,
    enabled_events: Vec<String>,
    description: Option<String>,
    api_version: Option<String>,
    metadata: Option<Map<String, Value>>,
}

impl NewEndpoint {
    /// An endpoint for every event.
    pub(super) fn of_everything(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            enabled_events: vec!["*".to_owned()],
            description: None,
            api_version: None,
            metadata: None,
        }
    }
}

/// What to change; the rest stays.
#[derive(Debug, Deserialize)]
pub(crate) struct EndpointUpdate {
    url: Option<String>,
    enabled_events: Option<Vec<String>>,
    description: Option<String>,
    status: Option<Status>,
    metadata: Option<Map<String, Value>>,
}

/// An endpoint with its secret, as it is answered where the secret is new.
#[derive(Serialize)]
pub(crate) struct Revealed<'a> {
    #[serde(flatten)]
    endpoint: &'a Endpoint,
    secret: &'a str,
}

impl Endpoint {
    pub(super) fn new(id: String, new: NewEndpoint, secret: String, now: Timestamp) -> Self {
        Self {
            id,
            url: new.url,
            enabled_events: new.enabled_events,
            status: Status::Enabled,
            created: now,
            description: new.description,
            api_version: new.api_version.unwrap_or_else(|| API_VERSION.to_owned()),
            metadata: new.metadata,
            hidden: Hidden { secret, ..Hidden::default() },
        }
    }

    pub(crate) fn revealed(&self) -> Revealed<'_> {
        Revealed { endpoint: self, secret: &self.hidden.secret }
    }

    pub(super) fn update(&mut self, update: EndpointUpdate) {
        if let Some(url) = update.url {
            self.url = url;
        }
        if let Some(events) = update.enabled_events {
            self.enabled_events = events;
        }
        if let Some(status) = update.status {
            self.status = status;
            self.hidden.failing_since = None;
        }
        self.description = update.description.or_else(|| self.description.take());
        self.metadata = update.metadata.or_else(|| self.metadata.take());
    }

    /// Whether it gets events at all.
    pub(super) fn is_enabled(&self) -> bool {
        self.status == Status::Enabled && !self.hidden.deleted
    }

    /// Whether it asked for this type: by name, by a family such as `payment.*`, or by `*`.
    pub(super) fn wants(&self, kind: &str) -> bool {
        self.enabled_events.iter().any(|wanted| match wanted.strip_suffix('*') {
            Some(family) => kind.starts_with(family),
            None => wanted == kind,
        })
    }

    pub(super) fn rotate(&mut self, secret: String, now: Timestamp) {
        let hidden = &mut self.hidden;
        let old = std::mem::replace(&mut hidden.secret, secret);
        hidden.old_secrets.insert(0, (old, now.saturating_add(BOTH_SIGN).unwrap_or(Timestamp::MAX)));
        hidden.rotations += 1;
    }

    /// Whether it gets every event, signed with this secret.
    pub(super) fn takes_all_for(&self, secret: &str) -> bool {
        self.is_enabled() && self.enabled_events == ["*"] && self.hidden.secret == secret
    }

    /// What signs at this time, the newest first.
    pub(super) fn secrets(&self, now: Timestamp) -> Vec<String> {
        let hidden = &self.hidden;
        let old = hidden.old_secrets.iter().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&hidden.secret).chain(old).cloned().collect()
    }

    pub(super) fn succeeded(&mut self) {
        self.hidden.failing_since = None;
    }

    /// A week of nothing else is enough.
    pub(super) fn failed(&mut self, at: Timestamp) {
        let since = *self.hidden.failing_since.get_or_insert(at);
        if at.duration_since(since) >= jiff::SignedDuration::try_from(PATIENCE).unwrap_or_default() {
            self.status = Status::Disabled;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(events: &[&str]) -> Endpoint {
        let mut new = NewEndpoint::of_everything("http://127.0.0.1:1/");
        new.enabled_events = events.iter().map(|event| (*event).to_owned()).collect();
        Endpoint::new("whend_1".to_owned(), new, "whsec_1".to_owned(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn events_are_asked_for_by_name_family_or_all() {
        for (wanted, kind, wants) in [
            ("*", "payment.settled", true),
            ("payment.settled", "payment.settled", true),
            ("payment.settled", "payment.failed", false),
            ("payment.*", "payment.failed", true),
            ("pay.*", "payment.failed", false),
            ("identity.*", "identity.check.completed", true),
            ("identity.check", "identity.check.completed", false),
        ] {
            assert_eq!(endpoint(&[wanted]).wants(kind), wants, "{wanted} {kind}");
        }
        assert!(endpoint(&["offer.created", "payment.*"]).wants("payment.settled"));
    }

    #[test]
    fn the_old_secret_signs_for_a_day_more() {
        let mut endpoint = endpoint(&["*"]);
        let now = Timestamp::UNIX_EPOCH;
        endpoint.rotate("whsec_2".to_owned(), now);
        assert_eq!(endpoint.secrets(now + BOTH_SIGN - Duration::from_secs(1)), ["whsec_2", "whsec_1"]);
        assert_eq!(endpoint.secrets(now + BOTH_SIGN), ["whsec_2"]);
    }

    #[test]
    fn a_week_of_nothing_but_failures_disables() {
        let mut endpoint = endpoint(&["*"]);
        let now = Timestamp::UNIX_EPOCH;
        endpoint.failed(now);
        endpoint.failed(now + PATIENCE - Duration::from_secs(1));
        assert!(endpoint.is_enabled());
        endpoint.succeeded();
        endpoint.failed(now + PATIENCE);
        assert!(endpoint.is_enabled(), "a success starts the week anew");
        endpoint.failed(now + PATIENCE * 2);
        assert!(!endpoint.is_enabled());
    }
}
