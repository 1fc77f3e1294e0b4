//! `credicorp-sandbox trigger`: asks a running sandbox over its control API.

use std::fmt::Write;

use serde_json::{Value, json};

/// What came of it, for a person; or what went wrong.
pub(crate) async fn run(event: &str, port: u16) -> Result<String, String> {
    let url = format!("http://127.0.0.1:{port}/_sandbox/trigger");
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let sent = client.post(&url).json(&json!({ "event": event })).send().await;
    let response = sent.map_err(|error| {
        let hint = "start one with credicorp-sandbox, or say its --port";
        format!("no sandbox answers on port {port} ({}); {hint}", error.without_url())
    })?;
    let status = response.status();
    let answer: Value = response.json().await.map_err(|_| {
        format!("what answers on port {port} is not the sandbox: status {status} without JSON")
    })?;
    if !status.is_success() {
        let message = answer["error"]["message"].as_str();
        return Err(message.map_or_else(|| format!("the sandbox answered {status}"), str::to_owned));
    }
    Ok(tell(&answer))
}

fn tell(answer: &Value) -> String {
    let mut text = String::new();
    // The latest comes first in the answer; a person reads from the top.
    for event in answer["events"].as_array().into_iter().flatten().rev() {
        let (id, kind) = (event["id"].as_str(), event["type"].as_str());
        // Writing to a text does not fail.
        let _ = writeln!(text, "{} {}", id.unwrap_or_default(), kind.unwrap_or_default());
    }
    text
}
