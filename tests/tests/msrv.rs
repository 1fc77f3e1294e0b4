//! The oldest Rust that works is stated once, and no dependency of what is published needs a newer one.
//!
//! That the code itself needs none is for `clippy::incompatible_msrv` to say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const PUBLISHED: [&str; 3] = ["credicorp", "credicorp-gen", "credicorp-sandbox"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn metadata() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--all-features", "--locked"]).current_dir(root());
    let answer = cargo.output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    serde_json::from_slice(&answer.stdout).unwrap()
}

/// `1.88` and `1.88.0` as one.
fn version(text: &str) -> Vec<u64> {
    let mut parts: Vec<u64> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

/// The packages that whoever depends on what is published compiles.
fn compiled(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let needs: BTreeMap<&str, Vec<&str>> = nodes
        .iter()
        .map(|node| {
            let needed =
                node["deps"].as_array().unwrap().iter().filter(|dep| {
                    dep["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev")
                });
            (node["id"].as_str().unwrap(), needed.map(|dep| dep["pkg"].as_str().unwrap()).collect())
        })
        .collect();
    let mut open: Vec<&str> = packages(metadata)
        .filter(|package| PUBLISHED.contains(&package["name"].as_str().unwrap()))
        .map(|package| package["id"].as_str().unwrap())
        .collect();
    assert_eq!(open.len(), PUBLISHED.len());
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(&needs[id]);
        }
    }
    seen
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().unwrap().iter()
}

#[test]
fn no_dependency_needs_a_newer_rust_than_ours() {
    let metadata = metadata();
    let compiled = compiled(&metadata);
    let stated = |name: &str| {
        let package = packages(&metadata).find(|package| package["name"] == name).unwrap();
        version(package["rust_version"].as_str().unwrap())
    };
    let ours = stated("credicorp");
    assert!(PUBLISHED.iter().all(|name| stated(name) == ours), "one version for all that is published");
    let newer: Vec<String> = packages(&metadata)
        .filter(|package| compiled.contains(package["id"].as_str().unwrap()))
        .filter_map(|package| Some((package, package["rust_version"].as_str()?)))
        .filter(|(_, needed)| version(needed) > ours)
        .map(|(package, needed)| format!("{} needs {needed}", package["name"]))
        .collect();
    assert!(newer.is_empty(), "the rust-version is {ours:?}: {newer:?}");
    assert!(compiled.len() > 100, "the whole tree was looked at, and not {} packages", compiled.len());
}

#[test]
fn the_oldest_rust_is_stated_in_one_place() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let stated: Vec<&str> =
        manifest.lines().filter_map(|line| line.strip_prefix("rust-version = ")).collect();
    let [stated] = stated[..] else { panic!("{stated:?}") };
    let stated = stated.trim_matches('"');
    for file in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", ".ci/run", "clippy.toml"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(!text.contains(stated), "{file} states the Rust version {stated} once more");
    }
    for member in ["credicorp", "credicorp-gen", "credicorp-sandbox", "tests", "xtask"] {
        let text = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(text.contains("rust-version.workspace = true"), "{member} has the version of the workspace");
    }
}
