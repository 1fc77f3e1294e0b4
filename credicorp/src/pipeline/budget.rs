//! The retry budget: a client whose calls keep failing stops adding load to a server that is down.
//!
//! A client starts with 500 tokens. A repeat takes 14 (5 after a throttling answer); a success at first try gives 1
//! back, a success after repeats gives back what its last repeat took. A repeat that the budget cannot pay is not made.

use std::sync::{Mutex, PoisonError};

const FULL: u32 = 500;

#[derive(Debug)]
pub(crate) struct Budget(Mutex<u32>);

impl Budget {
    pub(crate) fn full() -> Self {
        Self(Mutex::new(FULL))
    }

    /// Pays for a repeat; false if there is not enough left.
    pub(crate) fn take(&self, cost: u32) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = left.checked_sub(cost);
        *left = rest.unwrap_or(*left);
        rest.is_some()
    }

    /// Gives back after a success: what its last repeat took, or 1.
    pub(crate) fn give(&self, last_cost: Option<u32>) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + last_cost.unwrap_or(1)).min(FULL);
    }

    #[cfg(test)]
    pub(crate) fn left(&self) -> u32 {
        *self.0.lock().unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pays_until_it_is_empty_and_never_fills_above_full() {
        let budget = Budget::full();
        budget.give(None);
        assert_eq!(budget.left(), FULL);
        let paid = std::iter::repeat_with(|| budget.take(14)).take_while(|paid| *paid).count();
        assert_eq!((paid, budget.left()), (35, 10));
        assert!(budget.take(5));
        budget.give(Some(14));
        assert_eq!(budget.left(), 19);
    }
}
