//! The command: its arguments and exit codes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap()
}

#[test]
fn anything_unknown_prints_the_usage_and_exits_2() {
    for arguments in [&[][..], &["lint"], &["gen", "--checks"], &["gen", "--check", "x"], &["--help"]] {
        let output = xtask(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("usage: cargo xtask gen [--check]\n"));
    }
}

#[test]
fn a_clean_check_is_silent() {
    let output = xtask(&["gen", "--check"]);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
}
