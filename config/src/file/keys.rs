//! Checks the keys of the file. The error for an unknown key includes the closest known key.

use super::kinds;
use super::section::{FILE_KEYS, Section};
use super::{FileProblem, Located};
use crate::nearest::did_you_mean;
use toml::de::{DeTable, DeValue};

/// Finds the first key that is unknown or whose value has the wrong type.
pub(super) fn check(file: &DeTable<'_>) -> Result<(), Located> {
    check_table(file, FILE_KEYS, |key| {
        let is_for_challenges = Section::KEYS.contains(&key);
        is_for_challenges.then_some("in a [challenge.NAME] table")
    })?;
    kinds::check(file)?;
    let challenges = file.get("challenge").map(toml::Spanned::get_ref);
    let Some(DeValue::Table(sections)) = challenges else { return Ok(()) };
    for (key, section) in sections {
        let DeValue::Table(section) = section.get_ref() else {
            let key_name = key.get_ref().to_string();
            if matches!(section.get_ref(), DeValue::Array(_)) {
                let expected = format!("single brackets: [challenge.{key_name}]");
                let problem = FileProblem::Kind { key: key_name, expected };
                return Err(Located { span: key.span(), problem });
            }
            let position = "in a [challenge.NAME] table, since [challenge] holds only those";
            let problem = FileProblem::Misplaced { key: key_name, position };
            return Err(Located { span: key.span(), problem });
        };
        check_table(section, Section::KEYS, |key| {
            let is_for_the_file = FILE_KEYS.contains(&key);
            is_for_the_file.then_some("at the top of the file, above every [challenge.NAME]")
        })?;
        kinds::check(section)?;
    }
    Ok(())
}

/// Finds the first key that is not in `known`. `elsewhere` returns the table in which a key would
/// be valid, if there is one.
fn check_table(
    table: &DeTable<'_>,
    known: &'static [&'static str],
    elsewhere: impl Fn(&str) -> Option<&'static str>,
) -> Result<(), Located> {
    let unknown = table.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
    let Some(key) = unknown.min_by_key(|key| key.span().start) else { return Ok(()) };
    let name = key.get_ref();
    let problem = match elsewhere(name) {
        Some(position) => FileProblem::Misplaced { key: name.to_string(), position },
        None => FileProblem::UnknownKey {
            key: name.to_string(),
            suggestion: did_you_mean(name, known.iter().copied()),
            known,
        },
    };
    Err(Located { span: key.span(), problem })
}
