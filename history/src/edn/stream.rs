//! Reads a history entry by entry, holding one entry at a time.
//!
//! The reference writes one entry per line. Entries that span several lines, and a vector around
//! all entries (as in older versions), are read too: memory then holds the lines of one entry.

use super::form::FormBuilder;
use super::lexer::{Lexer, Shape, Token};
use super::operation::{self, EntryError};
use super::problem::{Problem, SyntaxError, line_and_column};
use super::read::ReadError;
use crate::gaps::Gaps;
use crate::{Function, History, Operation};
use std::io::{BufRead, Read as _};

/// Maximum size of an entry or a line in bytes: larger ones are not a history, or are damaged.
pub(crate) const MOST_ENTRY_BYTES: usize = 256 << 20;
/// Minimum number of bytes that are read at once of an entry that spans several lines.
const SPAN_BYTES: usize = 4096;

/// Reads a whole `history.edn`.
pub fn read_history(input: impl BufRead) -> Result<History, ReadError> {
    HistoryReader::new(input).collect()
}

/// An iterator over the entries of a `history.edn`. It ends after the first error.
///
/// ```
/// use glomers_history::{HistoryReader, ReadError};
///
/// let killed = "{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :re";
/// let mut reader = HistoryReader::new(killed.as_bytes());
/// assert!(reader.next().unwrap().is_ok());
/// assert!(matches!(reader.next(), Some(Err(ReadError::CutOff { line: 2, readable: 1 }))));
/// assert!(reader.next().is_none());
/// ```
#[derive(Debug)]
pub struct HistoryReader<R> {
    input: R,
    /// One line, or the lines that an entry spans.
    text: String,
    /// Number of newlines in `text`.
    newlines: u64,
    /// Number of the first line of `text`, from 1.
    line: u64,
    /// Offset in `text` at which the next entry begins.
    offset: usize,
    /// Whether `text` extends to the end of the file.
    is_last: bool,
    /// Whether the iterator has ended.
    is_done: bool,
    around: Around,
    /// Number of entries that were read.
    count: u64,
    builder: FormBuilder,
    gaps: Gaps,
}

/// What surrounds the entries.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Around {
    /// No entry was read yet.
    Unknown,
    /// Nothing.
    Nothing,
    /// A collection that will end with this bracket.
    Open(char),
    /// A collection that has ended.
    Closed,
}

impl<R: BufRead> HistoryReader<R> {
    /// Reads from the beginning of a file.
    pub fn new(input: R) -> Self {
        Self {
            input,
            text: String::new(),
            newlines: 1,
            line: 0,
            offset: 0,
            is_last: false,
            is_done: false,
            around: Around::Unknown,
            count: 0,
            builder: FormBuilder::default(),
            gaps: Gaps::default(),
        }
    }

    /// Sets the function of entries that have none, and whose value does not show it.
    #[must_use]
    pub fn with_function(mut self, f: Option<Function>) -> Self {
        self.gaps = Gaps::new(f);
        self
    }

    fn next_operation(&mut self) -> Result<Option<Operation>, ReadError> {
        loop {
            match self.entry() {
                Ok(Some(operation)) => {
                    self.count += 1;
                    return Ok(Some(operation));
                }
                Ok(None) if self.is_last => return self.end(),
                Ok(None) => self.read_line()?,
                Err(EntryError::Syntax(error)) if error.problem.is_cut_off() && !self.is_last => {
                    self.read_more()?;
                }
                Err(error) => return Err(self.locate(error)),
            }
        }
    }

    /// Reads the next entry of the text; `None` if there is none.
    fn entry(&mut self) -> Result<Option<Operation>, EntryError> {
        let mut lexer = Lexer::new(&self.text, self.offset);
        loop {
            let Some(token) = lexer.next_token()? else {
                self.offset = self.text.len();
                return Ok(None);
            };
            let here = |problem| SyntaxError { offset: lexer.start(), problem };
            match (token, self.around) {
                (Token::Discard, _) => operation::skip(&mut lexer, &mut self.builder)?,
                (Token::Open(shape @ (Shape::List | Shape::Vector)), Around::Unknown) => {
                    self.around = Around::Open(shape.closer());
                    self.offset = lexer.offset();
                }
                (Token::Close(found), Around::Open(closer)) if found == closer => {
                    self.around = Around::Closed;
                    self.offset = lexer.offset();
                }
                (_, Around::Closed) => return Err(here(Problem::Trailing).into()),
                _ => {
                    let entry = operation::read(&mut lexer, token, &mut self.builder)?;
                    let operation = self.gaps.fill(entry, self.count)?;
                    self.offset = lexer.offset();
                    if self.around == Around::Unknown {
                        self.around = Around::Nothing;
                    }
                    return Ok(Some(operation));
                }
            }
        }
    }

    /// Replaces the text with the next line.
    fn read_line(&mut self) -> Result<(), ReadError> {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.clear();
        self.line += if self.line == 0 { 1 } else { self.newlines };
        self.newlines = 1;
        self.offset = 0;
        self.append_line(&mut bytes)?;
        self.take_text(bytes)
    }

    /// Appends lines to the text, which ends within an entry. Doubles the length of the text, so
    /// that a long entry is not scanned too often.
    fn read_more(&mut self) -> Result<(), ReadError> {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        self.line += memchr::memchr_iter(b'\n', &bytes[..self.offset]).count() as u64;
        bytes.drain(..self.offset);
        self.offset = 0;
        let wanted = (bytes.len() * 2).max(SPAN_BYTES);
        while bytes.len() < wanted && !self.is_last {
            self.append_line(&mut bytes)?;
        }
        self.newlines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        self.take_text(bytes)
    }

    /// Appends the next line of the file.
    fn append_line(&mut self, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        // One byte above the limit, to detect that it is exceeded.
        let room = (MOST_ENTRY_BYTES + 1).saturating_sub(bytes.len());
        let length = self.input.by_ref().take(room as u64).read_until(b'\n', bytes)?;
        self.is_last = length == 0 || bytes.last() != Some(&b'\n');
        if bytes.len() > MOST_ENTRY_BYTES {
            return Err(ReadError::TooLong { line: self.line, most_bytes: MOST_ENTRY_BYTES });
        }
        Ok(())
    }

    fn take_text(&mut self, bytes: Vec<u8>) -> Result<(), ReadError> {
        self.text = String::from_utf8(bytes).map_err(|error| {
            let utf8 = error.utf8_error();
            let valid = &error.as_bytes()[..utf8.valid_up_to()];
            let line = self.line + memchr::memchr_iter(b'\n', valid).count() as u64;
            if self.is_last && utf8.error_len().is_none() {
                ReadError::CutOff { line, readable: self.count }
            } else {
                ReadError::NotText { line }
            }
        })?;
        Ok(())
    }

    /// Handles the end of the file after an entry.
    fn end(&self) -> Result<Option<Operation>, ReadError> {
        match self.around {
            Around::Open(_) => Err(self.cut_off(self.text.len())),
            _ => Ok(None),
        }
    }

    fn cut_off(&self, offset: usize) -> ReadError {
        ReadError::CutOff { line: self.line_of(offset), readable: self.count }
    }

    fn line_of(&self, offset: usize) -> u64 {
        self.line + line_and_column(&self.text, offset).0 - 1
    }

    /// Turns an error into one with the position of the next entry in the text.
    fn locate(&self, error: EntryError) -> ReadError {
        let mut lexer = Lexer::new(&self.text, self.offset);
        let first = lexer.next_token();
        let start = lexer.start();
        if self.is_last && (first.is_err() || self.is_cut_off(start)) {
            return self.cut_off(start);
        }
        match error {
            EntryError::Syntax(error) => ReadError::syntax(&self.text, self.line, error),
            EntryError::Operation(problem) => {
                ReadError::Operation { line: self.line_of(start), problem }
            }
        }
    }

    /// Whether the file ends within the form at `start`, without another entry after its beginning.
    fn is_cut_off(&self, start: usize) -> bool {
        let rest = &self.text[start..];
        if rest.contains("\n{") || rest.contains("\n#") {
            return false;
        }
        let mut lexer = Lexer::new(&self.text, start);
        let mut depth = 0_usize;
        loop {
            match lexer.next_token() {
                Ok(None) => return true,
                Ok(Some(Token::Open(_))) => depth += 1,
                Ok(Some(Token::Close(_))) => match depth {
                    0 | 1 => return false,
                    _ => depth -= 1,
                },
                Ok(Some(_)) => {}
                Err(error) => {
                    return error.problem.is_cut_off() || lexer.offset() == self.text.len();
                }
            }
        }
    }
}

impl<R: BufRead> Iterator for HistoryReader<R> {
    type Item = Result<Operation, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let next = self.next_operation().transpose();
        self.is_done = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Process, Value};

    fn read(text: &str) -> Vec<Operation> {
        match read_history(text.as_bytes()) {
            Ok(history) => history.operations().to_vec(),
            Err(error) => panic!("{error}"),
        }
    }

    /// The number of entries that could be read, and the error after them.
    fn error(text: impl AsRef<[u8]>) -> (usize, String) {
        let mut reader = HistoryReader::new(text.as_ref());
        let readable = reader.by_ref().take_while(Result::is_ok).count();
        assert!(reader.next().is_none(), "the iterator ends behind an error");
        let error = read_history(text.as_ref()).expect_err("an error");
        (readable, error.to_string())
    }

    #[test]
    fn keys_come_in_any_order_and_all_are_kept() {
        let text = "\u{feff}{:f :read, :value #{1}, :type :ok, :process 7, :final? true, \
                    :error [:x \"y\"], :poll-ms 5, :exception {:via []}, :time -3, :index 9}\r\n";
        let [operation] = &read(text)[..] else { panic!("one entry") };
        assert_eq!((operation.index, operation.time, operation.kind), (9, -3, Kind::Ok));
        assert_eq!(operation.process, Process::Client(7));
        assert!(operation.is_final);
        assert_eq!(operation.error().unwrap().elements().unwrap().len(), 2);
        assert!(operation.exception().is_some());
        let other = &operation.detail.as_ref().unwrap().other;
        assert_eq!(other[..], [("poll-ms".into(), Value::Int(5))]);

        let mut printed = Vec::new();
        crate::print_operation(operation, &mut printed);
        assert_eq!(read(std::str::from_utf8(&printed).unwrap())[0], *operation);
    }

    #[test]
    fn tagged_entries_and_missing_keys_are_read() {
        let text = "; a comment\n\n#jepsen.history.Op{:type :info, :f :start-partition, \
                    :process :nemesis, :value nil, :index -1}\n#_{:a 1}\n\
                    {:type :invoke :f :add :process 0 #_ :value #_ #_ 3 4}";
        let operations = read(text);
        assert_eq!(operations.len(), 2);
        assert_eq!(operations[0].process, Process::Nemesis);
        assert_eq!((operations[0].index, operations[1].index), (0, 1));
        assert_eq!((operations[1].time, &operations[1].value), (0, &Value::Nil));
    }

    #[test]
    fn entries_may_span_lines_and_stand_in_a_vector() {
        let entry = "{:process 1, :type :invoke,\n  :f :read, :value [1\n2]}";
        assert_eq!(read(&format!("{entry} {entry}\n{entry}\n")).len(), 3);
        assert_eq!(read(&format!("[{entry}\n {entry}] ; end\n\n")).len(), 2);
        assert_eq!(read("[]\n").len(), 0);
        assert_eq!(read("").len(), 0);
        // Many entries that span several lines, and the position of an error after them.
        let long =
            format!("{{:process 1, :type :ok,\n  :f :read, :value [{}]}}", "1\n".repeat(5000));
        let all = format!("{}\n{{:a 1}}", [long.as_str(); 5].join("\n"));
        assert_eq!(error(&all), (5, "line 25011: operation has no :type".to_owned()));
        assert_eq!(
            error(format!("({entry})\n {entry}")),
            (1, "line 4, column 2: unexpected text behind the form".to_owned())
        );
    }

    #[test]
    fn a_killed_run_leaves_its_readable_entries() {
        let entry = "{:process 1, :type :invoke, :f :read, :value \"é ##NaN \\\\u00e9\", \
                     :error #a[\\newline 1]}";
        let whole = format!("{entry}\n");
        // Wherever the second line is cut, the first line is counted.
        for cut in 1..entry.len() {
            let mut text = whole.clone().into_bytes();
            text.extend_from_slice(&entry.as_bytes()[..cut]);
            let (readable, error) = error(&text);
            assert!(error.starts_with("line 2: the history is cut off"), "{cut}: {error}");
            assert_eq!(readable, 1);
        }
        assert_eq!(read(&format!("{whole}{entry}")).len(), 2);
        assert_eq!(error(format!("[{entry}\n")).0, 1);
    }

    #[test]
    fn a_broken_line_in_the_middle_is_no_cut() {
        let entry = "{:process 1, :type :invoke, :f :read}\n";
        for (broken, expected) in [
            ("{:process 1, :type", "line 2: operation has a wrong :type"),
            ("{:process 1, :value \"a", "line 2, column 21: string is not closed"),
            ("{:process 1, :value [1}", "line 2, column 23: `}` where `]` was expected"),
            ("{:process 1, :f :add}", "line 2: operation has no :type"),
            ("{:process :client}", "line 2: operation has a wrong :process: expected a number"),
            ("{:f :a :f :b}", "line 2: operation has :f twice"),
            ("{\"f\" :a}", "line 2: an operation has a key that is not a keyword"),
            ("{:type}", "line 2, column 1: map has a key without a value"),
            ("{:type :okay}", "line 2: operation has a wrong :type: expected :invoke, :ok"),
            ("INFO jepsen", "line 2: expected an operation"),
            ("{:a 1N2}", "line 2, column 5: `1N2` is not a number"),
        ] {
            let (readable, error) = error(format!("{entry}{broken}\n{entry}"));
            assert_eq!(readable, 1);
            assert!(error.starts_with(expected), "{broken}: {error}");
        }
        let latin = [entry.as_bytes(), b"{:value \"\xe9\"}\n"].concat();
        assert_eq!(error(latin), (1, "line 2: invalid UTF-8".to_owned()));
    }
}
