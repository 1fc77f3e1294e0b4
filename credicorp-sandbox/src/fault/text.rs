//! Faults as text: JSON for the control API, `name=value,…` for a command line. Both have the same fields.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Effect, Fault};
use crate::error::Error;
use crate::form;
use crate::spec::Spec;

/// A fault as it is written; exactly one of the first four says what it does.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    status: Option<u16>,
    delay_ms: Option<u64>,
    reset: Option<When>,
    half_body: Option<bool>,
    on: Option<String>,
    times: Option<u32>,
    probability: Option<f64>,
    retry_after: Option<RetryAfter>,
    body: Option<String>,
    html: Option<String>,
    headers: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    Before,
    After,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RetryAfter {
    Seconds(u64),
    At(Timestamp),
}

impl Written {
    fn effect(&self) -> Result<Effect, String> {
        let effects = [
            self.status.map(Effect::Status),
            self.delay_ms.map(|delay| Effect::Delay(Duration::from_millis(delay))),
            self.reset.map(|when| match when {
                When::Before => Effect::ResetBefore,
                When::After => Effect::ResetAfter,
            }),
            self.half_body.filter(|half| *half).map(|_| Effect::HalfBody),
        ];
        let mut given = effects.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(Effect::Status(status)), None) if !(200..=599).contains(&status) => {
                Err(format!("{status} is no status of an answer: 200 to 599"))
            }
            (Some(effect), None) => Ok(effect),
            (None, _) => Err("a fault needs one of status, delay_ms, reset and half_body".to_owned()),
            (Some(_), Some(_)) => {
                Err("a fault takes just one of status, delay_ms, reset and half_body".to_owned())
            }
        }
    }

    fn fault(self) -> Result<Fault, String> {
        let mut fault = Fault::new(self.effect()?);
        let answers = matches!(fault.effect, Effect::Status(_));
        let dressed = self.retry_after.is_some() || self.body.is_some() || self.html.is_some();
        if !answers && (dressed || !self.headers.is_empty()) {
            return Err("retry_after, headers, body and html go with a status only".to_owned());
        }
        if self.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err("a probability is from 0 to 1".to_owned());
        }
        if let Some(operation) = &self.on {
            check_operation(operation)?;
        }
        fault.operation = self.on;
        fault.times = self.times;
        fault.chance = self.probability;
        for (name, value) in self.headers {
            if HeaderName::try_from(&name).is_err() || HeaderValue::try_from(&value).is_err() {
                return Err(format!("the header {name:?} cannot be sent"));
            }
            fault = fault.header(name, value);
        }
        fault = match self.retry_after {
            Some(RetryAfter::Seconds(seconds)) => fault.retry_after(seconds),
            Some(RetryAfter::At(at)) => fault.retry_after_date(at),
            None => fault,
        };
        match (self.body, self.html) {
            (Some(_), Some(_)) => Err("a fault takes body or html, not both".to_owned()),
            (Some(body), None) => Ok(fault.body(body)),
            (None, Some(page)) => Ok(fault.html(page)),
            (None, None) => Ok(fault),
        }
    }
}

/// A misspelt operation would never fail.
fn check_operation(operation: &str) -> Result<(), String> {
    let spec = Spec::load().map_err(|error| error.to_string())?;
    if spec.operation(operation).is_some() {
        return Ok(());
    }
    let known: Vec<_> = spec.operations().iter().map(|operation| operation.id.as_str()).collect();
    Err(format!("{operation:?} is no operation of the spec; it has {}", known.join(", ")))
}

impl Fault {
    pub(crate) fn from_json(value: Value) -> Result<Self, Error> {
        let written = Written::deserialize(value).map_err(|error| error.to_string());
        written.and_then(Written::fault).map_err(Error::new)
    }
}

/// Reads `status=503,retry_after=1,times=2,on=create_application`, or the same as a JSON object.
///
/// The fields are `status`, `delay_ms`, `reset` (`before` or `after`) or `half_body=true`; then `on`, `times`, `probability`, and for a status
/// `retry_after` (seconds, or a timestamp for the date form), `body`, `html`, and in JSON `headers`.
///
/// ```
/// use credicorp_sandbox::Fault;
///
/// let fault: Fault = "reset=after,probability=0.2,on=create_application".parse()?;
/// assert_eq!(fault.to_string(), "reset=after,on=create_application,probability=0.2");
/// assert!("status=99".parse::<Fault>().is_err());
/// # Ok::<(), credicorp_sandbox::Error>(())
/// ```
impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.trim_start().starts_with('{') {
            let value = serde_json::from_str(text).map_err(|error| Error::new(error.to_string()))?;
            return Self::from_json(value);
        }
        let pairs = text.split(',').map(|pair| {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| Error::new(format!("{pair:?} is not name=value")))?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        });
        Self::from_json(form::to_json(pairs.collect::<Result<Vec<_>, Error>>()?))
    }
}

/// What can be read back, but for bodies and headers.
impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.effect {
            Effect::Status(status) => write!(formatter, "status={status}"),
            Effect::Delay(time) => write!(formatter, "delay_ms={}", time.as_millis()),
            Effect::ResetBefore => formatter.write_str("reset=before"),
            Effect::ResetAfter => formatter.write_str("reset=after"),
            Effect::HalfBody => formatter.write_str("half_body=true"),
        }?;
        if let Some(operation) = &self.operation {
            write!(formatter, ",on={operation}")?;
        }
        if let Some(times) = self.times {
            write!(formatter, ",times={times}")?;
        }
        if let Some(chance) = self.chance {
            write!(formatter, ",probability={chance}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_in_either_form() {
        for text in [
            "status=503,on=create_application,times=2",
            "delay_ms=1500,times=3",
            "reset=before",
            "reset=after,probability=0.25",
            "half_body=true,on=get_account",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        let json = r#"{"status":429,"retry_after":7,"body":"{}","headers":{"x-a":"b"}}"#;
        let fault: Fault = json.parse().unwrap();
        let answer = fault.answer("get_account", "req_1");
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["retry-after"], &answer.headers["x-a"]),
            (429, &"7".parse().unwrap(), &"b".parse().unwrap())
        );
        let dated: Fault = "status=503,retry_after=2026-06-29T10:14:02Z".parse().unwrap();
        let answer = dated.answer("get_account", "req_1");
        assert_eq!(answer.headers["retry-after"], "Mon, 29 Jun 2026 10:14:02 GMT");
    }

    #[test]
    fn a_mistake_is_named() {
        for (text, part) in [
            ("", "name=value"),
            ("times=2", "needs one of"),
            ("status=503,reset=after", "just one of"),
            ("status=99", "200 to 599"),
            ("reset=sometimes", "sometimes"),
            ("status=503,probability=2", "from 0 to 1"),
            ("reset=after,retry_after=1", "status only"),
            ("status=503,colour=red", "colour"),
            ("status=503,on=create_aplication", "create_application"),
            (r#"{"status":503,"body":"a","html":"b"}"#, "not both"),
            (r#"{"status":503,"headers":{"a b":"c"}}"#, "a b"),
            ("{", "EOF"),
        ] {
            let why = text.parse::<Fault>().unwrap_err().to_string();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
