//! The hosted journey: the applicant looks at the application and submits it, or leaves.
//!
//! Leaving changes nothing: the application stays `created`, and the same address opens it again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use maud::html;
use serde_json::{Value, json};

use super::{back, choice, layout, page, pounds, sorry};
use crate::problem::Problem;
use crate::shared::Shared;
use crate::world::Application;

pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(journey): Path<String>) -> Response {
    match find(&shared, &journey) {
        Ok(application) => page(StatusCode::OK, content(&json!(application))),
        Err(problem) => sorry(&problem),
    }
}

pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Path(journey): Path<String>,
    body: Bytes,
) -> Response {
    let done = find(&shared, &journey).and_then(|application| {
        let ended = match choice(&body).as_deref() {
            Some("submit") => {
                shared.world(|world, now| world.submit_application(&application.id, now))?;
                "Thank you, your application was submitted"
            }
            Some("abandon") => "Your application was not submitted",
            _ => return Err(unknown_choice("submit or abandon")),
        };
        Ok(back(application.redirect_uri.as_deref(), ended))
    });
    done.unwrap_or_else(|problem| sorry(&problem))
}

pub(super) fn unknown_choice(known: &str) -> Problem {
    let message = format!("This form has no such button: do is {known}.");
    Problem::new(StatusCode::BAD_REQUEST, "unknown_field", message)
}

fn find(shared: &Shared, journey: &str) -> Result<Application, Problem> {
    shared.world(|world, _| {
        let found = world.application_of_journey(journey).cloned();
        found.ok_or_else(|| Problem::resource_not_found("journey", journey))
    })
}

fn content(application: &Value) -> maud::Markup {
    let text = |pointer| application.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name| application[name].as_i64().unwrap_or_default();
    let company = format!("{} ({})", text("/business/name"), text("/business/company_number"));
    let mut facts = vec![
        ("Business", company),
        ("Amount", pounds(number("amount_pence"))),
        ("Term", format!("{} months", number("term_months"))),
    ];
    facts.extend(
        [("Purpose", "/purpose"), ("Reference", "/reference"), ("Application", "/id")]
            .map(|(name, pointer)| {
                (name, text(pointer).replace('_', if name == "Purpose" { " " } else { "_" }))
            })
            .into_iter()
            .filter(|(_, value)| !value.is_empty()),
    );
    let status = text("/status");
    layout::card(
        "Your application for a business loan",
        html! {
            (layout::facts(facts))
            @if status == "created" {
                form method="post" {
                    div.choices {
                        button.main name="do" value="submit" { "Submit application" }
                        button.second name="do" value="abandon" { "Abandon for now" }
                    }
                }
                p.note { "This is a sandbox: no credit search, no bank, no money." }
            } @else {
                p { "There is nothing left to do here: the application is " (layout::status(&status)) "." }
                form method="post" { button.second name="do" value="abandon" { "Go back" } }
            }
        },
    )
}
