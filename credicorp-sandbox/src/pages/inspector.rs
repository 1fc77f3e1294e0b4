//! The inspector at `/`: what came in and what was answered, the state with what can be done to it, and the deliveries.
//!
//! A button posts the name of a command of the control API and its fields, and comes back here.

mod tables;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use maud::{Markup, html};

use super::{fields, layout, page, redirect, sorry};
use crate::control;
use crate::exchange::media_type;
use crate::form;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::spec::FORM;

/// How many rows of each kind are shown.
const ROWS: usize = 50;

pub(super) async fn show(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = fields(query.unwrap_or_default().as_bytes());
    let did = query.into_iter().find(|(name, _)| name == "did").map(|(_, value)| value);
    page(StatusCode::OK, content(&shared, did.as_deref()))
}

pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    headers: http::HeaderMap,
    body: Bytes,
) -> Response {
    if !media_type(&headers).is_some_and(|given| given.eq_ignore_ascii_case(FORM)) {
        return sorry(&Problem::unsupported_media_type(FORM));
    }
    let (name, rest): (Vec<_>, Vec<_>) = fields(&body).into_iter().partition(|(name, _)| name == "do");
    let name = name.into_iter().next().map(|(_, name)| name).unwrap_or_default();
    match control::perform(&shared, &name, form::to_json(rest)).await {
        Ok(_) => redirect(&format!(
            "/?did={}",
            form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>()
        )),
        Err(problem) => sorry(&problem),
    }
}

fn content(shared: &Shared, did: Option<&str>) -> Markup {
    let view = shared.world(|world, _| world.view(ROWS as i64));
    layout::document(
        "Inspector",
        html! {
            main.wide {
                (layout::brand())
                h1 { "Inspector" }
                @if let Some(did) = did {
                    p.did { "Done: " code { (did) } }
                }
                (controls(shared))
                (tables::applications(&view.applications))
                (tables::payments(&view.payments))
                (tables::accounts(&view.accounts))
                (tables::links(&view.links))
                (tables::checks(&view.checks))
                (tables::deliveries(&shared.webhooks.deliveries()))
                (tables::requests(&shared.requests.all()))
            }
        },
    )
}

fn controls(shared: &Shared) -> Markup {
    let faults = shared.faults.waiting();
    let frozen = shared.clock.is_frozen();
    html! {
        div.panel {
            (layout::facts([
                ("Address", shared.url.clone()),
                ("Clock", format!("{} ({})", shared.clock.now(), if frozen { "stopped" } else { "running" })),
                ("Pending faults", if faults.is_empty() { "none".to_owned() } else {
                    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
                }),
            ]))
            div {
                @for (label, seconds) in [("1 second on", "1"), ("1 hour on", "3600"), ("1 day on", "86400"), ("30 days on", "2592000")] {
                    (button(label, "clock/advance", &[("seconds", seconds)]))
                }
                @if frozen { (button("Let the clock run", "clock/resume", &[])) }
                @else { (button("Stop the clock", "clock/freeze", &[])) }
            }
            div {
                (button("Next request: 503", "faults/inject", &[("status", "503"), ("retry_after", "1")]))
                (button("Next request: 429", "faults/inject", &[("status", "429"), ("retry_after", "1")]))
                (button("Next answer: reset", "faults/inject", &[("reset", "after")]))
                (button("Next answer: half a body", "faults/inject", &[("half_body", "true")]))
                (button("No faults", "faults/clear", &[]))
                (button("Expire tokens", "tokens/expire", &[]))
                (button("Revoke tokens", "tokens/revoke", &[]))
            }
            div {
                (button("Hold webhooks", "webhooks/hold", &[]))
                (button("Release", "webhooks/release", &[]))
                (button("Release in reverse", "webhooks/release", &[("reverse", "true")]))
                (button("Next event twice", "webhooks/duplicate", &[("events", "1")]))
                form method="post" action="/" {
                    input type="hidden" name="do" value="webhooks/deliver_to";
                    input.long type="url" name="url" required placeholder="http://127.0.0.1:3000/webhooks" aria-label="Address for webhooks";
                    button { "Deliver events here" }
                }
            }
            form method="post" action="/" {
                input type="hidden" name="do" value="trigger";
                select name="event" aria-label="Type of event" {
                    @for event in shared.spec.event_types() { option { (event) } }
                }
                button { "Trigger" }
            }
        }
    }
}

/// A form that is a button.
fn button(label: &str, command: &str, fields: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action="/" {
            input type="hidden" name="do" value=(command);
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button { (label) }
        }
    }
}
