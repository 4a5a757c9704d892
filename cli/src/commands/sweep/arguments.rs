//! The parsed arguments of `glomers sweep`, and the seeds that they name.

use crate::failure::{BadArguments, Result};
use crate::run_arguments::RunArguments;
use clap::Args;
use glomers_simulator::sweep::{Seeds, Shard};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

const HELP: &str = "\
Examples:
  glomers sweep broadcast-c --seeds 1000        seeds 0 to 999, on all cores
  glomers sweep 3c --seeds 500..1500 --nemesis partition,loss,duplicate
  glomers sweep 5b --nemesis kill --durable --until-failure
  glomers sweep 5b --seeds 1000 --shard 2/3     the second of three machines
  glomers sweep --merge a/sweeps/* b/sweeps/*   what the machines found, as one sweep
  glomers sweep 3c --bin ./node --seeds 1000    a node of yours, in any language
  glomers sweep echo --bin ./node --seeds 10 --real   in real time, one run after the other

Runs are simulated, so each takes milliseconds to seconds. The summary is \
store/sweeps/<time>-<challenge>/sweep.json, which also has what came of each seed. Only failures \
keep their run directories, and store/latest is the one with the lowest seed.

Exit status:
  0    every seed passed: valid, and all targets met
  1    a seed failed
  2    no seed failed, but one is unknown, or some were not run
  130  stopped by Ctrl-C
  254  bad arguments or configuration
  255  glomers itself, or the build of the node failed";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
#[command(mut_arg("challenges", |it| it.help("A challenge, by name or number (3e)")))]
// `mut_arg` moves a positional argument to the end, so this restores their order.
#[command(mut_arg("node_args", |it| it))]
#[command(mut_arg("seed", |it| it.help("The first seed [default: 0]").help_heading("Sweep")))]
pub(crate) struct SweepArguments {
    #[command(flatten)]
    pub(super) run: RunArguments,
    /// How many seeds; or which, from the first up to, and without, the last: 500..1500.
    #[arg(long, value_name = "NUM|FROM..TO", default_value = "100", help_heading = "Sweep")]
    #[arg(allow_negative_numbers = true)]
    pub(super) seeds: WantedSeeds,
    /// How many runs at a time [default: one for each core; in real time 1].
    #[arg(long, short, value_name = "NUM", help_heading = "Sweep", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Run in real time, although the node could be simulated.
    #[arg(long, help_heading = "Sweep", conflicts_with = "sim")]
    pub(super) real: bool,
    /// End at the first failure.
    #[arg(long, help_heading = "Sweep")]
    pub(super) until_failure: bool,
    /// Run only the Kth of N parts of the seeds, so that N machines share them.
    #[arg(long, value_name = "K/N", help_heading = "Sweep")]
    pub(super) shard: Option<Shard>,
    /// Of how many failures, at most, the run directories are kept.
    #[arg(long, value_name = "NUM", default_value = "20", help_heading = "Sweep")]
    pub(super) keep: usize,
    /// Join what several machines found: folders that sweeps made. Nothing is run.
    #[arg(long, value_name = "DIR", num_args = 1.., help_heading = "Sweep")]
    #[arg(conflicts_with_all = ["challenges", "seeds", "jobs", "real", "until_failure", "shard", "keep"])]
    pub(super) merge: Vec<PathBuf>,
}

/// Parses `--jobs`.
fn jobs(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "expected a whole number, 1 or more")
}

/// The value of `--seeds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WantedSeeds {
    /// The number of seeds, at least 1.
    Count(u64),
    /// An explicit range.
    Range(Seeds),
}

impl FromStr for WantedSeeds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let expected = "expected a number of seeds, 1 or more, or a range such as 500..1500";
        let number = |text: &str| text.parse::<u64>().map_err(|_| expected);
        let Some((first, end)) = text.split_once("..") else {
            return number(text)?.checked_sub(1).map(|less| Self::Count(less + 1)).ok_or(expected);
        };
        let (first, end) = (number(first)?, number(end)?);
        let last = end.checked_sub(1).filter(|last| *last >= first).ok_or(expected)?;
        Ok(Self::Range(Seeds { first, last }))
    }
}

impl SweepArguments {
    /// The seeds of the whole sweep.
    pub(super) fn wanted_seeds(&self) -> Result<Seeds> {
        match (self.seeds, self.run.settings.parameters.seed) {
            (WantedSeeds::Range(seeds), None) => Ok(seeds),
            (WantedSeeds::Range(seeds), Some(_)) => {
                let text = format!(
                    "--seeds {}..{} says which seed is the first: leave out --seed",
                    seeds.first,
                    seeds.last + 1
                );
                Err(BadArguments(text).into())
            }
            (WantedSeeds::Count(count), first) => {
                let first = first.unwrap_or(0);
                let last = first.checked_add(count - 1).ok_or_else(|| {
                    BadArguments(format!("there are no {count} seeds from {first} on: take fewer"))
                })?;
                Ok(Seeds { first, last })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_number_or_a_range() {
        let range = |first, last| Ok(WantedSeeds::Range(Seeds { first, last }));
        assert_eq!("1000".parse(), Ok(WantedSeeds::Count(1000)));
        assert_eq!("500..1500".parse(), range(500, 1499));
        assert_eq!("7..8".parse(), range(7, 7));
        for wrong in ["0", "", "-1", "x", "5..5", "6..5", "..5", "5..", "1..2..3", "1.5"] {
            assert!(wrong.parse::<WantedSeeds>().is_err(), "{wrong}");
        }
    }
}
