//! Generates values that can be written as EDN: names without spaces, distinct keys and elements.

use glomers_history::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Any value with up to about 30 parts and 4 levels.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    atom().prop_recursive(4, 30, 6, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..6);
        let entries = prop::collection::vec((inner.clone(), inner.clone()), 0..6);
        prop_oneof![
            items.clone().prop_map(Value::List),
            items.clone().prop_map(Value::Vector),
            items.prop_map(|items| Value::Set(distinct(items, Clone::clone))),
            entries.prop_map(|entries| Value::Map(distinct(entries, |(key, _)| key.clone()))),
            ("[a-z][a-zA-Z0-9._/-]{0,20}", inner)
                .prop_map(|(tag, form)| Value::Tagged(Box::new((tag.into(), form)))),
        ]
    })
}

fn atom() -> impl Strategy<Value = Value> {
    let name = "[a-zA-Z_*!?$%&=<>|é][a-zA-Z0-9_*!?$%&=<>|é.+#:'/-]{0,12}";
    prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-3_i64..3).prop_map(Value::Int),
        "-?[1-9][0-9]{19,40}|-?[1-9][0-9]{0,9}/[1-9][0-9]{0,9}|-?[0-9]{1,5}\\.[0-9]{1,5}M"
            .prop_map(|text| Value::BigNumber(text.into())),
        any::<f64>().prop_map(|number| Value::Float(if number.is_nan() {
            f64::NAN
        } else {
            number
        })),
        any::<char>().prop_map(Value::Char),
        any::<String>().prop_map(|text| Value::str(&text)),
        "[\\x00-\\x7f]{0,9}".prop_map(|text| Value::str(&text)),
        name.prop_map(|name| Value::keyword(&name)),
        name.prop_filter("a name with a meaning", |name| {
            !matches!(name.as_str(), "nil" | "true" | "false")
        })
        .prop_map(|name| Value::Symbol(name.into())),
    ]
}

/// Removes items whose key equals that of an earlier item.
fn distinct<T>(items: Vec<T>, key: impl Fn(&T) -> Value) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| seen.insert(key(item))).collect()
}
