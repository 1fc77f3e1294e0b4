//! One call of every operation, written once and made through both colours, with every option that it has.
//!
//! The tests of the wire look at what they send; `against` makes them to a server that nobody here wrote.
#![allow(clippy::panic, reason = "a call that is not there is a mistake of the caller")]

use credicorp::call::{Call, Mode};
use credicorp::types::{
    Applicant, ApplicationStatus, Business, IdentitySubject, NewApplication, NewCollection, NewDisbursement,
    NewIdentityCheck, NewPaymentLink, NewWebhookEndpoint, Payer, PaymentStatus, Purpose,
    WebhookEndpointStatus, WebhookEndpointUpdate,
};
use credicorp::{Client, ClientBuilder, Error, Pence, Response, blocking};
use jiff::civil::date;

/// The options of a call: no repeats, a key of its own and no header more, unless said otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct How<'a> {
    /// How often it is repeated at most.
    pub retries: u32,
    /// The caller's idempotency key, for a write.
    pub key: Option<&'a str>,
    /// A header beside those of the client.
    pub header: Option<(&'a str, &'a str)>,
}

impl How<'_> {
    fn options<Plan, M: Mode>(self, call: Call<Plan, M>) -> Call<Plan, M> {
        let call = call.max_retries(self.retries);
        if let Some((name, value)) = self.header { call.header(name, value) } else { call }
    }
}

/// What came of a call.
#[derive(Debug)]
pub struct Outcome {
    /// How many requests it took.
    pub attempts: u32,
    /// The idempotency key that was sent.
    pub key: Option<String>,
    /// What the answer was read as.
    pub value: String,
}

fn outcome<T: std::fmt::Debug>(response: Result<Response<T>, Error>) -> Result<Outcome, Error> {
    let response = response?;
    Ok(Outcome {
        attempts: response.attempts(),
        key: response.idempotency_key().map(str::to_owned),
        value: format!("{:#?}", response.into_inner()),
    })
}

/// A client, of either colour, that asks for some scopes with a secret key.
///
/// # Errors
///
/// The base is not good.
pub fn client<M: Mode>(builder: ClientBuilder<M>, base: impl Into<String>) -> Result<M::Client, Error> {
    let builder = builder.secret_key("sk_test_wire").api_base(base);
    builder.scopes(["applications:read", "payments:write"]).build()
}

/// The first call that the API's documentation shows.
pub fn first_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .purpose(Purpose::WorkingCapital)
        .applicant(Applicant::new().email("ada@example.com"))
        .redirect_uri("https://yourapp.com/return")
}

macro_rules! calls {
    (
        $cc:ident;
        reads { $($read:ident: $reading:expr;)* }
        writes { $($write:ident: $writing:expr;)* }
    ) => {
        /// The operations that read.
        pub const READS: &[&str] = &[$(stringify!($read)),*];
        /// The operations that change something.
        pub const WRITES: &[&str] = &[$(stringify!($write)),*];

        /// Makes the call of an operation.
        ///
        /// # Errors
        ///
        /// Those of the call.
        pub async fn call($cc: &Client, operation: &str, how: How<'_>) -> Result<Outcome, Error> {
            match operation {
                $(stringify!($read) => outcome(how.options($reading).with_response().await),)*
                $(stringify!($write) => {
                    let call = how.options($writing);
                    let call = if let Some(key) = how.key { call.idempotency_key(key) } else { call };
                    outcome(call.with_response().await)
                })*
                other => panic!("no call of {other}"),
            }
        }

        /// The same through the blocking client.
        ///
        /// # Errors
        ///
        /// Those of the call.
        pub fn send($cc: &blocking::Client, operation: &str, how: How<'_>) -> Result<Outcome, Error> {
            match operation {
                $(stringify!($read) => outcome(how.options($reading).with_response().send()),)*
                $(stringify!($write) => {
                    let call = how.options($writing);
                    let call = if let Some(key) = how.key { call.idempotency_key(key) } else { call };
                    outcome(call.with_response().send())
                })*
                other => panic!("no call of {other}"),
            }
        }
    };
}

calls! {
    cc;
    reads {
        get_account: cc.accounts().get("acc_5Tn8v1Lx");
        get_account_schedule: cc.accounts().schedule("acc_5Tn8v1Lx");
        get_application: cc.applications().get("app_8Kd2c9Qm");
        get_decision: cc.decisions().get("dec_7Hw3r5Zp");
        get_identity_check: cc.identity().get_check("idc_9Pb4s2Wq");
        get_payment: cc.payments().get("pay_2Mf6j9Ra");
        get_payment_link: cc.payments().get_link("plink_6Cv1d8Nt");
        get_webhook_endpoint: cc.webhooks().get("whend_4Sq7f2Ke");
        list_accounts: cc.accounts().list().limit(50).cursor("b3BhcXVl");
        list_applications: cc
            .applications()
            .list()
            .status(ApplicationStatus::Funded)
            .created_after(date(2026, 6, 1))
            .created_before(date(2026, 7, 1))
            .limit(50)
            .cursor("b3BhcXVl");
        list_payments: cc
            .payments()
            .list()
            .account_id("acc_5Tn8v1Lx")
            .status(PaymentStatus::Settled)
            .created_after(date(2026, 6, 1))
            .created_before(date(2026, 7, 1))
            .limit(50)
            .cursor("b3BhcXVl");
        list_webhook_endpoints: cc.webhooks().list().limit(50).cursor("b3BhcXVl");
    }
    writes {
        accept_offer: cc.offers().accept("off_3Gx7k4Yd");
        create_application: cc.applications().create(
            NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
                .purpose(Purpose::WorkingCapital)
                .applicant(Applicant::new().email("ada@example.com").first_name("Ada"))
                .redirect_uri("https://yourapp.com/return")
                .reference("order 88421")
                .introduction_id("int_1")
                .metadata([("order", "88421"), ("über", "\u{1f980}")]),
        );
        create_collection: cc.payments().collect(
            NewCollection::new("acc_5Tn8v1Lx", Pence::new(218_750), date(2026, 8, 1)).reference("August"),
        );
        create_disbursement: cc.payments().disburse(
            NewDisbursement::new("app_8Kd2c9Qm").amount_pence(Pence::from_pounds(25_000)).reference("draw-down"),
        );
        create_identity_check: cc.identity().create_check(
            NewIdentityCheck::new(
                IdentitySubject::new("Ada", "Lovelace", date(1985, 12, 10)).email("ada@example.com"),
            )
            .application_id("app_8Kd2c9Qm")
            .reference("director"),
        );
        create_payment_link: cc.payments().create_link(
            NewPaymentLink::new(Pence::new(218_750), "INV-42")
                .account_id("acc_5Tn8v1Lx")
                .payer(Payer::new().name("Grace Hopper").email("grace@example.com"))
                .redirect_uri("https://yourapp.com/paid")
                .metadata([("invoice", "42")]),
        );
        create_webhook_endpoint: cc.webhooks().create(
            NewWebhookEndpoint::new("https://yourapp.com/webhooks/credicorp", ["decision.completed", "payment.*"])
                .description("checkout")
                .api_version(date(2026, 6, 1))
                .metadata([("team", "checkout")]),
        );
        delete_webhook_endpoint: cc.webhooks().delete("whend_4Sq7f2Ke");
        refresh_decision: cc.decisions().refresh("dec_7Hw3r5Zp");
        rotate_webhook_secret: cc.webhooks().rotate_secret("whend_4Sq7f2Ke");
        submit_application: cc.applications().submit("app_8Kd2c9Qm");
        update_webhook_endpoint: cc.webhooks().update(
            "whend_4Sq7f2Ke",
            WebhookEndpointUpdate::new()
                .url("https://yourapp.com/webhooks/credicorp/v2")
                .enabled_events(["*"])
                .description("all")
                .status(WebhookEndpointStatus::Disabled)
                .metadata([("team", "platform")]),
        );
        withdraw_application: cc.applications().withdraw("app_8Kd2c9Qm");
    }
}
