//! Everything that a message causes comes before the next message of the same moment.

use super::{answer_init, plan, run_core};
use crate::{Core, NodeIndex};
use glomers_config::Parameters;
use serde_json::{Value as Json, json};

#[test]
fn what_the_first_copy_causes_comes_before_the_second() {
    let given = Parameters { rate: Some(1.0), time_limit: Some(5.0), ..Parameters::default() };
    let mut core = Core::new(plan("echo", given)).unwrap();
    core.network.message_faults.duplicate = Some(1.0);
    let mut has_asked = false;
    let mut node = |_: NodeIndex, message: &Json| {
        if let Some(answer) = answer_init(message) {
            return answer;
        }
        let first = !std::mem::replace(&mut has_asked, true);
        let ask = ("lin-kv".to_owned(), json!({"type": "read", "key": 1, "msg_id": 7}));
        first.then_some(ask).into_iter().collect()
    };
    let (mut core, _) = run_core(core, &mut node);
    let journal = String::from_utf8(std::mem::take(core.journal().lines())).unwrap();
    let entries: Vec<(String, u64, String)> = journal
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .filter(|entry| entry["src"] == "lin-kv" || entry["dest"] == "lin-kv")
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().unwrap().to_owned();
            (text("type"), entry["id"].as_u64().unwrap(), text("src"))
        })
        .collect();
    let first = entries[0].1;
    let entries: Vec<(&str, u64, &str)> =
        entries.iter().map(|(kind, id, src)| (kind.as_str(), id - first, src.as_str())).collect();
    let expected = [
        ("send", 0, "n0"),
        ("recv", 0, "n0"),
        ("send", 1, "lin-kv"),
        ("recv", 1, "lin-kv"),
        ("recv", 1, "lin-kv"),
        ("recv", 0, "n0"),
        ("send", 2, "lin-kv"),
        ("recv", 2, "lin-kv"),
        ("recv", 2, "lin-kv"),
    ];
    assert_eq!(entries, expected);
}
