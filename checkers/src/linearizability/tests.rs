use super::*;
use crate::checker_error::verdict_of;
use crate::sample::{edn, sample, texts};
use crate::{Criteria, check, judge};
use glomers_config::Workload;
use glomers_history::Validity;
use insta::assert_snapshot;
use proptest::prelude::*;
use search::{Limits, search_within};

fn judged(lines: &str) -> Value {
    verdict_of(linearizable_registers(&sample(lines))).map
}

#[test]
fn a_stale_read_fails_its_key_only() {
    let map = judged(
        "invoke 0 write [7 1]
         ok 0 write [7 1]
         invoke 0 write [8 3]
         invoke 1 write [7 2]
         ok 1 write [7 2]
         info 0 write [8 3]
         invoke 2 read [7 nil]
         invoke 3 read [8 nil]
         ok 2 read [7 1]
         ok 3 read [8 3]",
    );
    assert_eq!(map.get("failures"), Some(&edn("[7]")));
    let Some(Value::Map(results)) = map.get("results") else { panic!("{map:?}") };
    assert_eq!(results[1].1.get("valid?"), Some(&Value::Bool(true)));
    let failed = results[0].1.get("linearizable").and_then(|result| result.get("op")).unwrap();
    assert_eq!(failed.get("index"), Some(&Value::Int(8)));
}

#[test]
fn the_result_of_a_key_shows_where_the_search_ended() {
    let map = judged(
        "invoke 0 write [7 1]
         ok 0 write [7 1]
         invoke 0 write [8 3]
         info 0 write [8 3]
         invoke 2 read [8 nil]
         invoke 1 cas [7 [2 3]]
         ok 1 cas [7 [2 3]]
         ok 2 read [8 3]",
    );
    let expected = "{
        :valid? false,
        :results {
            7 {:linearizable {
                :valid? false,
                :configs ({:model #knossos.model.CASRegister{:value 1},
                           :last-op {:process 0, :type :ok, :f :write, :value 1, :index 1,
                                     :time 1000000},
                           :pending [{:process 1, :type :invoke, :f :cas, :value [2 3], :index 5,
                                      :time 5000000}]}),
                :final-paths ([{:op {:process 0, :type :ok, :f :write, :value 1, :index 1,
                                     :time 1000000},
                                :model #knossos.model.CASRegister{:value 1}}
                               {:op {:process 1, :type :ok, :f :cas, :value [2 3], :index 6,
                                     :time 6000000},
                                :model #knossos.model.Inconsistent{
                                    :msg \"can't CAS 1 from 2 to 3\"}}]),
                :previous-ok {:process 0, :type :ok, :f :write, :value 1, :index 1, :time 1000000},
                :last-op {:process 0, :type :ok, :f :write, :value 1, :index 1, :time 1000000},
                :op {:process 1, :type :ok, :f :cas, :value [2 3], :index 6, :time 6000000}},
               :timeline {:valid? true}, :valid? false},
            8 {:linearizable {
                :valid? true,
                :configs ({:model #knossos.model.CASRegister{:value 3},
                           :last-op {:process 2, :type :ok, :f :read, :value 3, :index 7,
                                     :time 7000000},
                           :pending []}),
                :final-paths ()},
               :timeline {:valid? true}, :valid? true}},
        :failures [7]}";
    assert_eq!(map, edn(expected));
}

#[test]
fn the_history_of_a_single_key_needs_no_key() {
    let lines = "invoke 0 write 1
                 ok 0 write 1
                 invoke 1 cas [1 2]
                 ok 1 cas [1 2]
                 invoke 0 read nil
                 ok 0 read 2";
    assert_eq!(judged(lines).get("valid?"), Some(&Value::Bool(true)));
    let stale = format!("{lines}\n invoke 0 read nil\n ok 0 read 1");
    assert_eq!(judged(&stale).get("valid?"), Some(&Value::Bool(false)));
    assert_eq!(judged(""), edn("{:valid? true, :results {}, :failures []}"));
}

#[test]
fn what_is_no_history_of_registers_is_unknown() {
    for (lines, error) in [
        ("ok 0 read [0 1]", "no earlier entry began"),
        ("invoke 0 append [0 1]", "only has read, write and cas"),
        ("invoke 0 cas [0 #{1 2}]", "does not hold two values"),
        ("invoke 0 read [0 nil]\n invoke 0 write 7", "that of entry 0 by the same process"),
        ("invoke 0 read [0 nil]\n info 0 read [0 nil]\n ok 0 read [0 1]", "entry 2 completes"),
        ("invoke 0 write [0 1]\n info 0 write [0 1]\n invoke 0 write [0 1]", "not over"),
        ("invoke 0 write [0 1]\n fail 0 write [0 2]", "another value than it was begun with"),
        ("invoke 0 read [0 nil]\n invoke 1 read [\"0\" nil]", "cannot be compared"),
    ] {
        let map = judged(lines);
        let text = format!("{map:?}");
        assert_eq!(map.get("valid?"), Some(&Value::keyword("unknown")), "{lines}: {text}");
        assert!(text.contains(error), "{lines}: {text}");
    }
}

/// Writes of different values at the same time, and then a read of none of them: every order must
/// be tried.
fn entangled() -> History {
    let writers = 0..12;
    let begin = writers.clone().map(|n| format!("invoke {n} write [7 {n}]"));
    let end = writers.map(|n| format!("ok {n} write [7 {n}]"));
    let read = ["invoke 0 read [7 nil]", "ok 0 read [7 99]", "invoke 0 write [7 99]"];
    let lines: Vec<String> = begin.chain(end).chain(read.map(str::to_owned)).collect();
    sample(&lines.join("\n"))
}

#[test]
fn a_greater_budget_decides_what_a_small_one_does_not() {
    let history = entangled();
    let criteria = |ms| Criteria {
        search_budget: Duration::from_millis(ms),
        ..Criteria::new(Workload::LinKv)
    };
    let valid = |ms| judge(&criteria(ms), &history, None).valid();
    assert_eq!((valid(1), valid(5000)), (Validity::Unknown, Validity::Invalid));
    assert_snapshot!(texts(&check(&criteria(1), &history, None).findings.explanations()), @"
    1 key was not decided: the search for an order ended when it had used up its --search-budget of 0.001 s, since too many operations have an unknown outcome, or were open at the same time; pass a greater --search-budget, or run with less --concurrency or a shorter --time-limit
      key 7
    ");
}

proptest! {
    #[test]
    fn a_search_with_little_memory_finds_the_same(
        steps in prop::collection::vec((0_u64..4, 0_u8..4, 0_i64..3), 0..24),
        remembered in 0_usize..4,
    ) {
        let mut open = [const { None }; 4];
        let mut lines = Vec::new();
        for (process, f, value) in steps {
            let worker = &mut open[usize::try_from(process).unwrap()];
            if let Some(end) = worker.take() {
                lines.push(format!("ok {process} {end}"));
                continue;
            }
            let (begun, ended) = match f {
                0 | 1 => ("read nil".to_owned(), format!("read {value}")),
                2 => (format!("write {value}"), format!("write {value}")),
                _ => (format!("cas [{value} 1]"), format!("cas [{value} 1]")),
            };
            *worker = Some(ended);
            lines.push(format!("invoke {process} {begun}"));
        }
        let history = sample(&lines.join("\n"));
        let entries: Vec<u32> = (0..u32::try_from(history.len()).unwrap()).collect();
        let register = RegisterHistory::new(&history, &entries, Failures::Repeat, |entry| &entry.value).unwrap();
        let found = |remembered| {
            let model = Register::of(&register.calls);
            let limits = Limits { steps: 1_000_000, remembered };
            match search_within(&model, &register.calls, &[NIL], limits) {
                SearchOutcome::NotLinearizable { call, mut states, .. } => {
                    states.sort_unstable();
                    Some((call, states))
                }
                SearchOutcome::Linearizable(_) => None,
                SearchOutcome::OutOfSteps => panic!("undecided"),
            }
        };
        prop_assert_eq!(found(remembered), found(1_000_000));
    }
}
