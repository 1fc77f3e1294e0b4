//! What all lists have in common: limit, cursor, dates, and the page that is answered.

use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::answer::Answer;
use crate::exchange::Input;
use crate::page::{Page, Slice};
use crate::problem::{FieldError, Problem};
use crate::shared::Shared;

/// The part of the list that the request asks for.
pub(super) fn slice(shared: &Shared, input: &Input, list: &str) -> Result<Slice, Problem> {
    let before = input.text("cursor").map(|cursor| shared.cursors.open(list, cursor)).transpose()?;
    Ok(Slice::new(input.integer("limit"), before))
}

/// The answer with this part of the list, and the place where it goes on.
pub(super) fn page<T: Serialize>(
    shared: &Shared,
    list: &str,
    (data, next): (Vec<T>, Option<u64>),
) -> Result<Answer, Problem> {
    let next_cursor = next.map(|place| shared.cursors.seal(list, place));
    Answer::json(StatusCode::OK, &Page { data, has_more: next.is_some(), next_cursor })
}

/// A date of the query, from 00:00 UTC.
pub(super) fn start_of_day(input: &Input, name: &str) -> Result<Option<Timestamp>, Problem> {
    let read = |text: &str| -> Result<Timestamp, jiff::Error> {
        Ok(text.parse::<Date>()?.to_zoned(TimeZone::UTC)?.timestamp())
    };
    let refuse =
        |_| Problem::of_fields(vec![FieldError::new(name, "invalid_format", "must be a valid date")]);
    input.text(name).map(read).transpose().or_else(|error| refuse(error).map_or(Ok(None), Err))
}
