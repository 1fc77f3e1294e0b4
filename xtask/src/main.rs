//! Maintainers' tasks: `cargo xtask gen [--check]`.

use std::process::ExitCode;

use xtask::{Difference, Error, Spec, Tree, generate, report};

const USAGE: &str = "\
usage: cargo xtask gen [--check]

  gen           make the code of openapi/partner-v1.yaml and say what changed since the last run
  gen --check   change nothing; fail if the committed code is not what the spec gives";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["gen"] => write(&Tree::workspace()),
        ["gen", "--check"] => check(&Tree::workspace()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn write(tree: &Tree) -> Result<ExitCode, Error> {
    let spec = Spec::parse(&tree.spec()?)?;
    let generated = generate(&spec)?;
    match tree.baseline()? {
        None => println!("everything is new"),
        Some(baseline) => {
            for line in report(&Spec::parse(&baseline)?, &spec) {
                println!("{line}");
            }
        }
    }
    for line in tree.write(&generated)? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

fn check(tree: &Tree) -> Result<ExitCode, Error> {
    let generated = generate(&Spec::parse(&tree.spec()?)?)?;
    let differences = tree.compare(&generated)?;
    for difference in &differences {
        match difference {
            Difference::Changed(diff) => print!("{diff}"),
            Difference::Stray(path) => println!("{path}: nothing generates this file"),
        }
    }
    if differences.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "the committed code is not what the spec gives: run `cargo xtask gen` and commit what it writes"
    );
    Ok(ExitCode::FAILURE)
}
