//! Compares the pass and edn-rs with two other readers: that of `history`, and clojure-reader.

use super::{EdnError, read};
use crate::recordings;
use clojure_reader::edn::Edn;
use glomers_history::{Value, read_value};
use proptest::prelude::*;

#[path = "../../../history/tests/strategy/mod.rs"]
mod strategy;

/// Converts the result of clojure-reader; maps and sets in its order.
fn of_clojure_reader(edn: &Edn) -> Value {
    let values = |items: &[Edn]| items.iter().map(of_clojure_reader).collect();
    match edn {
        Edn::Vector(items) => Value::Vector(values(items)),
        Edn::List(items) => Value::List(values(items)),
        Edn::Set(items) => Value::Set(items.iter().map(of_clojure_reader).collect()),
        Edn::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| (of_clojure_reader(key), of_clojure_reader(value)))
                .collect(),
        ),
        Edn::Key(name) => Value::keyword(name),
        Edn::Symbol(name) => Value::Symbol((&**name).into()),
        Edn::Str(text) => Value::str(text),
        Edn::Int(number) => Value::Int(*number),
        Edn::Double(number) => Value::Float(number.into_inner()),
        Edn::Rational((above, below)) => Value::BigNumber(format!("{above}/{below}").into()),
        Edn::Tagged(tag, form) => {
            Value::Tagged(Box::new(((&**tag).into(), of_clojure_reader(form))))
        }
        Edn::Char(character) => Value::Char(*character),
        Edn::Bool(value) => Value::Bool(*value),
        Edn::Nil => Value::Nil,
        other => panic!("a kind that needs features: {other:?}"),
    }
}

/// Whether clojure-reader 0.7 can read the value: it rejects numbers beyond 64 bits, `##NaN`, and
/// most escapes, and accepts fewer characters in names.
fn suits_clojure_reader(value: &Value) -> bool {
    let is_plain =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_ ".contains(c));
    match value {
        Value::BigNumber(_) => false,
        Value::Float(number) => number.is_finite() && *number != 0.0,
        Value::Char(character) => character.is_ascii_alphanumeric(),
        Value::Str(text) | Value::Keyword(text) | Value::Symbol(text) => is_plain(text),
        Value::List(items) | Value::Vector(items) | Value::Set(items) => {
            items.iter().all(suits_clojure_reader)
        }
        Value::Shared(shared) => shared.whole().iter().all(suits_clojure_reader),
        Value::Map(entries) => entries
            .iter()
            .all(|(key, value)| suits_clojure_reader(key) && suits_clojure_reader(value)),
        Value::Tagged(tagged) => is_plain(&tagged.0) && suits_clojure_reader(&tagged.1),
        Value::Nil | Value::Bool(_) | Value::Int(_) => true,
    }
}

proptest! {
    #[test]
    fn generated_forms_are_read_as_history_reads_them(value in strategy::value()) {
        let text = value.to_string();
        let read = read(&text).unwrap();
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", read_value(&text).unwrap()), "{}", text);
    }

    #[test]
    fn generated_forms_are_read_as_clojure_reader_reads_them(
        value in strategy::value().prop_filter("refused there", suits_clojure_reader),
    ) {
        let text = value.to_string();
        let (theirs, rest) = clojure_reader::edn::read(&text).unwrap();
        prop_assert_eq!(rest.trim(), "");
        prop_assert_eq!(read(&text).unwrap(), of_clojure_reader(&theirs), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused_as_history_does(
        text in "[\\[\\](){}#\"\\\\:_ a1,;^N/.é\u{a0}-]{0,30}",
    ) {
        match (read(&text), read_value(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}")),
            (Err(EdnError::Syntax { .. }), Err(_)) => {}
            (ours, theirs) => prop_assert!(false, "{text}: {ours:?} and {theirs:?}"),
        }
    }
}

/// Text that edn-rs alone misreads, and text that it should reject.
#[test]
fn the_shapes_that_edn_rs_breaks_come_out_right() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let (deep, too_deep) = ("#a{1 ".repeat(256) + "2" + &"}".repeat(256), nested(513));
    let unended = "(".repeat(100_000);
    let right = [
        "[#jepsen.history.Op{:index 0, :type :invoke} 1]",
        "{:a ##NaN, :b 1, :c ##-Inf}",
        "#inst\"2023-01-01\"",
        "#object[a.B 0x1f \"a.B@1f\"]",
        "#_ #foo{:a 1} 3",
        "{:a\"x\":b 2}",
        "{1 :i 1.0 :d \"1\" :s [1] :v nil :n}",
        "{10 1, 9 2, :b 3, :a 4}",
        "[\\formfeed \\backspace \\u0041 \\newline \\a]",
        "[1N 1.5M 18446744073709551616 -9223372036854775808 9223372036854775807 1/3]",
        "\"\\b\\f\\u00e9\\ud83d\\ude00\"",
        "#{3 1 2}",
        "\u{feff} nil",
        "#:a{:b 1, :_/c 2}",
        "[a#b :a' tru nill falsey true]",
        &nested(512),
        &deep,
    ];
    for text in right {
        let (ours, theirs) = (read(text).unwrap(), read_value(text).unwrap());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{text}");
    }
    let wrong = ["", " ; nothing", "{:a 1 :b}", "{:a 1}}", "1 2", "[1 #_]", "#a", "{1 2 1 3}"];
    for text in wrong.into_iter().chain(["#{[1] (1)}", "#:a[1]", "[1}", &too_deep, &unended]) {
        let (ours, theirs) = (read(text).unwrap_err(), read_value(text).unwrap_err());
        assert_eq!(ours.to_string(), theirs.to_string(), "{text}");
    }
}

#[test]
fn recorded_results_are_read_as_both_others_read_them() {
    for (path, text) in recordings::results() {
        let ours = read(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let theirs = read_value(&text).unwrap();
        assert!(format!("{ours:?}") == format!("{theirs:?}"), "{path}");
        let (clojure, _) = clojure_reader::edn::read(&text).unwrap();
        assert!(ours == of_clojure_reader(&clojure), "{path}: not as clojure-reader reads it");
    }
}
