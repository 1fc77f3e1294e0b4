//! The state file itself: what is written, and what is not taken.

use std::fs;
use std::path::{Path, PathBuf};

use credicorp_sandbox::{Builder, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::caller::{Caller, start_time};

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    (folder, file)
}

fn builder(file: &Path) -> Builder {
    Sandbox::builder().state_file(file).frozen_at(start_time())
}

/// A state with one application and one endpoint, and the endpoint's secret.
async fn saved(file: &Path) -> String {
    let caller = Caller::of(builder(file)).await;
    caller.create().await;
    let secret = caller.sandbox.deliver_webhooks_to("http://127.0.0.1:1/hook").unwrap();
    caller.sandbox.save_state().unwrap();
    secret
}

async fn refused(builder: Builder) -> String {
    builder.start().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_fresh_start_and_only_saving_writes_it() {
    let (folder, file) = place();
    let sandbox = builder(&file).start().await.unwrap();
    drop(sandbox);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let sandbox = builder(&file).start().await.unwrap();
    sandbox.save_state().unwrap();
    sandbox.stop().await;
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["state.json"]);
}

#[tokio::test]
async fn the_same_state_is_the_same_file() {
    let (_folder, file) = place();
    let (_other_folder, other) = place();
    saved(&file).await;
    let sandbox = builder(&file).start().await.unwrap();
    fs::copy(&file, &other).unwrap();
    sandbox.save_state().unwrap();
    let without_port = |path: &Path| {
        let mut state: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let url = state["state"]["url"].as_str().unwrap().to_owned();
        state["state"]["url"] = Value::Null;
        state.to_string().replace(&url, "http://sandbox")
    };
    assert_eq!(without_port(&file), without_port(&other));
}

/// A file of the first version, with something of everything in it. If this fails, what is in people's folders cannot be read any more, or
/// loses something on its way: that takes a new version of the format.
#[tokio::test]
async fn a_file_of_version_1_is_read_and_written_as_it_was() {
    let (_folder, file) = place();
    let old: Value = serde_json::from_str(include_str!("state_v1.json")).unwrap();
    fs::write(&file, old.to_string()).unwrap();
    let sandbox = Sandbox::builder().state_file(&file).start().await.unwrap();
    sandbox.save_state().unwrap();
    let new = fs::read_to_string(&file).unwrap().replace(sandbox.url(), "http://127.0.0.1:4010");
    let new: Value = serde_json::from_str(&new).unwrap();
    assert_eq!(new, old);
}

#[tokio::test]
async fn a_longer_file_is_replaced_as_a_whole() {
    let (_folder, file) = place();
    let sandbox = builder(&file).start().await.unwrap();
    fs::write(&file, "x".repeat(1_000_000)).unwrap();
    sandbox.save_state().unwrap();
    let state: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(state["version"], 1);
    builder(&file).start().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (_folder, file) = place();
    saved(&file).await;
    assert_eq!(mode(&file), 0o600);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    builder(&file).start().await.unwrap().save_state().unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_stays_one() {
    let (folder, file) = place();
    let link = folder.path().join("link.json");
    saved(&file).await;
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let caller = Caller::of(builder(&link)).await;
    caller.create().await;
    let before = fs::read(&file).unwrap();
    caller.sandbox.save_state().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_ne!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn what_is_not_a_state_is_refused_by_name_and_without_its_content() {
    let (_folder, file) = place();
    let secret = saved(&file).await;
    let good = fs::read_to_string(&file).unwrap();
    let at = good.find(&secret).unwrap();
    let wrong_type = good.replacen("\"planned\": 0", &format!("\"planned\": \"{secret}\""), 1);
    assert_ne!(wrong_type, good);
    for (bad, says) in [
        (String::new(), "damaged"),
        (good[..at + 10].to_owned(), "damaged"),
        (good.replacen("\"world\"", "\"word\"", 1), "damaged"),
        (wrong_type, "damaged"),
        (format!("{good}{good}"), "damaged"),
        ("[1, 2]".to_owned(), "damaged"),
        (good.replacen("credicorp-sandbox state", "another", 1), "not the state of a sandbox"),
        (good.replacen("\"version\": 1", "\"version\": 2", 1), "format version 2"),
    ] {
        fs::write(&file, &bad).unwrap();
        let why = refused(builder(&file)).await;
        assert!(why.contains(says) && why.contains(file.to_str().unwrap()), "{why}");
        assert!(!why.contains(&secret[..10]), "{why}");
        assert_eq!(fs::read_to_string(&file).unwrap(), bad, "it is left as it is");
    }
}

#[tokio::test]
async fn a_folder_is_no_state_file() {
    let (folder, file) = place();
    let why = refused(builder(folder.path())).await;
    assert!(why.contains("cannot be read") && why.contains(folder.path().to_str().unwrap()), "{why}");
    let why = refused(builder(&file.join("state.json"))).await;
    assert!(why.contains("no folder"), "{why}");
    let sandbox = builder(&file).start().await.unwrap();
    fs::create_dir(&file).unwrap();
    let why = sandbox.save_state().unwrap_err().to_string();
    assert!(why.contains("cannot be saved") && why.contains(file.to_str().unwrap()), "{why}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[tokio::test]
async fn there_is_nothing_to_save_to_without_a_file() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.save_state().unwrap_err().to_string().contains("state_file"));
}

#[tokio::test]
async fn the_seed_of_the_file_goes_on_and_another_one_is_refused() {
    let (_folder, file) = place();
    let first = builder(&file).seed(7).start().await.unwrap();
    first.save_state().unwrap();
    let unset = builder(&file).start().await.unwrap();
    assert_eq!(unset.secret_key(), first.secret_key());
    unset.save_state().unwrap();
    assert!(builder(&file).seed(7).start().await.is_ok());
    for other in [0, 8] {
        let why = refused(builder(&file).seed(other)).await;
        assert!(why.contains("seed 7") && why.contains(&format!("seed {other}")), "{why}");
    }
}
