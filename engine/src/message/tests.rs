//! Lines of nodes: what is accepted, what is rejected, and how they are classified.

use super::*;
use proptest::prelude::*;

/// The kind of a rejected line.
fn refused(line: &[u8]) -> BadLine {
    assert!(Line::parse(line).is_none(), "{}", String::from_utf8_lossy(line));
    match lenient::read(line) {
        Err(kind) => kind,
        Ok(message) => panic!("{message:?}"),
    }
}

/// The oddities of an accepted line, each with the text that shows it, and the body.
fn taken(line: &[u8]) -> (Vec<(OddLine, String)>, String) {
    assert!(Line::parse(line).is_none(), "{}", String::from_utf8_lossy(line));
    let message = lenient::read(line).unwrap();
    assert_eq!((&*message.src, &*message.dest), ("n0", "c1"));
    let shown = |(kind, shown): (OddLine, &[u8])| (kind, String::from_utf8_lossy(shown).into());
    (message.oddities.into_iter().map(shown).collect(), message.body)
}

#[test]
fn a_message_may_be_numbered_by_its_sender_beyond_64_bits() {
    let line = br#"{"id":99999999999999999999,"dest":"n1","src":"n0","body":{"type":"x"}}"#;
    let message = Line::parse(line).unwrap();
    assert_eq!((&*message.src, &*message.dest), ("n0", "n1"));
    assert_eq!(message.body(), r#"{"type":"x"}"#);
    // White space and a carriage return before the newline are ignored.
    assert!(Line::parse(b" {\"src\": \"n0\", \"dest\":\"n1\",\"body\":{}} \t\r").is_some());
}

#[test]
fn odd_lines_are_taken_as_the_reference_takes_them() {
    let message = r#"{"src":"n0","dest":"c1","body":{"a":[-0,1e2,"é"]}}"#;
    for (behind, kind) in [
        (";", OddLine::TextBehind),
        ("\0", OddLine::TextBehind),
        (" done", OddLine::TextBehind),
        ("}", OddLine::TextBehind),
        (message, OddLine::SecondMessage),
        (&format!("; {message}"), OddLine::SecondMessage),
    ] {
        let (oddities, body) = taken(format!("{message}{behind}\r").as_bytes());
        assert_eq!(oddities, [(kind, behind.trim_start_matches(' ').to_owned())]);
        assert_eq!(body, r#"{"a":[0,100.0,"é"]}"#);
    }
    for (line, kind, expected) in [
        (r#"{"id":1,"id":2,"src":"n0","dest":"c1","body":{}}"#, OddLine::DuplicateKey("id"), "{}"),
        (
            r#"{"src":"n9","body":{"b":1},"dest":"c1","body":{"a":1},"src":"n0"}"#,
            OddLine::DuplicateKey("src"),
            r#"{"a":1}"#,
        ),
        (
            "{\"src\":\"n0\",\"dest\":\"c1\",\"body\":{\"a\tb\":\"\0\"}}",
            OddLine::ControlCharacter,
            r#"{"a\tb":"\u0000"}"#,
        ),
        (r#"{"src":"n0","dest":"c1"}"#, OddLine::NoBody, "{}"),
        (r#"{"src":"n0","dest":"c1","body":null}"#, OddLine::NoBody, "{}"),
        (r#"{"src":"n0","dest":"c1","body":[]}"#, OddLine::NoBody, "{}"),
        (r#"{"src":"n0","dest":"c1","body":""}"#, OddLine::NoBody, "{}"),
    ] {
        let (oddities, body) = taken(line.as_bytes());
        assert_eq!(oddities[0], (kind, line.to_owned()));
        assert_eq!(body, expected, "{line}");
    }
    let (oddities, body) = taken(b"{\"src\":\"n0\",\"dest\":\"c1\",\"body\":{\"a\":\"caf\xe9\"}}");
    assert_eq!(oddities[0].0, OddLine::NotUtf8);
    assert_eq!(body, "{\"a\":\"caf\u{fffd}\"}");
}

#[test]
fn json_that_is_no_message_is_named() {
    use NotMessage as Is;
    let other_name = |wanted, found| Is::OtherName { wanted, found };
    for (line, kind) in [
        ("7", Is::NotObject),
        ("null", Is::NotObject),
        ("\"hello\"", Is::NotObject),
        ("[1]", Is::NotObject),
        (r#"[{"src":"n0","dest":"c1","body":{}}]"#, Is::List),
        (r#""{\"src\":\"n0\",\"dest\":\"c1\",\"body\":{}}""#, Is::EncodedTwice),
        (r#"{"message":{"src":"n0","dest":"c1","body":{}}}"#, Is::Wrapped),
        (r#"{"type":"echo_ok","in_reply_to":1}"#, Is::BodyOnly),
        (r#"{"src":"n0","dest":"c1","type":"echo_ok","in_reply_to":1}"#, Is::Flat),
        (r#"{"Src":"n0","dest":"c1","body":{}}"#, Is::WrongCase("src")),
        (r#"{"src":"n0","dest":"c1","Body":{}}"#, Is::WrongCase("body")),
        (r#"{"from":"n0","to":"c1","body":{}}"#, other_name("src", "from")),
        (r#"{"src":"n0","dst":"c1","body":{}}"#, other_name("dest", "dst")),
        (r#"{"src":"n0","dest":"c1","payload":{}}"#, other_name("body", "payload")),
        ("{}", Is::Missing("src")),
        (r#"{"hello":1}"#, Is::Missing("src")),
        (r#"{"src":"n0","body":{}}"#, Is::Missing("dest")),
        (r#"{"src":0,"dest":"n1","body":{}}"#, Is::NotString("src")),
        (r#"{"src":"n0","dest":null,"body":{}}"#, Is::NotString("dest")),
        (r#"{"id":"a","src":"n0","dest":"n1","body":{}}"#, Is::BadId),
        (r#"{"id":null,"src":"n0","dest":"n1","body":{}}"#, Is::BadId),
        (r#"{"id":1.0,"src":"n0","dest":"n1","body":{}}"#, Is::BadId),
        (r#"{"src":"n0","dest":"n1","body":"{\"type\":\"x\"}"}"#, Is::BodyEncodedTwice),
        (r#"{"src":"n0","dest":"n1","body":"x"}"#, Is::BodyNotObject),
        (r#"{"src":"n0","dest":"n1","body":1}"#, Is::BodyNotObject),
        (r#"{"src":"n0","dest":"n1","body":false}"#, Is::BodyNotObject),
        (r#"{"src":"n0","dest":"n1","body":{},"time":1}"#, Is::ExtraKey),
    ] {
        assert_eq!(refused(line.as_bytes()), BadLine::NotMessage(kind), "{line}");
        assert!(BadLine::NotMessage(kind).to_string().contains("is not a message"));
    }
}

#[test]
fn text_that_is_no_json_is_named() {
    use {Language as In, NotJson as Is};
    let message = r#"{"src":"n0","dest":"c1","body":{"type":"x"}}"#;
    for (line, kind) in [
        ("hello", Is::Other),
        ("listening on 8000: {\"port\": 8000}", Is::Other),
        ("", Is::Blank),
        (" \t\r", Is::Blank),
        (&format!("\u{feff}{message}"), Is::ByteOrderMark),
        (&format!("\u{1b}[32m{message}\u{1b}[0m"), Is::Coloured),
        (&format!("sending {message}"), Is::TextBefore),
        (&format!(";{message}"), Is::TextBefore),
        (&format!("[INFO] {message}"), Is::TextBefore),
        (&format!("2026-01-01T00:00:00 [01/02] {message}"), Is::TextBefore),
        ("3 messages so far", Is::Other),
        ("{'src': 'n0', 'dest': 'c1', 'body': {'type': 'x'}}", Is::Printed(In::Python)),
        (r#"{"src": "n0", "dest": "c1", "body": {"ok": True}}"#, Is::Printed(In::Python)),
        ("{ src: 'n0', dest: 'c1', body: { type: 'x' } }", Is::Printed(In::JavaScript)),
        ("src: 'n0',", Is::Printed(In::JavaScript)),
        ("[object Object]", Is::Printed(In::JavaScript)),
        (r#"{"src":"n0","dest":"c1","body":{"a":undefined}}"#, Is::Printed(In::JavaScript)),
        (r#"{"src"=>"n0", "dest"=>"c1"}"#, Is::Printed(In::Ruby)),
        (r#"{"src" => "n0", "dest" => "c1"}"#, Is::Printed(In::Ruby)),
        (r#"{:src=>"n0", :dest=>"c1"}"#, Is::Printed(In::Ruby)),
        ("map[body:map[type:x] dest:c1 src:n0]", Is::Printed(In::Go)),
        ("&{n0 c1 {x}}", Is::Printed(In::Go)),
        ("{n0 c1 {x 1}}", Is::Printed(In::Go)),
        ("{src=n0, dest=c1, body={type=x}}", Is::Printed(In::Java)),
        (r#"{:src "n0", :dest "c1", :body {:type "x"}}"#, Is::Printed(In::Clojure)),
        (r#"%{src: "n0", dest: "c1"}"#, Is::Printed(In::Elixir)),
        (r#"Message { src: "n0", dest: "c1", body: Body }"#, Is::Printed(In::Struct)),
        ("Message(src=n0, dest=c1, body={})", Is::Printed(In::Struct)),
        ("Message@1f2e3d", Is::Printed(In::Struct)),
        ("#<Message:0x0001>", Is::Printed(In::Struct)),
        ("<__main__.Message object at 0x7f00>", Is::Printed(In::Struct)),
        (&format!("b'{message}'"), Is::Printed(In::PythonBytes)),
        (r#"{"src":"n0";"dest":"c1"}"#, Is::Malformed),
        ("someone@example", Is::Other),
        ("{", Is::PartOfObject),
        ("  \"src\": \"n0\",", Is::PartOfObject),
        ("  \"body\": {", Is::PartOfObject),
        ("}", Is::PartOfObject),
        (r#"{"src":"n0","dest":"c1","#, Is::PartOfObject),
        (r#"{"src":"n0","dest":"c1","body":{"echo":"line one"#, Is::PartOfObject),
        (r#"{"src":"n0","dest":"c1","body":{},}"#, Is::TrailingComma),
        (r#"{"src":"n0","dest":"c1","body":{"a":[1,]}}"#, Is::TrailingComma),
        (r#"{"src":'n0',"dest":"c1","body":{}}"#, Is::SingleQuotes),
        (r#"{src: "n0", dest: "c1", body: {}}"#, Is::BareKey),
        (r#"{"src":"n0","dest":"c1","body":{"a":NaN}}"#, Is::Number),
        (r#"{"src":"n0","dest":"c1","body":{"a":-Infinity}}"#, Is::Number),
        (r#"{"src":"n0","dest":"c1","body":{"a":01}}"#, Is::Number),
        (r#"{"src":"n0","dest":"c1","body":{"a":+1}}"#, Is::Number),
        (r#"{"src":"n0","dest":"c1","body":{"a":.5}}"#, Is::Number),
        (r#"{"src":"n0","dest":"c1","body":{"a":1.}}"#, Is::Number),
        (r#"{"src":"n0","dest":"c1","body":{"a":0x1f}}"#, Is::Number),
        (r#"{"src":"n0", /* me */ "dest":"c1","body":{}}"#, Is::Comment),
        (r#"{"src":"n0","dest":"c1","body":{"a":"\x41"}}"#, Is::Escape),
    ] {
        assert_eq!(refused(line.as_bytes()), BadLine::NotJson(kind), "{line}");
        assert!(BadLine::NotJson(kind).to_string().contains("is not JSON"));
    }
    let utf16 =
        |from: fn(u16) -> [u8; 2]| message.encode_utf16().flat_map(from).collect::<Vec<u8>>();
    for line in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
        assert_eq!(refused(&line), BadLine::NotJson(NotJson::Utf16));
        // Cut at a newline character, whose second byte begins the next line.
        assert_eq!(refused(&[&[0], &line[..]].concat()), BadLine::NotJson(NotJson::Utf16));
    }
    assert_eq!(refused(b"\xff\xfe"), BadLine::NotJson(NotJson::NotUtf8));
}

proptest! {
    #[test]
    fn a_plain_line_reads_the_same_either_way(
        src in "[a-z0-9\"\\\\é]{1,4}", text in ".{0,8}", number: i64, id in prop::option::of(any::<u64>()),
    ) {
        let body = serde_json::json!({"type": text, "n": [number], "a": {"b": null}});
        let mut message = serde_json::json!({"src": src, "dest": "c1", "body": body});
        if let Some(id) = id {
            message["id"] = id.into();
        }
        let line = message.to_string();
        let plain = Line::parse(line.as_bytes()).unwrap();
        let odd = lenient::read(line.as_bytes()).unwrap();
        prop_assert_eq!((&*plain.src, &*plain.dest), (&*odd.src, &*odd.dest));
        prop_assert_eq!(plain.body(), &odd.body);
        prop_assert!(odd.oddities.is_empty());
    }

    #[test]
    fn no_line_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = lenient::read(&line);
    }

    #[test]
    fn nearly_messages_do_not_make_it_panic(
        line in r#"[\[{]?['"]?(src|from|é|None|\\u12)['"]?(:|=|=>| )?['"]?n0['"]?[,}\]\\/]?.{0,6}"#
    ) {
        if Line::parse(line.as_bytes()).is_none() && let Err(kind) = lenient::read(line.as_bytes()) {
            prop_assert!(!kind.to_string().is_empty());
        }
    }
}
