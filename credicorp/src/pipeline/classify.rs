//! The truth table: what an attempt came to, and what is done about it.
//!
//! The table stands once, here. The pipeline asks it, its test walks it, and `docs/retries.md` is printed from it.

use std::time::Duration;

use http::StatusCode;

use super::delay::{BASE, BASE_THROTTLED};

/// What one attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Success,
    Replayed,
    Unauthorized,
    RequestTimeout,
    KeyInProgress,
    Throttled,
    ServerFailed,
    Refused,
    NotConnected,
    Unsendable,
    TimedOut,
    Broken,
    TooLarge,
}

/// Whether the call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The outcome is the caller's.
    Never,
    /// Once, after that very token was dropped and a fresh one minted; outside the count of retries.
    OnceAfterMint,
    /// A read, or a write under an idempotency key.
    IfSafe,
    /// Any call: the request provably was not sent.
    Always,
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the place in the table says it; the test holds them together")
    )]
    pub(crate) signal: Signal,
    /// The row in words, for the documentation.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test prints the documentation from it"))]
    pub(crate) when: &'static str,
    pub(crate) repeat: Repeat,
    /// The base of the backoff when the server gives no hint.
    pub(crate) base: Duration,
    /// What a repeat takes from the retry budget.
    pub(crate) cost: u32,
}

const fn row(signal: Signal, when: &'static str, repeat: Repeat) -> Row {
    Row { signal, when, repeat, base: BASE, cost: 14 }
}

/// The table. Its order is that of `docs/retries.md`.
pub(crate) const TABLE: [Row; 13] = [
    row(Signal::Success, "2xx", Repeat::Never),
    row(Signal::Replayed, "any error answer marked `Idempotency-Replayed: true`", Repeat::Never),
    row(Signal::Unauthorized, "401 on a call that carried a token", Repeat::OnceAfterMint),
    row(Signal::RequestTimeout, "408", Repeat::IfSafe),
    row(Signal::KeyInProgress, "409 `idempotency_key_in_progress`", Repeat::IfSafe),
    Row { signal: Signal::Throttled, when: "429", repeat: Repeat::IfSafe, base: BASE_THROTTLED, cost: 5 },
    row(Signal::ServerFailed, "5xx, but 501 and 505", Repeat::IfSafe),
    row(Signal::Refused, "any other answer: 3xx, 4xx, 501, 505", Repeat::Never),
    row(Signal::NotConnected, "no connection could be made", Repeat::Always),
    row(Signal::Unsendable, "a request that the HTTP stack cannot send", Repeat::Never),
    row(Signal::TimedOut, "no complete answer within the attempt's timeout", Repeat::IfSafe),
    row(Signal::Broken, "the connection broke after the request may have been sent", Repeat::IfSafe),
    row(Signal::TooLarge, "an answer over 16 MiB", Repeat::Never),
];

impl Signal {
    /// The row of this signal.
    pub(crate) fn row(self) -> &'static Row {
        // The table is in the order of the enum, which its test holds to.
        &TABLE[self as usize]
    }

    /// What an answer is. `code` is asked for only where it matters.
    pub(crate) fn of_answer(
        status: StatusCode,
        replayed: bool,
        with_token: bool,
        code: impl FnOnce() -> Option<String>,
    ) -> Self {
        match status.as_u16() {
            200..=299 => Self::Success,
            _ if replayed => Self::Replayed,
            401 if with_token => Self::Unauthorized,
            408 => Self::RequestTimeout,
            409 if code().as_deref() == Some("idempotency_key_in_progress") => Self::KeyInProgress,
            429 => Self::Throttled,
            501 | 505 => Self::Refused,
            500..=599 => Self::ServerFailed,
            _ => Self::Refused,
        }
    }
}

/// `docs/retries.md`, printed from the table.
#[cfg(test)]
pub(crate) fn document() -> String {
    let mut text =
        String::from("| an attempt came to | repeated | backoff base | retry budget |\n|---|---|---|---|\n");
    for row in &TABLE {
        let repeat = match row.repeat {
            Repeat::Never => "no",
            Repeat::OnceAfterMint => "once, with a fresh token, even with 0 retries",
            Repeat::IfSafe => "a read, or a write under its idempotency key",
            Repeat::Always => "yes: the request was not sent",
        };
        let (base, cost) = match row.repeat {
            Repeat::Never | Repeat::OnceAfterMint => ("—".to_owned(), "—".to_owned()),
            Repeat::IfSafe | Repeat::Always => (format!("{:?}", row.base), row.cost.to_string()),
        };
        text.push_str(&format!("| {} | {repeat} | {base} | {cost} |\n", row.when));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_signals() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.signal as usize, index, "{:?}", row.signal);
            assert_eq!(row.signal.row().signal, row.signal);
        }
    }

    #[test]
    fn every_status_has_its_signal() {
        let named =
            |status: u16| Signal::of_answer(StatusCode::from_u16(status).unwrap(), false, true, || None);
        for status in 100..1000 {
            let expected = match status {
                200..=299 => Signal::Success,
                401 => Signal::Unauthorized,
                408 => Signal::RequestTimeout,
                429 => Signal::Throttled,
                500 | 502..=504 | 506..=599 => Signal::ServerFailed,
                _ => Signal::Refused,
            };
            assert_eq!(named(status), expected, "{status}");
        }
    }

    #[test]
    fn marks_and_codes_decide() {
        let conflict =
            |code: &str| Signal::of_answer(StatusCode::CONFLICT, false, true, || Some(code.to_owned()));
        assert_eq!(conflict("idempotency_key_in_progress"), Signal::KeyInProgress);
        assert_eq!(conflict("idempotency_key_reused"), Signal::Refused);
        assert_eq!(Signal::of_answer(StatusCode::BAD_GATEWAY, true, true, || None), Signal::Replayed);
        assert_eq!(Signal::of_answer(StatusCode::OK, true, true, || None), Signal::Success);
        assert_eq!(Signal::of_answer(StatusCode::UNAUTHORIZED, false, false, || None), Signal::Refused);
    }

    #[test]
    fn the_documentation_is_what_the_table_says() {
        let committed = include_str!("../../docs/retries.md");
        assert!(
            committed.ends_with(&document()),
            "docs/retries.md must end with this table:\n\n{}",
            document()
        );
    }
}
