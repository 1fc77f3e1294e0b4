//! The state of a sandbox as it is kept in a file, so that another sandbox goes on where this one was.
//!
//! It holds what the API shows, what is to happen, and what is still to be sent: each room of the sandbox saves and restores its own.
//! What was observed (requests, deliveries, violations) and what was injected (faults) ends with the process, and so do the rate limits'
//! buckets. Secrets of webhook endpoints are in it: the file is for its owner alone, and no error quotes it.

pub(crate) mod entries;
mod file;
mod whole;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{clock, idempotency, tokens, webhooks, world};

pub(crate) use file::StateFile;
pub(crate) use whole::{Hides, Whole};

/// Everything of a sandbox that outlives it.
#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) seed: u64,
    /// Where the sandbox was.
    pub(crate) url: String,
    pub(crate) clock: clock::Reading,
    pub(crate) ids: BTreeMap<String, u64>,
    pub(crate) tokens: tokens::Count,
    pub(crate) keys: Vec<idempotency::Saved>,
    pub(crate) world: world::Saved,
    pub(crate) webhooks: webhooks::Saved,
}

/// From where a sandbox was to where it is now: its own addresses follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

impl Move<'_> {
    /// The address of a page of the sandbox's own.
    pub(crate) fn address(self, url: &mut String) {
        if let Some(path) = url.strip_prefix(self.from).filter(|path| path.starts_with('/')) {
            *url = format!("{}{path}", self.to);
        }
    }

    /// The addresses of the sandbox's own pages in a resource, as it was written for an answer. Within the texts of others the quotes are
    /// escaped, so that those stay as they are.
    pub(crate) fn answer(self, body: &str) -> String {
        let Self { from, to } = self;
        [("handoff_url", world::JOURNEYS), ("url", world::PAY_PAGES)].iter().fold(
            body.to_owned(),
            |body, (field, path)| {
                body.replace(&format!(r#""{field}":"{from}{path}"#), &format!(r#""{field}":"{to}{path}"#))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVE: Move<'static> = Move { from: "http://127.0.0.1:41", to: "http://127.0.0.1:9" };

    #[test]
    fn only_the_sandboxs_own_addresses_move() {
        for (before, after) in [
            ("http://127.0.0.1:41/s/journey_1", "http://127.0.0.1:9/s/journey_1"),
            ("http://127.0.0.1:4100/s/journey_1", "http://127.0.0.1:4100/s/journey_1"),
            ("https://example.com/?http://127.0.0.1:41/s/", "https://example.com/?http://127.0.0.1:41/s/"),
        ] {
            let mut url = before.to_owned();
            MOVE.address(&mut url);
            assert_eq!(url, after);
        }
    }

    #[test]
    fn an_answer_moves_without_the_texts_of_others() {
        let own = |from: &str| format!(r#"{{"handoff_url":"{from}/s/j","url":"{from}/pay/p","#);
        let theirs =
            r#""note":"\"url\":\"http://127.0.0.1:41/pay/p\"","redirect_uri":"http://127.0.0.1:41/s/j"}"#;
        assert_eq!(MOVE.answer(&(own(MOVE.from) + theirs)), own(MOVE.to) + theirs);
    }
}
