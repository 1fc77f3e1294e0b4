//! Ids that look opaque and are the same on every run.
//!
//! Each prefix counts for itself. The count is spread over all texts of eight base-62 digits by a step that shares no factor with 62, so that
//! no id comes twice and neighbours do not look alike; the seed moves where it starts.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::mac;
use crate::sync::lock;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 8;
/// 62 to the power of [`LENGTH`].
const SPACE: u64 = 218_340_105_584_896;
/// Odd and no multiple of 31: coprime to [`SPACE`].
const STEP: u64 = 134_943_606_358_731;

#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    given: Mutex<BTreeMap<String, u64>>,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, given: Mutex::default() }
    }

    /// The next id of a kind: the prefix, an underscore, eight digits.
    pub(crate) fn next(&self, prefix: &'static str) -> String {
        let mut given = lock(&self.given);
        let count = given.get(prefix).copied().unwrap_or(0);
        let id = spread(offset(self.seed, prefix), count);
        match given.get_mut(prefix) {
            Some(given) => *given += 1,
            None => drop(given.insert(prefix.to_owned(), 1)),
        }
        format!("{prefix}_{id}")
    }

    /// How many ids of each kind were given.
    pub(crate) fn save(&self) -> BTreeMap<String, u64> {
        lock(&self.given).clone()
    }

    pub(crate) fn restore(&self, given: BTreeMap<String, u64>) {
        *lock(&self.given) = given;
    }

    /// A secret text of this length that depends on the seed and the name alone.
    pub(crate) fn secret(&self, name: &str, length: usize) -> String {
        let key = self.seed.to_be_bytes();
        let mut bytes = Vec::with_capacity(length + 32);
        let mut block = 0_u8;
        while bytes.len() < length {
            bytes.extend(mac::sign(&key, &[name.as_bytes(), &[block]]));
            block = block.wrapping_add(1);
        }
        bytes.iter().take(length).map(|byte| char::from(DIGITS[usize::from(*byte) % DIGITS.len()])).collect()
    }
}

fn offset(seed: u64, prefix: &str) -> u64 {
    let digest = mac::sign(&seed.to_be_bytes(), &[b"id ", prefix.as_bytes()]);
    digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte)) % SPACE
}

fn spread(offset: u64, count: u64) -> String {
    let place = (u128::from(count) * u128::from(STEP) + u128::from(offset)) % u128::from(SPACE);
    let mut rest = place as usize;
    let mut text = [0; LENGTH];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    text.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_step_shares_no_factor_with_the_space() {
        assert_eq!(SPACE, 62_u64.pow(LENGTH as u32));
        assert!([2, 31].iter().all(|factor| !STEP.is_multiple_of(*factor)));
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let (one, two, other) = (Ids::new(7), Ids::new(7), Ids::new(8));
        let ids: Vec<_> = (0..3).map(|_| one.next("app")).collect();
        one.next("dec");
        assert_eq!(ids, (0..3).map(|_| two.next("app")).collect::<Vec<_>>());
        assert_ne!(ids[0], other.next("app"));
        assert_eq!(one.secret("key", 40), two.secret("key", 40));
        assert_ne!(one.secret("key", 40), one.secret("another", 40));
    }

    #[test]
    fn no_id_comes_twice() {
        let ids = Ids::new(0);
        let seen: HashSet<_> = (0..20_000).map(|_| ids.next("app")).collect();
        assert_eq!(seen.len(), 20_000);
        assert!(seen.iter().all(|id| id.len() == "app_".len() + LENGTH));
    }
}
