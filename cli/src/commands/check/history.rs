//! Reads a history and judges it: the largest ones, of transactions, without keeping them whole.

use crate::exit::BadArguments;
use anyhow::{Context as _, Error, Result};
use glomers_checkers::{
    Criteria, Datatype, Streamed, explain, guess_workload, judge, judge_transactions, warnings,
};
use glomers_config::Workload;
use glomers_history::{History, HistoryReader, Operation, ReadError, Traffic};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// So many entries tell the workload of most histories.
const BEGINNING: usize = 1000;

/// The entries of the file.
fn read(path: &Path) -> Result<impl Iterator<Item = Result<Operation>>> {
    let failed = format!("failed to read {}", path.display());
    let file = File::open(path).with_context(|| failed.clone())?;
    let told = path.display().to_string();
    Ok(HistoryReader::new(BufReader::new(file)).map(move |operation| {
        operation.map_err(|error| match error {
            ReadError::Io(error) => Error::from(error).context(failed.clone()),
            error => BadArguments(format!("{told}: {error}")).into(),
        })
    }))
}

/// The workload that the history shows, if it shows one.
pub(super) fn guess(path: &Path) -> Result<Option<Workload>> {
    let beginning: History = read(path)?.take(BEGINNING).collect::<Result<_>>()?;
    if let Some(workload) = guess_workload(&beginning) {
        return Ok(Some(workload));
    }
    Ok(guess_workload(&read(path)?.collect::<Result<_>>()?))
}

/// Judges the file.
pub(super) fn judged(
    path: &Path,
    criteria: &Criteria,
    traffic: Option<Traffic>,
    node_count: usize,
) -> Result<Streamed> {
    let datatype = match criteria.workload {
        Workload::TxnListAppend => Datatype::ListAppend,
        Workload::TxnRwRegister => Datatype::Register,
        _ => {
            let history: History = read(path)?.collect::<Result<_>>()?;
            return Ok(Streamed {
                judgement: judge(criteria, &history, traffic),
                explanations: explain(criteria, &history),
                warnings: warnings(criteria.workload, &history, traffic.as_ref(), node_count),
                outline: history,
            });
        }
    };
    judge_transactions(criteria, datatype, traffic, node_count, || read(path))
}
