//! Formats values like the reference's `results.edn`: what fits on the rest of the line is printed
//! flat; of anything else, each element or entry gets a separate line, aligned with the first.

use glomers_history::{Shape, Value, print_value};

/// Maximum column that a form may reach; closing brackets and commas after it may exceed it.
const WIDTH: usize = 70;

/// Formats the value on one or more lines, with a newline at the end.
#[must_use]
pub fn pretty(value: &Value) -> String {
    let mut layout = Layout { out: Vec::new(), column: 0 };
    layout.form(value);
    layout.out.push(b'\n');
    // The output consists of whole `str`s.
    String::from_utf8_lossy(&layout.out).into_owned()
}

struct Layout {
    out: Vec<u8>,
    /// Number of characters on the last line.
    column: usize,
}

impl Layout {
    fn form(&mut self, value: &Value) {
        let start = self.out.len();
        print_value(value, &mut self.out);
        let width = width(&self.out[start..]);
        let (tag, inner) = match value {
            Value::Tagged(tagged) => (format!("#{}", tagged.0), &tagged.1),
            other => (String::new(), other),
        };
        let (open, close) = match inner.shape() {
            Some(Shape::Map) => ("{", "}"),
            Some(Shape::Set) => (if tag.is_empty() { "#{" } else { " #{" }, "}"),
            Some(Shape::List) => ("(", ")"),
            Some(Shape::Vector) => ("[", "]"),
            // Has no parts that could be put on separate lines.
            None => ("", ""),
        };
        if self.column + width <= WIDTH || open.is_empty() {
            self.column += width;
            return;
        }
        self.out.truncate(start);
        self.text(&tag);
        self.text(open);
        let indent = self.column;
        if let Value::Map(entries) = inner {
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    self.text(",");
                    self.line(indent);
                }
                self.form(key);
                self.text(" ");
                self.form(value);
            }
        } else {
            for (position, element) in inner.elements().unwrap_or_default().iter().enumerate() {
                if position > 0 {
                    self.line(indent);
                }
                self.form(element);
            }
        }
        self.text(close);
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.column += width(text.as_bytes());
    }

    fn line(&mut self, indent: usize) {
        self.out.push(b'\n');
        self.out.resize(self.out.len() + indent, b' ');
        self.column = indent;
    }
}

/// Number of UTF-16 code units of a text, as the reference counts.
fn width(text: &[u8]) -> usize {
    // Continuation bytes do not begin a character; four-byte sequences are two units.
    text.iter().map(|&byte| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings;
    use glomers_history::read_value;

    #[test]
    fn recorded_results_are_laid_out_as_they_were() {
        for (path, text) in recordings::results() {
            let value = read_value(&text).unwrap();
            let ours = pretty(&value);
            if path.starts_with("maelstrom") {
                for (ours, theirs) in ours.lines().zip(text.lines()) {
                    assert_eq!(ours, theirs, "{path}");
                }
                assert_eq!(ours, text, "{path}");
            } else {
                // Published recordings are from other versions, some of them with another layout.
                assert!(read_value(&ours).unwrap() == value, "{path}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_broken_and_aligned() {
        let text = "{:list (1 2), :map {:a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", :b #{[1] [2]}}, \
                    :op #jepsen.history.Op{:index 1, :value \"éééééééééééééééééééééééééééééé\", :f :x}}";
        insta::assert_snapshot!(pretty(&read_value(text).unwrap()), @r#"
        {:list (1 2),
         :map {:a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", :b #{[1] [2]}},
         :op #jepsen.history.Op{:index 1,
                                :value "éééééééééééééééééééééééééééééé",
                                :f :x}}
        "#);
    }
}
