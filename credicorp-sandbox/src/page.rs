//! Lists, newest first, one page at a time.
//!
//! A cursor is the place of the last item that was given, sealed so that nobody makes one up. Items only ever come on top, so a
//! cursor stays right while a list grows, and it can be kept and resumed from at any time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::mac;
use crate::problem::Problem;

/// Items on a page when the request does not say.
const DEFAULT_LIMIT: usize = 25;
const SEAL: usize = 8;

/// The part of a list that a request asks for.
#[derive(Debug)]
pub(crate) struct Slice {
    limit: usize,
    /// Only items at places below this one.
    before: Option<u64>,
}

impl Slice {
    pub(crate) fn new(limit: Option<i64>, before: Option<u64>) -> Self {
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
        Self { limit, before }
    }

    /// The items of the page from a list that has the oldest first, and the place to go on from if there is more.
    pub(crate) fn cut<'a, T>(&self, items: &'a [T], keep: impl Fn(&T) -> bool) -> (Vec<&'a T>, Option<u64>) {
        let end = self.before.and_then(|before| usize::try_from(before).ok()).unwrap_or(items.len());
        let older = items.get(..end).unwrap_or(items);
        let mut found = older.iter().enumerate().rev().filter(|(_, item)| keep(item));
        let page: Vec<_> = found.by_ref().take(self.limit).collect();
        let next = page.last().filter(|_| found.next().is_some()).map(|(place, _)| *place as u64);
        (page.into_iter().map(|(_, item)| item).collect(), next)
    }
}

/// A page as it is answered.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    pub(crate) has_more: bool,
    pub(crate) next_cursor: Option<String>,
}

/// Seals and opens the cursors of one sandbox.
#[derive(Debug)]
pub(crate) struct Cursors {
    key: String,
}

impl Cursors {
    pub(crate) fn new(key: String) -> Self {
        Self { key }
    }

    pub(crate) fn seal(&self, list: &str, place: u64) -> String {
        let place = place.to_be_bytes();
        let seal = mac::sign(self.key.as_bytes(), &[list.as_bytes(), &place]);
        URL_SAFE_NO_PAD.encode([&place[..], &seal[..SEAL]].concat())
    }

    /// The place that a cursor of this list stands for.
    pub(crate) fn open(&self, list: &str, cursor: &str) -> Result<u64, Problem> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Problem::invalid_cursor())?;
        let (place, seal) = bytes.split_first_chunk::<8>().ok_or_else(Problem::invalid_cursor)?;
        if seal.len() != SEAL || !mac::verify(self.key.as_bytes(), &[list.as_bytes(), place], seal) {
            return Err(Problem::invalid_cursor());
        }
        Ok(u64::from_be_bytes(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(items: &[u32], limit: i64, keep: impl Fn(&u32) -> bool) -> Vec<Vec<u32>> {
        let mut pages = Vec::new();
        let mut before = None;
        loop {
            let (page, next) = Slice::new(Some(limit), before).cut(items, &keep);
            pages.push(page.into_iter().copied().collect());
            before = next;
            if next.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn pages_are_newest_first_and_end_without_an_empty_one() {
        assert_eq!(walk(&[1, 2, 3, 4], 2, |_| true), [[4, 3], [2, 1]]);
        assert_eq!(walk(&[1, 2, 3, 4, 5], 2, |item| item % 2 == 1), [vec![5, 3], vec![1]]);
        assert_eq!(walk(&[], 2, |_| true), [Vec::<u32>::new()]);
        assert_eq!(Slice::new(None, None).cut(&[0; 30], |_| true).0.len(), DEFAULT_LIMIT);
    }

    #[test]
    fn a_page_does_not_move_when_items_come_on_top() {
        let (_, next) = Slice::new(Some(2), None).cut(&[1, 2, 3, 4], |_| true);
        let (page, _) = Slice::new(Some(2), next).cut(&[1, 2, 3, 4, 5, 6], |_| true);
        assert_eq!(page, [&2, &1]);
    }

    #[test]
    fn a_cursor_is_of_its_list_only() {
        let cursors = Cursors::new("key".to_owned());
        let cursor = cursors.seal("applications", 7);
        assert_eq!(cursors.open("applications", &cursor).unwrap(), 7);
        for (list, cursor) in
            [("payments", cursor.as_str()), ("applications", "b3BhcXVl"), ("applications", "%")]
        {
            assert_eq!(cursors.open(list, cursor).unwrap_err().code, "invalid_cursor");
        }
    }
}
