//! Checks the machine: whether runs can be stored, the free disk space, the number of nodes per
//! core, and the load.

use super::finding::{Finding, Need, Remedy, State};
use glomers_config::Catalogue;
use nix::sys::statvfs::statvfs;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

const STORE: &str = "keeps the runs";
const DISK: &str = "holds the store: a run of the biggest challenges writes 20 to 50 MB";
const CORES: &str = "run the nodes; where nodes wait for a core, latencies contain that wait";
const LOAD: &str =
    "is what else the cores do: it makes messages late, and targets on latency unknown";

const VIRTUAL_TIME: &str = "simulates any program, with --sim: a test in milliseconds, from a seed";

const MEGABYTE: u64 = 1_000_000;
/// With less free space, in bytes, the next run may fail. Enough for about two runs.
const LEAST_FREE: u64 = 100 * MEGABYTE;
/// With less free space, in bytes, a sweep may fail. Enough for about twenty runs.
const COMFORTABLE_FREE: u64 = 1000 * MEGABYTE;
/// With fewer cores, nodes compete with the engine that measures them.
const LEAST_CORES: usize = 2;
/// Load average per core above which nodes and engine must wait for other programs.
const MOST_LOAD: f64 = 0.75;

/// Checks that runs can be written to the store.
pub(super) fn store(store: &Path) -> Finding {
    let mut finding = Finding::new("store", "store", STORE).for_both(Need::Needed);
    finding.path = Some(store.to_owned());
    let position = existing(store);
    let remedy = || Remedy::Advice("make it writable, or choose another with --store".to_owned());
    if !position.is_dir() {
        let note = format!("{} is not a folder", position.display());
        return finding.is(State::Wrong, note, remedy());
    }
    match try_to_write(position) {
        Ok(()) if position == store => finding.noting("writable"),
        Ok(()) => finding.noting("made by the first run"),
        Err(error) => {
            let note = format!("nothing can be written in {}: {error}", position.display());
            finding.is(State::Wrong, note, remedy())
        }
    }
}

/// The path, or its nearest ancestor that exists.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|path| path.symlink_metadata().is_ok()).unwrap_or(path)
}

/// Creates a file, and removes it.
fn try_to_write(folder: &Path) -> io::Result<()> {
    let file: PathBuf = folder.join(format!(".glomers-doctor-{}", std::process::id()));
    File::create_new(&file)?;
    fs::remove_file(&file)
}

/// Checks the free space of the store's file system.
pub(super) fn disk(store: &Path) -> Finding {
    let finding = Finding::new("disk", "free disk", DISK);
    let position = existing(store);
    match statvfs(position) {
        Ok(system) => {
            #[expect(clippy::useless_conversion, reason = "32 bits on some systems")]
            let (blocks, size) =
                (u64::from(system.blocks_available()), u64::from(system.fragment_size()));
            disk_with(finding, blocks.saturating_mul(size))
        }
        Err(error) => {
            let note = format!("unknown for {}: {}", position.display(), error.desc());
            let remedy = "look with df, or choose another folder with --store";
            finding.for_both(Need::Useful).is(State::Wrong, note, Remedy::Advice(remedy.to_owned()))
        }
    }
}

fn disk_with(finding: Finding, free: u64) -> Finding {
    let note = if free < 10 * COMFORTABLE_FREE {
        format!("{} MB", free / MEGABYTE)
    } else {
        format!("{} GB", free / MEGABYTE / 1000)
    };
    let remedy =
        || Remedy::Advice("delete old runs, or choose another disk with --store".to_owned());
    if free < LEAST_FREE {
        finding.for_both(Need::Needed).is(State::Low, note, remedy())
    } else if free < COMFORTABLE_FREE {
        finding.for_both(Need::Useful).is(State::Low, note, remedy())
    } else {
        finding.for_both(Need::Needed).noting(note)
    }
}

/// Checks how many nodes of the biggest challenge share a core.
pub(super) fn cores(catalogue: &Catalogue) -> Finding {
    let sizes = catalogue.entries().iter().filter_map(|entry| {
        Some((entry.challenge.parameters.node_count?, entry.challenge.name.as_str()))
    });
    // The first of several equally big ones.
    let biggest = sizes.reduce(|most, next| if next.0 > most.0 { next } else { most });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores_for(cores, biggest.unwrap_or((1, "echo")))
}

fn cores_for(cores: usize, (nodes, challenge): (u32, &str)) -> Finding {
    let finding = Finding::new("cores", "cores", CORES).for_both(Need::Useful);
    let count = format!("{cores} for {nodes} nodes in {challenge}");
    if cores < LEAST_CORES {
        let note = format!("{count}: they work, and wait for each other");
        let advice = format!("measure on a machine with {LEAST_CORES} cores or more");
        return finding.is(State::Low, note, Remedy::Advice(advice));
    }
    if usize::try_from(nodes).is_ok_and(|nodes| nodes <= cores) {
        return finding.noting(format!("{count}: one for each"));
    }
    finding.noting(format!("{count}: enough, but compare only runs of one machine"))
}

/// Checks the load average of the last minute.
pub(super) fn load() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    load_on(cores, glomers_engine::load_average())
}

fn load_on(cores: usize, load: Option<f64>) -> Finding {
    let finding = Finding::new("load", "load", LOAD).for_both(Need::Useful);
    let Some(load) = load else { return finding.noting("unknown on this system") };
    let threads = if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") };
    let note = format!("{load:.1} on {threads}, average of the last minute");
    if load > cores as f64 * MOST_LOAD {
        let advice = "end what else is running (see `top`), or measure later";
        return finding.is(State::High, note, Remedy::Advice(advice.to_owned()));
    }
    finding.noting(note)
}

/// Checks that a program can run in virtual time, by running one.
pub(super) fn virtual_time() -> Finding {
    virtual_time_with(glomers_simulator::check_virtual_time())
}

fn virtual_time_with(checked: Result<Vec<String>, String>) -> Finding {
    let finding =
        Finding::new("virtual-time", "virtual time", VIRTUAL_TIME).for_embedded(Need::Useful);
    let remedy = || {
        let advice = "use Linux 5.14 or later on x86-64 or arm64; in a container, allow ptrace, \
                      seccomp and personality: docker run --cap-add SYS_PTRACE --security-opt \
                      seccomp=unconfined";
        Remedy::Advice(advice.to_owned())
    };
    match checked {
        Ok(notes) if notes.is_empty() => finding.noting("a program ran in it"),
        Ok(notes) => finding.is(State::Wrong, notes.join("; "), remedy()),
        Err(error) => finding.is(State::Missing, error, remedy()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_disk_is_low_and_very_little_stops_runs() {
        let disk = |free| {
            let finding = disk_with(Finding::new("disk", "disk", DISK), free);
            (finding.state, finding.embedded, finding.note.unwrap_or_default())
        };
        let needed = Some(Need::Needed);
        assert_eq!(disk(99 * MEGABYTE), (State::Low, needed, "99 MB".into()));
        assert_eq!(disk(100 * MEGABYTE), (State::Low, Some(Need::Useful), "100 MB".into()));
        assert_eq!(disk(1000 * MEGABYTE), (State::Ok, needed, "1000 MB".into()));
        assert_eq!(disk(u64::MAX).0, State::Ok);
    }

    #[test]
    fn cores_are_held_against_nodes() {
        let state = |cores, nodes| cores_for(cores, (nodes, "x")).state;
        assert_eq!(state(1, 1), State::Low);
        assert_eq!(state(2, 25), State::Ok);
        assert!(cores_for(32, (25, "x")).note.unwrap().ends_with("one for each"));
    }

    #[test]
    fn load_is_held_against_cores_and_stops_no_run() {
        let busy = load_on(2, Some(1.6));
        assert_eq!((busy.state, busy.embedded), (State::High, Some(Need::Useful)));
        assert_eq!(busy.note.as_deref(), Some("1.6 on 2 cores, average of the last minute"));
        assert_eq!(load_on(2, Some(1.5)).state, State::Ok);
        assert_eq!(load_on(16, Some(3.0)).state, State::Ok);
        assert_eq!(load_on(1, None).state, State::Ok);
    }

    #[test]
    fn the_biggest_challenge_decides() {
        let note = cores(&Catalogue::new(None)).note.unwrap();
        assert!(note.contains("25 nodes in broadcast-d"), "{note}");
    }

    #[test]
    fn a_store_that_is_a_file_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(store(&file).state, State::Wrong);
        assert_eq!(store(&file.join("below")).state, State::Wrong);
        assert_eq!(store(&folder.path().join("a").join("b")).state, State::Ok);
        assert_eq!(store(folder.path()).note.as_deref(), Some("writable"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
