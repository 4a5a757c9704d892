//! The keys that the file may have: one that it does not take is named, with the one that was
//! probably meant.

use super::section::{FILE_KEYS, Section};
use super::{FileProblem, Located};
use crate::nearest::did_you_mean;
use toml::de::{DeTable, DeValue};

/// Finds the first key that nothing reads. What is no TOML, or has values of other kinds, is left
/// to the parser.
pub(super) fn check(text: &str) -> Result<(), Located> {
    let Ok(file) = DeTable::parse(text) else { return Ok(()) };
    check_table(file.get_ref(), FILE_KEYS, |key| {
        let is_for_challenges = Section::KEYS.contains(&key);
        is_for_challenges.then_some("in a [challenge.NAME] table")
    })?;
    let Some(DeValue::Table(challenges)) =
        file.get_ref().get("challenge").map(toml::Spanned::get_ref)
    else {
        return Ok(());
    };
    for (key, section) in challenges {
        let DeValue::Table(section) = section.get_ref() else {
            let key_name = key.get_ref().to_string();
            let place = "in a [challenge.NAME] table, since [challenge] holds only those";
            let problem = FileProblem::Misplaced { key: key_name, place };
            return Err(Located { span: key.span(), problem });
        };
        check_table(section, Section::KEYS, |key| {
            let is_for_the_file = FILE_KEYS.contains(&key);
            is_for_the_file.then_some("at the top of the file, above every [challenge.NAME]")
        })?;
    }
    Ok(())
}

/// Finds the first key that is none of those known; `elsewhere` says where else one would fit.
fn check_table(
    table: &DeTable<'_>,
    known: &'static [&'static str],
    elsewhere: impl Fn(&str) -> Option<&'static str>,
) -> Result<(), Located> {
    let unknown = table.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
    let Some(key) = unknown.min_by_key(|key| key.span().start) else { return Ok(()) };
    let name = key.get_ref();
    let problem = match elsewhere(name) {
        Some(place) => FileProblem::Misplaced { key: name.to_string(), place },
        None => FileProblem::UnknownKey {
            key: name.to_string(),
            suggestion: did_you_mean(name, known.iter().copied()),
            known,
        },
    };
    Err(Located { span: key.span(), problem })
}
