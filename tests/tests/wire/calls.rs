//! One call of every operation, written once and made through both colours, with every option that it has.

use credicorp::types::{
    Applicant, ApplicationStatus, Business, IdentitySubject, NewApplication, NewCollection, NewDisbursement,
    NewIdentityCheck, NewPaymentLink, NewWebhookEndpoint, Payer, PaymentStatus, Purpose,
    WebhookEndpointStatus, WebhookEndpointUpdate,
};
use credicorp::{Client, Error, Pence, Response, blocking};
use jiff::civil::date;

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) attempts: u32,
    pub(crate) key: Option<String>,
    pub(crate) value: String,
}

fn outcome<T: std::fmt::Debug>(response: Result<Response<T>, Error>) -> Outcome {
    let response = response.unwrap();
    Outcome {
        attempts: response.attempts(),
        key: response.idempotency_key().map(str::to_owned),
        value: format!("{:#?}", response.into_inner()),
    }
}

macro_rules! calls {
    (
        $cc:ident;
        reads { $($read:ident: $reading:expr;)* }
        writes { $($write:ident: $writing:expr;)* }
    ) => {
        /// The operations that read.
        pub(crate) const READS: &[&str] = &[$(stringify!($read)),*];
        /// The operations that change something.
        pub(crate) const WRITES: &[&str] = &[$(stringify!($write)),*];

        /// Makes the call of an operation, repeated so often at most, under a key of the caller's if one is given.
        pub(crate) async fn call($cc: &Client, operation: &str, retries: u32, key: Option<&str>) -> Outcome {
            match operation {
                $(stringify!($read) => outcome($reading.max_retries(retries).with_response().await),)*
                $(stringify!($write) => {
                    let call = $writing.max_retries(retries);
                    let call = if let Some(key) = key { call.idempotency_key(key) } else { call };
                    outcome(call.with_response().await)
                })*
                other => panic!("no call of {other}"),
            }
        }

        /// The same through the blocking client.
        pub(crate) fn send($cc: &blocking::Client, operation: &str, retries: u32, key: Option<&str>) -> Outcome {
            match operation {
                $(stringify!($read) => outcome($reading.max_retries(retries).with_response().send()),)*
                $(stringify!($write) => {
                    let call = $writing.max_retries(retries);
                    let call = if let Some(key) = key { call.idempotency_key(key) } else { call };
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
