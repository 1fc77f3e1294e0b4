//! What leads to an event: an application of the company that is always approved, and as many of the steps after it as it takes.

use serde_json::{Value, json};

use super::refuse;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::{FailureCode, NewIdentityCheck};

/// The company whose applications are approved.
const APPROVED: &str = "16093826";

/// The last step that an event takes; each step takes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Submit,
    Decide,
    Accept,
    Fund,
}

/// Which way leads to an event.
enum Way {
    Lending(Step),
    FailedPayment,
    IdentityCheck,
}

fn way(event: &str) -> Option<Way> {
    Some(match event {
        "application.submitted" | "application.updated" => Way::Lending(Step::Submit),
        "decision.completed" | "offer.created" => Way::Lending(Step::Decide),
        "offer.accepted" => Way::Lending(Step::Accept),
        "payment.settled" | "application.funded" | "account.updated" => Way::Lending(Step::Fund),
        "payment.failed" => Way::FailedPayment,
        "identity.check.completed" => Way::IdentityCheck,
        _ => return None,
    })
}

/// Takes the steps, and tells the events that came of them.
pub(super) fn run(shared: &Shared, event: &str) -> Result<Value, Problem> {
    let way = way(event).ok_or_else(|| {
        let known: Vec<_> = shared.spec.event_types().collect();
        refuse(format!("{event:?} is no type of event; there are {}", known.join(", ")))
    })?;
    let before = shared.webhooks.last_event();
    let about = match way {
        Way::Lending(last) => lend(shared, last)?,
        Way::FailedPayment => {
            let draw = draw_down(shared, &lend(shared, Step::Accept)?)?;
            shared.world(|world, now| world.fail_payment(&draw, FailureCode::TechnicalError, now))?;
            draw
        }
        Way::IdentityCheck => {
            let new = serde_json::from_value::<NewIdentityCheck>(json!({}));
            let new = new.map_err(|error| Problem::server_error(error.to_string()))?;
            let check = shared.world(|world, now| world.create_identity_check(new, now))?;
            let id = text(&json!(check), "/id")?;
            shared.pass(shared.decision_delay());
            id
        }
    };
    let events = shared.webhooks.events_after(before.as_deref());
    let events: Vec<_> =
        events.iter().map(|event| json!({ "id": event.id(), "type": event.kind() })).collect();
    Ok(json!({ "about": about, "events": events, "now": shared.clock.now() }))
}

/// The id of an application that has come so far.
fn lend(shared: &Shared, last: Step) -> Result<String, Problem> {
    let new = json!({ "business": { "company_number": APPROVED }, "amount_pence": 2_500_000, "term_months": 12, "reference": "triggered" });
    let new = serde_json::from_value(new).map_err(|error| Problem::server_error(error.to_string()))?;
    let id = shared.world(|world, now| {
        let id = world.create_application(new, now).id;
        world.submit_application(&id, now).map(|_| id)
    })?;
    if last >= Step::Decide {
        shared.pass(shared.decision_delay());
    }
    if last >= Step::Accept {
        let decision = shared.world(|world, _| world.decision(&id).map(|decision| json!(decision)))?;
        let offer = text(&decision, "/offers/0/id")?;
        shared.world(|world, now| world.accept_offer(&offer, now).map(drop))?;
    }
    if last >= Step::Fund {
        let draw = draw_down(shared, &id)?;
        shared.world(|world, now| {
            world.release_disbursement(&draw, now)?;
            world.settle_payment(&draw, now)
        })?;
    }
    Ok(id)
}

/// The id of a draw-down that waits for its release.
fn draw_down(shared: &Shared, application: &str) -> Result<String, Problem> {
    let new = serde_json::from_value(json!({ "application_id": application }));
    let new = new.map_err(|error| Problem::server_error(error.to_string()))?;
    let payment =
        shared.world(|world, now| world.create_disbursement(new, now).map(|payment| json!(payment)))?;
    text(&payment, "/id")
}

fn text(value: &Value, pointer: &str) -> Result<String, Problem> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Problem::server_error(format!("There is nothing at {pointer} of {value}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_of_the_spec_can_be_triggered() {
        let shared = Shared::new(&crate::Sandbox::builder(), "http://127.0.0.1:1".to_owned()).unwrap();
        let mut count = 0;
        for event in shared.spec.event_types() {
            let answer = run(&shared, event).unwrap();
            let events = answer["events"].as_array().unwrap();
            assert!(events.iter().any(|found| found["type"] == event), "{event}: {answer}");
            count += 1;
        }
        assert_eq!(count, 10);
        assert_eq!(shared.violations(), Vec::<String>::new());
    }

    #[test]
    fn an_unknown_event_names_those_that_there_are() {
        let shared = Shared::new(&crate::Sandbox::builder(), "http://127.0.0.1:1".to_owned()).unwrap();
        let problem = run(&shared, "payment.succeeded").unwrap_err();
        assert!(problem.message.contains("payment.settled"), "{problem:?}");
    }
}
