//! What progenitor does not print: ids, open enums, constructors, the tables of operations, of events and of types.

mod events;
pub(crate) mod examples;
mod models;
mod operations;
mod requests;
mod table;

pub(crate) use events::events;
pub(crate) use models::models;
pub(crate) use operations::operations;
pub(crate) use requests::{KEYWORDS, requests};
pub(crate) use table::table;

/// A description as doc comment lines under an indent.
fn doc(indent: &str, text: &str) -> String {
    let lines =
        text.trim().lines().map(|line| format!("{indent}/// {}", line.trim()).trim_end().to_owned() + "\n");
    lines.collect()
}

/// `working_capital` as `WorkingCapital`.
pub(crate) fn pascal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_become_variants() {
        for (value, variant) in
            [("open", "Open"), ("working_capital", "WorkingCapital"), ("a.b-c", "ABC"), ("_", "")]
        {
            assert_eq!(super::pascal(value), variant);
        }
    }
}
