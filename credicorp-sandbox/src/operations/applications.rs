use http::StatusCode;

use super::list::{page, slice, start_of_day};
use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::{ApplicationFilter, NewApplication};

pub(super) fn create(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewApplication = input.body()?;
    let application = shared.world(|world, now| world.create_application(new, now));
    Answer::json(StatusCode::CREATED, &application)
}

pub(super) fn list(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    const LIST: &str = "applications";
    let slice = slice(shared, input, LIST)?;
    let filter = ApplicationFilter {
        status: input.text("status").map(str::to_owned),
        created_after: start_of_day(input, "created_after")?,
        created_before: start_of_day(input, "created_before")?,
    };
    shared.world(|world, _| page(shared, LIST, world.applications(&filter, &slice)))
}

pub(super) fn get(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.application(input.id())?))
}

pub(super) fn submit(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let application = shared.world(|world, now| world.submit_application(input.id(), now))?;
    Answer::json(StatusCode::OK, &application)
}

pub(super) fn withdraw(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let application = shared.world(|world, now| world.withdraw_application(input.id(), now))?;
    Answer::json(StatusCode::OK, &application)
}
