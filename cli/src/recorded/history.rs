//! Reads a history and judges it. Transaction histories, the largest, are not held whole in memory.

use super::input::is_gzip;
use crate::failure::{BadArguments, CommandFailure, Result};
use flate2::bufread::MultiGzDecoder;
use glomers_checkers::{
    Criteria, Datatype, OtherTest, Streamed, guess_workload, has_independent_keys,
    judge_transactions, other_test,
};
use glomers_config::{InputError, Workload, open_input};
use glomers_history::{
    Function, History, HistoryReader, JsonHistoryReader, Operation, ReadError, Traffic,
};
use glomers_judgement::judge_history;
use std::cell::RefCell;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Number of entries that is enough to guess the workload of most histories.
const BEGINNING: usize = 1000;

/// A file that holds a history.
#[derive(Debug)]
pub(crate) struct HistoryFile {
    pub(crate) path: PathBuf,
    is_packed: bool,
    is_json: bool,
}

impl HistoryFile {
    /// Opens a file and inspects its beginning.
    pub(crate) fn open<T>(
        path: &Path,
        look: impl FnOnce(Box<dyn BufRead>) -> io::Result<T>,
    ) -> Result<(Self, T)> {
        let file = Self { path: path.to_owned(), is_packed: is_gzip(path)?, is_json: false };
        let seen = look(file.bytes()?).map_err(|error| file.refused(error))?;
        Ok((file, seen))
    }

    pub(crate) fn in_json(self, is_json: bool) -> Self {
        Self { is_json, ..self }
    }

    pub(crate) fn is_packed(&self) -> bool {
        self.is_packed
    }

    fn bytes(&self) -> Result<Box<dyn BufRead>, InputError> {
        let file = BufReader::new(open_input(&self.path)?);
        Ok(if self.is_packed {
            Box::new(BufReader::new(MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        })
    }

    /// The error for bytes that cannot be read.
    fn refused(&self, error: io::Error) -> CommandFailure {
        let shown = self.path.display();
        if self.is_packed {
            let text = format!("{shown} is damaged gzip data: {error}; see `gzip --test`");
            return BadArguments(text).into();
        }
        InputError::io(&self.path, error).into()
    }
}

/// A history that is being judged, for which the file is read several times.
pub(crate) struct Reading {
    file: HistoryFile,
    /// The function of entries that do not name one.
    f: Option<Function>,
    /// Whether a file that ends within an entry is accepted, and read up to that entry.
    is_partial: bool,
    /// Where the history ends, if it ends within an entry; known after the file was read.
    cut: RefCell<Option<String>>,
}

impl Reading {
    pub(crate) fn new(file: HistoryFile, is_partial: bool) -> Self {
        Self { file, f: None, is_partial, cut: RefCell::default() }
    }

    /// Where the history ends, if it ends within an entry. Valid only after the file was read.
    pub(crate) fn cut(&self) -> Option<String> {
        self.cut.borrow().clone()
    }

    /// Takes entries that name no function as the one of this workload.
    pub(crate) fn assume(&mut self, workload: Workload) {
        // Where there are several, every entry must name its own.
        self.f = match workload.functions() {
            [only] => Some(Function::from_name(only)),
            _ => None,
        };
    }

    /// The entries of the file.
    fn entries(&self) -> Result<impl Iterator<Item = Result<Operation>>> {
        let bytes = self.file.bytes()?;
        let entries: Box<dyn Iterator<Item = Result<Operation, ReadError>>> = if self.file.is_json {
            Box::new(JsonHistoryReader::new(bytes).with_function(self.f.clone()))
        } else {
            Box::new(HistoryReader::new(bytes).with_function(self.f.clone()))
        };
        Ok(entries.filter_map(|entry| match entry {
            Ok(operation) => Some(Ok(operation)),
            Err(ReadError::CutOff { line, readable }) if self.is_partial => {
                *self.cut.borrow_mut() = Some(format!(
                    "the history ends within the entry of line {line}, after {readable} whole ones"
                ));
                None
            }
            Err(error) => Some(Err(self.problem(error))),
        }))
    }

    fn problem(&self, error: ReadError) -> CommandFailure {
        let shown = self.file.path.display();
        match error {
            ReadError::Io(error) => self.file.refused(error),
            error @ ReadError::CutOff { .. } => {
                BadArguments(format!("{shown}: {error}: --partial judges them")).into()
            }
            error => BadArguments(format!("{shown}: {error}")).into(),
        }
    }

    /// The workload that the history shows, or else the other kind of test that it is of, if known.
    pub(crate) fn guess(&self) -> Result<Result<Workload, Option<OtherTest>>> {
        let beginning = self.beginning()?;
        if let Some(workload) = guess_workload(&beginning) {
            return Ok(Ok(workload));
        }
        let all: History = self.entries()?.collect::<Result<_>>()?;
        Ok(guess_workload(&all).ok_or_else(|| other_test(&all)))
    }

    /// All of it.
    pub(crate) fn history(&self) -> Result<History> {
        self.entries()?.collect()
    }

    fn beginning(&self) -> Result<History> {
        self.entries()?.take(BEGINNING).collect()
    }

    /// Judges the file.
    pub(crate) fn judged(&self, criteria: &Criteria, traffic: Option<Traffic>) -> Result<Streamed> {
        let datatype = match criteria.workload {
            Workload::TxnListAppend => Some(Datatype::ListAppend),
            Workload::TxnRwRegister => Some(Datatype::Register),
            _ => None,
        };
        if let Some(datatype) = datatype
            && !has_independent_keys(criteria.workload, &self.beginning()?)
        {
            let read = || self.entries();
            return judge_transactions(criteria, datatype, traffic, read);
        }
        Ok(judge_history(criteria, self.history()?, traffic))
    }
}
