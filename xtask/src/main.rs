//! Maintainers' tasks.

fn main() {}
