//! The public API, as text under snapshot: a review of a changed surface is a review of these files.
//!
//! The text is made from rustdoc's JSON, which a stable compiler prints when it is told to behave like an unstable one, for
//! that one child process. Its format changes now and then; a compiler whose format is another than the reader's cannot be
//! compared with the snapshots, and says so on standard error, past the capture of the test's output.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

/// A crate under a set of features, and the snapshot of its API; with features of what they add.
struct Surface {
    snapshot: &'static str,
    package: &'static str,
    features: &'static [&'static str],
    /// Only what stands under this path.
    under: &'static str,
}

/// One for each set of features that matters. What `credicorp` re-exports prints no fields there, so the types of the
/// generated crate have snapshots of their own.
const SURFACES: &[Surface] = &[
    Surface { snapshot: "default", package: "credicorp", features: &[], under: "credicorp" },
    Surface {
        snapshot: "all_features",
        package: "credicorp",
        features: &["axum", "blocking", "schemars"],
        under: "credicorp",
    },
    Surface { snapshot: "types", package: "credicorp-gen", features: &[], under: "credicorp_gen::types" },
    Surface {
        snapshot: "types_with_schemars",
        package: "credicorp-gen",
        features: &["schemars"],
        under: "credicorp_gen::types",
    },
];

/// Foreign crates that may appear: each is a promise to move with its major version. A primitive type stands like one.
const ALLOWED: &[&str] = &[
    "alloc",
    "bytes",
    "core",
    "credicorp",
    "credicorp_gen",
    "futures_core",
    "http",
    "i64",
    "jiff",
    "serde",
    "serde_core",
    "serde_json",
    "std",
];

/// Foreign crates that may appear under the feature that brings them.
const ALLOWED_UNDER: &[(&str, &str)] = &[("axum_core", "axum"), ("schemars", "schemars")];

#[test]
fn the_public_api_is_the_one_that_was_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(true);
    let mut foreign = Vec::new();
    let mut without_features = Vec::new();
    for surface in SURFACES {
        let Some(mut lines) = surface.lines() else { return };
        foreign.extend(lines.iter().filter(|line| !is_allowed(line, surface.features)).cloned());
        if surface.features.is_empty() {
            without_features.clone_from(&lines);
        } else {
            let lost = without_features.iter().find(|line| !lines.contains(line));
            assert_eq!(lost, None, "a feature takes nothing away");
            lines.retain(|line| !without_features.contains(line));
        }
        settings.bind(|| insta::assert_snapshot!(surface.snapshot, lines.join("\n")));
    }
    assert!(foreign.is_empty(), "crates that may not appear in the public API:\n{}", foreign.join("\n"));
}

impl Surface {
    /// The API, one item a line; `None` if this compiler prints it in a format that cannot be read.
    fn lines(&self) -> Option<Vec<String>> {
        let json = self.json();
        let printed: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
        if printed["format_version"] != rustdoc_types::FORMAT_VERSION {
            let mut stderr = std::io::stderr();
            writeln!(
                stderr,
                "skipped: the public API is not compared: this compiler prints rustdoc JSON {}, and the snapshots are made from {}, that of Rust 1.95",
                printed["format_version"],
                rustdoc_types::FORMAT_VERSION
            )
            .unwrap();
            return None;
        }
        let api = public_api::Builder::from_rustdoc_json(json)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .build()
            .unwrap();
        Some(api.items().map(ToString::to_string).filter(|line| self.holds(line)).collect())
    }

    fn json(&self) -> PathBuf {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        rustdoc_json::Builder::default()
            .clear_toolchain()
            .manifest_path(root.join(self.package).join("Cargo.toml"))
            .target_dir(root.join("target/public-api"))
            .features(self.features)
            .cap_lints(Some("allow"))
            .env("RUSTC_BOOTSTRAP", "1")
            .quiet(true)
            .build()
            .unwrap()
    }

    /// Whether the item of a line stands under the path, or is an `impl` for one that does.
    fn holds(&self, line: &str) -> bool {
        let item = match line.rsplit_once(" for ") {
            Some((_, item)) if line.starts_with("impl") => item,
            _ => line.split_once("credicorp").map_or("", |(before, _)| &line[before.len()..]),
        };
        item == self.under || item.strip_prefix(self.under).is_some_and(|rest| rest.starts_with("::"))
    }
}

/// Whether every crate that a line names may appear in it: reqwest in the one method that hands out its builder.
fn is_allowed(line: &str, features: &[&str]) -> bool {
    crates(line).all(|name| {
        let under = ALLOWED_UNDER.iter().any(|(allowed, of)| *allowed == name && features.contains(of));
        ALLOWED.contains(&name) || under || (name == "reqwest" && line.contains("::configure_http"))
    })
}

/// The first segments of all paths in a line. A generic parameter and `Self` have an upper-case first letter.
fn crates(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    words
        .filter_map(|word| word.split_once("::"))
        .map(|(first, _)| first)
        .filter(|first| first.starts_with(|c: char| c.is_ascii_lowercase()))
}

#[test]
fn a_crate_that_is_not_allowed_is_found() {
    for (line, is_fine) in [
        ("pub fn credicorp::Client::api_base(&self) -> &str", true),
        ("pub fn credicorp::Response<T>::headers(&self) -> &http::header::map::HeaderMap", true),
        ("pub fn credicorp::ClientBuilder<M>::configure_http(self, impl FnOnce(reqwest::Client))", true),
        ("pub fn credicorp::Client::http(&self) -> &reqwest::Client", false),
        ("impl futures_util::stream::Stream for credicorp::list::Items<Q>", false),
        ("impl<M> zeroize::Zeroize for credicorp::Secret<M>", false),
        ("impl schemars::JsonSchema for credicorp_gen::types::Account", true),
    ] {
        assert_eq!(is_allowed(line, &["schemars"]), is_fine, "{line}");
        assert_eq!(is_allowed(line, &[]), is_fine && !line.contains("schemars"), "{line}");
    }
}
