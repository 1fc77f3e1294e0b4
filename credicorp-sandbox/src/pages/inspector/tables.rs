//! The tables of the inspector, newest first, each row with what its state allows.

use http::header;
use maud::{Markup, html};
use serde_json::Value;

use super::{ROWS, button};
use crate::pages::layout::status;
use crate::pages::pounds;
use crate::record::RecordedRequest;
use crate::webhooks::Delivery;

/// A heading, and a table or a word that there is nothing.
fn table(title: &str, columns: &[&str], rows: &[Markup]) -> Markup {
    html! {
        h2 { (title) }
        @if rows.is_empty() {
            p.note { "Nothing yet." }
        } @else {
            div.scroll {
                table {
                    thead { tr { @for column in columns { th { (column) } } } }
                    tbody { @for row in rows { tr { (row) } } }
                }
            }
        }
    }
}

fn text<'a>(item: &'a Value, pointer: &str) -> &'a str {
    item.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn money(item: &Value, name: &str) -> String {
    item[name].as_i64().map(pounds).unwrap_or_default()
}

pub(super) fn applications(items: &[Value]) -> Markup {
    let row = |item: &Value| {
        html! {
            td { code { (text(item, "/id")) } }
            td { (status(text(item, "/status"))) }
            td { (text(item, "/business/name")) }
            td { (money(item, "amount_pence")) }
            td.text { (text(item, "/reference")) }
            td { (text(item, "/created_at")) }
            td { @if text(item, "/status") == "created" { a href=(text(item, "/handoff_url")) { "Open the journey" } } }
        }
    };
    let columns = ["Id", "Status", "Business", "Amount", "Reference", "Created", ""];
    table("Applications", &columns, &items.iter().map(row).collect::<Vec<_>>())
}

pub(super) fn payments(items: &[Value]) -> Markup {
    let row = |item: &Value| {
        let id = text(item, "/id");
        let act = |label, command| button(label, command, &[("payment_id", id)]);
        let fail = || button("Fail", "payments/fail", &[("payment_id", id), ("code", "technical_error")]);
        html! {
            td { code { (id) } }
            td { (text(item, "/kind")) }
            td { (status(text(item, "/status"))) }
            td { (money(item, "amount_pence")) }
            td { code { (text(item, "/account_id")) } }
            td {
                @match text(item, "/status") {
                    "pending_release" => { (act("Release", "payments/release")) (fail()) },
                    "scheduled" => { (act("Settle", "payments/settle")) (fail()) },
                    "processing" => { (act("Settle", "payments/settle")) (fail()) (act("Return", "payments/return")) },
                    "settled" => (act("Return", "payments/return")),
                    _ => {},
                }
            }
        }
    };
    let columns = ["Id", "Kind", "Status", "Amount", "Account", ""];
    table("Payments", &columns, &items.iter().map(row).collect::<Vec<_>>())
}

pub(super) fn accounts(items: &[Value]) -> Markup {
    let row = |item: &Value| {
        html! {
            td { code { (text(item, "/id")) } }
            td { (status(text(item, "/status"))) }
            td { (money(item, "balance_pence")) }
            td { (money(item, "arrears_pence")) }
            td { (text(item, "/next_payment/due_on")) }
            td { code { (text(item, "/application_id")) } }
        }
    };
    let columns = ["Id", "Status", "Balance", "Arrears", "Next payment", "Application"];
    table("Accounts", &columns, &items.iter().map(row).collect::<Vec<_>>())
}

pub(super) fn links(items: &[Value]) -> Markup {
    let row = |item: &Value| {
        let id = text(item, "/id");
        html! {
            td { code { (id) } }
            td { (status(text(item, "/status"))) }
            td { (money(item, "amount_pence")) }
            td.text { (text(item, "/reference")) }
            td {
                @if text(item, "/status") == "open" {
                    (button("Pay", "links/pay", &[("link_id", id)]))
                    " " (button("Cancel", "links/cancel", &[("link_id", id)]))
                    " " a href=(text(item, "/url")) { "Open the page" }
                }
            }
        }
    };
    table(
        "Payment links",
        &["Id", "Status", "Amount", "Reference", ""],
        &items.iter().map(row).collect::<Vec<_>>(),
    )
}

pub(super) fn checks(items: &[Value]) -> Markup {
    let row = |item: &Value| {
        let id = text(item, "/id");
        html! {
            td { code { (id) } }
            td { (status(text(item, "/status"))) }
            td { code { (text(item, "/application_id")) } }
            td.text { (text(item, "/reference")) }
            td {
                @if text(item, "/status") == "pending" {
                    (button("Fail", "identity_checks/fail", &[("check_id", id), ("reason", "document_expired")]))
                }
            }
        }
    };
    let columns = ["Id", "Status", "Application", "Reference", ""];
    table("Identity checks", &columns, &items.iter().map(row).collect::<Vec<_>>())
}

pub(super) fn deliveries(items: &[Delivery]) -> Markup {
    let row = |item: &Delivery| {
        let answer = item
            .status()
            .map_or_else(|| item.error().unwrap_or_default().to_owned(), |code| code.to_string());
        let tone = if item.succeeded() { "good" } else { "bad" };
        html! {
            td { (item.at()) }
            td.body { details { summary { (item.event_type()) } pre { (String::from_utf8_lossy(item.body())) } }
            }
            td { code { (item.event_id()) } }
            td.text { (item.url()) }
            td { (item.attempt()) }
            td.text { span class={ "status " (tone) } { (answer) } }
            td { (button("Again", "webhooks/redeliver", &[("event_id", item.event_id())])) }
        }
    };
    let columns = ["At", "Event", "Id", "To", "Attempt", "Answer", ""];
    table("Webhook deliveries", &columns, &items.iter().rev().take(ROWS).map(row).collect::<Vec<_>>())
}

pub(super) fn requests(items: &[RecordedRequest]) -> Markup {
    let row = |item: &RecordedRequest| {
        let code = item.status.map_or_else(|| "none".to_owned(), |code| code.as_u16().to_string());
        let tone = if item.status.is_some_and(|code| code.is_success()) { "good" } else { "bad" };
        let names = item.headers.iter().filter(|(name, _)| *name != header::AUTHORIZATION);
        let headers: Vec<_> = names
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let query = item.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        html! {
            td { (item.at) }
            td.body { details {
                    summary { code { (item.method) " " (item.path) (query) } }
                    pre { (headers.join("\n")) }
                    @if !item.body.is_empty() { pre { (item.shown_body()) } }
                    p.note { "Answer" }
                    pre { (item.shown_answer()) }
                }
            }
            td { (item.operation.as_deref().unwrap_or("none")) }
            td { span class={ "status " (tone) } { (code) } }
            td { code { (item.request_id) } }
        }
    };
    let columns = ["At", "Request", "Operation", "Status", "Request id"];
    table("Requests", &columns, &items.iter().rev().take(ROWS).map(row).collect::<Vec<_>>())
}
