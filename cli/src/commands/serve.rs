//! `glomers serve`: the store in a browser.

mod address;
mod answer;
mod comparison;
mod fence;
mod files;
mod guard;
mod index;
mod live;
mod router;
mod sent_file;

use crate::browser;
use crate::exit::Exit;
use crate::failure::{BadArguments, CommandFailure, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::project::Project;
use crate::terminal;
use clap::Args;
use fence::Fence;
use guard::Guard;
use nix::errno::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// How long answers may take after Ctrl-C.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// Time between two looks whether there was a Ctrl-C.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// Open files that are needed for a start and the first answers.
const DESCRIPTORS: usize = 32;

const EXAMPLES: &str = "\
Examples:
  glomers serve --open                 the runs of the store, in a browser
  glomers serve --port 0               on a free port, which it prints
  glomers serve --store other/store

It shows the runs and their pages, compares two, and follows those in progress. It changes nothing, and \
only this machine can reach it unless --host says otherwise.

Exit status:
  130  stopped by Ctrl-C
  254  bad arguments, such as a port in use, or no store
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ServeArguments {
    /// The port; 0 for a free one.
    #[arg(long, value_name = "PORT", default_value_t = 7171)]
    port: u16,
    /// The address to listen at. Those that other machines reach let everyone there read the runs.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Open it in a browser.
    #[arg(long)]
    open: bool,
}

/// Serves the store until Ctrl-C.
pub(crate) fn serve(arguments: &ServeArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let fence = Fence::around(&store)?;
    require_descriptors()?;
    let interrupt = Interrupt::listen()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start")?;
    runtime.block_on(async {
        let address = SocketAddr::new(arguments.host, arguments.port);
        let listener =
            TcpListener::bind(address).await.map_err(|error| refusal(address, &error))?;
        let address = listener.local_addr()?;
        if !arguments.host.is_loopback() {
            terminal::print_to_stderr(&format!(
                "warning: other machines may reach {address}, and read all runs in {}",
                store.display()
            ));
        }
        let shown = shown_address(address);
        terminal::print(&format!("{} is at {shown} until Ctrl-C", store.display()))?;
        if arguments.open {
            browser::open(OsStr::new(&shown));
        }
        let routes = router::routes(fence, Guard::new(arguments.host));
        let stop = interrupt.clone();
        let server = axum::serve(listener, routes)
            .with_graceful_shutdown(async move { stopped(&stop).await });
        tokio::select! {
            ended = server => ended.context("failed to serve")?,
            // A client that does not read its answer does not keep us.
            () = async { stopped(&interrupt).await; sleep(LAST_ANSWERS).await } => {}
        }
        Ok::<_, CommandFailure>(())
    })?;
    // A page that is still being made would keep the runtime.
    runtime.shutdown_background();
    Ok(Exit::Interrupted)
}

/// Completes after a Ctrl-C. It looks again and again, since waiting for a signal would need an open file,
/// of which there may be none left.
async fn stopped(interrupt: &Interrupt) {
    while !interrupt.is_set() {
        sleep(LOOK_INTERVAL).await;
    }
}

/// Fails if this process may not open enough files: tokio panics then.
fn require_descriptors() -> Result<()> {
    let opened: io::Result<Vec<File>> = (0..DESCRIPTORS).map(|_| File::open("/dev/null")).collect();
    match opened {
        Err(error) if is_out_of_descriptors(&error) => Err(CommandFailure::crash(format!(
            "a server needs more open files than this system allows: raise the limit (`ulimit -n {}`)",
            2 * DESCRIPTORS
        ))),
        // Whatever else is wrong with that file, nothing here needs it.
        _ => Ok(()),
    }
}

fn is_out_of_descriptors(error: &io::Error) -> bool {
    let number = error.raw_os_error();
    [Errno::EMFILE, Errno::ENFILE].iter().any(|it| number == Some(*it as i32))
}

/// Where a browser of this machine finds it.
fn shown_address(address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() && ip.is_ipv4() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/", SocketAddr::new(host, address.port()))
}

/// Why it cannot listen there. All but one of these depend on the arguments.
fn refusal(address: SocketAddr, error: &io::Error) -> CommandFailure {
    if is_out_of_descriptors(error) {
        return CommandFailure::crash(format!("failed to listen at {address}: {error}"));
    }
    let text = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {} of {} is in use: name another with --port, or 0 for a free one",
            address.port(),
            address.ip()
        ),
        _ => format!("failed to listen at {address}: {error}; --host and --port name another"),
    };
    BadArguments(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_everyone_is_shown_as_that_of_this_machine() {
        for (address, shown) in [
            ("127.0.0.1:80", "http://127.0.0.1:80/"),
            ("0.0.0.0:7", "http://127.0.0.1:7/"),
            ("[::]:7", "http://[::1]:7/"),
            ("192.0.2.1:7", "http://192.0.2.1:7/"),
        ] {
            assert_eq!(shown_address(address.parse().unwrap()), shown);
        }
    }
}
