//! The sandbox's own pages: the inspector at `/`, the hosted journey of an applicant, and the page of a payment link.
//!
//! Plain HTML with forms, no script, nothing from elsewhere. Whatever users sent is escaped by the template; a way back leads to http and https only.

mod inspector;
mod journey;
mod layout;
mod payer;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use maud::{Markup, html};
use reqwest::Url;

use crate::answer::Answer;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::{JOURNEYS, PAY_PAGES};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(inspector::show).post(inspector::act))
        .route(&format!("{JOURNEYS}{{journey}}"), get(journey::show).post(journey::act))
        .route(&format!("{PAY_PAGES}{{page}}"), get(payer::show).post(payer::act))
}

fn page(status: StatusCode, content: Markup) -> Response {
    Answer::text(status, "text/html; charset=utf-8", content.into_string()).into_response()
}

/// To another page, by `GET`.
fn redirect(to: &str) -> Response {
    let mut answer = Answer::empty(StatusCode::SEE_OTHER);
    match HeaderValue::from_str(to) {
        Ok(to) => {
            answer.headers.insert(header::LOCATION, to);
            answer.into_response()
        }
        Err(_) => sorry(&Problem::server_error("The way back cannot be written into a header.")),
    }
}

/// Back to the partner, or to a page that says how it ended.
fn back(to: Option<&str>, ended: &str) -> Response {
    let web = to.and_then(|to| Url::parse(to).ok()).filter(|url| matches!(url.scheme(), "http" | "https"));
    match web {
        Some(url) => redirect(url.as_str()),
        None => page(StatusCode::OK, layout::card(ended, html! { p { "You can close this page." } })),
    }
}

/// What went wrong, for a person.
fn sorry(problem: &Problem) -> Response {
    let content = html! {
        p { (problem.message) }
        p { a href="/" { "The inspector" } " shows what there is." }
    };
    page(problem.status, layout::card("This did not work", content))
}

/// The fields of a form.
fn fields(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// What the pressed button says.
fn choice(body: &[u8]) -> Option<String> {
    fields(body).into_iter().find(|(name, _)| name == "do").map(|(_, value)| value)
}

/// `2500000` as `£25,000.00`.
fn pounds(pence: i64) -> String {
    let whole = (pence / 100).unsigned_abs().to_string();
    let groups: Vec<_> = whole.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}£{}.{:02}", groups.join(","), (pence % 100).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_in_pounds() {
        for (pence, text) in
            [(0, "£0.00"), (7, "£0.07"), (123_456, "£1,234.56"), (2_500_000, "£25,000.00"), (-250, "-£2.50")]
        {
            assert_eq!(pounds(pence), text);
        }
    }

    #[test]
    fn a_way_back_leads_to_the_web_only() {
        let to = |uri| back(Some(uri), "Done").headers().get(header::LOCATION).cloned();
        assert_eq!(to("https://partner.example/done?a=b").unwrap(), "https://partner.example/done?a=b");
        for uri in ["javascript:alert(1)", "data:text/html,x", "/relative", "file:///etc/passwd"] {
            assert_eq!(to(uri), None, "{uri}");
        }
    }
}
