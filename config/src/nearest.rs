//! Suggests the name that was probably meant, for all error messages.

/// The name most similar to `text`, ignoring case. A name is similar if at most a third of its
/// letters differ (or one letter), but not all of them, or if it begins with `text`.
#[must_use]
pub fn nearest<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Minimum length of a prefix that stands for the whole name.
    const BEGINNING: usize = 3;
    let text = text.trim().to_lowercase();
    let length = text.chars().count();
    let most = (length / 3).max(1);
    let is_beginning = |name: &str| length >= BEGINNING && name.starts_with(&text);
    names
        .into_iter()
        .map(|name| (name.to_lowercase(), name))
        .map(|(lower, name)| (strsim::osa_distance(&text, &lower), is_beginning(&lower), name))
        .filter(|(distance, is_beginning, name)| {
            let is_near = *distance <= most && *distance < length.min(name.chars().count());
            is_near || *is_beginning
        })
        .min()
        .map(|(_, _, name)| name)
}

/// ` (did you mean broadcast-e?)`, to be appended to an unknown name; empty if no name is similar.
#[must_use]
pub fn did_you_mean<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, names).map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_name_is_meant() {
        let names = ["echo", "broadcast-a", "broadcast-b", "3e"];
        let meant = |text| nearest(text, names);
        assert_eq!(meant("brodcast-b"), Some("broadcast-b"));
        assert_eq!(meant("Broadcast_B"), Some("broadcast-b"));
        assert_eq!(meant("ecko"), Some("echo"));
        assert_eq!(meant("3E"), Some("3e"));
        assert_eq!(meant(" echo "), Some("echo"));
        assert_eq!(meant("broad"), Some("broadcast-a"));
        for far in ["kafka", "", "x", "go", "q7", "ring", "br"] {
            assert_eq!(meant(far), None, "{far}");
        }
        assert_eq!(did_you_mean("ecko", names), " (did you mean echo?)");
        assert_eq!(did_you_mean("kafka", names), "");
    }
}
