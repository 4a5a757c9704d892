//! Tests of whole pictures.

use crate::test_run::{TestRun, heading, line, odd};
use crate::{MessageChoice, MessageCounts, Picture, Scope, pictures};
use glomers_timeline::Heading;
use proptest::prelude::*;
use roxmltree::Document;
use std::fmt::Write as _;

/// The pictures of a run, without the rules of their colours, which are the same in each.
fn drawn(run: &TestRun, scope: &Scope) -> Vec<Picture> {
    let mut drawn = pictures(&run.timeline(), &heading(), scope);
    for picture in &mut drawn {
        let (begin, rest) = picture.svg.split_once("<style>").expect("a style");
        let (_, end) = rest.split_once("</style>").expect("its end");
        picture.svg = format!("{begin}{end}");
    }
    drawn
}

/// The texts of a picture that are no hints.
fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed XML");
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_picture_of_a_small_run() {
    let run = TestRun::small();
    let drawn = drawn(&run, &Scope::default());
    let names: Vec<&str> = drawn.iter().map(|picture| picture.name).collect();
    assert_eq!(names, ["messages.svg", "latency.svg", "latency-quantiles.svg", "rate.svg"]);
    for Picture { name, svg } in drawn {
        insta::assert_snapshot!(name, svg);
    }
}

#[test]
fn a_run_in_which_nothing_happened_has_no_picture() {
    let set_up = line(0, "send", 0, "c0", "n0", r#"{"type":"init"}"#);
    for journal in ["", &set_up] {
        let run = TestRun::new(&["n0"], "", journal);
        assert_eq!(pictures(&run.timeline(), &Heading::default(), &Scope::default()), []);
    }
    // A history alone has all but the messages.
    let history = "{:time 0, :type :invoke, :process 0, :f :read, :value nil}\n\
                   {:time 0, :type :ok, :process 0, :f :read, :value 3}\n";
    let names: Vec<&str> = drawn(&TestRun::new(&[], history, ""), &Scope::default())
        .iter()
        .map(|picture| picture.name)
        .collect();
    assert_eq!(names, ["latency.svg", "latency-quantiles.svg", "rate.svg"]);
}

#[test]
fn messages_that_are_left_out_are_counted() {
    let run = TestRun::small();
    let note = |messages: MessageChoice, counts| {
        let drawn = drawn(&run, &Scope { messages, counts });
        let all = texts(&drawn[0].svg);
        all.into_iter().find(|text| text.contains("(without the set-up)"))
    };
    assert_eq!(note(MessageChoice::default(), None), None);
    let few = MessageChoice { limit: 3, ..MessageChoice::default() };
    assert_eq!(
        note(few, None).as_deref(),
        Some(
            "3 of 12 messages (without the set-up). For the next: `glomers export --pictures DIR \
             --from 0.012`"
        )
    );
    let of_node = MessageChoice { node: Some(1), ..MessageChoice::default() };
    let shown = note(of_node, None).unwrap();
    assert_eq!(shown, "4 of 12 messages (without the set-up).");
    let part = MessageChoice {
        from: Some(500_000_000),
        until: Some(600_000_000),
        ..MessageChoice::default()
    };
    assert_eq!(note(part, None).unwrap(), "3 of 12 messages (without the set-up).");

    // Of a journal that was read in part, all were counted.
    let journal: String = (0..50).map(|id| line(id, "send", 0, "n0", "n1", "{}")).collect();
    let counts = MessageCounts::read(journal.as_bytes(), &run.timeline()).unwrap();
    assert_eq!(
        note(MessageChoice::default(), Some(counts)).unwrap(),
        "12 of 50 messages (without the set-up). For the others: `glomers export --pictures DIR`"
    );
}

#[test]
fn many_operations_are_drawn_in_little_space() {
    let mut history = String::new();
    for number in 0..20_000_u64 {
        let (time, process) = (number * 1_000_000, number % 5);
        let _ = writeln!(
            history,
            "{{:time {time}, :type :invoke, :process {process}, :f :read, :value nil}}"
        );
        let end = time + 1_000 * (number * 7919 % 900);
        let _ = writeln!(
            history,
            "{{:time {end}, :type :ok, :process {process}, :f :read, :value nil}}"
        );
    }
    let run = TestRun::new(&["n0"], &history, "");
    let drawn = drawn(&run, &Scope::default());
    let size: usize = drawn.iter().map(|picture| picture.svg.len()).sum();
    assert!(size < 400_000, "{size}");
    let note = "Of the 20000 operations, those that would hide one another are drawn as one point.";
    assert!(texts(&drawn[0].svg).iter().any(|text| text == note));
}

proptest! {
    #[test]
    fn pictures_of_odd_runs_are_well_formed(
        run in odd::run(),
        limit in 0..50_usize,
        node in proptest::option::of(0..3_usize),
    ) {
        let messages = MessageChoice { node, limit, ..MessageChoice::default() };
        let timeline = run.timeline();
        let drawn = pictures(&timeline, &heading(), &Scope { messages, counts: None });
        for Picture { name, svg } in &drawn {
            let document = Document::parse(svg);
            prop_assert!(document.is_ok(), "{name}: {document:?}");
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
        }
    }

    /// No two texts of a diagram are at the same place.
    #[test]
    fn texts_do_not_hide_one_another(run in odd::run()) {
        let drawn = pictures(&run.timeline(), &heading(), &Scope::default());
        let Some(picture) = drawn.iter().find(|it| it.name == "messages.svg") else { return Ok(()) };
        let document = Document::parse(&picture.svg).unwrap();
        let mut places = std::collections::BTreeSet::new();
        for text in document.descendants().filter(|it| it.has_tag_name("text")) {
            let place = ["x", "y"].map(|name| text.attribute(name).unwrap_or_default().to_owned());
            prop_assert!(places.insert(place.clone()), "{place:?}: {:?}", text.text());
        }
    }
}
