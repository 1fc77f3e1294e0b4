use std::collections::BTreeSet;
use std::time::Duration;

use credicorp_sandbox::{Fault, Sandbox};
use http::Method;
use tokio::task::JoinSet;

use crate::caller::{APPLICATIONS, Caller, new_application};

#[tokio::test]
async fn an_error_carries_the_id_of_its_request() {
    let caller = Caller::start().await;
    let (one, two) = (caller.get("/partner/v1/nothing").await, caller.get("/partner/v1/nothing").await);
    assert_eq!(one.json()["error"]["request_id"].as_str(), one.header("credicorp-request-id"));
    assert_ne!(one.header("credicorp-request-id"), two.header("credicorp-request-id"));
}

#[tokio::test]
async fn an_unknown_route_is_404_and_another_method_is_405() {
    let caller = Caller::start().await;
    for path in
        ["/nowhere", "/partner/v1", "/partner/v1/brand_new", "/applications", "/partner/v1/applications/"]
    {
        caller.get(path).await.refused(404, "route_not_found");
    }
    let reply = caller.send(caller.request(Method::DELETE, APPLICATIONS)).await;
    reply.refused(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), Some("GET, POST"));
    let reply = caller.get("/oauth/token").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
}

#[tokio::test]
async fn requests_are_recorded_in_order_with_what_they_said() {
    let caller = Caller::start().await;
    caller.sandbox.clear_requests();
    caller.create_under("order_1", &new_application()).await;
    let reply = caller.get(&format!("{APPLICATIONS}?limit=5")).await;
    caller.get("/nowhere").await;
    let requests = caller.sandbox.requests();
    let operations: Vec<_> = requests.iter().map(|request| request.operation.as_deref()).collect();
    assert_eq!(operations, [Some("create_application"), Some("list_applications"), None]);
    let statuses: Vec<_> = requests.iter().map(|request| request.status.unwrap().as_u16()).collect();
    assert_eq!(statuses, [201, 200, 404]);
    let create = &requests[0];
    assert_eq!(
        (create.method.as_str(), create.path.as_str(), create.query.as_deref()),
        ("POST", APPLICATIONS, None)
    );
    assert_eq!(
        (create.header("idempotency-key"), create.json().unwrap()),
        (Some("order_1"), new_application())
    );
    assert!(create.header("authorization").unwrap().starts_with("Bearer "));
    assert_eq!(requests[1].query.as_deref(), Some("limit=5"));
    assert_eq!(Some(requests[1].request_id.as_str()), reply.header("credicorp-request-id"));
    assert_eq!(caller.sandbox.requests_to("list_applications").len(), 1);
    let shown = format!("{requests:?} {:?}", caller.sandbox);
    assert!(!shown.contains("Bearer") && !shown.contains("16093826"), "{shown}");
}

#[tokio::test]
async fn a_dropped_sandbox_is_gone() {
    let caller = Caller::start().await;
    let url = caller.sandbox.url().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(http.get(&url).send().await.unwrap().status(), 200);
    drop(caller);
    // The runtime comes round to the ended tasks.
    while http.get(&url).send().await.is_ok() {}
    let error = http.get(&url).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_dropped_sandbox_takes_running_requests_with_it() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::delay(Duration::from_secs(10)));
    let mut running = JoinSet::new();
    running.spawn(caller.request(Method::GET, APPLICATIONS).send());
    while caller.sandbox.requests_to("list_applications").is_empty() {
        tokio::task::yield_now().await;
    }
    drop(caller);
    let error = running.join_next().await.unwrap().unwrap().unwrap_err();
    assert!(error.is_request(), "{error:?}");
}

#[tokio::test]
async fn a_stopped_sandbox_has_answered_what_was_running() {
    let caller = Caller::start().await;
    let url = caller.sandbox.url().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(http.get(&url).send().await.unwrap().status(), 200);
    caller.sandbox.stop().await;
    assert!(http.get(&url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn five_hundred_sandboxes_live_side_by_side_and_leave_nothing_behind() {
    let metrics = tokio::runtime::Handle::current().metrics();
    // One connection at a time: what a process may open is often 1,024 files.
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let mut sandboxes = Vec::new();
    for seed in 0..500 {
        sandboxes.push(Sandbox::builder().seed(seed).start().await.unwrap());
    }
    let mut urls = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for sandbox in &sandboxes {
        let form = "grant_type=client_credentials";
        let request = http.post(format!("{}/oauth/token", sandbox.url())).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.basic_auth(sandbox.secret_key(), Some("")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(sandbox.requests().len(), 1);
        urls.insert(sandbox.url().to_owned());
        keys.insert(sandbox.secret_key().to_owned());
    }
    assert_eq!((urls.len(), keys.len()), (500, 500));
    assert!(metrics.num_alive_tasks() >= 500);

    drop(sandboxes);
    drop(http);
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(metrics.num_alive_tasks(), 0);
    for url in urls {
        let address = url.strip_prefix("http://").unwrap();
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let port = sandbox.url().rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Sandbox::builder().port(port).start().await.unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}
