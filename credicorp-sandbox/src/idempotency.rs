//! What was answered under which idempotency key.
//!
//! A key counts for one endpoint of one project. The first call under it executes; the same request again is answered from here, marked
//! `Idempotency-Replayed: true`; another one is refused, and so is any while the first is still running. Only what came of executing is
//! kept, 2xx and 4xx but never 401, 429 or 5xx, for 24 hours by the sandbox's clock.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::problem::Problem;
use crate::state::Move;
use crate::sync::lock;

const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

#[derive(Debug, Default)]
pub(crate) struct IdempotencyKeys {
    entries: Mutex<HashMap<Name, Entry>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Name {
    pub(crate) operation: String,
    pub(crate) project: String,
    pub(crate) key: String,
}

/// Which request a key stands for: its path and its body. The path is in it, since one endpoint serves many resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(path: &str, body: &[u8]) -> Self {
        Self(Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize().into())
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        STANDARD.encode(fingerprint.0)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("a fingerprint is 32 bytes in Base64")
    }
}

/// A key as it is kept in a file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    name: Name,
    fingerprint: Fingerprint,
    since: Timestamp,
    answer: Answer,
}

#[derive(Debug)]
struct Entry {
    fingerprint: Fingerprint,
    since: Timestamp,
    /// `None` while the first call runs.
    answer: Option<Answer>,
}

#[derive(Debug)]
pub(crate) enum Begun<'a> {
    First(Claim<'a>),
    Replay(Answer),
}

/// The right and the duty to answer for a key; dropped unfinished, the key is free again.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    keys: &'a IdempotencyKeys,
    name: Name,
    finished: bool,
}

impl IdempotencyKeys {
    pub(crate) fn begin(
        &self,
        name: Name,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> Result<Begun<'_>, Problem> {
        let mut entries = lock(&self.entries);
        let alive = |entry: &&Entry| now.duration_since(entry.since).unsigned_abs() < KEPT;
        match entries.get(&name).filter(alive) {
            Some(entry) if entry.fingerprint != fingerprint => Err(Problem::key_reused()),
            Some(Entry { answer: None, .. }) => Err(Problem::key_in_progress()),
            Some(Entry { answer: Some(answer), .. }) => Ok(Begun::Replay(answer.clone())),
            None => {
                if entries.len() == entries.capacity() {
                    entries.retain(|_, entry| alive(&&*entry));
                }
                entries.insert(name.clone(), Entry { fingerprint, since: now, answer: None });
                Ok(Begun::First(Claim { keys: self, name, finished: false }))
            }
        }
    }
}

impl IdempotencyKeys {
    /// The keys that were answered, in an order of their own. Those in progress are left out: nobody will finish them.
    pub(crate) fn save(&self) -> Vec<Saved> {
        let entries = lock(&self.entries);
        let saved = entries.iter().filter_map(|(name, entry)| {
            let answer = entry.answer.clone()?;
            Some(Saved { name: name.clone(), fingerprint: entry.fingerprint, since: entry.since, answer })
        });
        let mut saved: Vec<_> = saved.collect();
        saved.sort_by(|one, other| one.name.cmp(&other.name));
        saved
    }

    pub(crate) fn restore(&self, saved: Vec<Saved>, moved: Move<'_>) {
        let entries = saved.into_iter().map(|saved| {
            let body = moved.answer(&String::from_utf8_lossy(&saved.answer.body)).into();
            let answer = Some(Answer { body, ..saved.answer });
            (saved.name, Entry { fingerprint: saved.fingerprint, since: saved.since, answer })
        });
        *lock(&self.entries) = entries.collect();
    }
}

impl Claim<'_> {
    /// Keeps the answer if it is one to keep; otherwise the next call under the key executes again.
    pub(crate) fn finish(mut self, answer: &Answer) {
        let status = answer.status.as_u16();
        if !matches!(status, 200..=299 | 400..=499) || matches!(status, 401 | 429) {
            return;
        }
        let mut kept = answer.clone();
        kept.headers.insert(REPLAYED, HeaderValue::from_static("true"));
        if let Some(entry) = lock(&self.keys.entries).get_mut(&self.name) {
            entry.answer = Some(kept);
        }
        self.finished = true;
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.finished {
            lock(&self.keys.entries).remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn name(key: &str) -> Name {
        Name { operation: "create_application".to_owned(), project: "proj_1".to_owned(), key: key.to_owned() }
    }

    fn answer(status: u16) -> Answer {
        Answer::text(StatusCode::from_u16(status).unwrap(), "application/json", "{}")
    }

    fn first<'a>(keys: &'a IdempotencyKeys, key: &str, now: Timestamp) -> Option<Claim<'a>> {
        match keys.begin(name(key), Fingerprint::of("/x", b"body"), now) {
            Ok(Begun::First(claim)) => Some(claim),
            _ => None,
        }
    }

    #[test]
    fn only_what_the_contract_keeps_is_kept() {
        let keys = IdempotencyKeys::default();
        let now = Timestamp::UNIX_EPOCH;
        for (status, kept) in [
            (200, true),
            (201, true),
            (404, true),
            (409, true),
            (422, true),
            (401, false),
            (429, false),
            (500, false),
            (503, false),
        ] {
            let key = status.to_string();
            first(&keys, &key, now).unwrap().finish(&answer(status));
            assert_eq!(first(&keys, &key, now).is_none(), kept, "{status}");
        }
    }

    #[test]
    fn a_running_call_holds_its_key_until_it_ends() {
        let keys = IdempotencyKeys::default();
        let now = Timestamp::UNIX_EPOCH;
        let claim = first(&keys, "k", now).unwrap();
        let again = keys.begin(name("k"), Fingerprint::of("/x", b"body"), now);
        assert_eq!(again.unwrap_err().code, "idempotency_key_in_progress");
        drop(claim);
        assert!(first(&keys, "k", now).is_some());
    }

    #[test]
    fn answered_keys_are_saved_and_running_ones_are_not() {
        let keys = IdempotencyKeys::default();
        let now = Timestamp::UNIX_EPOCH;
        first(&keys, "answered", now).unwrap().finish(&answer(201));
        let _running = first(&keys, "running", now).unwrap();
        let saved = serde_json::to_string(&keys.save()).unwrap();
        let next = IdempotencyKeys::default();
        next.restore(serde_json::from_str(&saved).unwrap(), Move { from: "", to: "" });
        assert!(first(&next, "answered", now).is_none() && first(&next, "running", now).is_some());
        let other = next.begin(name("answered"), Fingerprint::of("/y", b"body"), now);
        assert_eq!(other.unwrap_err().code, "idempotency_key_reused");
        assert!(first(&next, "answered", now + KEPT).is_some(), "it is as old as it was");
    }

    #[test]
    fn another_request_is_another_fingerprint() {
        let keys = IdempotencyKeys::default();
        let now = Timestamp::UNIX_EPOCH;
        first(&keys, "k", now).unwrap().finish(&answer(201));
        for other in
            [Fingerprint::of("/y", b"body"), Fingerprint::of("/x", b"bodz"), Fingerprint::of("/xb", b"ody")]
        {
            assert_eq!(keys.begin(name("k"), other, now).unwrap_err().code, "idempotency_key_reused");
        }
    }

    #[test]
    fn a_key_is_forgotten_after_24_hours() {
        let keys = IdempotencyKeys::default();
        let now = Timestamp::UNIX_EPOCH;
        first(&keys, "k", now).unwrap().finish(&answer(201));
        assert!(first(&keys, "k", now + KEPT - Duration::from_secs(1)).is_none());
        assert!(first(&keys, "k", now + KEPT).is_some());
    }
}
