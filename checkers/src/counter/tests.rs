use super::*;
use crate::checker_error::verdict_of;
use crate::sample::{edn, sample};

fn judged(lines: &str) -> Value {
    verdict_of(counter(&sample(lines))).map
}

#[test]
fn final_reads_are_sums_of_sure_and_of_unsure_adds() {
    let lines = "invoke 0 add 5
                 ok 0 add 5
                 invoke 0 add -3
                 info 0 add -3
                 invoke 1 add 9
                 fail 1 add 9
                 invoke 2 read nil
                 ok 2 read 77
                 invoke 2 read nil, :final? true
                 ok 2 read 5, :final? true
                 invoke 3 read nil, :final? true
                 ok 3 read 2, :final? true";
    let expected = "{:valid? true, :errors nil, :final-reads (5 2), :acceptable ([2 2] [5 5])}";
    assert_eq!(judged(lines), edn(expected));
    let wrong = format!("{lines}\n invoke 4 read nil, :final? true\n ok 4 read 3, :final? true");
    let map = judged(&wrong);
    assert_eq!(map.get("valid?"), Some(&Value::Bool(false)));
    let error = "(#jepsen.history.Op{:index 13, :time 13000000, :type :ok, :process 4, :f :read, \
                 :value 3, :final? true})";
    assert_eq!(map.get("errors"), Some(&edn(error)));
}

#[test]
fn many_uncertain_adds_stay_few_ranges() {
    let add = |n: i64| format!("info {n} add {}", n % 10 - 5);
    let map = judged(&(0..100_000).map(add).collect::<Vec<_>>().join("\n"));
    assert_eq!(map.get("acceptable"), Some(&edn("([-150000 100000])")));
}

#[test]
fn what_cannot_be_summed_is_unknown() {
    let tens: Vec<String> = (0..30).map(|n| format!("info {n} add 1{}", "0".repeat(n))).collect();
    let tens = tens.join("\n");
    let huge = "170141183460469231731687303715884105727";
    for (lines, error) in [
        ("ok 0 add \"1\"", "entry 0 has \"1\""),
        ("ok 0 add 1.5", "no integer"),
        ("ok 0 read nil, :final? true", "entry 0 has nil"),
        (&format!("ok 0 add {huge}\n ok 1 add {huge}"), "beyond 128 bits"),
        (&tens, "131072"),
    ] {
        let map = judged(lines);
        assert_eq!(map.get("valid?"), Some(&Value::keyword("unknown")), "{lines}");
        let Some(Value::Str(text)) = map.get("error") else { panic!("{map:?}") };
        assert!(text.contains(error), "{text}");
    }
    let map = judged("ok 0 add 9223372036854775807\n ok 0 add 1\n ok 0 read 1, :final? true");
    assert_eq!(map.get("acceptable"), Some(&edn("([9223372036854775808 9223372036854775808])")));
}
