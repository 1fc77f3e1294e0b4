//! A sandbox, a plain HTTP client, and a token. Every answer is looked at for what every answer must have.

use credicorp_sandbox::{Builder, Sandbox};
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const APPLICATIONS: &str = "/partner/v1/applications";
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
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut caller = Self { sandbox, http, token: String::new() };
        caller.mint().await;
        caller
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

    /// Moves the clock.
    pub(crate) fn pass(&self, milliseconds: u64) {
        self.sandbox.clock().advance(std::time::Duration::from_millis(milliseconds));
    }
}
