//! Numbers and the words that go with them.

/// `1 value was`, `3 values were`: the number before the words for one or for more.
#[must_use]
pub fn plural(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
