//! How an error reads: one line, no control characters, never a body, a key or a secret.

use std::fmt::{self, Write};

use super::Error;

/// The most characters of a foreign text that are printed.
const PRINTED: usize = 500;

/// Foreign text made fit for one line of a log: control characters become spaces, and a long one is cut.
pub(super) struct Clean<'a>(pub(super) &'a str);

impl fmt::Display for Clean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(PRINTED) {
            f.write_char(if harmless(character) { character } else { ' ' })?;
        }
        if characters.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}

/// Not a control character, and none of the marks that reorder or hide what follows.
fn harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status(), self.code()) {
            (Some(status), Some(code)) => write!(f, "{} {}", status.as_u16(), Clean(code))?,
            (Some(status), None) => write!(f, "{}", status.as_u16())?,
            (None, _) => write!(f, "{}", self.kind())?,
        }
        write!(f, ": {}", Clean(self.message()))?;
        let attempts = self.attempts();
        let plural = if attempts == 1 { "" } else { "s" };
        match (self.request_id(), attempts) {
            (None, 0) => Ok(()),
            (Some(id), 0) => write!(f, " ({})", Clean(id)),
            (None, _) => write!(f, " ({attempts} attempt{plural})"),
            (Some(id), _) => write!(f, " ({}, {attempts} attempt{plural})", Clean(id)),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("display", &format_args!("\"{self}\""))
            .field("answer", &self.0.answer)
            .field("idempotency_key", &self.idempotency_key())
            .field("is_retryable", &self.is_retryable())
            .field("may_have_been_sent", &self.may_have_been_sent())
            .field("webhook", &self.webhook())
            .field("source", &self.0.source)
            .finish()
    }
}
