//! The endpoints of the project, at most 20 of them.

use std::sync::Arc;

use jiff::Timestamp;

use super::endpoint::{Endpoint, EndpointUpdate, NewEndpoint};
use crate::ids::Ids;
use crate::page::Slice;
use crate::problem::Problem;
use crate::state::Whole;

const LIMIT: usize = 20;

pub(crate) struct Registry {
    ids: Arc<Ids>,
    /// Oldest first. Deleted ones keep their places, so that cursors stay right.
    endpoints: Vec<Endpoint>,
}

impl Registry {
    pub(super) fn new(ids: Arc<Ids>) -> Self {
        Self { ids, endpoints: Vec::new() }
    }

    pub(crate) fn create(&mut self, new: NewEndpoint, now: Timestamp) -> Result<&Endpoint, Problem> {
        self.add(new, None, now)
    }

    /// Creates an endpoint, with this secret or one of its own.
    pub(super) fn add(
        &mut self,
        new: NewEndpoint,
        secret: Option<String>,
        now: Timestamp,
    ) -> Result<&Endpoint, Problem> {
        if self.endpoints.iter().filter(|endpoint| !endpoint.hidden.deleted).count() >= LIMIT {
            return Err(Problem::invalid_state(format!(
                "There are {LIMIT} webhook endpoints already; delete one first."
            )));
        }
        let id = self.ids.next("whend");
        let secret = secret.unwrap_or_else(|| self.secret(&id, 0));
        self.endpoints.push(Endpoint::new(id.clone(), new, secret, now));
        self.get(&id)
    }

    fn secret(&self, id: &str, rotations: u32) -> String {
        format!("whsec_{}", self.ids.secret(&format!("webhook secret {id} {rotations}"), 32))
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Endpoint, Problem> {
        let found = self.endpoints.iter().find(|endpoint| endpoint.id == id && !endpoint.hidden.deleted);
        found.ok_or_else(|| Problem::resource_not_found("webhook endpoint", id))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Result<&mut Endpoint, Problem> {
        let found = self.endpoints.iter_mut().find(|endpoint| endpoint.id == id && !endpoint.hidden.deleted);
        found.ok_or_else(|| Problem::resource_not_found("webhook endpoint", id))
    }

    /// Newest first.
    pub(crate) fn page(&self, slice: &Slice) -> (Vec<&Endpoint>, Option<u64>) {
        slice.cut(&self.endpoints, |endpoint| !endpoint.hidden.deleted)
    }

    pub(crate) fn update(&mut self, id: &str, update: EndpointUpdate) -> Result<&Endpoint, Problem> {
        let endpoint = self.get_mut(id)?;
        endpoint.update(update);
        Ok(endpoint)
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), Problem> {
        self.get_mut(id)?.hidden.deleted = true;
        Ok(())
    }

    pub(crate) fn rotate_secret(&mut self, id: &str, now: Timestamp) -> Result<&Endpoint, Problem> {
        let secret = self.secret(id, self.get(id)?.hidden.rotations + 1);
        let endpoint = self.get_mut(id)?;
        endpoint.rotate(secret, now);
        Ok(endpoint)
    }

    /// Whether every event goes to this address already, signed with this secret.
    pub(super) fn has(&self, url: &str, secret: &str) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.url == url && endpoint.takes_all_for(secret))
    }

    pub(super) fn save(&self) -> Vec<Whole<Endpoint>> {
        self.endpoints.iter().map(Whole::of).collect()
    }

    pub(super) fn restore(&mut self, endpoints: Vec<Whole<Endpoint>>) {
        self.endpoints = endpoints.into_iter().map(Whole::into_resource).collect();
    }

    /// The ids of the endpoints that get an event of this type.
    pub(super) fn takers(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.endpoints
            .iter()
            .filter(move |endpoint| endpoint.is_enabled() && endpoint.wants(kind))
            .map(|endpoint| endpoint.id.as_str())
    }
}
