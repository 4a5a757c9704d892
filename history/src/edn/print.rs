//! Prints values and operations on one line, as Clojure's `prn` does.

use super::lexer::Shape;
use crate::{Operation, Process, SharedElements, Value};

/// Appends the operation as a line of `history.edn`, including the newline.
pub fn print_operation(operation: &Operation, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{:index ");
    print_integer(i128::from(operation.index), out);
    out.extend_from_slice(b", :time ");
    print_integer(i128::from(operation.time), out);
    out.extend_from_slice(b", :type :");
    out.extend_from_slice(operation.kind.name().as_bytes());
    out.extend_from_slice(b", :process ");
    print_process(operation.process, out);
    out.extend_from_slice(b", :f :");
    out.extend_from_slice(operation.f.name().as_bytes());
    out.extend_from_slice(b", :value ");
    print_value(&operation.value, out);
    if operation.is_final {
        out.extend_from_slice(b", :final? true");
    }
    if let Some(detail) = &operation.detail {
        for (key, value) in [("exception", &detail.exception), ("error", &detail.error)] {
            if let Some(value) = value {
                print_entry(key, value, out);
            }
        }
        for (key, value) in &detail.other {
            print_entry(key, value, out);
        }
    }
    out.extend_from_slice(b"}\n");
}

fn print_entry(key: &str, value: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(b", :");
    out.extend_from_slice(key.as_bytes());
    out.push(b' ');
    print_value(value, out);
}

/// Appends the operation as a line of `history.txt`: process, type, function, value and error,
/// separated by tabs and followed by a newline.
pub fn print_operation_text(operation: &Operation, out: &mut Vec<u8>) {
    print_process(operation.process, out);
    out.extend_from_slice(b"\t:");
    out.extend_from_slice(operation.kind.name().as_bytes());
    out.extend_from_slice(b"\t:");
    out.extend_from_slice(operation.f.name().as_bytes());
    out.push(b'\t');
    print_value(&operation.value, out);
    if let Some(error) = operation.error() {
        out.push(b'\t');
        print_unquoted(error, out);
    }
    out.push(b'\n');
}

fn print_process(process: Process, out: &mut Vec<u8>) {
    match process {
        Process::Client(number) => print_integer(i128::from(number), out),
        Process::Nemesis => out.extend_from_slice(b":nemesis"),
    }
}

/// Prints an error as Clojure's `print` does, with strings unquoted.
fn print_unquoted(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Str(text) => out.extend_from_slice(text.as_bytes()),
        Value::Vector(elements) => {
            print_sequence(b"[", elements, b"]", out, print_unquoted);
        }
        Value::List(elements) => print_sequence(b"(", elements, b")", out, print_unquoted),
        other => print_value(other, out),
    }
}

/// Appends the value on one line.
pub fn print_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Nil => out.extend_from_slice(b"nil"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => print_integer(i128::from(*number), out),
        Value::BigNumber(text) => {
            out.extend_from_slice(text.as_bytes());
            if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
                out.push(b'N');
            }
        }
        Value::Float(number) => print_float(*number, out),
        Value::Char(character) => print_character(*character, out),
        Value::Str(text) => print_string(text, out),
        Value::Keyword(name) => {
            out.push(b':');
            out.extend_from_slice(name.as_bytes());
        }
        Value::Symbol(name) => out.extend_from_slice(name.as_bytes()),
        Value::List(elements) => print_sequence(b"(", elements, b")", out, print_value),
        Value::Vector(elements) => print_sequence(b"[", elements, b"]", out, print_value),
        Value::Set(elements) => print_sequence(b"#{", elements, b"}", out, print_value),
        Value::Shared(shared) => print_shared(shared, out),
        Value::Map(entries) => {
            out.push(b'{');
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    out.extend_from_slice(b", ");
                }
                print_value(key, out);
                out.push(b' ');
                print_value(value, out);
            }
            out.push(b'}');
        }
        Value::Tagged(tagged) => {
            let (tag, form) = &**tagged;
            out.push(b'#');
            out.extend_from_slice(tag.as_bytes());
            // The reference prints no space before a collection, except for sets: `#tag#{` would be
            // read as another tag.
            if !matches!(form.shape(), Some(Shape::List | Shape::Vector | Shape::Map)) {
                out.push(b' ');
            }
            print_value(form, out);
        }
    }
}

fn print_shared(shared: &SharedElements, out: &mut Vec<u8>) {
    let (open, close): (&[u8], u8) = match shared.shape() {
        Shape::List => (b"(", b')'),
        Shape::Set => (b"#{", b'}'),
        Shape::Vector | Shape::Map => (b"[", b']'),
    };
    out.extend_from_slice(open);
    let mut is_first = true;
    shared.each(|element| {
        if !std::mem::take(&mut is_first) {
            out.push(b' ');
        }
        print_value(element, out);
    });
    out.push(close);
}

fn print_sequence(
    open: &[u8],
    elements: &[Value],
    close: &[u8],
    out: &mut Vec<u8>,
    print: fn(&Value, &mut Vec<u8>),
) {
    out.extend_from_slice(open);
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            out.push(b' ');
        }
        print(element, out);
    }
    out.extend_from_slice(close);
}

fn print_integer(number: i128, out: &mut Vec<u8>) {
    /// Maximum length of a 64-bit integer: digits and sign.
    const LONGEST: usize = 21;
    let mut digits = [0_u8; LONGEST];
    let mut start = LONGEST;
    let mut rest = number.unsigned_abs();
    if let Ok(mut small) = u64::try_from(rest) {
        loop {
            start -= 1;
            digits[start] = b'0' + (small % 10) as u8;
            small /= 10;
            if small == 0 {
                break;
            }
        }
    } else {
        while rest > 0 && start > 1 {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    if number < 0 {
        start -= 1;
        digits[start] = b'-';
    }
    out.extend_from_slice(&digits[start..]);
}

fn print_float(number: f64, out: &mut Vec<u8>) {
    if number.is_nan() {
        out.extend_from_slice(b"##NaN");
    } else if number.is_infinite() {
        out.extend_from_slice(if number > 0.0 { b"##Inf" } else { b"##-Inf" });
    } else {
        print_double(number, out);
    }
}

/// Appends a finite double as Java's `Double.toString` prints it: the fewest digits that read back
/// as the same double, always with a point, and with an exponent outside of 10^-3 to 10^7.
pub fn print_double(number: f64, out: &mut Vec<u8>) {
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        let text = number.to_string();
        out.extend_from_slice(text.as_bytes());
        if !text.contains('.') {
            out.extend_from_slice(b".0");
        }
    } else {
        let mut text = format!("{number:E}");
        if !text.contains('.') {
            // Java prints the nearest number of two digits even if one digit would be enough.
            text = format!("{number:.1E}");
        }
        out.extend_from_slice(text.as_bytes());
    }
}

fn print_character(character: char, out: &mut Vec<u8>) {
    out.push(b'\\');
    let name = match character {
        '\n' => "newline",
        ' ' => "space",
        '\t' => "tab",
        '\r' => "return",
        '\u{8}' => "backspace",
        '\u{c}' => "formfeed",
        other => {
            out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
    };
    out.extend_from_slice(name.as_bytes());
}

fn print_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (position, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\t' => b"\\t",
            b'\r' => b"\\r",
            0x08 => b"\\b",
            0x0c => b"\\f",
            _ => continue,
        };
        out.extend_from_slice(&bytes[written..position]);
        out.extend_from_slice(escape);
        written = position + 1;
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detail, Function, Kind};
    use smol_str::SmolStr;

    fn printed(value: &Value) -> String {
        let mut out = Vec::new();
        print_value(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_print_as_java_prints_them() {
        for (number, text) in [
            (1.0, "1.0"),
            (2.041_666_7, "2.0416667"),
            (0.001, "0.001"),
            (1e-4, "1.0E-4"),
            (1.25e10, "1.25E10"),
            (-0.5, "-0.5"),
            (2.0, "2.0"),
            (-0.0, "-0.0"),
            (1e21, "1.0E21"),
            (1e-5, "1.0E-5"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (-1e23, "-1.0E23"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
            // The smallest doubles need fewer digits than Java prints.
            (5e-324, "4.9E-324"),
            (1e-323, "9.9E-324"),
            (f64::NAN, "##NaN"),
            (f64::NEG_INFINITY, "##-Inf"),
        ] {
            assert_eq!(printed(&Value::Float(number)), text);
        }
        assert_eq!(printed(&Value::Int(i64::MIN)), i64::MIN.to_string());
        assert_eq!(
            printed(&Value::BigNumber(SmolStr::new("99999999999999999999"))),
            "99999999999999999999N"
        );
    }

    #[test]
    fn operations_print_as_the_reference_prints_them() {
        let mut operation = Operation {
            index: 3,
            time: 291_461_178,
            kind: Kind::Fail,
            process: Process::Client(1),
            f: Function::Echo,
            value: Value::str("a \"b\"\n"),
            is_final: false,
            detail: Some(Box::new(Detail {
                error: Some(Value::Vector(vec![
                    Value::keyword("node-not-found"),
                    Value::str("code 1"),
                ])),
                ..Detail::default()
            })),
        };
        let mut out = Vec::new();
        print_operation(&operation, &mut out);
        print_operation_text(&operation, &mut out);
        operation.process = Process::Nemesis;
        operation.is_final = true;
        operation.detail = None;
        print_operation(&operation, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{:index 3, :time 291461178, :type :fail, :process 1, :f :echo, :value \"a \\\"b\\\"\\n\", \
             :error [:node-not-found \"code 1\"]}\n\
             1\t:fail\t:echo\t\"a \\\"b\\\"\\n\"\t[:node-not-found code 1]\n\
             {:index 3, :time 291461178, :type :fail, :process :nemesis, :f :echo, \
             :value \"a \\\"b\\\"\\n\", :final? true}\n"
        );
    }
}
