//! What came of a run.

use std::collections::BTreeMap;
use std::fmt;

/// What a run injected, repeated, replayed and lost. `Display` is the table of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The applications that were to be created.
    pub calls: usize,
    /// The calls that ran at once.
    pub in_flight: usize,
    /// The requests to create an application that were received.
    pub requests: usize,
    /// The requests for a token that were received.
    pub mints: usize,
    /// How many requests each kind of fault hit.
    pub injected: Vec<(&'static str, u64)>,
    /// How often all tokens were revoked, or expired.
    pub token_losses: u64,
    /// The attempts of the client.
    pub attempts: u64,
    /// The failed calls that the driver repeated.
    pub driver_repeats: u64,
    /// What the failed calls failed with.
    pub errors: BTreeMap<String, u64>,
    /// The calls whose application an earlier attempt had created: they were answered from what is kept under the key.
    pub replayed: u64,
    /// Errors that named no key, or not the one that the call was made under.
    pub key_mistakes: u64,
    /// The applications that there are in the end.
    pub listed: usize,
    /// Calls that never succeeded, or whose application is not there.
    pub lost: usize,
    /// Applications beyond one for each call.
    pub duplicates: usize,
    /// Where the sandbox broke the spec; looked at in debug builds.
    pub violations: Vec<String>,
}

impl Report {
    /// Whether each call had its effect exactly once.
    #[must_use]
    pub fn exactly_once(&self) -> bool {
        (self.listed, self.lost, self.duplicates, self.key_mistakes) == (self.calls, 0, 0, 0)
    }

    /// What the client repeated by itself, within its calls; a call that got no token made no attempt.
    #[must_use]
    pub fn client_repeats(&self) -> u64 {
        self.attempts.saturating_sub(self.calls as u64 + self.driver_repeats)
    }

    /// The requests to create an application that a fault hit.
    #[must_use]
    pub fn hit(&self) -> u64 {
        self.injected.iter().filter(|(name, _)| !name.starts_with("mint")).map(|(_, hits)| hits).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "injected")?;
        for (name, hits) in &self.injected {
            writeln!(f, "  {name:<34}{hits:>8}")?;
        }
        writeln!(f, "  {:<34}{:>8}", "all tokens revoked or expired", self.token_losses)?;
        writeln!(f, "failed calls, repeated by the driver{:>8}", self.driver_repeats)?;
        for (words, times) in &self.errors {
            writeln!(f, "  {words:<34}{times:>8}")?;
        }
        let share = self.hit() as f64 * 100.0 / self.requests.max(1) as f64;
        for (name, number) in [
            ("calls", self.calls as u64),
            ("in flight at once", self.in_flight as u64),
            ("attempts of the client", self.attempts),
            ("repeats of the client", self.client_repeats()),
            ("requests received", self.requests as u64),
            ("requests for a token", self.mints as u64),
            ("requests hit by a fault", self.hit()),
            ("answers replayed", self.replayed),
            ("applications in the end", self.listed as u64),
            ("lost", self.lost as u64),
            ("duplicates", self.duplicates as u64),
            ("errors without the call's key", self.key_mistakes),
        ] {
            writeln!(f, "{name:<36}{number:>8}")?;
        }
        write!(f, "{:<36}{share:>7.1}%", "share of the requests hit")
    }
}
