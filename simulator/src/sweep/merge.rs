//! Joins the parts of a sweep that several machines ran.

use crate::sweep::record::SweepRecord;
use crate::sweep::seed_run::{SeedOutcome, SeedRun};
use glomers_results::NodeRecord;
use std::path::{Path, PathBuf};

/// Parts that do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is no part.
    #[error("there is nothing to merge")]
    Nothing,
    /// They are of different sweeps.
    #[error(
        "{} and {} are of different sweeps: {what} is {first_value} in the first, and {other_value} \
         in the second",
        .first.display(),
        .other.display()
    )]
    Different {
        /// A part.
        first: PathBuf,
        /// Another one.
        other: PathBuf,
        /// The setting in which they differ.
        what: String,
        /// Its value in the first.
        first_value: String,
        /// Its value in the other.
        other_value: String,
    },
    /// A seed has two different outcomes.
    #[error(
        "seed {seed} came out differently in {} and in {}: leave one of them out",
        .first.display(),
        .other.display()
    )]
    Contradiction {
        /// The seed.
        seed: u64,
        /// A part that has it.
        first: PathBuf,
        /// Another one.
        other: PathBuf,
    },
}

/// Parts that were joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The record that one sweep of all their seeds would have; seeds that no part ran are missing.
    pub record: SweepRecord,
    /// The seeds that several parts ran, with the same outcome, in order: each counts once.
    pub repeated: Vec<u64>,
}

/// Joins parts, each with the path that it was read from, to the record of one sweep.
pub fn merge(parts: Vec<(PathBuf, SweepRecord)>) -> Result<Merged, MergeError> {
    let mut parts = parts.into_iter();
    let (first_path, mut merged) = parts.next().ok_or(MergeError::Nothing)?;
    let mut runs: Vec<(SeedRun, PathBuf)> = Vec::new();
    let mut take = |taken: Vec<SeedRun>, path: &Path| {
        runs.extend(taken.into_iter().map(|run| (run, path.to_owned())));
    };
    take(std::mem::take(&mut merged.runs), &first_path);
    for (path, part) in parts {
        if let Some((what, first_value, other_value)) = difference(&merged, &part) {
            let (first, other) = (first_path, path);
            return Err(MergeError::Different { first, other, what, first_value, other_value });
        }
        merged.seeds.first = merged.seeds.first.min(part.seeds.first);
        merged.seeds.last = merged.seeds.last.max(part.seeds.last);
        merged.interrupted |= part.interrupted;
        // In UTC, in which they are written, the earlier time is the lesser text.
        merged.start = merged.start.min(part.start);
        // Shards run in parallel.
        merged.wall_seconds = merged.wall_seconds.max(part.wall_seconds);
        take(part.runs, &path);
    }
    // Whatever parts there are, they represent the whole sweep.
    merged.shard = None;
    let (runs, repeated) = without_duplicates(runs)?;
    let first_failure = runs.iter().position(|run| run.outcome == SeedOutcome::Fail);
    let runs = match first_failure.filter(|_| merged.until_failure) {
        // One sweep would have ended there.
        Some(index) => runs.into_iter().take(index + 1).collect(),
        None => runs,
    };
    let mut record = merged.with_runs(runs);
    // Another part may have the seeds that an interrupted one lacks.
    record.interrupted &= !record.is_whole();
    Ok(Merged { record, repeated })
}

/// The runs by seed, each once, and the seeds that occurred several times.
fn without_duplicates(
    mut runs: Vec<(SeedRun, PathBuf)>,
) -> Result<(Vec<SeedRun>, Vec<u64>), MergeError> {
    runs.sort_by_key(|(run, _)| run.seed);
    let mut repeated = Vec::new();
    let mut merged: Vec<(SeedRun, PathBuf)> = Vec::with_capacity(runs.len());
    for (run, path) in runs {
        match merged.last_mut().filter(|(last, _)| last.seed == run.seed) {
            None => merged.push((run, path)),
            Some((last, _)) if last.is_same(&run) => {
                last.store = last.store.take().or(run.store);
                repeated.push(last.seed);
            }
            Some((last, first)) => {
                let (seed, first) = (last.seed, first.clone());
                return Err(MergeError::Contradiction { seed, first, other: path });
            }
        }
    }
    repeated.dedup();
    Ok((merged.into_iter().map(|(run, _)| run).collect(), repeated))
}

/// The first setting in which two parts must not differ but do, with both values.
fn difference(a: &SweepRecord, b: &SweepRecord) -> Option<(String, String, String)> {
    let text = |what: &str, a: &dyn ToString, b: &dyn ToString| {
        let (a, b) = (a.to_string(), b.to_string());
        (a != b).then(|| (what.to_owned(), a, b))
    };
    let version =
        |record: &SweepRecord| record.versions.get("glomers").cloned().unwrap_or_default();
    text("the challenge", &a.challenge, &b.challenge)
        .or_else(|| {
            let keys = a.plan.keys().chain(b.plan.keys());
            let value = |record: &SweepRecord, key: &str| {
                record.plan.get(key).map_or_else(|| "absent".to_owned(), ToString::to_string)
            };
            keys.map(|key| text(&format!("--{key}"), &value(a, key), &value(b, key)))
                .find_map(|it| it)
        })
        .or_else(|| {
            let targets = |record: &SweepRecord| format!("{:?}", record.targets);
            (a.targets != b.targets).then(|| ("the target".to_owned(), targets(a), targets(b)))
        })
        .or_else(|| text("the node", &node(&a.node), &node(&b.node)))
        .or_else(|| text("the clock", &format!("{:?}", a.clock), &format!("{:?}", b.clock)))
        .or_else(|| text("--until-failure", &a.until_failure, &b.until_failure))
        .or_else(|| text("the version of glomers", &version(a), &version(b)))
}

/// The identity of a node, independent of its path on a machine.
fn node(record: &NodeRecord) -> String {
    if let Some(name) = &record.name {
        return format!("{name}{}", if record.durable { " with a disk" } else { "" });
    }
    let mut words = record.command.iter().map(String::as_str);
    let program = words.next().map(Path::new).and_then(Path::file_name).unwrap_or_default();
    let program = program.to_string_lossy().into_owned();
    std::iter::once(program.as_str()).chain(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::record::tests::{record, run};
    use crate::sweep::seeds::{Seeds, Shard};
    use serde_json::json;

    fn whole() -> SweepRecord {
        let outcome = |seed| match seed % 7 {
            3 => SeedOutcome::Fail,
            5 => SeedOutcome::Unknown,
            _ => SeedOutcome::Pass,
        };
        let seeds = Seeds { first: 0, last: 30 };
        let runs = (0..=30).map(|seed| run(seed, outcome(seed))).collect();
        SweepRecord { seeds, ..record() }.with_runs(runs)
    }

    /// The part of a sweep that one machine would run.
    fn part(number: u64, of: u64) -> (PathBuf, SweepRecord) {
        let whole = whole();
        let shard: Shard = format!("{number}/{of}").parse().unwrap();
        let indices = 0..whole.seeds.count(shard);
        let seeds: Vec<u64> = indices.map(|index| whole.seeds.nth(shard, index)).collect();
        let runs = whole.runs.iter().filter(|run| seeds.contains(&run.seed)).cloned().collect();
        let part = SweepRecord { shard: Some(shard), ..whole.clone() };
        (PathBuf::from(shard.to_string()), part.with_runs(runs))
    }

    #[test]
    fn shards_in_any_order_make_the_whole() {
        let merged = |repeated| Ok(Merged { record: whole(), repeated });
        assert_eq!(merge(vec![part(2, 3), part(1, 3), part(3, 3)]), merged(Vec::new()));
        // A repeated part changes nothing, and is reported.
        let even = (0..=30).step_by(2).collect();
        assert_eq!(merge(vec![part(1, 2), part(2, 2), part(1, 2)]), merged(even));
        // Shards with a different number of parts overlap.
        let sixth = (0..=30).step_by(6).collect();
        assert_eq!(
            merge(vec![part(1, 2), part(1, 3), part(2, 2)]).map(|it| it.repeated),
            Ok((0..=30).filter(|seed| seed % 3 == 0).collect())
        );
        assert_eq!(merge(vec![part(1, 2), part(1, 3)]).map(|it| it.repeated), Ok(sixth));
        assert_eq!(merge(Vec::new()), Err(MergeError::Nothing));
    }

    #[test]
    fn a_missing_shard_is_counted() {
        let merged = merge(vec![part(1, 3), part(3, 3)]).unwrap().record;
        assert_eq!((merged.missing(), merged.is_whole(), merged.shard), (10, false, None));
        assert_eq!(
            merged.missing_seeds().collect::<Vec<_>>(),
            [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]
        );
    }

    #[test]
    fn one_shard_is_not_the_sweep() {
        let merged = merge(vec![part(2, 3)]).unwrap().record;
        assert_eq!((merged.missing(), merged.is_whole(), merged.shard), (21, false, None));
        // An empty one adds nothing.
        let (path, mut empty) = part(2, 3);
        empty = SweepRecord { shard: "3/3".parse().ok(), ..empty }.with_runs(Vec::new());
        let merged = merge(vec![(path, empty)]).unwrap().record;
        assert_eq!((merged.missing(), merged.run_seconds.is_sign_positive()), (31, true));
    }

    #[test]
    fn a_stopped_part_that_another_completes_is_whole() {
        let (path, mut stopped) = part(1, 2);
        stopped.interrupted = true;
        let runs = stopped.runs.iter().take(3).cloned().collect();
        let stopped = (path, stopped.with_runs(runs));
        let merged = merge(vec![part(2, 2), stopped.clone()]).unwrap().record;
        assert!(merged.interrupted && !merged.is_whole());
        let merged = merge(vec![part(2, 2), stopped, part(1, 2)]).unwrap().record;
        assert!(!merged.interrupted && merged.is_whole());
    }

    #[test]
    fn two_ranges_of_one_shard_number_are_not_that_shard() {
        let (path, mut later) = part(1, 2);
        later.seeds = Seeds { first: 31, last: 61 };
        for run in &mut later.runs {
            run.seed += 31;
        }
        let merged = merge(vec![part(1, 2), (path, later)]).unwrap().record;
        assert_eq!(merged.missing(), 30);
    }

    #[test]
    fn until_failure_ends_where_one_sweep_would() {
        let parts = [part(1, 2), part(2, 2)].map(|(path, mut part)| {
            part.until_failure = true;
            (path, part)
        });
        let merged = merge(parts.to_vec()).unwrap().record;
        assert_eq!(merged.runs.last().map(|run| run.seed), Some(3));
        assert!(merged.is_whole());
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        type Change = fn(&mut SweepRecord);
        let changes: [(Change, &str); 6] = [
            (
                |it| it.challenge = "echo".to_owned(),
                "the challenge is broadcast-d in the first, and echo",
            ),
            (
                |it| drop(it.plan.insert("rate".to_owned(), json!(7))),
                "--rate is 100 in the first, and 7 in the second",
            ),
            (|it| it.targets.clear(), "the target is "),
            (|it| it.node.name = Some("ours".to_owned()), "the node is  in the first, and ours"),
            (|it| it.until_failure = true, "--until-failure is false in the first, and true"),
            (
                |it| drop(it.versions.insert("glomers".to_owned(), "9".to_owned())),
                "the version of glomers is  in the first, and 9",
            ),
        ];
        for (change, expected) in changes {
            let (path, mut other) = part(2, 2);
            change(&mut other);
            let error = merge(vec![part(1, 2), (path, other)]).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let (path, mut other) = part(1, 2);
        other.runs[3].seconds += 1.0;
        let error = merge(vec![part(1, 2), (path, other)]).unwrap_err().to_string();
        assert!(error.starts_with("seed 6 came out differently in 1/2 and in 1/2"), "{error}");
    }

    #[test]
    fn a_node_is_the_same_wherever_it_is_kept() {
        let command = |path: &str| NodeRecord {
            command: vec![path.to_owned(), "--fast".to_owned()],
            ..NodeRecord::default()
        };
        assert_eq!(node(&command("/a/node")), node(&command("b/node")));
        assert_ne!(node(&command("/a/node")), node(&command("/a/edon")));
    }
}
