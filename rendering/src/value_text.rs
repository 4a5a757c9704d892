//! Values of a history as short texts.

use glomers_history::{Value, json, shortened};

/// A value as JSON, at most this number of characters; of a long collection, the number of its
/// elements.
pub(crate) fn value_text(value: &Value, most_characters: usize) -> String {
    // Its elements share memory with those of other values until they are asked for.
    if let Value::Shared(elements) = value {
        return format!("{} values", elements.len());
    }
    let mut text = Vec::new();
    json::write_json(value, &mut text);
    shortened(&String::from_utf8_lossy(&text), most_characters).into_owned()
}
