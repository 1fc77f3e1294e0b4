//! The table of the commands.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Command, Run, read, refuse, trigger};
use crate::error::Error;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::FailureCode;

/// The one command that takes its time.
pub(super) const FLUSH: &str = "webhooks/flush";

const NOTHING: &str = "{}";
const PAYMENT: &str = r#"{"payment_id":"pay_1"}"#;
const LINK: &str = r#"{"link_id":"plink_1"}"#;

pub(crate) const COMMANDS: &[Command] = &[
    command("clock/advance", r#"{"seconds":3600}"#, "Moves the clock forward.", |shared, body| {
        let Advance { seconds } = read(body)?;
        let by =
            std::time::Duration::try_from_secs_f64(seconds).map_err(|error| refuse(error.to_string()))?;
        shared.clock.advance(by);
        now(shared)
    }),
    command(
        "clock/set",
        r#"{"at":"2026-06-29T10:14:02Z"}"#,
        "Stops the clock at this time.",
        |shared, body| {
            let Set { at } = read(body)?;
            shared.clock.set(at);
            now(shared)
        },
    ),
    command("clock/freeze", NOTHING, "Stops the clock where it is.", |shared, body| {
        let Nothing {} = read(body)?;
        shared.clock.freeze();
        now(shared)
    }),
    command("clock/resume", NOTHING, "Lets a stopped clock run on.", |shared, body| {
        let Nothing {} = read(body)?;
        shared.clock.resume();
        now(shared)
    }),
    command(
        "faults/inject",
        r#"{"status":503,"retry_after":1,"times":2,"on":"create_application"}"#,
        "Has the next requests fail: status, delay_ms, reset (before, after) or half_body; on, times, probability; retry_after, headers, body, html.",
        |shared, body| {
            let fault = Fault::from_json(body).map_err(|error| refuse(error.to_string()))?;
            shared.faults.inject(fault);
            done()
        },
    ),
    command("faults/clear", NOTHING, "Forgets the faults that are not used up.", |shared, body| {
        let Nothing {} = read(body)?;
        shared.faults.clear();
        done()
    }),
    command(
        "tokens/expire",
        NOTHING,
        "Ends every access token given so far: 401 token_expired.",
        |shared, body| {
            let Nothing {} = read(body)?;
            shared.tokens.expire_all();
            done()
        },
    ),
    command(
        "tokens/revoke",
        NOTHING,
        "Revokes every access token given so far: 401 token_revoked.",
        |shared, body| {
            let Nothing {} = read(body)?;
            shared.tokens.revoke_all();
            done()
        },
    ),
    command("requests/clear", NOTHING, "Forgets the requests received so far.", |shared, body| {
        let Nothing {} = read(body)?;
        shared.requests.clear();
        done()
    }),
    command("payments/release", PAYMENT, "Opens the manual gate in front of a draw-down.", |shared, body| {
        let OfPayment { payment_id } = read(body)?;
        shared.world(|world, now| world.release_disbursement(&payment_id, now)).and_then(|()| done())
    }),
    command("payments/settle", PAYMENT, "Settles a scheduled or processing payment now.", |shared, body| {
        let OfPayment { payment_id } = read(body)?;
        shared.world(|world, now| world.settle_payment(&payment_id, now)).and_then(|()| done())
    }),
    command(
        "payments/fail",
        r#"{"payment_id":"pay_1","code":"insufficient_funds"}"#,
        "Has a payment fail that has not settled: insufficient_funds, technical_error or disputed_by_customer.",
        |shared, body| {
            let Fail { payment_id, code } = read(body)?;
            shared.world(|world, now| world.fail_payment(&payment_id, code, now)).and_then(|()| done())
        },
    ),
    command("payments/return", PAYMENT, "Has a processing or settled payment go back.", |shared, body| {
        let OfPayment { payment_id } = read(body)?;
        shared.world(|world, now| world.return_payment(&payment_id, now)).and_then(|()| done())
    }),
    command("links/pay", LINK, "Pays a payment link, as its payer does.", |shared, body| {
        let OfLink { link_id } = read(body)?;
        let payment = shared.world(|world, now| world.pay_link(&link_id, now))?;
        Ok(json!({ "payment_id": payment }))
    }),
    command("links/cancel", LINK, "Cancels an open payment link.", |shared, body| {
        let OfLink { link_id } = read(body)?;
        shared.world(|world, _| world.cancel_link(&link_id)).and_then(|()| done())
    }),
    command(
        "identity_checks/fail",
        r#"{"check_id":"idc_1","reason":"document_expired"}"#,
        "Ends a pending identity check as failed.",
        |shared, body| {
            let FailCheck { check_id, reason } = read(body)?;
            shared
                .world(|world, now| world.fail_identity_check(&check_id, &reason, now))
                .and_then(|()| done())
        },
    ),
    command(
        "webhooks/deliver_to",
        r#"{"url":"http://127.0.0.1:3000/webhooks"}"#,
        "Delivers every event from now on to this address; gives the secret.",
        |shared, body| {
            let DeliverTo { url } = read(body)?;
            shared.deliver_webhooks_to(&url).map_err(refused)?;
            Ok(json!({ "secret": shared.credentials.webhook_secret }))
        },
    ),
    command(FLUSH, NOTHING, "Answers when every delivery that is due has been attempted.", |_, body| {
        let Nothing {} = read(body)?;
        done()
    }),
    command(
        "webhooks/redeliver",
        r#"{"event_id":"evt_1"}"#,
        "Delivers an event once more.",
        |shared, body| {
            let Redeliver { event_id } = read(body)?;
            shared.settle();
            let endpoints = shared.webhooks.redeliver(&event_id, shared.clock.now());
            Ok(json!({ "endpoints": endpoints.map_err(refused)? }))
        },
    ),
    command(
        "webhooks/duplicate",
        r#"{"events":1}"#,
        "Delivers each of the next events twice.",
        |shared, body| {
            let Duplicate { events } = read(body)?;
            shared.settle();
            shared.webhooks.duplicate(events);
            done()
        },
    ),
    command("webhooks/hold", NOTHING, "Holds back every delivery.", |shared, body| {
        let Nothing {} = read(body)?;
        shared.webhooks.hold();
        done()
    }),
    command(
        "webhooks/release",
        r#"{"reverse":true}"#,
        "Lets the held deliveries go, the last one first if so asked.",
        |shared, body| {
            let Release { reverse } = read(body)?;
            shared.settle();
            shared.webhooks.release(reverse, shared.clock.now());
            done()
        },
    ),
    command("state/save", NOTHING, "Writes the state file now.", |shared, body| {
        let Nothing {} = read(body)?;
        shared.save_state().map_err(refused)?;
        done()
    }),
    command(
        "trigger",
        r#"{"event":"payment.settled"}"#,
        "Does what leads to an event of this type, moving the clock on where that takes time.",
        |shared, body| {
            let Trigger { event } = read(body)?;
            trigger::run(shared, &event)
        },
    ),
];

const fn command(name: &'static str, body: &'static str, about: &'static str, run: Run) -> Command {
    Command { name, body, about, run }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    at: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPayment {
    payment_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fail {
    payment_id: String,
    code: FailureCode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfLink {
    link_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailCheck {
    check_id: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliverTo {
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redeliver {
    event_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duplicate {
    events: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    #[serde(default)]
    reverse: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trigger {
    event: String,
}

fn done() -> Result<Value, Problem> {
    Ok(json!({ "done": true }))
}

fn now(shared: &Shared) -> Result<Value, Problem> {
    // What fell due by the move happens before anybody is told of it.
    shared.settle();
    shared.webhooks.wake();
    Ok(json!({ "now": shared.clock.now() }))
}

fn refused(error: Error) -> Problem {
    Problem::invalid_state(format!("{error}."))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_command_is_told_apart_and_takes_the_body_that_it_shows() {
        let names: HashSet<_> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        for command in COMMANDS {
            let shared = Shared::new(&crate::Sandbox::builder(), "http://127.0.0.1:1".to_owned()).unwrap();
            let shown: Value = serde_json::from_str(command.body).unwrap();
            if let Err(problem) = (command.run)(&shared, shown.clone()) {
                // There is no such payment, link, check or event.
                assert!(
                    ["resource_not_found", "invalid_state"].contains(&problem.code),
                    "{}: {problem:?}",
                    command.name
                );
            }
            let mut wrong = shown;
            wrong["nonsense"] = true.into();
            let problem = (command.run)(&shared, wrong).unwrap_err();
            assert_eq!(problem.code, "validation_error", "{}", command.name);
        }
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../README.md");
        for command in COMMANDS {
            let line = format!("| `{}` | `{}` | {} |", command.name, command.body, command.about);
            assert!(readme.contains(&line), "the README lacks\n{line}");
        }
    }
}
