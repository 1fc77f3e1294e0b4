use std::time::Duration;

use credicorp_sandbox::Sandbox;
use http::Method;

use crate::caller::{APPLICATIONS, Caller};

const GRANT: &str = "grant_type=client_credentials";

#[tokio::test]
async fn every_kind_of_credentials_gives_a_token() {
    let caller = Caller::start().await;
    let (id, secret) = caller.sandbox.client_credentials();
    let in_form = format!("{GRANT}&client_id={id}&client_secret={secret}");
    for reply in [
        caller.token(Some((caller.sandbox.secret_key(), "")), GRANT).await,
        caller.token(Some((id, secret)), GRANT).await,
        caller.token(None, &in_form).await,
    ] {
        let token = reply.json();
        assert_eq!(
            (reply.status, token["token_type"].as_str(), token["expires_in"].as_u64()),
            (200, Some("Bearer"), Some(3600))
        );
        assert_eq!(token["scope"].as_str().unwrap().split(' ').count(), 11);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let request =
            caller.open(Method::GET, APPLICATIONS).bearer_auth(token["access_token"].as_str().unwrap());
        assert_eq!(caller.send(request).await.status, 200);
    }
}

#[tokio::test]
async fn a_refusal_has_the_form_of_rfc_6749() {
    let caller = Caller::start().await;
    let key = Some((caller.sandbox.secret_key(), ""));
    let (id, secret) = caller.sandbox.client_credentials();
    let twice = format!("{GRANT}&client_id={id}&client_secret={secret}");
    for (basic, form, status, error) in [
        (None, GRANT, 401, "invalid_client"),
        (Some(("sk_test_other", "")), GRANT, 401, "invalid_client"),
        (Some((id, "csk_sbx_other")), GRANT, 401, "invalid_client"),
        (Some((id, "")), GRANT, 401, "invalid_client"),
        (None, "grant_type=client_credentials&client_id=x", 401, "invalid_client"),
        (key, "", 400, "invalid_request"),
        (key, "grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
        (key, &twice, 400, "invalid_request"),
        (key, "grant_type=password", 400, "unsupported_grant_type"),
        (key, "grant_type=client_credentials&scope=applications:read+money:print", 400, "invalid_scope"),
    ] {
        let reply = caller.token(basic, form).await;
        let body = reply.json();
        assert_eq!((reply.status, body["error"].as_str()), (status, Some(error)), "{form}: {}", reply.text);
        assert!(body["error_description"].is_string() && body.get("type").is_none());
        assert_eq!(reply.header("www-authenticate").is_some(), status == 401, "{form}");
    }
}

#[tokio::test]
async fn the_body_must_be_a_form() {
    let caller = Caller::start().await;
    let request = caller
        .open(Method::POST, "/oauth/token")
        .json(&serde_json::json!({ "grant_type": "client_credentials" }));
    let reply = caller.send(request).await;
    assert_eq!((reply.status, reply.json()["error"].as_str()), (400, Some("invalid_request")));
}

#[tokio::test]
async fn live_credentials_are_refused_by_name_and_not_repeated() {
    let caller = Caller::start().await;
    let reply = caller.token(Some(("sk_live_never", "")), GRANT).await;
    let description = reply.json()["error_description"].as_str().unwrap().to_owned();
    assert_eq!(reply.status, 401);
    assert!(description.contains("live key") && !description.contains("never"), "{description}");
}

#[tokio::test]
async fn the_credentials_of_another_sandbox_are_strangers() {
    let caller = Caller::start().await;
    let other = Sandbox::builder().seed(1).start().await.unwrap();
    assert_eq!(caller.token(Some((other.secret_key(), "")), GRANT).await.status, 401);
}

#[tokio::test]
async fn a_request_without_a_good_token_is_401() {
    let caller = Caller::start().await;
    for (value, code) in
        [(None, "unauthorized"), (Some("Bearer x.y.z"), "unauthorized"), (Some("Basic eDo="), "unauthorized")]
    {
        let mut request = caller.open(Method::GET, APPLICATIONS);
        if let Some(value) = value {
            request = request.header("authorization", value);
        }
        let reply = caller.send(request).await;
        let error = reply.refused(401, code);
        assert_eq!(error["type"], "authentication_error");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn a_token_expires_by_the_clock_and_others_live_on() {
    let mut caller = Caller::of(Sandbox::builder().token_lifetime(Duration::from_secs(60))).await;
    caller.pass(30_000);
    let later = caller.token(Some((caller.sandbox.secret_key(), "")), GRANT).await.json();
    assert_eq!(later["expires_in"], 60);
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
    caller.pass(30_000);
    caller.get(APPLICATIONS).await.refused(401, "token_expired");
    let request = caller.open(Method::GET, APPLICATIONS).bearer_auth(later["access_token"].as_str().unwrap());
    assert_eq!(caller.send(request).await.status, 200);
    caller.mint().await;
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}

#[tokio::test]
async fn revoked_tokens_can_be_replaced() {
    let mut caller = Caller::start().await;
    caller.sandbox.revoke_tokens();
    caller.get(APPLICATIONS).await.refused(401, "token_revoked");
    caller.mint().await;
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}

#[tokio::test]
async fn each_operation_needs_its_own_scope() {
    let mut caller = Caller::start().await;
    caller.mint_for("applications:read+decisions:write").await;
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
    let error = caller.post(APPLICATIONS, &serde_json::json!({})).await.refused(403, "insufficient_scope");
    assert_eq!(error["type"], "permission_error");
    assert!(error["message"].as_str().unwrap().contains("applications:write"));
    caller.decision("dec_1").await.refused(403, "insufficient_scope");
    caller.act("/partner/v1/decisions/dec_1/refresh").await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn credentials_can_be_made_to_lack_a_scope() {
    let caller = Caller::of(Sandbox::builder().scopes(["applications:read"])).await;
    caller.act(APPLICATIONS).await.refused(403, "insufficient_scope");
    let asked = caller
        .token(
            Some((caller.sandbox.secret_key(), "")),
            "grant_type=client_credentials&scope=applications:write",
        )
        .await;
    assert_eq!(asked.json()["error"], "invalid_scope");
}

#[tokio::test]
async fn tokens_expire_early_on_demand() {
    let mut caller = Caller::start().await;
    caller.sandbox.expire_tokens();
    caller.get(APPLICATIONS).await.refused(401, "token_expired");
    caller.mint().await;
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}
