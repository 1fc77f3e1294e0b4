//! What every page looks like.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page with a title and one card in the middle.
pub(super) fn card(title: &str, content: Markup) -> Markup {
    document(
        title,
        html! {
            main.card {
                (brand())
                h1 { (title) }
                (content)
            }
        },
    )
}

/// A page over the whole width.
pub(super) fn document(title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Credicorp sandbox" }
                style { (PreEscaped(STYLE)) }
            }
            body { (content) }
        }
    }
}

pub(super) fn brand() -> Markup {
    html! { p.brand { span.mark { "C" } "Credicorp " span.tag { "sandbox" } } }
}

/// Name and value, one under the other.
pub(super) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> Markup {
    html! {
        dl {
            @for (name, value) in facts {
                dt { (name) }
                dd { (value) }
            }
        }
    }
}

/// A status as a coloured word.
pub(super) fn status(text: &str) -> Markup {
    let tone = match text {
        "approved" | "funded" | "settled" | "paid" | "passed" | "active" => "good",
        "declined" | "failed" | "returned" | "in_arrears" | "withdrawn" | "cancelled" | "expired" => "bad",
        _ => "open",
    };
    html! { span class={ "status " (tone) } { (text.replace('_', " ")) } }
}

const STYLE: &str = include_str!("style.css");
