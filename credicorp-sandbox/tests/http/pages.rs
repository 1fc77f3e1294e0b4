use http::Method;
use serde_json::json;

use crate::caller::{APPLICATIONS, Caller, Reply, new_application};

const HOSTILE: &str = r#"<script>alert("1")</script>'&"#;

/// Looks at a page of the sandbox.
async fn look(caller: &Caller, address: &str) -> Reply {
    let path = address.strip_prefix(caller.sandbox.url()).unwrap_or(address);
    let page = caller.knock(caller.open(Method::GET, path)).await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{page:?}");
    assert!(!page.text.contains("<script") && !page.text.contains("://cdn"), "{}", page.text);
    page
}

/// Presses a button.
async fn press(caller: &Caller, address: &str, fields: &[(&str, &str)]) -> Reply {
    let path = address.strip_prefix(caller.sandbox.url()).unwrap_or(address);
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = caller.open(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
    caller.knock(request.header("origin", caller.sandbox.url()).body(form)).await
}

async fn journey(caller: &Caller, body: &serde_json::Value) -> (String, String) {
    let application = caller.post(APPLICATIONS, body).await.json();
    (application["id"].as_str().unwrap().to_owned(), application["handoff_url"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_applicant_submits_and_goes_back_to_the_partner() {
    let caller = Caller::start().await;
    let (id, url) = journey(&caller, &new_application()).await;
    let page = look(&caller, &url).await;
    assert_eq!(page.status, 200);
    for part in ["Sandbox Trading Ltd", "16093826", "£25,000.00", "12 months", &id, "Submit application"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let submitted = press(&caller, &url, &[("do", "submit")]).await;
    assert_eq!((submitted.status, submitted.header("location")), (303, Some("https://yourapp.com/return")));
    assert_eq!(caller.status_of(&id).await, "submitted");
    assert!(!look(&caller, &url).await.text.contains("Submit application"));
    // The back button and another press.
    let again = press(&caller, &url, &[("do", "submit")]).await;
    assert!(again.status == 409 && again.text.contains("submitted"), "{again:?}");
    assert_eq!(press(&caller, &url, &[("do", "abandon")]).await.status, 303);
}

#[tokio::test]
async fn an_applicant_abandons_and_comes_back_later() {
    let caller = Caller::start().await;
    let (id, url) = journey(&caller, &new_application()).await;
    let left = press(&caller, &url, &[("do", "abandon")]).await;
    assert_eq!((left.status, left.header("location")), (303, Some("https://yourapp.com/return")));
    assert_eq!(caller.status_of(&id).await, "created");
    assert_eq!(press(&caller, &url, &[("do", "submit")]).await.status, 303);
    assert_eq!(caller.status_of(&id).await, "submitted");
}

#[tokio::test]
async fn without_a_way_back_a_page_says_how_it_ended() {
    let caller = Caller::start().await;
    let mut body = new_application();
    body.as_object_mut().unwrap().remove("redirect_uri");
    body["applicant"] = json!({ "email": "ada@example.com" });
    let (_, url) = journey(&caller, &body).await;
    let done = press(&caller, &url, &[("do", "submit")]).await;
    assert!(done.status == 200 && done.header("location").is_none() && done.text.contains("was submitted"));
    let wrong = press(&caller, &url, &[("do", "fly")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("submit or abandon"));
    assert_eq!(look(&caller, "/s/journey_none").await.status, 404);
}

#[tokio::test]
async fn a_payer_pays_a_link_on_its_page() {
    let caller = Caller::start().await;
    let body =
        json!({ "amount_pence": 12_345, "reference": HOSTILE, "redirect_uri": "https://yourapp.com/paid" });
    let link = caller.post_under("key_1", "/partner/v1/payments/links", &body).await.json();
    let url = link["url"].as_str().unwrap();
    let page = look(&caller, url).await;
    assert!(page.text.contains("£123.45") && page.text.contains("&lt;script&gt;"), "{}", page.text);
    assert_eq!(
        press(&caller, url, &[("do", "leave")]).await.header("location"),
        Some("https://yourapp.com/paid")
    );
    let paid = press(&caller, url, &[("do", "pay")]).await;
    assert_eq!((paid.status, paid.header("location")), (303, Some("https://yourapp.com/paid")));
    caller.pass(1_000);
    let path = format!("/partner/v1/payments/links/{}", link["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.json()["status"], "paid");
    assert_eq!(press(&caller, url, &[("do", "pay")]).await.status, 409);
}

#[tokio::test]
async fn the_inspector_shows_everything_and_escapes_it() {
    let caller = Caller::for_years().await;
    caller.sandbox.deliver_webhooks_to("http://127.0.0.1:1/none").unwrap();
    let mut body = new_application();
    body["reference"] = HOSTILE.into();
    body["redirect_uri"] = format!("https://partner.example/?q={HOSTILE}").into();
    caller.create_under("key_1", &body).await;
    caller.get(&format!("{APPLICATIONS}?status={}", "%3Cscript%3E")).await;
    let account = caller.funded().await;
    let link = json!({ "amount_pence": 1, "reference": HOSTILE, "account_id": account });
    caller.post_under("key_2", "/partner/v1/payments/links", &link).await;
    let subject = json!({ "first_name": "Ada", "last_name": "L", "date_of_birth": "1990-01-01" });
    let check = json!({ "subject": subject, "reference": HOSTILE });
    caller.post_under("key_3", "/partner/v1/identity/checks", &check).await;
    caller.sandbox.flush_webhooks().await;

    let page = look(&caller, "/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("alert(\"1\")"), "{}", page.text);
    for part in [
        "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;",
        "Sandbox Trading Ltd",
        "payments/return",
        "links/pay",
        "identity_checks/fail",
        "application.funded",
        "http://127.0.0.1:1/none",
        "create_identity_check",
        "active",
        &account,
        "key_1",
        r#"<option>identity.check.completed</option>"#,
        "(it holds credentials)",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    for secret in [caller.sandbox.secret_key(), "Bearer ", "eyJ"] {
        assert!(!page.text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_buttons_of_the_inspector_do_what_they_say() {
    let caller = Caller::start().await;
    let (application, draw) = caller.drawn().await;
    let page = look(&caller, "/").await.text;
    assert!(
        page.contains(r#"value="payments/release""#) && page.contains(&format!(r#"value="{draw}""#)),
        "{page}"
    );
    let released = press(&caller, "/", &[("do", "payments/release"), ("payment_id", &draw)]).await;
    assert_eq!((released.status, released.header("location")), (303, Some("/?did=payments%2Frelease")));
    assert_eq!(press(&caller, "/", &[("do", "clock/advance"), ("seconds", "1")]).await.status, 303);
    assert_eq!(caller.status_of(&application).await, "funded");
    assert!(
        look(&caller, "/?did=payments%2Frelease").await.text.contains("Done: <code>payments/release</code>")
    );

    let refused = press(&caller, "/", &[("do", "payments/release"), ("payment_id", &draw)]).await;
    assert!(refused.status == 409 && refused.text.contains(&draw), "{refused:?}");
    assert_eq!(press(&caller, "/", &[("do", "nothing")]).await.status, 404);
    let foreign = caller.open(Method::POST, "/").header("content-type", "application/x-www-form-urlencoded");
    let foreign = foreign.header("origin", "http://127.0.0.1:1").body("do=tokens/revoke");
    caller.knock(foreign).await.refused(403, "foreign_origin");
    let plain = caller.open(Method::POST, "/").header("content-type", "text/plain").body("do=tokens/revoke");
    assert_eq!(caller.knock(plain).await.status, 415);
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}
