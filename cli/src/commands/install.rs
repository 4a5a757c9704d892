//! `glomers install`: downloads the real Maelstrom, and reports what it installed and how that was
//! verified.

use crate::exit::Exit;
use crate::failure::{CommandFailure, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::terminal;
use crate::watchdog;
use clap::{Args, ValueEnum};
use glomers_engine::Watchdog;
use glomers_history::visible;
use glomers_maelstrom::install::{
    Digest, InstallError, InstallRequest, Installed, Installer, Progress, Source, Step, Version,
};
use glomers_maelstrom::install_folder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

const HELP: &str = "\
Examples:
  glomers install maelstrom                           the release that our workloads follow
  glomers install maelstrom --version 0.2.3           another release
  glomers install maelstrom --from maelstrom.tar.bz2  a file; needs no network
  glomers install maelstrom --from https://mirror.example/maelstrom.tar.bz2 --sha256 <HEX>

curl downloads it, through the proxy that ALL_PROXY, HTTPS_PROXY or http_proxy names, but for the \
hosts in NO_PROXY. One is installed at a time: the new one replaces the old one when it is ready.

Exit status:
  0    installed
  130  stopped by Ctrl-C; what was installed before is still there
  254  bad arguments
  255  nothing was installed; what was installed before is still there";

/// How long an interrupted installation may take to stop before it is abandoned.
const GRACE: Duration = Duration::from_secs(1);
/// Time between progress updates while no data arrives.
const TICK: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct InstallArguments {
    /// What to install.
    #[arg(value_enum, value_name = "WHAT")]
    what: Thing,
    #[arg(long, value_name = "VERSION", help = format!(
        "The release [default: {}]; with --from, the version of an archive that does not say it",
        Version::default()
    ))]
    version: Option<Version>,
    /// The archive, a maelstrom.tar.bz2 [default: the project's release].
    #[arg(long, value_name = "URL|FILE")]
    from: Option<PathBuf>,
    /// The SHA-256 that the archive must have.
    #[arg(long, value_name = "HEX")]
    sha256: Option<Digest>,
    /// Show no progress, and of an installation only that it was made.
    #[arg(long, short)]
    quiet: bool,
}

/// What can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Thing {
    Maelstrom,
}

/// Installs Maelstrom.
pub(crate) fn install(arguments: &InstallArguments) -> Result<Exit> {
    match arguments.what {
        Thing::Maelstrom => install_maelstrom(arguments),
    }
}

fn install_maelstrom(arguments: &InstallArguments) -> Result<Exit> {
    let folder = install_folder().ok_or_else(|| {
        CommandFailure::crash(
            "there is no home folder to install into: set HOME, or use --maelstrom in runs",
        )
    })?;
    let request = request(arguments)?;
    let interrupt = Interrupt::listen()?;
    let watchdog = watchdog::start()?;
    let (started, downloads) = mpsc::unbounded_channel();
    // The receiver exists for as long as the installation.
    let installer = Installer::prepare(&folder, move |group| {
        let _ = started.send(group);
    })?;
    remove_at_end(&mut watchdog.borrow_mut(), installer.aside());
    let made = installer.made().to_vec();
    if !arguments.quiet && !terminal::draws_on_stderr() {
        terminal::print_to_stderr(&format!(
            "installing from {}",
            visible(&request.source.to_string())
        ));
    }
    match run(installer, &request, arguments.quiet, &interrupt, &watchdog, downloads)? {
        Ok(outcome) => {
            terminal::print(&report(&outcome, arguments))?;
            Ok(Exit::Valid)
        }
        Err(InstallError::Stopped) => {
            // An installation that waits for its server is abandoned: the watchdog removes its
            // files, and the code below its empty parent folders.
            drop(watchdog);
            let _ = made.iter().try_for_each(fs::remove_dir);
            terminal::print_to_stderr("stopped: nothing was installed");
            Ok(Exit::Interrupted)
        }
        Err(error) => Err(error.into()),
    }
}

/// The request that the arguments describe.
fn request(arguments: &InstallArguments) -> Result<InstallRequest, InstallError> {
    let (source, version) = match (&arguments.from, &arguments.version) {
        (Some(from), version) => (Source::parse(from)?, version.clone()),
        (None, version) => {
            let version = version.clone().unwrap_or_default();
            (Source::Release(version.clone()), Some(version))
        }
    };
    Ok(InstallRequest { source, version, sha256: arguments.sha256 })
}

/// Lets the watchdog remove the folder even if glomers is killed.
fn remove_at_end(watchdog: &mut Watchdog, folder: &Path) {
    // The watchdog reads one path per line, so a path with a newline would name a wrong folder.
    // The next installation removes this one.
    if folder.to_str().is_some_and(|name| !name.contains('\n')) {
        watchdog.remove_at_end(folder);
    }
}

/// Installs on a separate thread, so that an interrupt need not wait for a silent server.
fn run(
    installer: Installer,
    request: &InstallRequest,
    quiet: bool,
    interrupt: &Interrupt,
    watchdog: &RefCell<Watchdog>,
    mut downloads: mpsc::UnboundedReceiver<i32>,
) -> Result<Result<Installed, InstallError>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let bar = ArchiveBar::new(quiet);
    let stop = installer.stop();
    let outcome = runtime.block_on(async {
        let (request, mut watcher) = (request.clone(), bar.clone());
        let install = move || installer.install(&request, |progress| watcher.show(progress));
        let mut worker = tokio::task::spawn_blocking(install);
        loop {
            tokio::select! {
                ended = &mut worker => break ended,
                Some(group) = downloads.recv() => watchdog.borrow_mut().watch(group),
                () = interrupt.wait() => {
                    stop.stop();
                    // Do not wait longer for a slow disk.
                    let ended = tokio::time::timeout(GRACE, worker).await;
                    break ended.unwrap_or(Ok(Err(InstallError::Stopped)));
                }
            }
        }
    });
    runtime.shutdown_background();
    bar.bar.finish_and_clear();
    outcome.context("the installation ended unexpectedly")
}

/// The report on an installation.
fn report(installed: &Installed, arguments: &InstallArguments) -> String {
    let Installed { folder, record, previous } = installed;
    let version = record.version.as_deref().map_or("of unknown version", |version| version);
    let mut lines =
        vec![format!("installed: Maelstrom {} in {}", visible(version), folder.display())];
    if let Some(asked) = &arguments.version
        && version != asked.to_string()
    {
        lines
            .push(format!("note: --version says {asked}, but the archive is {}", visible(version)));
    }
    let digest = record.sha256;
    if let Some(previous) = previous
        && previous.source == record.source
        && previous.sha256 != digest
    {
        lines.push(format!("note: another archive came from there before: {}", previous.sha256));
    }
    if arguments.quiet {
        return lines.join("\n");
    }
    lines.push(format!("sha256: {digest}"));
    lines.push(if record.verified {
        "verified: it is the archive that --sha256 names".to_owned()
    } else {
        format!(
            "unverified: no digest was given to compare with; compare the digest with one that \
             you trust, and say so next time: --sha256 {digest}"
        )
    });
    lines.push(
        "next: glomers run broadcast-e --engine maelstrom (glomers doctor shows what that needs)"
            .to_owned(),
    );
    lines.join("\n")
}

/// A progress line for the archive on stderr; draws nothing if stderr is not a terminal.
#[derive(Clone)]
struct ArchiveBar {
    bar: ProgressBar,
    step: Option<Step>,
}

impl ArchiveBar {
    fn new(quiet: bool) -> Self {
        let bar = ProgressBar::new(0);
        if quiet || !terminal::draws_on_stderr() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        Self { bar, step: None }
    }

    fn show(&mut self, progress: Progress) {
        let Progress { step, done, total } = progress;
        let begins = self.step != Some(step);
        if begins || self.bar.length() != total {
            let template = match total {
                Some(_) => "{spinner} {prefix:<11} {bar:24} {bytes}/{total_bytes}  {bytes_per_sec}",
                None => "{spinner} {prefix:<11} {bytes}  {bytes_per_sec}",
            };
            let style = ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("━╸ ");
            self.bar.set_style(style);
            self.bar.set_prefix(match step {
                Step::Download => "downloading",
                Step::Check => "reading",
                Step::Unpack => "unpacking",
            });
            match total {
                Some(total) => self.bar.set_length(total),
                None => self.bar.unset_length(),
            }
        }
        if begins {
            self.step = Some(step);
            self.bar.reset();
            // Start drawing only once there is something to show.
            self.bar.enable_steady_tick(TICK);
        }
        self.bar.set_position(done);
    }
}
