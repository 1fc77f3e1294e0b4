//! Random walks through the state: whatever is asked for in whatever order, the books balance, and every event is what the spec says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::schedule::after;
use super::*;
use crate::page::Slice;
use crate::problem::Problem;

struct Walk {
    seed: u64,
    world: World,
    now: Timestamp,
    dice: u64,
    applications: Vec<String>,
    offers: Vec<String>,
    payments: Vec<String>,
    links: Vec<String>,
    events: Vec<String>,
    /// How often each step was done, and how often it was refused.
    steps: BTreeMap<&'static str, [u32; 2]>,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let delay = Duration::from_millis(300);
        let delays = Delays { decision: delay, payment: delay };
        let ids = Arc::new(Ids::new(seed));
        Self {
            seed,
            world: World::new(Spec::load().unwrap(), ids, "http://127.0.0.1:1", delays),
            now: "2026-06-29T10:14:02Z".parse().unwrap(),
            dice: seed,
            applications: Vec::new(),
            offers: Vec::new(),
            payments: Vec::new(),
            links: Vec::new(),
            events: Vec::new(),
            steps: BTreeMap::new(),
        }
    }

    /// The world as it would be written to a file.
    fn saved(&self) -> String {
        serde_json::to_string(&(self.world.save(), self.world.ids.save())).unwrap()
    }

    /// Goes on in another world, from what this one saved.
    fn restart(&mut self) {
        let (world, ids) = serde_json::from_str(&self.saved()).unwrap();
        let url = self.world.url.clone();
        self.world = Self::new(self.seed).world;
        self.world.restore(world, Move { from: &url, to: &url });
        self.world.ids.restore(ids);
    }

    /// A number below the limit, the same on every run.
    fn roll(&mut self, limit: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) as usize % limit.max(1)
    }

    fn pick(&mut self, of: fn(&Self) -> &Vec<String>) -> String {
        let place = self.roll(of(self).len());
        of(self).get(place).cloned().unwrap_or_else(|| "none".to_owned())
    }

    fn account(&mut self) -> String {
        let slice = Slice::new(Some(100), None);
        let place = self.roll(self.world.accounts(&slice).0.len());
        let (accounts, _) = self.world.accounts(&slice);
        accounts.get(place).map_or("none", |account| &account.id).to_owned()
    }

    fn step(&mut self) {
        let pause = [0, 100, 300, 1_000, 5 * 24 * 3_600_000][self.roll(5)];
        self.now = after(self.now, Duration::from_millis(pause));
        self.world.settle(self.now);
        let (name, result) = self.ask();
        let counts = self.steps.entry(name).or_default();
        counts[usize::from(result.is_err())] += 1;
        if let Err(problem) = result {
            let codes = ["invalid_state", "resource_not_found", "validation_error"];
            assert!(codes.contains(&problem.code), "{name}: {problem:?}");
        }
        self.check();
    }

    fn ask(&mut self) -> (&'static str, Result<(), Problem>) {
        let (now, amount) = (self.now, [1, 50_000, 223_958, 2_000_000][self.roll(4)]);
        match self.roll(13) {
            0 => ("create", self.create()),
            1 => {
                let id = self.pick(|walk| &walk.applications);
                ("withdraw", self.world.withdraw_application(&id, now).map(drop))
            }
            2 | 3 => {
                let id = self.pick(|walk| &walk.offers);
                ("accept", self.world.accept_offer(&id, now).map(drop))
            }
            4 | 5 => {
                let new = json!({ "application_id": self.pick(|walk| &walk.applications) });
                let made = self.world.create_disbursement(serde_json::from_value(new).unwrap(), now);
                ("draw", made.map(|payment| self.payments.push(payment.id)))
            }
            6 => {
                let id = self.pick(|walk| &walk.payments);
                ("release", self.world.release_disbursement(&id, now))
            }
            7 => {
                let id = self.pick(|walk| &walk.payments);
                ("fail", self.world.fail_payment(&id, FailureCode::InsufficientFunds, now))
            }
            8 => {
                let id = self.pick(|walk| &walk.payments);
                ("return", self.world.return_payment(&id, now))
            }
            9 => {
                let id = self.pick(|walk| &walk.payments);
                ("settle", self.world.settle_payment(&id, now))
            }
            10 => {
                let due_on = now.to_zoned(jiff::tz::TimeZone::UTC).date();
                let new = json!({ "account_id": self.account(), "amount_pence": amount, "due_on": due_on });
                let made = self.world.create_collection(serde_json::from_value(new).unwrap(), now);
                ("collect", made.map(|payment| self.payments.push(payment.id)))
            }
            11 => {
                let new = json!({ "amount_pence": amount, "reference": "r", "account_id": self.account() });
                let made = self.world.create_payment_link(serde_json::from_value(new).unwrap(), now);
                ("link", made.map(|link| self.links.push(json!(link)["id"].as_str().unwrap().to_owned())))
            }
            _ => {
                let id = self.pick(|walk| &walk.links);
                ("pay", self.world.pay_link(&id, now).map(|payment| self.payments.push(payment)))
            }
        }
    }

    fn create(&mut self) -> Result<(), Problem> {
        let business = json!({ "company_number": "16093826" });
        let new = json!({ "business": business, "amount_pence": 2_500_000, "term_months": 12 });
        let id = self.world.create_application(serde_json::from_value(new).unwrap(), self.now).id;
        self.world.submit_application(&id, self.now)?;
        self.applications.push(id);
        Ok(())
    }

    fn check(&mut self) {
        for event in self.world.take_events() {
            assert_eq!(self.world.spec.event_violation(event.kind(), event.body()), None);
            let body: Value = serde_json::from_slice(event.body()).unwrap();
            if event.kind() == "offer.created" {
                self.offers.push(body["data"]["offer_id"].as_str().unwrap().to_owned());
            }
            self.events.push(body.to_string());
        }
        let (accounts, _) = self.world.accounts(&Slice::new(Some(100), None));
        for account in accounts {
            let of_account = self.payments.iter().map(|id| json!(self.world.payment(id).unwrap()));
            let repaid: i64 = of_account
                .filter(|payment| payment["account_id"] == account.id && payment["kind"] == "repayment")
                .filter(|payment| payment["status"] == "settled")
                .map(|payment| payment["amount_pence"].as_i64().unwrap())
                .sum();
            let shown = json!(account);
            let (balance, arrears) =
                (shown["balance_pence"].as_i64().unwrap(), shown["arrears_pence"].as_i64().unwrap());
            let application = json!(self.world.application(&account.application_id).unwrap());
            assert_eq!(
                (&application["status"], &application["account_id"]),
                (&json!("funded"), &shown["id"])
            );
            let expected = match (shown["status"].as_str().unwrap(), balance, arrears) {
                ("closed" | "settled", 0, 0) => 2_687_500 * i64::from(shown["status"] == "settled"),
                ("active", 1.., 0) => 2_687_500 - balance,
                ("in_arrears", 1.., 1..) if arrears <= balance => 2_687_500 - balance,
                other => panic!("{other:?}"),
            };
            assert_eq!(repaid, expected, "{shown}");
        }
    }
}

#[test]
fn the_books_balance_whatever_is_done() {
    let mut steps = BTreeMap::<_, [u32; 2]>::new();
    for seed in 0..8 {
        let mut walk = Walk::new(seed);
        (0..600).for_each(|_| walk.step());
        for (name, [done, refused]) in walk.steps {
            let total = steps.entry(name).or_default();
            total[0] += done;
            total[1] += refused;
        }
    }
    assert_eq!(steps.len(), 11);
    for (name, [done, refused]) in steps {
        assert!(done > 0 && (refused > 0 || name == "create"), "{name}: {done} done, {refused} refused");
    }
}

#[test]
fn the_same_walk_leads_to_the_same_place() {
    let walk = |seed| {
        let mut walk = Walk::new(seed);
        (0..400).for_each(|_| walk.step());
        walk.events
    };
    assert_eq!(walk(3), walk(3));
    assert_ne!(walk(3), walk(4));
}

#[test]
fn a_walk_goes_on_from_what_was_saved_as_if_nothing_had_been() {
    let mut done = BTreeMap::<_, u32>::new();
    // Walks that get as far as paying back.
    for seed in [6, 16, 19] {
        let (mut straight, mut restarted) = (Walk::new(seed), Walk::new(seed));
        for step in 0..500 {
            straight.step();
            restarted.step();
            if step % 25 == 0 {
                restarted.restart();
            }
        }
        assert_eq!(straight.events, restarted.events);
        assert_eq!(straight.saved(), restarted.saved());
        straight.steps.iter().for_each(|(name, [count, _])| *done.entry(*name).or_default() += count);
    }
    assert!(done.len() == 11 && done.values().all(|count| *count > 0), "{done:?}");
}
