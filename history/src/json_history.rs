//! Reads a history in JSON, as other tools write it: one object per line, or an array of objects.

mod entry;

use crate::edn::read::ReadError;
use crate::edn::stream::MOST_ENTRY_BYTES;
use crate::gaps::Gaps;
use crate::json::exact::read_object;
use crate::{Function, Operation};
use std::io::BufRead;

/// An iterator over the entries of a history in JSON. It ends after the first error.
///
/// ```
/// use glomers_history::JsonHistoryReader;
///
/// let text = r#"[{"type": "invoke", "f": "txn", "process": 0, "value": [["append", 1, 2]]}]"#;
/// let operation = JsonHistoryReader::new(text.as_bytes()).next().unwrap().unwrap();
/// assert_eq!(operation.f.name(), "txn");
/// ```
#[derive(Debug)]
pub struct JsonHistoryReader<R> {
    input: R,
    /// The current line, from 1.
    line: u64,
    around: Around,
    is_done: bool,
    /// Number of entries that were read.
    count: u64,
    gaps: Gaps,
}

/// What surrounds the objects.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Around {
    /// Nothing was read yet.
    Unknown,
    /// Nothing.
    Nothing,
    /// An array that has not ended.
    Array,
    /// An array that has ended.
    Ended,
}

impl<R: BufRead> JsonHistoryReader<R> {
    /// Reads from the beginning of a file.
    pub fn new(input: R) -> Self {
        let (around, gaps) = (Around::Unknown, Gaps::default());
        Self { input, line: 1, around, is_done: false, count: 0, gaps }
    }

    /// Sets the function of entries that have none, and whose value does not show it.
    #[must_use]
    pub fn with_function(mut self, f: Option<Function>) -> Self {
        self.gaps = Gaps::new(f);
        self
    }

    fn next_operation(&mut self) -> Result<Option<Operation>, ReadError> {
        if !self.find_object()? {
            return Ok(None);
        }
        let line = self.line;
        let object = self.object()?;
        let problem = |problem| ReadError::Json { line, problem };
        let text = std::str::from_utf8(&object).map_err(|error| problem(error.to_string()))?;
        let entries = read_object(text).map_err(|refusal| problem(refusal.to_string()))?;
        let operation = entry::entry(entries).and_then(|entry| self.gaps.fill(entry, self.count));
        let operation = operation.map_err(|problem| ReadError::Operation { line, problem })?;
        self.count += 1;
        Ok(Some(operation))
    }

    /// Advances to the brace that begins the next object; returns whether there is one.
    fn find_object(&mut self) -> Result<bool, ReadError> {
        loop {
            let Some(byte) = self.input.fill_buf()?.first().copied() else {
                return match self.around {
                    Around::Array => Err(self.cut_off(self.line)),
                    _ => Ok(false),
                };
            };
            match (byte, self.around) {
                (b'{', Around::Unknown | Around::Nothing) => {
                    self.around = Around::Nothing;
                    return Ok(true);
                }
                (b'{', Around::Array) => return Ok(true),
                (b'[', Around::Unknown) => self.around = Around::Array,
                (b']', Around::Array) => self.around = Around::Ended,
                (b'\n', _) => self.line += 1,
                // White space, separators, and a byte order mark.
                (b' ' | b'\t' | b'\r', _)
                | (b',', Around::Array | Around::Nothing)
                | (0xef | 0xbb | 0xbf, Around::Unknown) => {}
                _ => {
                    let found = char::from(byte).escape_default();
                    let problem = format!(
                        "expected an object like {{\"type\": \"invoke\", ...}}, found `{found}`"
                    );
                    return Err(ReadError::Json { line: self.line, problem });
                }
            }
            self.input.consume(1);
        }
    }

    /// The bytes of the next object.
    fn object(&mut self) -> Result<Vec<u8>, ReadError> {
        let first_line = self.line;
        let mut object = Vec::new();
        let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Err(self.cut_off(first_line));
            }
            let mut end = None;
            for (index, byte) in buffer.iter().enumerate() {
                match byte {
                    b'\n' => self.line += 1,
                    _ if is_escaped => is_escaped = false,
                    b'\\' if in_string => is_escaped = true,
                    b'"' => in_string = !in_string,
                    b'{' | b'[' if !in_string => depth += 1,
                    b'}' | b']' if !in_string => {
                        depth -= 1;
                        if depth == 0 {
                            end = Some(index + 1);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let length = end.unwrap_or(buffer.len());
            object.extend_from_slice(&buffer[..length]);
            self.input.consume(length);
            if object.len() > MOST_ENTRY_BYTES {
                return Err(ReadError::TooLong { line: first_line, most_bytes: MOST_ENTRY_BYTES });
            }
            if end.is_some() {
                return Ok(object);
            }
        }
    }

    fn cut_off(&self, line: u64) -> ReadError {
        ReadError::CutOff { line, readable: self.count }
    }
}

impl<R: BufRead> Iterator for JsonHistoryReader<R> {
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
    use crate::{History, Kind, Process, Value, read_value};

    fn read(text: &str) -> Result<Vec<Operation>, String> {
        JsonHistoryReader::new(text.as_bytes()).collect::<Result<_, _>>().map_err(|e| e.to_string())
    }

    const INVOKE: &str =
        r#"{"index":0,"time":7,"type":"invoke","process":3,"f":"write","value":1}"#;
    const OK: &str = r#"{"index":1,"time":8,"type":"ok","process":3,"f":"write","value":1}"#;

    #[test]
    fn objects_stand_on_lines_of_their_own_or_in_an_array() {
        for text in [
            format!("{INVOKE}\n{OK}\n"),
            format!("{INVOKE}\r\n\r\n{OK}"),
            format!("\u{feff}[{INVOKE},\n{OK}]\n"),
            format!("[ {INVOKE} , {OK} ]"),
            format!("[{INVOKE},{}]", OK.replace(',', ",\n   ")),
        ] {
            let operations = read(&text).unwrap();
            assert_eq!(operations.len(), 2, "{text}");
            assert_eq!((operations[1].kind, operations[1].time), (Kind::Ok, 8));
            assert_eq!(operations[1].process, Process::Client(3));
            let history: History = operations.into_iter().collect();
            assert!(history.counterpart(0).is_some());
        }
        assert_eq!(read("[]").unwrap().len(), 0);
    }

    #[test]
    fn values_become_those_of_edn() {
        let value = |json: &str| {
            let text = format!(r#"{{"type":"ok","f":"x","process":0,"value":{json}}}"#);
            read(&text).unwrap().remove(0).value
        };
        for (json, edn) in [
            (
                r#"[["append","x",1],["r","y",[1,2]],["r","z",null]]"#,
                r#"[[:append "x" 1] [:r "y" [1 2]] [:r "z" nil]]"#,
            ),
            (r#"[5,[["w",1,2]]]"#, "[5 [[:w 1 2]]]"),
            (r#"[["poll",{"k1":[[0,1]]}]]"#, r#"[[:poll {"k1" [[0 1]]}]]"#),
            (r#"{"type":"echo_ok","echo":"a"}"#, r#"{:type "echo_ok", :echo "a"}"#),
            ("[1.5,true,18446744073709551615]", "[1.5 true 18446744073709551615]"),
            (r#"["r","w"]"#, r#"["r" "w"]"#),
            (r#"[["a",1]]"#, r#"[["a" 1]]"#),
        ] {
            assert_eq!(value(json), read_value(edn).unwrap(), "{json}");
        }
    }

    #[test]
    fn other_keys_are_read_as_in_edn() {
        let text = r#"{"type":"info","f":"txn","process":"nemesis","error":["abort","x"],"final?":true,"node":"n1"}
                      {"type":"info","value":[["r",1,null]],"error":"net-timeout"}"#;
        let operations = read(text).unwrap();
        assert_eq!(operations[0].process, Process::Nemesis);
        assert!(operations[0].is_final);
        assert_eq!(operations[0].error(), Some(&read_value("[:abort \"x\"]").unwrap()));
        assert_eq!(operations[0].detail.as_ref().unwrap().other[0].0, "node");
        assert_eq!(operations[1].error(), Some(&Value::keyword("net-timeout")));
        assert_eq!((operations[1].f.name(), operations[1].process), ("txn", Process::Client(0)));
    }

    #[test]
    fn what_is_wrong_is_reported_with_its_line() {
        for (text, expected) in [
            (format!("{INVOKE}\n{{\"type\": \"sang\"}}"), "line 2: operation has a wrong :type"),
            (format!("{INVOKE}\n{{\"f\": \"x\"}}"), "line 2: operation has no :type"),
            (format!("{INVOKE}\n[3]"), "line 2: expected an object like"),
            (format!("{INVOKE}\n{{\"a\" 3}}"), "line 2: unexpected character at byte 6"),
            (format!("{INVOKE}\n{}", &OK[..30]), "line 2: the history is cut off within"),
            (format!("[{INVOKE},\n"), "line 2: the history is cut off within"),
            (format!("[{INVOKE}] {OK}"), "line 1: expected an object like"),
            (r#"{"type":"ok","process":"a"}"#.to_owned(), "line 1: operation has a wrong :process"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
