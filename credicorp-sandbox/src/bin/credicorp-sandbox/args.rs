//! The command line, read by hand: `--name value` or `--name=value`, in any order, each once.

use std::ffi::OsString;

use credicorp_sandbox::Tier;

pub(crate) const HELP: &str = "\
The Credicorp partner API offline: stateful, deterministic, as strict as the spec.

Usage: credicorp-sandbox [OPTIONS]

Options:
  --port N           the port on 127.0.0.1; 4010 unless said otherwise, 0 for a free one
  --webhook-url URL  deliver every event to this address on this machine, signed
  --allow-remote-webhooks
                     send webhooks to other machines too, by https, which takes
                     the feature rustls; without this option what is for
                     another machine is recorded as not sent
  --tier TIER        rate limits: build (10 a second, 50 at once, 10 at a time; the
                     default), launch (25, 100, 20), scale (100, 400, 50), or none
  --version          print the version
  --help             print this

At its start it prints what belongs into the environment of your program:
CC_API_BASE, CC_SECRET_KEY, CC_WEBHOOK_SECRET, and the client pair. They are
the same at every start. It takes no other credentials, and never live ones.

Every request is logged to stderr in one line:
  method, path, status, operation, request id, time

Try it:
  curl -s -u \"$CC_SECRET_KEY:\" -d grant_type=client_credentials \"$CC_API_BASE/oauth/token\"
";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Run(Args),
    Help,
    Version,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) port: u16,
    pub(crate) webhook_url: Option<String>,
    pub(crate) allow_remote_webhooks: bool,
    pub(crate) tier: Tier,
}

const DEFAULT_PORT: u16 = 4010;

impl Wish {
    /// What the arguments after the program's name ask for, or what is wrong with them.
    pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let (mut port, mut webhook_url, mut tier, mut allow_remote_webhooks) = (None, None, None, false);
        let mut args = args.into_iter().map(text);
        while let Some(arg) = args.next() {
            let arg = arg?;
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let target = match name {
                "--help" | "-h" => return Ok(Self::Help),
                "--version" | "-V" => return Ok(Self::Version),
                "--allow-remote-webhooks" if inline.is_none() => {
                    allow_remote_webhooks = true;
                    continue;
                }
                "--port" => &mut port,
                "--webhook-url" => &mut webhook_url,
                "--tier" => &mut tier,
                _ => return Err(format!("{arg} is not known here")),
            };
            let value = match inline {
                Some(value) => value,
                None => args.next().ok_or_else(|| format!("{name} needs a value"))??,
            };
            if target.replace(value).is_some() {
                return Err(format!("{name} is there twice"));
            }
        }
        let port = match port {
            Some(port) => {
                port.parse().map_err(|_| format!("{port:?} is not a port: a number from 0 to 65535"))?
            }
            None => DEFAULT_PORT,
        };
        let tier = tier.as_deref().map_or(Ok(Tier::Build), read_tier)?;
        Ok(Self::Run(Args { port, webhook_url, allow_remote_webhooks, tier }))
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

    fn run(port: u16, webhook_url: Option<&str>) -> Result<Wish, String> {
        let webhook_url = webhook_url.map(str::to_owned);
        Ok(Wish::Run(Args { port, webhook_url, allow_remote_webhooks: false, tier: Tier::Build }))
    }

    #[test]
    fn arguments_come_in_any_order_and_either_form() {
        assert_eq!(read(&[]), run(4010, None));
        assert_eq!(
            read(&["--port", "0", "--webhook-url=http://127.0.0.1/?a=b"]),
            run(0, Some("http://127.0.0.1/?a=b"))
        );
        assert_eq!(read(&["--webhook-url", "u", "--port=8080"]), run(8080, Some("u")));
        let args = Args { port: 1, webhook_url: None, allow_remote_webhooks: true, tier: Tier::Scale };
        assert_eq!(read(&["--allow-remote-webhooks", "--tier=scale", "--port=1"]), Ok(Wish::Run(args)));
        assert_eq!(read(&["--port", "1", "-h"]), Ok(Wish::Help));
        assert_eq!(read(&["--version"]), Ok(Wish::Version));
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
        ] {
            let why = read(args).unwrap_err();
            assert!(why.contains(part), "{args:?}: {why}");
        }
    }
}
