//! The sandbox as a program: `credicorp-sandbox --port 4010`.

mod args;

use std::fmt;
use std::process::ExitCode;

use args::{Args, Wish};
use credicorp_sandbox::{Error, Sandbox};

fn main() -> ExitCode {
    match Wish::read(std::env::args_os().skip(1)) {
        Ok(Wish::Help) => print!("{}", args::HELP),
        Ok(Wish::Version) => println!("credicorp-sandbox {}", env!("CARGO_PKG_VERSION")),
        Ok(Wish::Run(args)) => return run(args),
        Err(why) => {
            eprintln!("credicorp-sandbox: {why}\nTry credicorp-sandbox --help.");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn run(args: Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = runtime.map_err(|error| format!("the runtime cannot be started: {error}"));
    match ended.and_then(|runtime| runtime.block_on(serve(args)).map_err(|error| error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("credicorp-sandbox: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Args) -> Result<(), Error> {
    let mut builder = Sandbox::builder()
        .port(args.port)
        .tier(args.tier)
        .allow_remote_webhooks(args.allow_remote_webhooks)
        .log_requests(true);
    if let Some(url) = args.webhook_url {
        builder = builder.webhook_url(url);
    }
    let sandbox = builder.start().await?;
    println!("{}", Greeting(&sandbox));
    // Without signals there is nothing to wait for; the process is ended from outside.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    eprintln!("stopping");
    sandbox.stop().await;
    Ok(())
}

/// What a developer pastes into the environment.
struct Greeting<'a>(&'a Sandbox);

impl fmt::Display for Greeting<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(sandbox) = self;
        let (client_id, client_secret) = sandbox.client_credentials();
        writeln!(formatter, "The Credicorp sandbox listens on {}. Ctrl-C stops it.\n", sandbox.url())?;
        writeln!(formatter, "export CC_API_BASE={}", sandbox.url())?;
        writeln!(formatter, "export CC_SECRET_KEY={}", sandbox.secret_key())?;
        writeln!(formatter, "export CC_WEBHOOK_SECRET={}\n", sandbox.webhook_secret())?;
        writeln!(
            formatter,
            "# or, in place of the secret key, the client pair (a client takes one kind of credentials):"
        )?;
        writeln!(formatter, "# export CC_CLIENT_ID={client_id}")?;
        writeln!(formatter, "# export CC_CLIENT_SECRET={client_secret}")
    }
}
