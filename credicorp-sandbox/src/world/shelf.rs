//! Resources of one kind, oldest first, found by id. Nothing is ever taken out: the place on the shelf is what cursors point at.

use std::collections::HashMap;

use crate::page::Slice;
use crate::problem::Problem;
use crate::state::{Hides, Whole};

pub(crate) trait Resource: Hides {
    /// As it is called in messages.
    const KIND: &'static str;

    fn id(&self) -> &str;
}

#[derive(Debug)]
pub(super) struct Shelf<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Resource> Shelf<T> {
    pub(super) fn put(&mut self, item: T) {
        self.places.insert(item.id().to_owned(), self.items.len());
        self.items.push(item);
    }

    pub(super) fn get(&self, id: &str) -> Result<&T, Problem> {
        let found = self.places.get(id).and_then(|place| self.items.get(*place));
        found.ok_or_else(|| Problem::resource_not_found(T::KIND, id))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Result<&mut T, Problem> {
        let found = self.places.get(id).and_then(|place| self.items.get_mut(*place));
        found.ok_or_else(|| Problem::resource_not_found(T::KIND, id))
    }

    /// The latest that is meant.
    pub(super) fn find(&self, is_meant: impl Fn(&T) -> bool) -> Option<&T> {
        self.items.iter().rev().find(|item| is_meant(item))
    }

    /// Oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }

    pub(super) fn save(&self) -> Vec<Whole<T>> {
        self.items.iter().map(Whole::of).collect()
    }

    /// The shelf of before, with each item as `change` leaves it.
    pub(super) fn restored(saved: Vec<Whole<T>>, mut change: impl FnMut(&mut T)) -> Self {
        let mut shelf = Self::default();
        for whole in saved {
            let mut item = whole.into_resource();
            change(&mut item);
            shelf.put(item);
        }
        shelf
    }

    /// Newest first.
    pub(super) fn page(&self, slice: &Slice, keep: impl Fn(&T) -> bool) -> (Vec<&T>, Option<u64>) {
        slice.cut(&self.items, keep)
    }
}
