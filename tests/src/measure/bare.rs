//! Bare reqwest, as people write it: a URL from a string, a bearer header, `.json()` both ways.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ID, Side};

/// A client of one's own.
#[derive(Debug, Clone)]
pub struct Bare {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Bare {
    /// Only proxies are off, which may not stand between a measurement and loopback; the other side does the same.
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("reqwest can be set up");
        Self { http, base: base.to_owned(), token: "eyJhbGciOiJFUzI1NiJ9.e30.c2ln".to_owned() }
    }

    async fn try_get(&self, id: &str) -> reqwest::Result<Application> {
        self.http
            .get(format!("{}/partner/v1/applications/{id}", self.base))
            .bearer_auth(&self.token)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }

    async fn try_create(&self, new: &NewApplication) -> reqwest::Result<Application> {
        self.http
            .post(format!("{}/partner/v1/applications", self.base))
            .bearer_auth(&self.token)
            .json(new)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }
}

impl Side for Bare {
    const NAME: &'static str = "bare reqwest";

    async fn get(&self) {
        self.try_get(ID).await.expect("the server answers");
    }

    async fn create(&self) {
        let new = NewApplication {
            amount_pence: 2_500_000,
            business: NewBusiness { company_number: "16093826".to_owned() },
            term_months: 12,
            purpose: Some(Purpose::WorkingCapital),
            redirect_uri: Some("https://yourapp.com/return".to_owned()),
            metadata: BTreeMap::from([("order".to_owned(), "88421".to_owned())]),
            ..NewApplication::default()
        };
        self.try_create(&new).await.expect("the server answers");
    }
}

/// An application to create.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewApplication {
    amount_pence: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    applicant: Option<Applicant>,
    business: NewBusiness,
    #[serde(skip_serializing_if = "Option::is_none")]
    introduction_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    term_months: i32,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Applicant {
    email: Option<String>,
    first_name: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
struct NewBusiness {
    company_number: String,
}

/// One page of applications.
#[derive(Debug, Clone, Deserialize)]
pub struct ApplicationPage {
    /// The items.
    pub data: Vec<Application>,
    /// Whether there is more.
    pub has_more: bool,
    /// What the next page is asked for with.
    pub next_cursor: Option<String>,
}

/// An application.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct Application {
    pub account_id: Option<String>,
    pub amount_pence: i64,
    pub business: Option<Business>,
    pub created_at: Timestamp,
    pub decision_id: Option<String>,
    pub handoff_url: Option<String>,
    pub id: String,
    pub introduction_id: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub purpose: Option<Purpose>,
    pub redirect_uri: Option<String>,
    pub reference: Option<String>,
    pub status: Status,
    pub term_months: i32,
    pub updated_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct Business {
    pub company_number: String,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the values are those of the API")]
pub enum Purpose {
    WorkingCapital,
    AssetFinance,
    Expansion,
    Refinance,
    Stock,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the values are those of the API")]
pub enum Status {
    Created,
    Submitted,
    InReview,
    Approved,
    Declined,
    Funded,
    Withdrawn,
}
