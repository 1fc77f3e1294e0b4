use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use credicorp_sandbox::{Fault, Sandbox};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{block_in_place, coop, spawn_blocking};

use super::Client;
use crate::test_support::{HOUR, Script, answer, clock, ok};
use crate::types::{Business, NewApplication};
use crate::{ErrorKind, Pence};

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .redirect_uri("https://yourapp.com/return")
}

fn client(sandbox: &Sandbox) -> Client {
    Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).build().unwrap()
}

fn scripted(script: &Script) -> Client {
    let builder = Client::builder().secret_key("sk_test_hunter2").api_base("http://127.0.0.1:9");
    builder.timeout(HOUR).ambient(clock()).wire(Arc::new(script.clone())).build().unwrap()
}

/// A sandbox on threads of its own, for tests on plain threads.
fn sandbox() -> (Runtime, Sandbox) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    (runtime, sandbox)
}

#[test]
fn the_surface_on_a_plain_thread() {
    let (_runtime, sandbox) = sandbox();
    let cc = client(&sandbox);
    let application =
        cc.applications().create(new_application()).idempotency_key("order_88421").send().unwrap();
    sandbox.inject(Fault::status(503));
    let response = cc.applications().get(&application.id).with_response().send().unwrap();
    assert_eq!((response.attempts(), &response.id), (2, &application.id));
    for _ in 0..4 {
        cc.applications().create(new_application()).send().unwrap();
    }
    for prefetch in [false, true] {
        let list = cc.applications().list().limit(2);
        let list = if prefetch { list.prefetch() } else { list };
        let walked: HashSet<_> = list.clone().iter().map(|application| application.unwrap().id).collect();
        let lengths: Vec<_> = list.pages().map(|page| page.unwrap().data.len()).collect();
        assert_eq!((walked.len(), lengths), (5, vec![2, 2, 1]));
    }
    let error = cc.applications().get("app_unknown").send().unwrap_err();
    assert_eq!(error.code(), Some("resource_not_found"));
    assert!(!cc.access_token().unwrap().expose().is_empty());
    assert_eq!(sandbox.requests_to("create_token").len(), 1);
}

#[test]
fn two_hundred_threads_over_one_client() {
    let (_runtime, sandbox) = sandbox();
    let cc = client(&sandbox);
    let ids: HashSet<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..200)
            .map(|_| scope.spawn(|| cc.applications().create(new_application()).send().unwrap().id))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!((ids.len(), sandbox.requests_to("create_token").len()), (200, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_in_spawn_blocking_and_in_block_in_place() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    let clone = cc.clone();
    spawn_blocking(move || clone.applications().create(new_application()).send()).await.unwrap().unwrap();
    let listed = block_in_place(|| cc.applications().list().iter().count());
    assert_eq!(listed, 1);
}

/// Calls of every sort on this thread, which polls a task: each is refused, and the task keeps the budget it had.
fn refused(cc: &Client) {
    let errors = [
        cc.applications().get("app_1").send().unwrap_err(),
        cc.applications().submit("app_1").with_response().send().unwrap_err(),
        cc.applications().list().iter().next().unwrap().unwrap_err(),
        cc.applications().list().pages().next().unwrap().unwrap_err(),
        cc.access_token().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains("credicorp::Client"), "{error}");
        assert!(!error.may_have_been_sent());
    }
    assert!(coop::has_budget_remaining(), "the question has cost the task nothing");
}

#[test]
fn on_a_thread_that_polls_a_task_it_is_an_error_that_names_the_async_client() {
    let script = Script::calls([]);
    let cc = scripted(&script);
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = builder.enable_all().build().unwrap();
        runtime.block_on(async { refused(&cc) });
        let clone = cc.clone();
        runtime.block_on(async {
            tokio::task::JoinSet::from_iter([async move { refused(&clone) }]).join_all().await
        });
        let local = tokio::task::LocalSet::new();
        runtime.block_on(local.run_until(async { refused(&cc) }));
    }
    assert_eq!((script.seen().len(), script.seen_mints().len()), (0, 0));
    assert!(!cc.account.core.runtime.has_started());
}

#[tokio::test]
async fn a_task_that_cannot_be_told_from_a_thread_waits_and_does_not_panic() {
    let script = Script::calls([ok()]);
    let cc = scripted(&script);
    let call = coop::unconstrained(async { cc.applications().get("app_1").send() });
    assert_eq!(call.await.unwrap().id.as_str(), "app_1");
}

#[test]
fn the_thread_starts_with_the_first_call_and_ends_with_the_last_clone() {
    let script = Script::calls([ok(), ok()]);
    let cc = scripted(&script);
    assert!(!cc.account.core.runtime.has_started(), "nothing is spawned before the first call");
    cc.applications().get("app_1").send().unwrap();
    let handle = cc.account.core.runtime.handle().unwrap();
    let other = cc.with_credentials(crate::Credentials::secret_key("sk_test_other")).unwrap();
    let call = other.applications().get("app_1");
    drop((cc, other));
    assert_eq!(handle.block_on(async { 1 }), 1, "a prepared call keeps it");
    call.send().unwrap();
    let after = handle.spawn_blocking(|| ());
    let plain = Builder::new_current_thread().build().unwrap();
    assert!(plain.block_on(after).unwrap_err().is_cancelled(), "the runtime is gone, and its thread joined");
}

#[tokio::test]
async fn a_client_and_a_walk_may_be_dropped_in_a_task() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    let walk = spawn_blocking(move || {
        for _ in 0..2 {
            cc.applications().create(new_application()).send().unwrap();
        }
        let mut walk = cc.applications().list().limit(1).prefetch().iter();
        walk.next().unwrap().unwrap();
        walk
    });
    drop(walk.await.unwrap());
}

#[test]
fn a_walk_with_a_request_in_flight_may_be_dropped_on_a_plain_thread() {
    let (_runtime, sandbox) = sandbox();
    let cc = client(&sandbox);
    for _ in 0..2 {
        cc.applications().create(new_application()).send().unwrap();
    }
    let mut walk = cc.applications().list().limit(1).prefetch().iter();
    walk.next().unwrap().unwrap();
    drop(walk);
    assert_eq!(cc.applications().list().send().unwrap().data.len(), 2);
}

#[test]
fn a_failed_page_is_asked_for_again_and_an_ended_walk_stays_ended() {
    let page = |id: &str, next: &str| {
        let application = crate::test_support::APPLICATION.replace("app_1", id);
        answer(200).body(format!(r#"{{"data":[{application}],"has_more":true,"next_cursor":"{next}"}}"#))
    };
    let script = Script::calls([page("a", "c1"), answer(500), page("b", "c1")]);
    let mut walk = scripted(&script).applications().list().max_retries(0).iter();
    assert_eq!(walk.next().unwrap().unwrap().id.as_str(), "a");
    assert_eq!(walk.next().unwrap().unwrap_err().status().unwrap().as_u16(), 500);
    assert_eq!(walk.next().unwrap().unwrap().id.as_str(), "b");
    assert_eq!(walk.cursor(), Some("c1"));
    assert_eq!(walk.next().unwrap().unwrap_err().kind(), ErrorKind::Decode, "the cursor came back");
    assert!(walk.next().is_none() && walk.next().is_none());
}
