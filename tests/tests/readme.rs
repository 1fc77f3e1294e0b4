//! What the READMEs show is what is tested.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

const SANDBOX: &str = include_str!("../../credicorp-sandbox/README.md");
const CHECKOUT: &str = include_str!("checkout.rs");

/// The first block of code after a heading.
fn code_under<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, part) = page.split_once(heading).unwrap();
    let (_, code) = part.split_once("```rust,ignore\n").unwrap();
    code.split_once("```").unwrap().0
}

#[test]
fn the_test_of_a_checkout_is_shown_word_for_word_and_has_thirty_lines() {
    assert_eq!(code_under(SANDBOX, "\n## A partner's checkout, tested\n"), CHECKOUT);
    assert!(CHECKOUT.lines().count() <= 30);
}
