//! The sandbox as a program: `credicorp-sandbox --port 4010`.

mod args;
mod trigger;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use args::{Args, Wish};
use credicorp_sandbox::Sandbox;

fn main() -> ExitCode {
    match Wish::read(std::env::args_os().skip(1)) {
        Ok(Wish::Help) => print!("{}", args::HELP),
        Ok(Wish::Version) => println!("credicorp-sandbox {}", env!("CARGO_PKG_VERSION")),
        Ok(Wish::Run(args)) => return run(serve(args)),
        Ok(Wish::Trigger { event, port }) => {
            return run(async move {
                print!("{}", trigger::run(&event, port).await?);
                Ok(())
            });
        }
        Err(why) => {
            eprintln!("credicorp-sandbox: {why}\nTry credicorp-sandbox --help.");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn run(work: impl Future<Output = Result<(), String>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = runtime.map_err(|error| format!("the runtime cannot be started: {error}"));
    match ended.and_then(|runtime| runtime.block_on(work)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("credicorp-sandbox: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Args) -> Result<(), String> {
    let mut builder = Sandbox::builder()
        .port(args.port)
        .tier(args.tier)
        .allow_remote_webhooks(args.allow_remote_webhooks)
        .log_requests(!args.json_logs)
        .log_requests_as_json(args.json_logs);
    if let Some(url) = args.webhook_url {
        builder = builder.webhook_url(url);
    }
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    let is_kept = args.state.is_some();
    if let Some(file) = args.state {
        builder = builder.state_file(file);
    }
    let told_to_stop = signals()?;
    let sandbox = builder.start().await.map_err(|error| error.to_string())?;
    args.faults.into_iter().for_each(|fault| sandbox.inject(fault));
    // Whoever reads it may go away; the sandbox stays.
    let _ = writeln!(io::stdout(), "{}", Greeting(&sandbox));
    told_to_stop.await;
    let _ = writeln!(io::stderr(), "stopping");
    if is_kept {
        return sandbox.stop_and_save().await.map_err(|error| error.to_string());
    }
    sandbox.stop().await;
    Ok(())
}

/// Listens for the signals from now on; what is given waits for the first.
#[cfg(unix)]
fn signals() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};

    let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be listened for: {error}"));
    let (mut interrupted, mut terminated) =
        (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        // Without signals there is nothing to wait for; the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// What a developer pastes into the environment.
struct Greeting<'a>(&'a Sandbox);

impl fmt::Display for Greeting<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(sandbox) = self;
        let (client_id, client_secret) = sandbox.client_credentials();
        writeln!(formatter, "The Credicorp sandbox listens on {}. Ctrl-C stops it.", sandbox.url())?;
        writeln!(formatter, "Open it in a browser to see what happens in it.\n")?;
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
