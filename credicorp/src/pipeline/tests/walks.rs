//! Waits and lists: calls made of calls.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::ErrorKind;
use crate::test_support::{Script, Step, answer, clock, coded};

const DECISION: &str = r#"{"id":"dec_1","application_id":"app_1","outcome":"referred"}"#;

fn not_ready() -> Step {
    coded(409, "decision_not_ready")
}

#[tokio::test]
async fn a_wait_polls_backing_off_until_there_is_a_decision_of_any_outcome() {
    let clock = clock();
    let script =
        Script::calls([not_ready(), not_ready(), not_ready(), answer(503), answer(200).body(DECISION)]);
    let client = script.client(&clock);
    let decision = client.applications().decision("app_1").wait(Duration::from_secs(30)).await.unwrap();
    assert_eq!(decision.outcome, crate::types::Outcome::Referred);
    let waits: Vec<u128> = clock.slept().iter().map(Duration::as_millis).collect();
    assert_eq!(waits, [250, 500, 1_000, 250], "three pauses, and the repeat after the 503");
    assert_eq!(script.seen()[0].path, "/partner/v1/decisions/app_1");
}

#[tokio::test]
async fn a_wait_whose_time_is_up_tells_the_last_answer_as_a_timeout() {
    let clock = clock();
    let script = Script::calls(vec![not_ready(); 20]);
    let client = script.client(&clock);
    let error = client.applications().decision("app_1").wait(Duration::from_secs(10)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some("decision_not_ready")));
    assert_eq!(clock.slept().iter().sum::<Duration>(), Duration::from_secs(10));
    assert_eq!(
        script.seen().len(),
        6,
        "at 0, 0.25, 0.75, 1.75, 3.75 and 7.75 s; the rest of the time is waited out"
    );
    let script = Script::calls([not_ready(), Step::Never]);
    let error = script
        .client(&clock)
        .applications()
        .decision("app_1")
        .wait(Duration::from_secs(1))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some("decision_not_ready")));
}

#[tokio::test]
async fn a_deadline_counts_for_the_whole_wait() {
    let waited = |configure: fn(crate::ClientBuilder) -> crate::ClientBuilder, deadline: Option<Duration>| async move {
        let clock = clock();
        let client = Script::calls(vec![not_ready(); 20]).client_with(&clock, configure);
        let decision = client.applications().decision("app_1");
        let decision = deadline.map_or(decision.clone(), |deadline| decision.deadline(deadline));
        let error = decision.wait(Duration::from_secs(60)).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some("decision_not_ready")));
        clock.slept().iter().sum::<Duration>()
    };
    assert_eq!(waited(|builder| builder, Some(Duration::from_secs(5))).await, Duration::from_secs(5));
    assert_eq!(
        waited(|builder| builder.deadline(Duration::from_secs(7)), None).await,
        Duration::from_secs(7)
    );
}

#[tokio::test]
async fn a_wait_of_no_time_is_one_poll() {
    let script = Script::calls([not_ready()]);
    let error =
        script.client(&clock()).applications().decision("app_1").wait(Duration::ZERO).await.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (ErrorKind::Timeout, 1));
}

#[tokio::test]
async fn a_wait_ends_with_any_other_error() {
    let client = Script::calls([not_ready(), coded(404, "resource_not_found")]).client(&clock());
    let error = client.applications().decision("app_1").wait(Duration::from_secs(10)).await.unwrap_err();
    assert_eq!(error.code(), Some("resource_not_found"));
}

/// A page of applications with these ids.
fn page(ids: &[&str], next: Option<&str>) -> Step {
    let data: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({"id": id, "status": "brand_new", "amount_pence": 1, "term_months": 12, "created_at": "2026-06-29T10:14:02Z"}))
        .collect();
    answer(200)
        .body(serde_json::json!({"data": data, "has_more": next.is_some(), "next_cursor": next}).to_string())
}

fn paths(script: &Script) -> Vec<String> {
    script.seen().into_iter().map(|seen| seen.path).collect()
}

#[tokio::test]
async fn a_walk_goes_over_empty_pages_to_the_end() {
    let script = Script::calls([page(&["a", "b"], Some("c1")), page(&[], Some("c2")), page(&["c"], None)]);
    let client = script.client(&clock());
    let mut items = client
        .applications()
        .list()
        .limit(2)
        .status("funded")
        .created_after(jiff::civil::date(2026, 6, 1))
        .stream();
    let mut walked = Vec::new();
    while let Some(item) = items.next().await {
        walked.push((item.unwrap().id.to_string(), items.cursor().map(str::to_owned)));
    }
    assert_eq!(walked, [("a".into(), None), ("b".into(), None), ("c".into(), Some("c2".to_owned()))]);
    assert!(items.next().await.is_none(), "the end stays the end");
    let filters = "created_after=2026-06-01";
    assert_eq!(
        paths(&script),
        [
            format!("/partner/v1/applications?{filters}&limit=2&status=funded"),
            format!("/partner/v1/applications?{filters}&cursor=c1&limit=2&status=funded"),
            format!("/partner/v1/applications?{filters}&cursor=c2&limit=2&status=funded"),
        ]
    );
    assert!(script.seen().iter().all(|seen| seen.header("idempotency-key").is_none()), "a read sends no key");
}

#[tokio::test]
async fn one_page_is_plain_data_and_a_cursor_goes_on_from_it() {
    let script = Script::calls([page(&["a"], Some("c1")), page(&["b"], None)]);
    let client = script.client(&clock());
    let first = client.applications().list().limit(1).await.unwrap();
    assert!(first.has_more);
    let second = client.applications().list().limit(1).cursor(first.next_cursor.unwrap()).await.unwrap();
    assert_eq!((second.data[0].id.as_str(), second.has_more, second.next_cursor), ("b", false, None));
}

#[tokio::test]
async fn has_more_and_the_cursor_must_agree() {
    for end in [
        r#"{"data":[],"has_more":false,"next_cursor":"c1"}"#,
        r#"{"data":[],"has_more":true,"next_cursor":null}"#,
        r#"{"data":[],"has_more":true}"#,
    ] {
        let client = Script::calls([answer(200).body(end)]).client(&clock());
        let mut pages = client.applications().list().pages();
        assert!(!pages.next().await.unwrap().unwrap().has_more, "{end}");
        assert!(pages.next().await.is_none(), "{end}");
    }
}

#[tokio::test]
async fn a_repeated_cursor_is_an_error_after_its_page() {
    let script = Script::calls([page(&["a"], Some("c1")), page(&["b"], Some("c1"))]);
    let mut items = script.client(&clock()).applications().list().stream();
    assert_eq!(items.next().await.unwrap().unwrap().id.as_str(), "a");
    assert_eq!(items.next().await.unwrap().unwrap().id.as_str(), "b");
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn cursors_that_go_in_a_circle_end_with_an_error() {
    let circle = ["c1", "c2", "c3"].into_iter().cycle().take(40);
    let script = Script::calls(circle.map(|next| page(&["a"], Some(next))).collect::<Vec<_>>());
    let mut pages = script.client(&clock()).applications().list().pages();
    let mut walked = 0;
    let error = loop {
        match pages.next().await.unwrap() {
            Ok(_) => walked += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(walked < 12, "{walked} pages of a circle of three");
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_walk_that_is_gone_on_with_knows_where_it_started() {
    let script = Script::calls([coded(500, "server_error"), page(&["a"], None)]);
    let mut items = script.client(&clock()).applications().list().cursor("c5").max_retries(0).stream();
    items.next().await.unwrap().unwrap_err();
    assert_eq!(items.cursor(), Some("c5"), "before any page came");
    items.next().await.unwrap().unwrap();
    assert_eq!(items.cursor(), Some("c5"));
}

#[tokio::test]
async fn a_failed_page_is_asked_for_again_and_nothing_is_lost() {
    let script = Script::calls([page(&["a"], Some("c1")), coded(500, "server_error"), page(&["b"], None)]);
    let mut items = script.client(&clock()).applications().list().max_retries(0).stream();
    assert_eq!(items.next().await.unwrap().unwrap().id.as_str(), "a");
    assert_eq!(items.next().await.unwrap().unwrap_err().code(), Some("server_error"));
    assert_eq!(items.next().await.unwrap().unwrap().id.as_str(), "b");
    assert!(items.next().await.is_none());
    assert_eq!(
        paths(&script)[1..],
        ["/partner/v1/applications?cursor=c1", "/partner/v1/applications?cursor=c1"]
    );
}

#[tokio::test]
async fn a_prefetch_asks_for_the_next_page_while_this_one_is_handled() {
    let gate = Arc::new(Semaphore::new(0));
    let second = Step::Gate(Arc::clone(&gate), Box::new(page(&["c"], None)));
    let script = Script::calls([page(&["a", "b"], Some("c1")), second.clone()]);
    let mut items = script.client(&clock()).applications().list().prefetch().stream();
    items.next().await.unwrap().unwrap();
    assert_eq!(script.seen().len(), 2, "the request for the second page is out with the first item");
    assert_eq!(items.cursor(), None);
    items.next().await.unwrap().unwrap();
    gate.add_permits(1);
    assert_eq!(items.next().await.unwrap().unwrap().id.as_str(), "c");
    assert_eq!((items.cursor(), script.seen().len()), (Some("c1"), 2));
    assert!(items.next().await.is_none());

    let script = Script::calls([page(&["a", "b"], Some("c1")), second]);
    let mut items = script.client(&clock()).applications().list().stream();
    items.next().await.unwrap().unwrap();
    assert_eq!(script.seen().len(), 1, "without prefetch it is not");
}

#[tokio::test]
async fn an_id_that_could_leave_its_path_is_never_sent() {
    let script = Script::calls([]);
    let client = script.client(&clock());
    for id in ["..", "a\\b", "", "x/../y", "a%2fb", ".", "a b", "ä", &"a".repeat(256)] {
        let error = client.applications().get(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{id:?}");
        assert!(!error.may_have_been_sent());
    }
    assert_eq!((script.seen().len(), script.seen_mints().len()), (0, 0));
}

#[tokio::test]
async fn an_option_that_cannot_be_fails_the_call_before_anything_is_sent() {
    let script = Script::calls([]);
    let applications = script.client(&clock()).applications();
    let errors = [
        applications.get("app_1").header("Authorization", "Bearer x").await.unwrap_err(),
        applications.get("app_1").header("x", "a\nb").await.unwrap_err(),
        applications.get("app_1").timeout(Duration::ZERO).await.unwrap_err(),
        applications.submit("app_1").idempotency_key("").await.unwrap_err(),
        applications.submit("app_1").idempotency_key("a b").await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Request, "{error}");
    }
    assert_eq!((script.seen().len(), script.seen_mints().len()), (0, 0));
}
