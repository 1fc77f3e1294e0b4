use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::caller::APPLICATIONS;

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_credicorp-sandbox"))
}

/// Ends the program if the test does not.
struct Running(Child);

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
    let child =
        command().args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut line =
        |prefix: &str| lines.find_map(|line| line.strip_prefix(prefix).map(str::to_owned)).unwrap();
    let base = line("export CC_API_BASE=");
    let (key, webhook) = (line("export CC_SECRET_KEY="), line("export CC_WEBHOOK_SECRET="));
    // A client refuses two kinds of credentials, so that pasting all of it must set one.
    let (id, secret) = (line("# export CC_CLIENT_ID="), line("# export CC_CLIENT_SECRET="));
    assert!(key.starts_with("sk_test_") && webhook.starts_with("whsec_"));
    assert!(id.starts_with("cid_sbx_") && secret.starts_with("csk_sbx_"));

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let minted = http.post(format!("{base}/oauth/token")).basic_auth(&key, Some(""));
    let minted = minted
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    assert_eq!(minted.send().await.unwrap().status(), 200);
    let refused = http.get(format!("{base}{APPLICATIONS}?status=private")).send().await.unwrap();
    let request_id = refused.headers()["credicorp-request-id"].to_str().unwrap().to_owned();

    let interrupted = Command::new("kill").args(["-INT", &running.0.id().to_string()]).status().unwrap();
    assert!(interrupted.success() && running.0.wait().unwrap().success());
    let log: Vec<_> = BufReader::new(running.0.stderr.take().unwrap()).lines().map(Result::unwrap).collect();
    assert!(log[0].starts_with("POST /oauth/token 200 create_token req_"), "{log:?}");
    assert!(
        log[1].starts_with(&format!("GET {APPLICATIONS} 401 list_applications {request_id} ")),
        "{log:?}"
    );
    assert!(!log.iter().any(|line| line.contains("private") || line.contains(&key)), "{log:?}");
}
