//! The texts of explanations.

use super::{Explanation, LostExample, RepeatedId};
use crate::examples::EXAMPLES;
use crate::excerpt::json;
use crate::plural::plural;
use crate::{
    AvailabilityResult, BoundedRead, Counts, EchoMismatch, LostElement, NodeAdds, Shares,
    ShownPart, WrongSum,
};
use glomers_config::Availability;
use glomers_history::Value;
use std::fmt;
use std::time::Duration;

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_what(self, out)?;
        self.advice().map_or(Ok(()), |advice| write!(out, "\n  {advice}"))
    }
}

/// Writes what was wrong, without advice.
fn write_what(explanation: &Explanation, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    use Explanation as E;
    match explanation {
        E::NeverSucceeded { f, counts, first } => {
            write!(out, "no {f} operation succeeded: {counts}. The first: {first}")
        }
        E::Unavailable { result, first } => {
            write!(out, "{result}")?;
            first.iter().try_for_each(|first| write!(out, ". The first that did not: {first}"))
        }
        E::WrongEchoes { count, examples } => {
            let replies = plural(*count, "echo reply differs", "echo replies differ");
            write!(out, "{replies} from what was sent")?;
            write_examples(out, *count, examples)
        }
        E::FailedEchoes { count, examples } => {
            let operations = plural(*count, "echo operation", "echo operations");
            write!(out, "{operations} failed, and what fails echoes nothing")?;
            write_examples(out, *count, examples)
        }
        E::DuplicatedIds { count, examples } => {
            write!(out, "{} given out more than once", plural(*count, "id was", "ids were"))?;
            write_examples(out, *count, examples)
        }
        E::LostElements { count, attempts, examples, part } => {
            write!(out, "{count} of {attempts} values were lost: known, but not in the last read")?;
            write_examples(out, *count, examples)?;
            let Some((part, most)) = part else { return Ok(()) };
            let part = match part {
                ShownPart::Newest => "newest",
                ShownPart::Oldest => "oldest",
            };
            write!(
                out,
                "\n  No read shows more than {most} values, and the final reads show only the \
                     {part}: look for a limit on what is kept, or on what `read` answers"
            )
        }
        E::NothingStable { attempts: 0 } => {
            write!(out, "nothing is shown: no value was ever sent, so none could be read")
        }
        E::NothingStable { attempts } => write!(
            out,
            "nothing is shown: {} sent, and none was in a read that began after it was known",
            plural(*attempts, "value was", "values were")
        ),
        E::WrongSums { .. } | E::ReadsOutOfBounds { .. } => write_counter(explanation, out),
        E::NotLinearizable { count, keys, examples } => {
            let have = plural(*keys, "key has", "keys have");
            write!(out, "{count} of {have} operations that no order explains")?;
            let line = |(key, conflict): &(Option<_>, _)| match key {
                Some(key) => format!("key {}: {conflict}", json(key)),
                None => format!("{conflict}"),
            };
            write_examples(out, *count, &examples.iter().map(line).collect::<Vec<_>>())
        }
        E::Undecided { count, keys, budget } => write_undecided(out, *count, keys, *budget),
        E::Anomaly { name, meaning, count: 0, .. } => write!(out, "{name}: {meaning}"),
        E::Anomaly { name, meaning, count, examples } => {
            let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
            write!(out, "{name}: {meaning} ({times})")?;
            for lines in examples {
                write!(out, "\n  {}", lines.join("\n    "))?;
            }
            Ok(())
        }
        E::Keys { invalid, unknown, keys } => {
            write!(out, "{invalid} of {} invalid", plural(*keys, "key is", "keys are"))?;
            match unknown {
                0 => write!(out, "; each key is judged by itself"),
                _ => write!(out, ", {unknown} unknown; each key is judged by itself"),
            }
        }
        E::OfKey { key, explanation } => write!(out, "key {}: {explanation}", json(key)),
        E::Kafka(problem) => write!(out, "{problem}"),
        E::NotJudged(error) => write!(out, "the history cannot be judged: {error}"),
    }
}

/// Writes about sums that a counter cannot have.
fn write_counter(explanation: &Explanation, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match explanation {
        Explanation::WrongSums { count, reads, acceptable, examples } => {
            let show = plural(*reads, "final read shows", "final reads show");
            let so = if matches!(acceptable.as_slice(), [(least, most)] if least == most) {
                "it should be "
            } else {
                "possible are "
            };
            write!(out, "{count} of {show} a sum that the adds cannot have; {so}")?;
            write_sums(out, acceptable)?;
            write_examples(out, *count, examples)?;
            if examples.iter().all(|it| it.excess > 0 && it.shares.is_none()) {
                return write!(
                    out,
                    "\n  It looks as if adds were counted more than once: give each add an id and count it once, or pass \
                     on the sum of each node, of which the greatest counts"
                );
            }
            if examples.iter().all(|it| it.excess < 0 && it.shares.is_none())
                && nearly_agree(examples)
            {
                return write!(
                    out,
                    "\n  Adds are missing, and not all those of a node: where nodes share a value (in a \
                     service), one write replaced another: change it by cas, and repeat a cas that fails"
                );
            }
            if *count < 2 || !examples.iter().all(WrongSum::is_own_only) {
                return Ok(());
            }
            write!(
                out,
                "\n  Each node shows its own adds only, so none passes them on: pass every add on \
                 to all nodes until it is acknowledged, and count it once there"
            )
        }
        Explanation::ReadsOutOfBounds { count, reads, examples } => {
            let show = plural(*reads, "read shows", "reads show");
            write!(out, "{count} of {show} a sum that the adds cannot have had while it ran")?;
            let line = |read: &BoundedRead| {
                let BoundedRead { least, value, greatest, read } = read;
                format!("{value}, while {least} to {greatest} was possible ({read})")
            };
            write_examples(out, *count, &examples.iter().map(line).collect::<Vec<_>>())
        }
        _ => Ok(()),
    }
}

/// Whether wrong reads differ little from one another, compared with what they lack: as those of a value
/// that nodes share.
fn nearly_agree(reads: &[WrongSum]) -> bool {
    /// What is little: this part of what is lacking.
    const LITTLE: i128 = 8;
    let values = || reads.iter().filter_map(|read| read.value.as_int()).map(i128::from);
    let spread = values().max().unwrap_or(0) - values().min().unwrap_or(0);
    let lacking = reads.iter().map(|read| read.excess.unsigned_abs()).min().unwrap_or(0);
    i128::try_from(lacking).is_ok_and(|lacking| spread * LITTLE < lacking)
}

/// Writes about a search that exhausted its budget.
fn write_undecided(
    out: &mut fmt::Formatter<'_>,
    count: usize,
    keys: &[Option<Value>],
    budget: Duration,
) -> fmt::Result {
    write!(
        out,
        "{} not decided: the search for an order ended when it had used up its --search-budget of \
         {} s, since too many operations have an unknown outcome, or were open at the same time; \
         pass a greater --search-budget, or run with less --concurrency or a shorter --time-limit",
        plural(count, "key was", "keys were"),
        budget.as_secs_f64()
    )?;
    let named = keys.iter().take(EXAMPLES).flatten().map(json);
    write_examples(out, count, &named.map(|key| format!("key {key}")).collect::<Vec<_>>())
}

/// Maximum number of ranges of sums that a message names.
const SUMS: usize = 5;

/// `28, or 32 to 34`
fn write_sums(out: &mut fmt::Formatter<'_>, ranges: &[(i128, i128)]) -> fmt::Result {
    for (index, (least, greatest)) in ranges.iter().take(SUMS).enumerate() {
        out.write_str(if index == 0 { "" } else { ", or " })?;
        write!(out, "{least}")?;
        if least < greatest {
            write!(out, " to {greatest}")?;
        }
    }
    if ranges.len() > SUMS { write!(out, ", or more") } else { Ok(()) }
}

fn write_examples<T: fmt::Display>(
    out: &mut fmt::Formatter<'_>,
    count: usize,
    examples: &[T],
) -> fmt::Result {
    for example in examples {
        write!(out, "\n  {example}")?;
    }
    match count.saturating_sub(examples.len()) {
        0 => Ok(()),
        more => write!(out, "\n  and {more} more"),
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let Self { ok, fail, info } = self;
        write!(out, "{ok} of {total} ok, {fail} failed, {info} with unknown outcome")
    }
}

impl fmt::Display for AvailabilityResult {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ok, invoked, .. } = self;
        if ok > invoked {
            write!(out, "{ok} operations succeeded, and only {invoked} began")?;
        } else {
            write!(out, "{ok} of {invoked} operations succeeded")?;
        }
        if let Some(fraction) = self.ok_fraction() {
            write!(out, " (ok-fraction {fraction})")?;
        }
        match self.wanted {
            None => Ok(()),
            Some(Availability::Total) => write!(out, ", but all of them should"),
            Some(Availability::AtLeast(wanted)) => write!(out, ", but {wanted} of them should"),
        }
    }
}

impl fmt::Display for EchoMismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, received, at, .. } = self;
        write!(out, "sent {}, received {} ({at})", json(sent), json(received))
    }
}

impl fmt::Display for RepeatedId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.first_two;
        write!(out, "{} {} times: to {first}; to {second}", json(&self.id), self.times)
    }
}

impl fmt::Display for WrongSum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, read, excess, shares, .. } = self;
        write!(out, "{} (at the end: {read})", json(value))?;
        match excess {
            0 => {}
            ..0 => write!(out, ", {} too little", excess.unsigned_abs())?,
            _ => write!(out, ", {excess} too much")?,
        }
        let Some(Shares { present, missing }) = shares else { return Ok(()) };
        match present.as_slice() {
            [] => write!(out, ": it has no adds at all")?,
            present => write!(out, ": exactly the adds that {} acknowledged", present.join(", "))?,
        }
        for (index, NodeAdds { node, count, sum, first }) in missing.iter().enumerate() {
            out.write_str(if index == 0 { "; missing are those of " } else { ", and of " })?;
            write!(
                out,
                "{node} ({}, sum {sum}, the first by {first})",
                plural(*count, "add", "adds")
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for LostExample {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LostElement { element, known, last_present, last_absent, .. } = &self.lost;
        write!(out, "{}: known to {known}; ", json(element))?;
        match last_present {
            None => write!(out, "never read")?,
            Some(read) => write!(out, "last in the read of {read}")?,
        }
        write!(out, "; missing from that of {last_absent}")?;
        match (self.final_reads_with, self.final_reads) {
            (_, 0) => Ok(()),
            (with, all) => write!(out, "; in {with} of {all} final reads"),
        }
    }
}
