//! Small histories for unit tests, written as in a history.edn.

use glomers_history::{History, Value, read_history, read_value};

/// Reads `type process f value`, one entry a line, anything after that as further keys; index and
/// time (in ms) count up from 0.
pub(crate) fn sample(lines: &str) -> History {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let entry = |(index, line): (usize, &str)| {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap();
        let (kind, process, f, rest) = (word(), word(), word(), word());
        format!(
            "{{:index {index}, :time {index}000000, :type :{kind}, :process {process}, :f :{f}, \
             :value {rest}}}"
        )
    };
    let text = lines.enumerate().map(entry).collect::<Vec<_>>().join("\n");
    read_history(text.as_bytes()).unwrap()
}

/// The texts of these items, one per line.
pub(crate) fn texts<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("\n")
}

/// Reads a value.
pub(crate) fn edn(text: &str) -> Value {
    read_value(text).unwrap()
}
