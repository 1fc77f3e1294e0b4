use http::StatusCode;

use super::list::{page, slice};
use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::webhooks::{EndpointUpdate, NewEndpoint};

pub(super) fn create(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewEndpoint = input.body()?;
    shared.endpoints(|endpoints, now| {
        Answer::json(StatusCode::CREATED, &endpoints.create(new, now)?.revealed())
    })
}

pub(super) fn list(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    const LIST: &str = "webhook_endpoints";
    let slice = slice(shared, input, LIST)?;
    shared.endpoints(|endpoints, _| page(shared, LIST, endpoints.page(&slice)))
}

pub(super) fn get(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.endpoints(|endpoints, _| Answer::json(StatusCode::OK, endpoints.get(input.id())?))
}

pub(super) fn update(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let update: EndpointUpdate = input.body()?;
    shared.endpoints(|endpoints, _| Answer::json(StatusCode::OK, endpoints.update(input.id(), update)?))
}

pub(super) fn delete(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.endpoints(|endpoints, _| endpoints.delete(input.id()))?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn rotate_secret(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.endpoints(|endpoints, now| {
        Answer::json(StatusCode::OK, &endpoints.rotate_secret(input.id(), now)?.revealed())
    })
}
