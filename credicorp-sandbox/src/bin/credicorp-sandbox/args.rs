//! The command line, read by hand: `--name value` or `--name=value`, in any order, each once but `--fault`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use credicorp_sandbox::{Fault, Tier};

pub(crate) const HELP: &str = "\
The Credicorp partner API offline: stateful, deterministic, as strict as the spec.

Usage: credicorp-sandbox [OPTIONS]
       credicorp-sandbox trigger EVENT_TYPE [--port N]

Options:
  --port N           the port on 127.0.0.1; 4010 unless said otherwise, 0 for a free one
  --webhook-url URL  deliver every event to this address on this machine, signed
  --allow-remote-webhooks
                     send webhooks to other machines too, by https, which takes
                     the feature rustls; without this option what is for
                     another machine is recorded as not sent
  --tier TIER        rate limits: build (10 a second, 50 at once, 10 at a time; the
                     default), launch (25, 100, 20), scale (100, 400, 50), or none
  --seed N           what ids and credentials follow from; 0 unless said otherwise
  --fault FAULT      have requests fail, from the first one on; as often as you like:
                       status=503,retry_after=1,times=2,on=create_application
                       reset=after,probability=0.05    delay_ms=3000
                       half_body=true                  status=401,on=create_token
  --state FILE       restore what an earlier run saved here, if there is such a file,
                     and save everything here when it stops (readable by you only)
  --json-logs        one JSON object for each request in place of a line of text
  --version          print the version
  --help             print this

At its start it prints what belongs into the environment of your program:
CC_API_BASE, CC_SECRET_KEY, CC_WEBHOOK_SECRET, and the client pair. They are
the same at every start. It takes no other credentials, and never live ones.
Ctrl-C or a termination signal stops it in good order.

Every request is logged to stderr in one line:
  method, path, status, operation, request id, time

trigger has a running sandbox do what leads to an event of this type, such as
payment.settled, and prints the events that came of it.

Try it:
  curl -s -u \"$CC_SECRET_KEY:\" -d grant_type=client_credentials \"$CC_API_BASE/oauth/token\"
  credicorp-sandbox trigger decision.completed

Open its address in a browser to see requests, state and deliveries, and to move
the clock. GET /_sandbox lists the same controls for tests in other languages.
";

#[derive(Debug)]
pub(crate) enum Wish {
    Run(Args),
    Trigger { event: String, port: u16 },
    Help,
    Version,
}

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) port: u16,
    pub(crate) webhook_url: Option<String>,
    pub(crate) allow_remote_webhooks: bool,
    pub(crate) tier: Tier,
    pub(crate) seed: Option<u64>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) state: Option<PathBuf>,
    pub(crate) json_logs: bool,
}

const DEFAULT_PORT: u16 = 4010;

/// What is there or not.
const SWITCHES: [&str; 2] = ["--allow-remote-webhooks", "--json-logs"];
/// What has a value.
const OPTIONS: [&str; 6] = ["--port", "--webhook-url", "--tier", "--seed", "--fault", "--state"];

/// The options by name, each with what was said, in order.
struct Given(BTreeMap<&'static str, Vec<String>>);

impl Wish {
    /// What the arguments after the program's name ask for, or what is wrong with them.
    pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut args = args.into_iter().map(text).peekable();
        let event = match args.next_if(|arg| arg.as_deref() == Ok("trigger")) {
            Some(_) => match args.next_if(|arg| !matches!(arg, Ok(text) if text.starts_with('-'))) {
                Some(event) => Some(event?),
                // What follows may ask for help.
                None => Some(String::new()),
            },
            None => None,
        };
        let mut given = Given(BTreeMap::new());
        while let Some(arg) = args.next() {
            let arg = arg?;
            match arg.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                "--version" | "-V" => return Ok(Self::Version),
                _ => given.take(&arg, &mut args)?,
            }
        }
        match event {
            None => given.args().map(Self::Run),
            Some(event) if event.is_empty() => {
                Err("trigger needs the type of an event, such as decision.completed".to_owned())
            }
            Some(event) => match given.0.keys().find(|name| **name != "--port") {
                Some(name) => Err(format!("{name} is for a sandbox that starts; trigger asks one that runs")),
                None => Ok(Self::Trigger { event, port: given.port()? }),
            },
        }
    }
}

impl Given {
    /// Takes one option, with its value if it has one.
    fn take(
        &mut self,
        arg: &str,
        rest: &mut impl Iterator<Item = Result<String, String>>,
    ) -> Result<(), String> {
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg, None),
        };
        let value = if SWITCHES.contains(&arg) {
            String::new()
        } else if OPTIONS.contains(&name) {
            match inline {
                Some(value) => value,
                None => rest.next().ok_or_else(|| format!("{name} needs a value"))??,
            }
        } else {
            return Err(format!("{arg} is not known here"));
        };
        let known = SWITCHES.iter().chain(&OPTIONS).find(|known| **known == name);
        let values = self.0.entry(known.copied().unwrap_or_default()).or_default();
        values.push(value);
        if values.len() > 1 && name != "--fault" {
            return Err(format!("{name} is there twice"));
        }
        Ok(())
    }

    fn one(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(String::as_str)
    }

    fn port(&self) -> Result<u16, String> {
        let port = self.one("--port").map(|port| {
            port.parse().map_err(|_| format!("{port:?} is not a port: a number from 0 to 65535"))
        });
        port.unwrap_or(Ok(DEFAULT_PORT))
    }

    fn args(&self) -> Result<Args, String> {
        let seed = self.one("--seed").map(|seed| {
            seed.parse()
                .map_err(|_| format!("{seed:?} is not a seed: a number from 0 to 18446744073709551615"))
        });
        let faults = self.0.get("--fault").into_iter().flatten();
        let faults = faults.map(|fault| fault.parse().map_err(|error| format!("--fault {fault}: {error}")));
        Ok(Args {
            port: self.port()?,
            webhook_url: self.one("--webhook-url").map(str::to_owned),
            allow_remote_webhooks: self.one("--allow-remote-webhooks").is_some(),
            tier: self.one("--tier").map_or(Ok(Tier::Build), read_tier)?,
            seed: seed.transpose()?,
            faults: faults.collect::<Result<_, _>>()?,
            state: self.one("--state").map(PathBuf::from),
            json_logs: self.one("--json-logs").is_some(),
        })
    }
}

fn read_tier(name: &str) -> Result<Tier, String> {
    match name {
        "none" => Ok(Tier::None),
        "build" => Ok(Tier::Build),
        "launch" => Ok(Tier::Launch),
        "scale" => Ok(Tier::Scale),
        _ => Err(format!("{name:?} is no tier: build, launch, scale or none")),
    }
}

fn text(arg: OsString) -> Result<String, String> {
    arg.into_string().map_err(|arg| format!("{arg:?} is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Wish, String> {
        Wish::read(args.iter().map(OsString::from))
    }

    #[track_caller]
    fn run(args: &[&str]) -> Args {
        match read(args) {
            Ok(Wish::Run(args)) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_said_is_the_usual() {
        let args = run(&[]);
        assert_eq!((args.port, args.webhook_url, args.tier, args.seed), (4010, None, Tier::Build, None));
        assert!(
            !args.allow_remote_webhooks && !args.json_logs && args.faults.is_empty() && args.state.is_none()
        );
    }

    #[test]
    fn arguments_come_in_any_order_and_either_form() {
        let args = run(&["--port", "0", "--webhook-url=http://127.0.0.1/?a=b"]);
        assert_eq!((args.port, args.webhook_url.as_deref()), (0, Some("http://127.0.0.1/?a=b")));
        let args =
            run(&["--allow-remote-webhooks", "--tier=scale", "--json-logs", "--seed", "7", "--port=1"]);
        assert_eq!((args.port, args.tier, args.seed), (1, Tier::Scale, Some(7)));
        assert!(args.allow_remote_webhooks && args.json_logs);
        let args = run(&["--fault", "reset=after", "--state=a.json", "--fault=status=503,on=get_account"]);
        let faults: Vec<_> = args.faults.iter().map(ToString::to_string).collect();
        assert_eq!(faults, ["reset=after", "status=503,on=get_account"]);
        assert_eq!(args.state, Some(PathBuf::from("a.json")));
        assert!(matches!(read(&["--port", "1", "-h"]), Ok(Wish::Help)));
        assert!(matches!(read(&["--version"]), Ok(Wish::Version)));
    }

    #[test]
    fn trigger_takes_an_event_and_a_port() {
        let Ok(Wish::Trigger { event, port }) = read(&["trigger", "payment.settled", "--port", "1"]) else {
            panic!("it is not taken")
        };
        assert_eq!((event.as_str(), port), ("payment.settled", 1));
        assert!(matches!(read(&["trigger", "--help"]), Ok(Wish::Help)));
    }

    #[test]
    fn a_mistake_is_named() {
        for (args, part) in [
            (&["--prot", "1"][..], "--prot"),
            (&["4010"], "4010"),
            (&["--tier", "gold"], "launch"),
            (&["--port"], "needs a value"),
            (&["--allow-remote-webhooks=no"], "--allow-remote-webhooks=no"),
            (&["--port", "65536"], "65535"),
            (&["--port", "1", "--port", "2"], "twice"),
            (&["--json-logs", "--json-logs"], "twice"),
            (&["--seed", "-1"], "a number from 0"),
            (&["--fault", "status=99"], "--fault status=99: 99 is no status"),
            (&["trigger"], "decision.completed"),
            (&["trigger", "--port", "1"], "decision.completed"),
            (&["trigger", "offer.created", "--seed", "1"], "--seed"),
            (&["trigger", "offer.created", "offer.created"], "not known"),
        ] {
            let why = read(args).unwrap_err();
            assert!(why.contains(part), "{args:?}: {why}");
        }
    }
}
