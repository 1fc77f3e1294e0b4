use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::caller::APPLICATIONS;

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_credicorp-sandbox"))
}

/// Ends the program if the test does not.
struct Running(Child);

impl Running {
    /// Starts it on a free port.
    fn start(args: &[&str]) -> Self {
        let mut command = command();
        command.args(["--port", "0"]).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// What it prints at its start after each of these, which come in this order. Nobody reads on: it goes on all the same.
    fn printed<const N: usize>(&mut self, prefixes: [&str; N]) -> [String; N] {
        let mut lines = BufReader::new(self.0.stdout.take().unwrap()).lines().map(Result::unwrap);
        prefixes.map(|prefix| lines.find_map(|line| line.strip_prefix(prefix).map(str::to_owned)).unwrap())
    }

    /// Tells it to stop in good order; what it wrote to stderr.
    fn stop(&mut self, signal: &str) -> Vec<String> {
        let told = Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap();
        assert!(told.success() && self.0.wait().unwrap().success());
        BufReader::new(self.0.stderr.take().unwrap()).lines().map(Result::unwrap).collect()
    }
}

async fn status_of(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

const BASE: &str = "export CC_API_BASE=";

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn help_and_version_are_printed() {
    let help = command().arg("--help").output().unwrap();
    assert!(help.status.success() && String::from_utf8(help.stdout).unwrap().contains("--webhook-url"));
    let version = command().arg("--version").output().unwrap();
    assert_eq!(
        String::from_utf8(version.stdout).unwrap(),
        format!("credicorp-sandbox {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_mistake_ends_it_with_a_reason() {
    let wrong = command().args(["--port", "many"]).output().unwrap();
    let why = String::from_utf8(wrong.stderr).unwrap();
    assert!(wrong.status.code() == Some(2) && why.contains("many") && why.contains("--help"), "{why}");
    let remote = command().args(["--port", "0", "--webhook-url", "https://example.com/"]).output().unwrap();
    assert_eq!(remote.status.code(), Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn it_prints_what_to_paste_serves_logs_and_stops_on_ctrl_c() {
    let mut running = Running::start(&[]);
    let prefixes = [
        "export CC_SECRET_KEY=",
        "export CC_WEBHOOK_SECRET=",
        "# export CC_CLIENT_ID=",
        "# export CC_CLIENT_SECRET=",
    ];
    // A client refuses two kinds of credentials, so that pasting all of it must set one.
    let [base, key, webhook, id, secret] =
        running.printed([BASE, prefixes[0], prefixes[1], prefixes[2], prefixes[3]]);
    assert!(key.starts_with("sk_test_") && webhook.starts_with("whsec_"));
    assert!(id.starts_with("cid_sbx_") && secret.starts_with("csk_sbx_"));

    let minted = client().post(format!("{base}/oauth/token")).basic_auth(&key, Some(""));
    let minted = minted
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    assert_eq!(status_of(minted).await, 200);
    let refused = client().get(format!("{base}{APPLICATIONS}?status=private")).send().await.unwrap();
    let request_id = refused.headers()["credicorp-request-id"].to_str().unwrap().to_owned();

    let log = running.stop("-INT");
    assert!(log[0].starts_with("POST /oauth/token 200 create_token req_"), "{log:?}");
    assert!(
        log[1].starts_with(&format!("GET {APPLICATIONS} 401 list_applications {request_id} ")),
        "{log:?}"
    );
    assert!(!log.iter().any(|line| line.contains("private") || line.contains(&key)), "{log:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn faults_seed_and_json_logs_are_as_chosen() {
    let mut running = Running::start(&[
        "--fault",
        "status=503,on=list_applications",
        "--seed",
        "7",
        "--json-logs",
        "--tier=none",
    ]);
    let [base, key] = running.printed([BASE, "export CC_SECRET_KEY="]);
    let other = credicorp_sandbox::Sandbox::builder().seed(7).start().await.unwrap();
    assert_eq!(key, other.secret_key());
    let list = || client().get(format!("{base}{APPLICATIONS}"));
    assert_eq!((status_of(list()).await, status_of(list()).await), (503, 401));
    let log = running.stop("-TERM");
    let lines: Vec<serde_json::Value> = log
        .iter()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!((statuses, lines[0]["operation"].as_str()), (vec![503, 401], Some("list_applications")));
}

#[cfg(unix)]
#[tokio::test]
async fn trigger_has_a_running_sandbox_do_what_leads_to_an_event() {
    let mut running = Running::start(&[]);
    let [base] = running.printed([BASE]);
    let port = base.rsplit_once(':').unwrap().1.to_owned();
    let trigger = |event: &str| command().args(["trigger", event, "--port", &port]).output().unwrap();
    let done = trigger("decision.completed");
    let printed = String::from_utf8(done.stdout).unwrap();
    let kinds: Vec<_> = printed.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert!(
        done.status.success() && kinds[0] == "application.submitted" && kinds.contains(&"decision.completed"),
        "{printed}"
    );
    let wrong = trigger("payment.succeeded");
    let why = String::from_utf8(wrong.stderr).unwrap();
    assert!(wrong.status.code() == Some(1) && why.contains("payment.settled"), "{why}");
    running.stop("-TERM");
    let gone = trigger("decision.completed");
    let why = String::from_utf8(gone.stderr).unwrap();
    assert!(gone.status.code() == Some(1) && why.contains("no sandbox answers on port"), "{why}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_state_goes_on_in_the_next_run() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let args = ["--state", file.to_str().unwrap()];
    let decide = |base: &str| {
        let port = base.rsplit_once(':').unwrap().1.to_owned();
        let output = command().args(["trigger", "application.submitted", "--port", &port]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        printed.split_once(' ').unwrap().0.to_owned()
    };
    let mut first = Running::start(&args);
    let [base] = first.printed([BASE]);
    let event = decide(&base);
    first.stop("-TERM");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let mut second = Running::start(&args);
    let [base] = second.printed([BASE]);
    assert_ne!(decide(&base), event, "an id is given once");
    let again = client().post(format!("{base}/_sandbox/webhooks/redeliver"));
    assert_eq!(status_of(again.json(&serde_json::json!({ "event_id": event }))).await, 200);
    let save = client().post(format!("{base}/_sandbox/state/save")).json(&serde_json::json!({}));
    assert_eq!(status_of(save).await, 200);
    second.stop("-INT");

    std::fs::write(&file, "{").unwrap();
    let damaged = command().args(["--port", "0"]).args(args).output().unwrap();
    let why = String::from_utf8(damaged.stderr).unwrap();
    assert!(damaged.status.code() == Some(1) && why.contains("state.json"), "{why}");
}
