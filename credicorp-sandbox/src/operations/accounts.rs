use http::StatusCode;
use serde_json::json;

use super::list::{page, slice};
use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::Problem;
use crate::shared::Shared;

pub(super) fn list(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    const LIST: &str = "accounts";
    let slice = slice(shared, input, LIST)?;
    shared.world(|world, _| page(shared, LIST, world.accounts(&slice)))
}

pub(super) fn get(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.account(input.id())?))
}

pub(super) fn schedule(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let schedule = shared.world(|world, _| world.account(input.id()).map(crate::world::Account::schedule))?;
    Answer::json(StatusCode::OK, &json!({ "data": schedule }))
}
