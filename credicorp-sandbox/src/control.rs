//! The control API, `/_sandbox/…`: what [`crate::Sandbox`] does in Rust, for tests in other languages, for the inspector's buttons and for
//! `credicorp-sandbox trigger`.
//!
//! Each command is one line of a table: its name, what its body looks like, what it does. `GET /_sandbox` prints the table. It is not for
//! the web: a request must be to a loopback `Host`, from no foreign `Origin`, and carry `application/json`; see [`crate::door`].

mod commands;
mod http;
mod trigger;

use std::sync::Arc;

use serde_json::Value;

use crate::problem::{FieldError, Problem};
use crate::shared::Shared;

pub(crate) use commands::COMMANDS;
pub(crate) use http::routes;

type Run = fn(&Shared, Value) -> Result<Value, Problem>;

/// One thing that can be asked for.
#[derive(Debug)]
pub(crate) struct Command {
    /// Its path below `/_sandbox/`.
    pub(crate) name: &'static str,
    /// A body that it takes.
    pub(crate) body: &'static str,
    pub(crate) about: &'static str,
    run: Run,
}

/// Does it, and waits for the webhooks that are due if that is what was asked for.
pub(crate) async fn perform(shared: &Arc<Shared>, name: &str, body: Value) -> Result<Value, Problem> {
    let command = COMMANDS.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| Problem::resource_not_found("command", name))?;
    let answer = (command.run)(shared, body).map_err(|problem| explain(problem, command))?;
    if name == commands::FLUSH {
        shared.flush_webhooks().await;
    }
    Ok(answer)
}

/// A body that is refused is answered by one that is not.
fn explain(mut problem: Problem, command: &Command) -> Problem {
    if problem.code == MALFORMED {
        problem.message =
            format!("{} {} takes a body such as {}.", problem.message, command.name, command.body);
    }
    problem
}

const MALFORMED: &str = "validation_error";

fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, Problem> {
    serde_json::from_value(body).map_err(|error| refuse(error.to_string()))
}

fn refuse(why: impl Into<String>) -> Problem {
    let why = why.into();
    let offence = FieldError::new("body", "invalid_value", why.clone());
    let problem = Problem::of_fields(vec![offence]);
    let mut problem =
        problem.unwrap_or_else(|| Problem::server_error("A body was refused without a reason."));
    problem.message = format!("{why}.");
    problem
}
