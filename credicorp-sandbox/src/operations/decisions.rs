use http::StatusCode;

use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::Problem;
use crate::shared::Shared;

pub(super) fn get(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.decision(input.id())?))
}

pub(super) fn refresh(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let decision = shared.world(|world, now| world.refresh_decision(input.id(), now))?;
    Answer::json(StatusCode::ACCEPTED, &decision)
}

pub(super) fn accept_offer(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let offer = shared.world(|world, now| world.accept_offer(input.id(), now))?;
    Answer::json(StatusCode::OK, &offer)
}
