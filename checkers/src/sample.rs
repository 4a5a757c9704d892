//! Small histories for unit tests, written as in a history.edn.

use glomers_history::{History, Value, read_history, read_value};

/// Reads `type process f value`, one entry a line, what follows as further keys; index and time (in
/// ms) count up from 0.
pub(crate) fn sample(lines: &str) -> History {
    let mut text = String::new();
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    for (index, line) in lines.enumerate() {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap();
        let (kind, process, f, rest) = (word(), word(), word(), word());
        text += &format!(
            "{{:index {index}, :time {index}000000, :type :{kind}, :process {process}, :f :{f}, \
             :value {rest}}}\n"
        );
    }
    read_history(text.as_bytes()).unwrap()
}

/// Reads a value.
pub(crate) fn edn(text: &str) -> Value {
    read_value(text).unwrap()
}
