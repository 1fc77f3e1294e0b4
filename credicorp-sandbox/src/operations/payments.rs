use http::StatusCode;

use super::list::{page, slice, start_of_day};
use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::{NewCollection, NewDisbursement, NewPaymentLink, PaymentFilter};

pub(super) fn create_disbursement(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewDisbursement = input.body()?;
    let payment = shared.world(|world, now| world.create_disbursement(new, now))?;
    Answer::json(StatusCode::CREATED, &payment)
}

pub(super) fn create_collection(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewCollection = input.body()?;
    let payment = shared.world(|world, now| world.create_collection(new, now))?;
    Answer::json(StatusCode::CREATED, &payment)
}

pub(super) fn list(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    const LIST: &str = "payments";
    let slice = slice(shared, input, LIST)?;
    let filter = PaymentFilter {
        account_id: input.text("account_id").map(str::to_owned),
        status: input.text("status").map(str::to_owned),
        created_after: start_of_day(input, "created_after")?,
        created_before: start_of_day(input, "created_before")?,
    };
    shared.world(|world, _| page(shared, LIST, world.payments(&filter, &slice)))
}

pub(super) fn get(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.payment(input.id())?))
}

pub(super) fn create_link(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewPaymentLink = input.body()?;
    let link = shared.world(|world, now| world.create_payment_link(new, now))?;
    Answer::json(StatusCode::CREATED, &link)
}

pub(super) fn get_link(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.payment_link(input.id())?))
}
