use serde_json::{Value, json};

use super::*;

const DELAY: Duration = Duration::from_millis(300);

fn start() -> (World, Timestamp) {
    let delays = Delays { decision: DELAY, payment: DELAY };
    let world = World::new(Spec::load().unwrap(), Arc::new(Ids::new(0)), "http://127.0.0.1:1", delays);
    (world, "2026-06-29T10:14:02Z".parse().unwrap())
}

fn submitted(world: &mut World, company: &str, now: Timestamp) -> String {
    let new =
        json!({ "business": { "company_number": company }, "amount_pence": 2_500_000, "term_months": 12 });
    let id = world.create_application(serde_json::from_value(new).unwrap(), now).id;
    world.submit_application(&id, now).unwrap();
    id
}

fn status(world: &World, id: &str) -> &'static str {
    world.application(id).unwrap().status.as_str()
}

fn created(event: &Event) -> Timestamp {
    serde_json::from_slice::<Value>(event.body()).unwrap()["created"].as_str().unwrap().parse().unwrap()
}

fn decision(world: &World, id: &str) -> Value {
    json!(world.decision(id).unwrap())
}

#[test]
fn an_application_goes_through_its_life_by_the_clock() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "16093826", now);
    let mut seen = Vec::new();
    for milliseconds in [0, 99, 100, 299, 300] {
        world.settle(now + Duration::from_millis(milliseconds));
        seen.push(status(&world, &id));
    }
    assert_eq!(seen, ["submitted", "submitted", "in_review", "in_review", "approved"]);
    let events = world.take_events();
    let kinds: Vec<_> = events.iter().map(|event| (event.kind(), created(event))).collect();
    let at = |milliseconds| now + Duration::from_millis(milliseconds);
    assert_eq!(
        kinds,
        [
            ("application.submitted", now),
            ("application.updated", now),
            ("application.updated", at(100)),
            ("application.updated", at(300)),
            ("decision.completed", at(300)),
            ("offer.created", at(300)),
        ]
    );
}

#[test]
fn things_happen_when_they_were_due_even_if_nobody_looked() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "16093826", now);
    world.settle(now + Duration::from_secs(3600));
    let decided: Timestamp = decision(&world, &id)["decided_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(decided, now + DELAY);
}

#[test]
fn every_test_company_decides_as_the_contract_says() {
    for (company, outcome, reasons) in [
        ("16093826", "approved", json!([])),
        ("00000401", "approved", json!([])),
        ("00000403", "declined", json!(["adverse_credit"])),
        ("00000404", "declined", json!(["affordability"])),
        ("00000405", "declined", json!(["identity_unverified"])),
        ("00000406", "declined", json!(["insufficient_trading_history"])),
        ("00000407", "declined", json!(["out_of_appetite"])),
    ] {
        let (mut world, now) = start();
        let id = submitted(&mut world, company, now);
        world.settle(now + DELAY);
        let decision = decision(&world, &id);
        assert_eq!(status(&world, &id), outcome, "{company}");
        assert_eq!((&decision["outcome"], &decision["reasons"]), (&json!(outcome), &reasons), "{company}");
        assert_eq!(decision["offers"].as_array().unwrap().len(), usize::from(outcome == "approved"));
    }
}

#[test]
fn a_referral_ends_in_half_the_amount() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "00000402", now);
    world.settle(now + DELAY);
    let referred = decision(&world, &id);
    assert_eq!((&referred["outcome"], &referred["offers"]), (&json!("referred"), &json!([])));
    assert_eq!(status(&world, &id), "in_review");
    world.settle(now + DELAY * 2);
    let end = decision(&world, &id);
    assert_eq!((&end["outcome"], &end["amount_pence"]), (&json!("approved"), &json!(1_250_000)));
    assert_eq!(end["offers"][0]["amount_pence"], 1_250_000);
    assert_eq!(end["id"], referred["id"]);
}

#[test]
fn an_offer_is_open_for_two_weeks() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "16093826", now);
    world.settle(now + DELAY);
    let offer = decision(&world, &id)["offers"][0].clone();
    assert_eq!((&offer["status"], &offer["total_cost_pence"]), (&json!("open"), &json!(2_687_500)));
    world.settle(now + Duration::from_secs(15 * 24 * 3600));
    assert_eq!(decision(&world, &id)["offers"][0]["status"], "expired");
}

#[test]
fn a_withdrawn_application_is_never_decided() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "16093826", now);
    assert_eq!(world.decision(&id).unwrap_err().code, "decision_not_ready");
    world.withdraw_application(&id, now).unwrap();
    world.settle(now + DELAY * 9);
    assert_eq!(status(&world, &id), "withdrawn");
    assert_eq!(world.decision(&id).unwrap_err().code, "invalid_state");
    assert_eq!(world.withdraw_application(&id, now).unwrap_err().code, "invalid_state");
    assert_eq!(world.submit_application(&id, now).unwrap_err().code, "invalid_state");
}

#[test]
fn a_withdrawn_approval_loses_its_offer() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "16093826", now);
    world.settle(now + DELAY);
    world.withdraw_application(&id, now + DELAY).unwrap();
    assert_eq!(decision(&world, &id)["offers"][0]["status"], "expired");
}

#[test]
fn one_refresh_at_a_time() {
    let (mut world, now) = start();
    let id = submitted(&mut world, "16093826", now);
    world.settle(now + DELAY);
    let decision_id = decision(&world, &id)["id"].as_str().unwrap().to_owned();
    world.take_events();
    world.refresh_decision(&decision_id, now + DELAY).unwrap();
    assert_eq!(world.refresh_decision(&decision_id, now + DELAY).unwrap_err().code, "refresh_in_progress");
    world.settle(now + DELAY * 2);
    let events = world.take_events();
    assert_eq!(events.iter().map(Event::kind).collect::<Vec<_>>(), ["decision.completed"]);
    assert!(world.refresh_decision(&decision_id, now + DELAY * 2).is_ok());
}
