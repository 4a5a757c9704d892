//! Recognizes a text in EDN or JSON by the keys of its first map.

use super::{Content, GIVE};
use glomers_history::{Lexer, Shape, Token};

/// Most keys that a message names.
const SHOWN_KEYS: usize = 6;

/// Recognizes a text that begins like EDN or JSON.
pub(super) fn recognize(text: &str) -> Content {
    let object = text.trim_start_matches(['[', ',', ' ', '\t', '\r', '\n']);
    if text.starts_with(['{', '[']) && is_json_object(object) {
        return by_json_keys(&json_keys(object));
    }
    match edn_keys(text) {
        Some(keys) => by_edn_keys(&keys),
        // The history reader reports the error, with its line.
        None => Content::Edn,
    }
}

/// Whether a text begins with `{"key":`.
fn is_json_object(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{') else { return false };
    let inner = inner.trim_start();
    if inner.starts_with('}') {
        return false;
    }
    let Some(rest) = inner.strip_prefix('"') else { return false };
    let mut is_escaped = false;
    let end = rest.char_indices().find(|(_, character)| {
        let ends = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        ends
    });
    end.is_some_and(|(end, _)| rest[end + 1..].trim_start().starts_with(':'))
}

/// The keys of the JSON object that a text begins with; the text may be cut off.
fn json_keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let (mut depth, mut string, mut is_escaped) = (0_usize, None::<String>, false);
    let mut last = None;
    for character in text.chars() {
        if let Some(inner) = &mut string {
            match character {
                _ if is_escaped => {
                    inner.push(character);
                    is_escaped = false;
                }
                '\\' => is_escaped = true,
                '"' => last = string.take(),
                _ => inner.push(character),
            }
            continue;
        }
        match character {
            '"' => string = Some(String::new()),
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            ':' if depth == 1 => keys.extend(last.take()),
            _ => {}
        }
    }
    keys
}

fn by_json_keys(keys: &[String]) -> Content {
    let has = |key: &str| keys.iter().any(|other| other.trim_start_matches(':') == key);
    if has("type") && (has("f") || has("value") || has("process")) {
        return Content::Json;
    }
    if has("src") && has("dest") && has("body") {
        return Content::other("the journal of messages (messages.jsonl)", GIVE);
    }
    if has("challenge") && has("seeds") {
        return Content::other(
            "the summary of a sweep (sweep.json)",
            "give the folder of one of its runs; `glomers sweep --merge` joins summaries",
        );
    }
    if has("challenge") && has("plan") {
        return Content::other("the record of a run (run.json)", GIVE);
    }
    if has("valid") || has("valid?") || has("embedded") {
        return Content::other("the results of a run in JSON", GIVE);
    }
    if has("history") {
        return Content::other(
            "a whole test in JSON",
            "put its \"history\" into a file by itself: `jq .history FILE > history.json`",
        );
    }
    Content::Other {
        what: format!("JSON, but no history: its first object has the keys {}", shown(keys)),
        advice: "an entry has \"type\", \"process\", \"f\" and \"value\"".to_owned(),
    }
}

/// The keyword keys of the first map of a text, which may be in a list or vector and have a tag;
/// `None` if no map begins with a keyword.
fn edn_keys(text: &str) -> Option<Vec<String>> {
    let mut lexer = Lexer::new(text, 0);
    loop {
        match lexer.next_token().ok()?? {
            Token::Open(Shape::List | Shape::Vector) | Token::Tag(_) => {}
            Token::Open(Shape::Map) => break,
            _ => return None,
        }
    }
    let mut keys = Vec::new();
    // The text may be cut off anywhere: the keys read until then are enough.
    while let Ok(Some(token)) = lexer.next_token() {
        match token {
            Token::Keyword(key) => keys.push(key.to_owned()),
            Token::Close(_) => break,
            Token::Open(_) => skip(&mut lexer),
            _ => {}
        }
        skip_form(&mut lexer);
    }
    (!keys.is_empty()).then_some(keys)
}

/// Skips the next form.
fn skip_form(lexer: &mut Lexer) {
    loop {
        match lexer.next_token() {
            Ok(Some(Token::Tag(_) | Token::Discard)) => {}
            Ok(Some(Token::Open(_))) => return skip(lexer),
            _ => return,
        }
    }
}

/// Skips the rest of a collection.
fn skip(lexer: &mut Lexer) {
    let mut depth = 1_usize;
    while depth > 0 {
        match lexer.next_token() {
            Ok(Some(Token::Open(_))) => depth += 1,
            Ok(Some(Token::Close(_))) => depth -= 1,
            Ok(Some(_)) => {}
            _ => return,
        }
    }
}

/// Keys of a `results.edn`; any two of them identify one.
const OF_RESULTS: [&str; 8] =
    ["perf", "timeline", "exceptions", "stats", "availability", "net", "workload", "clock"];
/// Keys of a Jepsen test map.
const OF_TEST: [&str; 7] =
    ["nodes", "concurrency", "start-time", "argv", "generator", "checker", "ssh"];

fn by_edn_keys(keys: &[String]) -> Content {
    let has = |key: &str| keys.iter().any(|other| other == key);
    let count = |of: &[&str]| of.iter().filter(|key| has(key)).count();
    if has("type") && (has("f") || has("value") || has("process") || has("index")) {
        return Content::Edn;
    }
    if has("valid?") || count(&OF_RESULTS) >= 2 {
        return Content::other(
            "the results of a run (results.edn), which `glomers compare` and `glomers report` read",
            GIVE,
        );
    }
    if has("history") {
        return Content::other(
            "a whole test, with its history in it",
            "put its :history into a file by itself, an entry a line; a folder of Jepsen's store \
             has it as history.edn",
        );
    }
    if count(&OF_TEST) >= 2 {
        return Content::other("the description of a test, without its history", GIVE);
    }
    if has("type") || has("f") || has("process") {
        return Content::Edn;
    }
    let keys: Vec<String> = keys.iter().map(|key| format!(":{key}")).collect();
    Content::Other {
        what: format!("EDN, but no history: its first map has the keys {}", shown(&keys)),
        advice: "an entry has :type, :process, :f and :value".to_owned(),
    }
}

fn shown(keys: &[String]) -> String {
    let mut text = keys.iter().take(SHOWN_KEYS).cloned().collect::<Vec<_>>().join(", ");
    if keys.len() > SHOWN_KEYS {
        text.push_str(", ...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(text: &str) -> String {
        match recognize(text) {
            Content::Other { what, .. } => what,
            content => format!("{content:?}"),
        }
    }

    #[test]
    fn histories_are_distinguished_from_other_maps() {
        for text in [
            "{:index 0, :type :invoke, :f :read}",
            "#jepsen.history.Op{:index 0, :type :invoke}",
            "[{:value [1 2 {:a 1}] :type :ok, :f :txn",
            "; a comment\n({:type :ok :process 0})",
            "[]",
            "[[:append 1 2]]",
            "{:type :ok, :error \"not closed",
        ] {
            assert_eq!(what(text), "Edn", "{text}");
        }
        for text in [
            r#"{"type":"ok","f":"read"}"#,
            "[\n {\"value\" : {\"a\\\"\": [1]}, \"type\": \"ok\"",
            r#"{"process":0,"type":"ok"}"#,
        ] {
            assert_eq!(what(text), "Json", "{text}");
        }
    }

    #[test]
    fn other_files_of_a_run_are_named() {
        for (text, expected) in [
            ("{:perf {:latency-graph {:valid? true}},\n :timeline {:valid? true},", "the results"),
            ("{:valid? true}", "the results of a run (results.edn)"),
            ("{:name \"x\", :nodes [\"n1\"], :history [{:type :ok}]}", "a whole test, with its"),
            ("{:name \"x\", :nodes [\"n1\"], :concurrency 5}", "the description of a test"),
            ("{:a 1 :b {:c 2}}", "EDN, but no history: its first map has the keys :a, :b"),
            (r#"{"id":0,"time":1,"src":"c1","dest":"n0","body":{"type":"init"}}"#, "the journal"),
            (r#"{"challenge": "echo", "workload": "echo", "plan": {"type": 1}}"#, "the record of"),
            (r#"{"challenge": "echo", "valid": true, "results": {}}"#, "the results of a run in"),
            (
                r#"{"a":{"type":"ok","f":1}}"#,
                "JSON, but no history: its first object has the keys a",
            ),
        ] {
            assert!(what(text).starts_with(expected), "{text}: {}", what(text));
        }
    }
}
