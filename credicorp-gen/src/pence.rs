//! Money is a whole number of pence, and no float comes near it.
//!
//! ```text
//! Pence::from_pounds(25_000)  prints £25,000.00   on the wire 2500000
//! Pence::new(-5)              prints -£0.05       on the wire -5
//! "£1,234.56" and "1234.56"   read as 123456      "1,23" and "1.5" do not read
//! ```
//!
//! Arithmetic is checked: an amount that does not fit is `None`, never a wrapped or rounded one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An amount of money in pence sterling; negative amounts are owed the other way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Pence(i64);

impl Pence {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The greatest amount that fits.
    pub const MAX: Self = Self(i64::MAX);
    /// The least amount that fits.
    pub const MIN: Self = Self(i64::MIN);

    /// An amount of so many pence.
    pub const fn new(pence: i64) -> Self {
        Self(pence)
    }

    /// An amount of whole pounds. The argument's type is what makes it impossible to overflow.
    pub const fn from_pounds(pounds: i32) -> Self {
        Self(pounds as i64 * 100)
    }

    /// The number of pence.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether the amount is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or `None` where it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        wrap(self.0.checked_add(other.0))
    }

    /// The difference, or `None` where it does not fit.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        wrap(self.0.checked_sub(other.0))
    }

    /// The product with a plain number, or `None` where it does not fit.
    pub const fn checked_mul(self, factor: i64) -> Option<Self> {
        wrap(self.0.checked_mul(factor))
    }

    /// The sum of many amounts, or `None` where it does not fit at any step.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

const fn wrap(pence: Option<i64>) -> Option<Pence> {
    match pence {
        Some(pence) => Some(Pence(pence)),
        None => None,
    }
}

impl From<i64> for Pence {
    fn from(pence: i64) -> Self {
        Self(pence)
    }
}

impl From<Pence> for i64 {
    fn from(pence: Pence) -> Self {
        pence.0
    }
}

/// `£1,234.56`, and `-£0.05` below zero. Width, fill and alignment are honoured.
impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let digits = (magnitude / 100).to_string();
        let mut text = String::from(if self.is_negative() { "-£" } else { "£" });
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text.push_str(&format!(".{:02}", magnitude % 100));
        f.pad(&text)
    }
}

/// The text is not an amount of pounds and pence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsePenceError(());

impl fmt::Display for ParsePenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not an amount: write pounds as `1234`, `1234.56` or `£1,234.56`, with `-` first below zero",
        )
    }
}

impl std::error::Error for ParsePenceError {}

/// Reads `£1,234.56`, `1234.56` and `1234`: pounds, with commas in every place or in none, and two digits of pence or none.
impl FromStr for Pence {
    type Err = ParsePenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let text = text.strip_prefix('£').unwrap_or(text);
        let (pounds, pence) =
            text.split_once('.').map_or((text, None), |(pounds, pence)| (pounds, Some(pence)));
        magnitude(pounds, pence)
            .and_then(|magnitude| {
                if negative {
                    0_i64.checked_sub_unsigned(magnitude)
                } else {
                    0_i64.checked_add_unsigned(magnitude)
                }
            })
            .map(Self)
            .ok_or(ParsePenceError(()))
    }
}

fn magnitude(pounds: &str, pence: Option<&str>) -> Option<u64> {
    let pounds = digits(&ungroup(pounds)?)?;
    let pence = match pence {
        None => 0,
        Some(pence) if pence.len() == 2 => digits(pence)?,
        Some(_) => return None,
    };
    pounds.checked_mul(100)?.checked_add(pence)
}

/// Takes the commas out, if each stands before exactly three digits.
fn ungroup(pounds: &str) -> Option<String> {
    let mut groups = pounds.split(',');
    let first = groups.next()?;
    let grouped = pounds.contains(',');
    if grouped && !(1..=3).contains(&first.len()) {
        return None;
    }
    groups.try_fold(first.to_owned(), |whole, group| (group.len() == 3).then(|| whole + group))
}

/// Digits and nothing else: `u64::from_str` alone would take a sign.
fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
