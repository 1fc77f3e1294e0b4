use super::*;
use crate::Client;
use crate::ErrorKind;
use crate::environment::CLIENT_SECRET;

fn from_variables<const N: usize>(pairs: [(&'static str, &'static str); N]) -> Result<Client, Error> {
    Client::builder().variables(Variables::fixed(pairs)).build()
}

/// The hosts of Credicorp are https.
#[cfg(feature = "rustls")]
#[test]
fn the_environment_gives_credentials_and_only_then_a_base() {
    let client = from_variables([(SECRET_KEY, "sk_test_1")]).unwrap();
    assert_eq!(
        (client.environment(), client.api_base()),
        (crate::Environment::Sandbox, "https://sandbox.api.credicorp.co.uk")
    );
    let live = from_variables([
        (CLIENT_ID, "cid_1"),
        (CLIENT_SECRET, "csk_1"),
        (crate::environment::WEBHOOK_SECRET, "x"),
    ])
    .unwrap();
    assert_eq!(
        (live.environment(), live.api_base()),
        (crate::Environment::Live, "https://api.credicorp.co.uk")
    );
    let pinned = from_variables([(SECRET_KEY, "sk_test_1"), (API_BASE, "http://127.0.0.1:4010/")]).unwrap();
    assert_eq!(pinned.api_base(), "http://127.0.0.1:4010");
    let own_key = Client::builder()
        .secret_key("sk_test_1")
        .variables(Variables::fixed([(API_BASE, "https://evil.example"), (SECRET_KEY, "sk_live_1")]))
        .build()
        .unwrap();
    assert_eq!(
        own_key.api_base(),
        "https://sandbox.api.credicorp.co.uk",
        "a variable never redirects a given key"
    );
}

#[test]
fn every_mistake_is_an_error_of_build_that_says_what_to_do() {
    let key = || Client::builder().secret_key("sk_test_hunter2");
    let cases: Vec<(Result<Client, Error>, &str)> = vec![
        (from_variables([]), "set CC_SECRET_KEY, or CC_CLIENT_ID with CC_CLIENT_SECRET"),
        (from_variables([(SECRET_KEY, "")]), "CC_SECRET_KEY: the secret key is empty"),
        (
            from_variables([(SECRET_KEY, "sk_test_1"), (API_BASE, "")]),
            "CC_API_BASE: the API base is not a URL",
        ),
        (
            from_variables([(SECRET_KEY, "sk_test_1"), (CLIENT_SECRET, "csk_1")]),
            "CC_SECRET_KEY is set together",
        ),
        (key().client_credentials("cid_sbx_1", "csk_sbx_1").build(), "both a secret key and a client pair"),
        (Client::new(""), "empty"),
        (Client::new("pk_hunter2"), "sk_test_ (sandbox) or sk_live_ (live)"),
        (
            key().api_base("https://api.credicorp.co.uk").build(),
            "a sandbox credential cannot be used with the live host",
        ),
        (key().api_base("http://partner.example").build(), "plain http"),
        (key().timeout(Duration::ZERO).build(), "timeout is zero"),
        (key().connect_timeout(Duration::ZERO).build(), "connect_timeout is zero"),
        (key().deadline(Duration::ZERO).build(), "deadline is zero"),
        (key().scopes(["applications:read decisions:read"]).build(), "one word"),
        (key().scopes([""]).build(), "one word"),
        (key().app_info("a\nb", "1", None).build(), "app_info"),
    ];
    for (built, says) in cases {
        let error = built.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        assert!(!error.may_have_been_sent());
    }
}

#[test]
fn the_user_agent_names_the_application_first() {
    let agent = user_agent(Some("acme-checkout/2.1.0 (+https://acme.example) ")).unwrap();
    assert!(
        agent.to_str().unwrap().starts_with("acme-checkout/2.1.0 (+https://acme.example) credicorp-rust/")
    );
    assert!(user_agent(None).unwrap().to_str().unwrap().starts_with("credicorp-rust/"));
}

#[cfg(feature = "rustls")]
#[test]
fn tls_is_seen_when_it_is_there() {
    assert!(tls_is_compiled_in());
}

/// Runs without the default features: `cargo test -p credicorp --no-default-features --lib`.
#[cfg(not(feature = "rustls"))]
#[test]
fn https_without_tls_is_an_error_of_build() {
    assert!(!tls_is_compiled_in());
    let error = Client::new("sk_test_hunter2").unwrap_err();
    assert!(error.to_string().contains("an https base needs TLS"), "{error}");
    Client::builder().secret_key("sk_test_1").api_base("http://127.0.0.1:1").build().unwrap();
}

#[test]
fn nothing_shows_a_secret() {
    let builder =
        Client::builder().secret_key("sk_test_hunter2").client_credentials("cid_sbx_1", "csk_sbx_hunter2");
    assert!(!format!("{builder:?}").contains("hunter2"));
    let client =
        Client::builder().secret_key("sk_test_hunter2").api_base("http://127.0.0.1:9").build().unwrap();
    assert!(!format!("{client:?} {:?} {:?}", client.applications(), client.core()).contains("hunter2"));
}

#[test]
fn a_client_is_cheap_to_share() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Client>();
}
