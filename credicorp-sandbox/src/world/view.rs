//! What the sandbox's own pages show: the latest of everything, as the API answers it.

use serde::Serialize;
use serde_json::{Value, json};

use super::shelf::{Resource, Shelf};
use super::{Application, JOURNEYS, PAY_PAGES, PaymentFilter, PaymentLink, World};
use crate::page::Slice;
use crate::world::ApplicationFilter;

/// The latest of each kind, newest first.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) applications: Vec<Value>,
    pub(crate) payments: Vec<Value>,
    pub(crate) accounts: Vec<Value>,
    pub(crate) links: Vec<Value>,
    pub(crate) checks: Vec<Value>,
}

impl World {
    pub(crate) fn view(&self, limit: i64) -> View {
        let slice = Slice::new(Some(limit), None);
        View {
            applications: shown(&self.applications(&ApplicationFilter::default(), &slice).0),
            payments: shown(&self.payments(&PaymentFilter::default(), &slice).0),
            accounts: shown(&self.accounts(&slice).0),
            links: latest(&self.links, &slice),
            checks: latest(&self.checks, &slice),
        }
    }

    /// The application of a hosted journey.
    pub(crate) fn application_of_journey(&self, journey: &str) -> Option<&Application> {
        self.applications.find(|application| is_page(&application.handoff_url, JOURNEYS, journey))
    }

    /// The link of a payer's page.
    pub(crate) fn link_of_page(&self, page: &str) -> Option<&PaymentLink> {
        self.links.find(|link| is_page(&link.url, PAY_PAGES, page))
    }
}

/// Whether an address ends with the folder and the name.
fn is_page(url: &str, folder: &str, name: &str) -> bool {
    url.strip_suffix(name).is_some_and(|url| url.ends_with(folder))
}

fn latest<T: Resource + Serialize>(shelf: &Shelf<T>, slice: &Slice) -> Vec<Value> {
    shown(&shelf.page(slice, |_| true).0)
}

fn shown<T: Serialize>(items: &[&T]) -> Vec<Value> {
    items.iter().map(|item| json!(item)).collect()
}
