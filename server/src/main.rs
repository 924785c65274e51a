//! The program `parlour`: reads the settings, starts the server, stops it when told to; or does
//! what its command says in place of that.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use parlour_server::{Command, Config, Invocation, NoConfig, Server, StartError};
use tracing::warn;
use tracing_subscriber::EnvFilter;

/// What is logged when `RUST_LOG` does not say.
const DEFAULT_LOG: &str = "parlour_server=info,parlour=info,warn";

/// In front of every filter: these libraries log whole packets at `debug`, with tokens and with
/// what people write, so a plain `RUST_LOG=debug` must not switch that on. Naming them does.
const DISCREET: &str = "socketioxide=warn,engineioxide=warn,tungstenite=warn";

/// With the default filter: two things only the library knows, and says without packets: why it
/// closed a connection that was nobody's yet, and that a second CONNECT was ignored.
const TELLING: &str = "socketioxide::ns=debug,socketioxide::client[on_disconnect]=debug";

#[tokio::main]
async fn main() -> ExitCode {
    let invocation = match Invocation::read(std::env::args_os()) {
        Ok(invocation) => invocation,
        Err(NoConfig::Asked(text)) => {
            print(text.trim_end());
            return ExitCode::SUCCESS;
        }
        Err(error @ NoConfig::Wrong(_)) => {
            eprintln!("parlour: {error}");
            return ExitCode::from(2);
        }
    };
    log_to_stderr();
    let done = match &invocation.command {
        None => run(&invocation.config).await.map_err(|error| error.to_string()),
        Some(command) => offline(command, &invocation),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlour: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what a command says; gives the line for standard error if it cannot.
fn offline(command: &Command, invocation: &Invocation) -> Result<(), String> {
    let folder = &invocation.config.data.folder;
    let done = match command {
        Command::Config => {
            print(invocation.in_force.to_string().trim_end());
            Ok(())
        }
        Command::Backup { file } => parlour_server::backup(folder, file).map(|(files, missing)| {
            print(&format!("{} has everything, with {files} files", file.display()));
            for file in missing {
                warn!(%file, "a file is missing in the data folder, and in the backup");
            }
        }),
        Command::Restore { file } => parlour_server::restore(folder, file).map(|old| {
            print(&format!("{} has what was in {}", folder.display(), file.display()));
            if let Some(old) = old {
                print(&format!("what was there before is kept as {}", old.display()));
            }
        }),
        Command::Export { room } => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            parlour_server::export(folder, room, &mut out).map(drop)
        }
        Command::Check => match parlour_server::check(folder) {
            Ok(checked) if checked.problems.is_empty() => {
                print(&format!(
                    "all is well: {} rooms, {} changes, {} files",
                    checked.rooms, checked.changes, checked.files
                ));
                Ok(())
            }
            Ok(checked) => {
                checked.problems.iter().for_each(|problem| print(problem));
                return Err(match checked.problems.len() {
                    1 => "1 thing is wrong".to_owned(),
                    count => format!("{count} things are wrong"),
                });
            }
            Err(error) => Err(error),
        },
        Command::Grant { nickname, role } => {
            parlour_server::grant(folder, nickname, (*role).into()).map(|()| {
                print(&format!("{nickname} has the role now; they see it when they come in again"));
            })
        }
    };
    done.map_err(|error| format!("{}: {error}", folder.display()))
}

async fn run(config: &Config) -> Result<(), StartError> {
    let server = Server::bind(config).await?;
    // Before anybody can know that the server is there.
    let stop = stop_signal();
    #[cfg(unix)]
    tokio::spawn(reload_when_told(server.reload()));
    print(&format!("Parlour is open at {}", server.url()));
    server.run(stop).await;
    Ok(())
}

/// Listens for SIGINT and SIGTERM from the call on; ready at the first one.
fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let stop = {
        use tokio::signal::unix::{Signal, SignalKind, signal};

        async fn received(signal: io::Result<Signal>) {
            match signal {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(error) => {
                    warn!(%error, "a signal will end the server at once");
                    std::future::pending().await
                }
            }
        }
        let interrupt = signal(SignalKind::interrupt());
        let terminate = signal(SignalKind::terminate());
        async {
            tokio::select! {
                () = received(interrupt) => {}
                () = received(terminate) => {}
            }
        }
    };
    #[cfg(not(unix))]
    let stop = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            warn!(%error, "an interrupt will end the server at once");
            std::future::pending().await
        }
    };
    stop
}

/// Reads the certificate again with each SIGHUP, which would end the program otherwise.
///
/// Listens from the call on.
#[cfg(unix)]
fn reload_when_told(reload: parlour_server::Reload) -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    use tracing::{error, info};

    let hangup = signal(SignalKind::hangup());
    async move {
        let mut hangup = match hangup {
            Ok(hangup) => hangup,
            Err(error) => return warn!(%error, "SIGHUP will end the server"),
        };
        while hangup.recv().await.is_some() {
            match reload.reload() {
                Ok(true) => info!("SIGHUP: the certificate was read again"),
                Ok(false) => info!("SIGHUP: nothing to read again without --tls-cert"),
                Err(error) => error!(%error, "SIGHUP: the old certificate stays in use"),
            }
        }
    }
}

fn log_to_stderr() {
    let filter = std::env::var("RUST_LOG").ok().filter(|filter| !filter.trim().is_empty());
    let usual = format!("{DISCREET},{TELLING},{DEFAULT_LOG}");
    let wanted = filter.map_or_else(|| usual.clone(), |filter| format!("{DISCREET},{filter}"));
    let (filter, bad) = match EnvFilter::try_new(wanted) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new(usual), Some(error)),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    if let Some(error) = bad {
        warn!(%error, "RUST_LOG is not understood");
    }
}

/// Text and a line end to standard output. Nobody may be reading it any more, which is no reason to
/// stop.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
        let begin = text.lines().next().unwrap_or_default();
        warn!(%error, "standard output does not take {begin:?}");
    }
}
