//! What changed between two specs, in the words of the API.
//!
//! *Breaking* is what stops a program written against the last version of the client from compiling or from working.
//! Everything else is *additive*. Which it is depends on the direction:
//!
//! | change | in what is sent | in what is answered |
//! |---|---|---|
//! | a field comes, required | breaking: old programs do not send it | additive |
//! | a field comes, optional | additive | additive |
//! | a field goes | breaking | breaking |
//! | an optional field becomes required, or the other way | breaking: `new` takes other arguments | breaking if it was or becomes an `Option` |
//! | a bound becomes tighter | breaking | not told: it binds nobody |
//! | a value of an enum comes | additive | additive: enums are open |

mod types;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::model::{Idempotency, Model, Operation};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether old programs survive it.
    pub effect: Effect,
    /// What changed, in the words of the API.
    pub text: String,
}

/// Whether programs survive a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They do.
    Additive,
    /// Some do not.
    Breaking,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Additive => "additive",
            Effect::Breaking => "breaking",
        };
        write!(f, "{effect}  {}", self.text)
    }
}

/// What changed from one to the other.
pub fn changes(old: &Model, new: &Model) -> Vec<Change> {
    let mut changes = Changes::default();
    for (id, pair) in paired(&old.operations, &new.operations) {
        let about = format!("operation {id}");
        match pair {
            Pair::Removed(_) => changes.breaking(&about, "removed"),
            Pair::Added(new) => changes.additive(&about, format!("added, {} {}", new.method, new.path)),
            Pair::Both(old, new) => operation(&about, old, new, &mut changes),
        }
    }
    types::types(old, new, &mut changes);
    for (name, pair) in paired(&old.events, &new.events) {
        let about = format!("event {name}");
        match pair {
            Pair::Removed(_) => changes.breaking(&about, "removed"),
            Pair::Added(_) => changes.additive(&about, "added"),
            Pair::Both(..) => {}
        }
    }
    changes.0
}

fn operation(about: &str, old: &Operation, new: &Operation, changes: &mut Changes) {
    if (&old.method, &old.path) != (&new.method, &new.path) {
        let text = format!("is {} {} now, not {} {}", new.method, new.path, old.method, old.path);
        changes.breaking(about, text);
    }
    if old.scope != new.scope {
        let text = format!("needs the scope {} now, not {}", or_none(&new.scope), or_none(&old.scope));
        changes.add(if new.scope.is_none() { Effect::Additive } else { Effect::Breaking }, about, text);
    }
    match (old.authenticated, new.authenticated) {
        (false, true) => changes.breaking(about, "needs a token now"),
        (true, false) => changes.additive(about, "needs no token any more"),
        _ => {}
    }
    match (old.idempotency, new.idempotency) {
        (old, new) if old == new => {}
        (_, Idempotency::Required) => changes.breaking(about, "requires an Idempotency-Key now"),
        (_, Idempotency::None) => changes.breaking(about, "takes no Idempotency-Key any more"),
        (_, Idempotency::Optional) => changes.additive(about, "takes an Idempotency-Key, and does without"),
    }
    for (what, old, new) in [("sends", &old.request, &new.request), ("answers", &old.answer, &new.answer)] {
        if old != new {
            changes.breaking(about, format!("{what} {} now, not {}", or_none(new), or_none(old)));
        }
    }
    for (name, pair) in paired(&old.parameters, &new.parameters) {
        types::field(&format!("{about}, parameter {name}"), pair, types::Role::Parameter, changes);
    }
}

fn or_none(name: &Option<String>) -> &str {
    name.as_deref().unwrap_or("nothing")
}

/// What was found so far.
#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, effect: Effect, about: &str, text: impl fmt::Display) {
        self.0.push(Change { effect, text: format!("{about}: {text}") });
    }

    fn additive(&mut self, about: &str, text: impl fmt::Display) {
        self.add(Effect::Additive, about, text);
    }

    fn breaking(&mut self, about: &str, text: impl fmt::Display) {
        self.add(Effect::Breaking, about, text);
    }
}

/// What became of one thing of a name.
#[derive(Clone, Copy)]
enum Pair<'a, T> {
    Removed(&'a T),
    Added(&'a T),
    Both(&'a T, &'a T),
}

/// The things of two versions, matched by name.
fn paired<'a, T>(
    old: &'a BTreeMap<String, T>,
    new: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a str, Pair<'a, T>)> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter_map(move |name| {
        let pair = match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => Pair::Both(old, new),
            (Some(old), None) => Pair::Removed(old),
            (None, Some(new)) => Pair::Added(new),
            (None, None) => return None,
        };
        Some((name.as_str(), pair))
    })
}
