use http::StatusCode;

use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::NewIdentityCheck;

pub(super) fn create(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewIdentityCheck = input.body()?;
    let check = shared.world(|world, now| world.create_identity_check(new, now))?;
    Answer::json(StatusCode::CREATED, &check)
}

pub(super) fn get(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.identity_check(input.id())?))
}
