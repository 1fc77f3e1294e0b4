//! What each operation does. An operation of the spec that is not in [`HANDLERS`] is validated like any other and then answered by 501
//! `not_emulated`: nothing is made up.

use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::answer::Answer;
use crate::exchange::Input;
use crate::page::{Page, Slice};
use crate::problem::{FieldError, Problem};
use crate::shared::Shared;
use crate::spec::Spec;
use crate::world::{ApplicationFilter, NewApplication};

#[derive(Debug)]
pub(crate) struct Handler {
    operation: &'static str,
    /// What the schema of the body cannot say.
    pub(crate) check: fn(&Spec, &Value) -> Vec<FieldError>,
    pub(crate) run: fn(&Shared, &Input) -> Result<Answer, Problem>,
}

/// Everything that is emulated, but for `create_token`, which is another protocol.
const HANDLERS: &[Handler] = &[
    Handler { operation: "create_application", check: NewApplication::check, run: create_application },
    Handler { operation: "list_applications", check: nothing_more, run: list_applications },
    Handler { operation: "get_application", check: nothing_more, run: get_application },
    Handler { operation: "submit_application", check: nothing_more, run: submit_application },
    Handler { operation: "withdraw_application", check: nothing_more, run: withdraw_application },
    Handler { operation: "get_decision", check: nothing_more, run: get_decision },
    Handler { operation: "refresh_decision", check: nothing_more, run: refresh_decision },
];

pub(crate) fn handler(operation: &str) -> Option<&'static Handler> {
    HANDLERS.iter().find(|handler| handler.operation == operation)
}

fn nothing_more(_: &Spec, _: &Value) -> Vec<FieldError> {
    Vec::new()
}

fn create_application(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let new: NewApplication = input.body()?;
    let application = shared.world(|world, now| world.create_application(new, now));
    Answer::json(StatusCode::CREATED, &application)
}

fn list_applications(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    const LIST: &str = "applications";
    let before = input.text("cursor").map(|cursor| shared.cursors.open(LIST, cursor)).transpose()?;
    let slice = Slice::new(input.integer("limit"), before);
    let filter = ApplicationFilter {
        status: input.text("status").map(str::to_owned),
        created_after: start_of_day(input, "created_after")?,
        created_before: start_of_day(input, "created_before")?,
    };
    shared.world(|world, _| {
        let (data, next) = world.applications(&filter, &slice);
        let next_cursor = next.map(|place| shared.cursors.seal(LIST, place));
        Answer::json(StatusCode::OK, &Page { data, has_more: next.is_some(), next_cursor })
    })
}

fn get_application(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.application(input.id())?))
}

fn submit_application(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let application = shared.world(|world, now| world.submit_application(input.id(), now))?;
    Answer::json(StatusCode::OK, &application)
}

fn withdraw_application(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let application = shared.world(|world, now| world.withdraw_application(input.id(), now))?;
    Answer::json(StatusCode::OK, &application)
}

fn get_decision(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    shared.world(|world, _| Answer::json(StatusCode::OK, world.decision(input.id())?))
}

fn refresh_decision(shared: &Shared, input: &Input) -> Result<Answer, Problem> {
    let decision = shared.world(|world, now| world.refresh_decision(input.id(), now))?;
    Answer::json(StatusCode::ACCEPTED, &decision)
}

/// A date of the query, from 00:00 UTC.
fn start_of_day(input: &Input, name: &str) -> Result<Option<Timestamp>, Problem> {
    let read = |text: &str| -> Result<Timestamp, jiff::Error> {
        Ok(text.parse::<Date>()?.to_zoned(TimeZone::UTC)?.timestamp())
    };
    let refuse =
        |_| Problem::of_fields(vec![FieldError::new(name, "invalid_format", "must be a valid date")]);
    input.text(name).map(read).transpose().or_else(|error| refuse(error).map_or(Ok(None), Err))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_emulated_is_just_this() {
        let spec = Spec::load().unwrap();
        for handler in HANDLERS {
            assert!(spec.operation(handler.operation).is_some(), "{}", handler.operation);
        }
        let mut missing: Vec<_> = spec.operations().iter().map(|operation| operation.id.as_str()).collect();
        missing.retain(|id| handler(id).is_none() && *id != "create_token");
        missing.sort_unstable();
        assert_eq!(
            missing,
            [
                "accept_offer",
                "create_collection",
                "create_disbursement",
                "create_identity_check",
                "create_payment_link",
                "create_webhook_endpoint",
                "delete_webhook_endpoint",
                "get_account",
                "get_account_schedule",
                "get_identity_check",
                "get_payment",
                "get_payment_link",
                "get_webhook_endpoint",
                "list_accounts",
                "list_payments",
                "list_webhook_endpoints",
                "rotate_webhook_secret",
                "update_webhook_endpoint",
            ]
        );
    }
}
