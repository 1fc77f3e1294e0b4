//! The page of a payment link: the payer pays, or leaves.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use maud::html;
use serde_json::{Value, json};

use super::journey::unknown_choice;
use super::{back, choice, layout, page, pounds, sorry};
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::PaymentLink;

pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    match find(&shared, &name) {
        Ok(link) => page(StatusCode::OK, content(&json!(link))),
        Err(problem) => sorry(&problem),
    }
}

pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let done = find(&shared, &name).and_then(|link| {
        let ended = match choice(&body).as_deref() {
            Some("pay") => {
                shared.world(|world, now| world.pay_link(&link.id, now))?;
                "Thank you, your payment is on its way"
            }
            Some("leave") => "You have not paid",
            _ => return Err(unknown_choice("pay or leave")),
        };
        Ok(back(link.redirect_uri(), ended))
    });
    done.unwrap_or_else(|problem| sorry(&problem))
}

fn find(shared: &Shared, name: &str) -> Result<PaymentLink, Problem> {
    shared.world(|world, _| {
        let found = world.link_of_page(name).cloned();
        found.ok_or_else(|| Problem::resource_not_found("payment page", name))
    })
}

fn content(link: &Value) -> maud::Markup {
    let text = |name: &str| link[name].as_str().unwrap_or_default().to_owned();
    let facts = [
        ("Amount", pounds(link["amount_pence"].as_i64().unwrap_or_default())),
        ("Reference", text("reference")),
        ("Open until", text("expires_at")),
    ];
    let status = text("status");
    layout::card(
        "A payment to Credicorp",
        html! {
            (layout::facts(facts))
            @if status == "open" {
                form method="post" {
                    div.choices {
                        button.main name="do" value="pay" { "Pay by bank" }
                        button.second name="do" value="leave" { "Leave without paying" }
                    }
                }
                p.note { "This is a sandbox: no bank, no money." }
            } @else {
                p { "This link is " (layout::status(&status)) "." }
                form method="post" { button.second name="do" value="leave" { "Go back" } }
            }
        },
    )
}
