//! Why there is no code.

use std::fmt;

use crate::Finding;

/// Why there is no code.
#[derive(Debug)]
pub enum Error {
    /// The spec cannot be read.
    Spec(String),
    /// The spec breaks rules.
    Findings(Vec<Finding>),
    /// progenitor refused the lowered spec.
    Progenitor(String),
    /// What was printed is not what was asked for: a setting was ignored, or progenitor prints differently now.
    Printed(String),
    /// A file cannot be read or written.
    File(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(problem) => write!(f, "the spec cannot be read: {problem}"),
            Self::Findings(findings) => {
                for finding in findings {
                    writeln!(f, "{finding}")?;
                }
                let count = findings.len();
                write!(
                    f,
                    "the spec breaks {} in {count} {}",
                    if count == 1 { "a rule" } else { "rules" },
                    if count == 1 { "place" } else { "places" }
                )
            }
            Self::Progenitor(problem) => write!(f, "progenitor refused the spec: {problem}"),
            Self::Printed(problem) => write!(f, "the printed code is not what was asked for: {problem}"),
            Self::File(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for Error {}
