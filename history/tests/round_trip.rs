//! Printed values are read back unchanged.

mod strategy;

use glomers_history::{
    Detail, Function, HistoryReader, Kind, Operation, Process, Value, print_operation, print_value,
    read_value,
};
use proptest::prelude::*;

/// Whether values are equal and of the same types: a list is not a vector here.
fn same(a: &Value, b: &Value) -> bool {
    a == b && format!("{a:?}") == format!("{b:?}")
}

fn operation() -> impl Strategy<Value = Operation> {
    let kind = prop::sample::select(vec![Kind::Invoke, Kind::Ok, Kind::Fail, Kind::Info]);
    let process = prop::option::of(0..u64::MAX / 2)
        .prop_map(|number| number.map_or(Process::Nemesis, Process::Client));
    let detail = (prop::option::of(strategy::value()), prop::option::of(strategy::value()))
        .prop_filter_map("nothing in it", |(error, other)| {
            let other: Vec<_> = other.into_iter().map(|value| ("poll-ms".into(), value)).collect();
            let is_empty = error.is_none() && other.is_empty();
            (!is_empty).then(|| Box::new(Detail { error, exception: None, other }))
        });
    let rest = (strategy::value(), any::<bool>(), prop::option::of(detail));
    (0..1_000_000_u64, any::<i64>(), kind, process, "[a-z][a-z-]{0,20}", rest).prop_map(
        |(index, time, kind, process, f, (value, is_final, detail))| Operation {
            index,
            time,
            kind,
            process,
            f: Function::from_name(&f),
            value,
            is_final,
            detail,
        },
    )
}

proptest! {
    #[test]
    fn values(value in strategy::value()) {
        let mut printed = Vec::new();
        print_value(&value, &mut printed);
        let printed = String::from_utf8(printed).unwrap();
        let read = read_value(&printed).unwrap();
        prop_assert!(same(&value, &read), "{printed}\n{value:?}\n{read:?}");
    }

    #[test]
    fn operations(operations in prop::collection::vec(operation(), 0..4)) {
        let mut printed = Vec::new();
        for operation in &operations {
            print_operation(operation, &mut printed);
        }
        let read: Result<Vec<_>, _> = HistoryReader::new(&printed[..]).collect();
        prop_assert_eq!(read.unwrap(), operations);
    }

    #[test]
    fn any_text_gives_a_value_or_an_error(text in "[\\[\\](){}#\"\\\\:_ a1,;^N/.é-]{0,30}") {
        if let Ok(value) = read_value(&text) {
            let mut printed = Vec::new();
            print_value(&value, &mut printed);
            let again = read_value(std::str::from_utf8(&printed).unwrap()).unwrap();
            prop_assert!(same(&value, &again), "{text}");
        }
        let _ = HistoryReader::new(text.as_bytes()).count();
    }
}
