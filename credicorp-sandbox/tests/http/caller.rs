//! A sandbox, a plain HTTP client, and a token. Every answer is looked at for what every answer must have.

use std::time::Duration;

use credicorp_sandbox::{Builder, Sandbox};
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const APPLICATIONS: &str = "/partner/v1/applications";
pub(crate) const PAYMENTS: &str = "/partner/v1/payments";
pub(crate) const DISBURSEMENTS: &str = "/partner/v1/payments/disbursements";
pub(crate) const COLLECTIONS: &str = "/partner/v1/payments/collections";
pub(crate) const ACCOUNTS: &str = "/partner/v1/accounts";
pub(crate) const START: &str = "2026-06-29T10:14:02Z";

pub(crate) fn start_time() -> Timestamp {
    START.parse().unwrap()
}

pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
    token: String,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// Status and code of an error.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let error = self.json()["error"].clone();
        assert_eq!((self.status, error["code"].as_str()), (status, Some(code)), "{}", self.text);
        error
    }
}

/// The smallest body that is right.
pub(crate) fn new_application() -> Value {
    json!({
        "business": { "company_number": "16093826" },
        "amount_pence": 2_500_000,
        "term_months": 12,
        "redirect_uri": "https://yourapp.com/return",
    })
}

impl Caller {
    pub(crate) async fn start() -> Self {
        Self::of(Sandbox::builder()).await
    }

    pub(crate) async fn of(builder: Builder) -> Self {
        let sandbox = builder.frozen_at(start_time()).start().await.unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut caller = Self { sandbox, http, token: String::new() };
        caller.mint().await;
        caller
    }

    /// Its token outlives months of the clock, which its payments take.
    pub(crate) async fn for_years() -> Self {
        Self::of(Sandbox::builder().token_lifetime(Duration::from_secs(10 * 365 * 24 * 3600))).await
    }

    /// Takes a new token with everything that the credentials may do.
    pub(crate) async fn mint(&mut self) {
        let reply = self.token(Some((self.sandbox.secret_key(), "")), "grant_type=client_credentials").await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        self.token = reply.json()["access_token"].as_str().unwrap().to_owned();
    }

    /// Takes a new token with these scopes only.
    pub(crate) async fn mint_for(&mut self, scope: &str) {
        let form = format!("grant_type=client_credentials&scope={scope}");
        let reply = self.token(Some((self.sandbox.secret_key(), "")), &form).await;
        self.token = reply.json()["access_token"].as_str().unwrap().to_owned();
    }

    /// Asks the token endpoint, with these credentials by HTTP Basic.
    pub(crate) async fn token(&self, basic: Option<(&str, &str)>, form: &str) -> Reply {
        let mut request = self.open(Method::POST, "/oauth/token");
        if let Some((name, secret)) = basic {
            request = request.basic_auth(name, Some(secret));
        }
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        self.send(request).await
    }

    /// A request without a token.
    pub(crate) fn open(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.url()))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.open(method, path).bearer_auth(&self.token)
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        self.try_send(request).await.unwrap()
    }

    pub(crate) async fn try_send(&self, request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let reply = Reply { status, headers, text: response.text().await? };
        assert!(reply.header("credicorp-request-id").is_some_and(|id| id.starts_with("req_")), "{reply:?}");
        for name in ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] {
            assert!(reply.header(name).unwrap().parse::<u32>().is_ok(), "{name}");
        }
        assert_eq!(self.sandbox.spec_violations(), Vec::<String>::new());
        Ok(reply)
    }

    /// Asks one of the sandbox's own doors, which are no part of the API.
    pub(crate) async fn knock(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let reply = Reply { status, headers, text: response.text().await.unwrap() };
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{reply:?}");
        }
        assert!(
            reply
                .header("content-security-policy")
                .is_some_and(|policy| policy.starts_with("default-src 'none'"))
        );
        assert_eq!(self.sandbox.spec_violations(), Vec::<String>::new());
        reply
    }

    /// Gives a command of the control API.
    pub(crate) async fn control(&self, command: &str, body: &Value) -> Reply {
        self.knock(self.open(Method::POST, &format!("/_sandbox/{command}")).json(body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// A write without a body.
    pub(crate) async fn act(&self, path: &str) -> Reply {
        self.send(self.request(Method::POST, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// A write that must have a key.
    pub(crate) async fn post_under(&self, key: &str, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn create(&self) -> Reply {
        let reply = self.post(APPLICATIONS, &new_application()).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply
    }

    /// Creates an application under a key.
    pub(crate) async fn create_under(&self, key: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, APPLICATIONS).header("idempotency-key", key).json(body)).await
    }

    /// A submitted application of this company.
    pub(crate) async fn submitted(&self, company: &str) -> String {
        let mut body = new_application();
        body["business"]["company_number"] = company.into();
        let id = self.post(APPLICATIONS, &body).await.id();
        let reply = self.act(&format!("{APPLICATIONS}/{id}/submit")).await;
        assert_eq!(
            (reply.status, reply.json()["status"].as_str()),
            (200, Some("submitted")),
            "{}",
            reply.text
        );
        id
    }

    pub(crate) async fn decision(&self, id: &str) -> Reply {
        self.get(&format!("/partner/v1/decisions/{id}")).await
    }

    pub(crate) async fn status_of(&self, id: &str) -> String {
        self.get(&format!("{APPLICATIONS}/{id}")).await.json()["status"].as_str().unwrap().to_owned()
    }

    /// An approved application and the id of its offer.
    pub(crate) async fn approved(&self) -> (String, String) {
        let application = self.submitted("16093826").await;
        self.pass(300);
        let decision = self.decision(&application).await.json();
        (application, decision["offers"][0]["id"].as_str().unwrap().to_owned())
    }

    /// An application whose offer is accepted, and the draw-down that was asked for.
    pub(crate) async fn drawn(&self) -> (String, String) {
        let (application, offer) = self.approved().await;
        let accepted = self.act(&format!("/partner/v1/offers/{offer}/accept")).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        let body = json!({ "application_id": application });
        let reply = self.post_under(&application, DISBURSEMENTS, &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        (application, reply.id())
    }

    /// The account of a funded application: £26,875 in 12 instalments from 2026-07-29 on.
    pub(crate) async fn funded(&self) -> String {
        let (application, payment) = self.drawn().await;
        self.sandbox.release_disbursement(payment).unwrap();
        self.pass(1_000);
        let application = self.get(&format!("{APPLICATIONS}/{application}")).await.json();
        application["account_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn payment(&self, id: &str) -> Value {
        self.get(&format!("{PAYMENTS}/{id}")).await.json()
    }

    pub(crate) async fn account(&self, id: &str) -> Value {
        self.get(&format!("{ACCOUNTS}/{id}")).await.json()
    }

    /// Moves the clock to this time.
    pub(crate) fn until(&self, at: &str) {
        self.sandbox.clock().set(at.parse().unwrap());
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, milliseconds: u64) {
        self.sandbox.clock().advance(Duration::from_millis(milliseconds));
    }
}
