use super::*;
use crate::checker_error::verdict_of;
use crate::sample::{edn, sample};
use glomers_history::{Validity, Verdict};

fn judged(lines: &str) -> Verdict {
    verdict_of(set_full(&sample(lines), &Function::Broadcast))
}

#[test]
fn an_element_that_a_later_read_lacks_is_stale_or_lost() {
    let verdict = judged(
        "invoke 0 broadcast 0
         ok 0 broadcast 0
         invoke 0 broadcast 1
         ok 0 broadcast 1
         invoke 1 read nil
         ok 1 read [1]
         invoke 1 read nil
         ok 1 read (0)",
    );
    assert_eq!(verdict.valid, Validity::Invalid);
    // 0 is known at 1 ms and last missed at 4 ms + 1 ns; 1 is known at 3 ms and last seen at 4 ms +
    // 1 ns.
    let expected = "{
        :worst-stale ({:element 0, :outcome :stable, :stable-latency 3, :lost-latency nil,
                       :known #jepsen.history.Op{:index 1, :time 1000000, :type :ok, :process 0,
                                                 :f :add, :value 0},
                       :last-absent #jepsen.history.Op{:index 4, :time 4000000, :type :invoke,
                                                       :process 1, :f :read, :value nil}}),
        :duplicated-count 0, :valid? false, :lost-count 1, :lost (1), :stable-count 1,
        :stale-count 1, :stale (0), :never-read-count 0,
        :stable-latencies {0 3, 0.5 3, 0.95 3, 0.99 3, 1 3}, :attempt-count 2,
        :lost-latencies {0 1, 0.5 1, 0.95 1, 0.99 1, 1 1}, :never-read (), :duplicated {}}";
    assert_eq!(verdict.map, edn(expected));
}

#[test]
fn a_read_that_began_before_an_element_was_known_proves_no_loss() {
    let verdict = judged(
        "invoke 1 read nil
         invoke 0 broadcast 0
         ok 0 broadcast 0
         ok 1 read []",
    );
    assert_eq!(verdict.valid, Validity::Unknown);
    assert_eq!(verdict.map.get("never-read"), Some(&edn("(0)")));
}

#[test]
fn adding_again_begins_anew() {
    let lost = "invoke 0 broadcast 0
                ok 0 broadcast 0
                invoke 1 read nil
                ok 1 read [0]
                invoke 1 read nil
                ok 1 read nil
                ";
    assert_eq!(judged(lost).valid, Validity::Invalid);
    let again = format!("{lost} invoke 2 broadcast 0");
    assert_eq!(judged(&again).map.get("never-read"), Some(&edn("(0)")));
    assert_eq!(judged(&again).map.get("attempt-count"), Some(&edn("1")));
}

#[test]
fn what_the_reference_cannot_judge_is_unknown_here_too() {
    for (lines, error) in [
        ("ok 0 broadcast 0", "no earlier entry began"),
        ("ok 0 read [0]", "no earlier entry began"),
        ("invoke 0 read nil\n ok 0 read 7", "no list of elements"),
        ("invoke 0 broadcast 0\n invoke 1 broadcast \"0\"", "cannot be compared"),
        ("invoke 0 broadcast 1\n invoke 1 broadcast 1.0", "cannot be compared"),
    ] {
        let verdict = judged(lines);
        assert_eq!(verdict.valid, Validity::Unknown, "{lines}");
        let Some(Value::Str(text)) = verdict.map.get("error") else { panic!("{verdict:?}") };
        assert!(text.contains(error), "{text}");
    }
}
