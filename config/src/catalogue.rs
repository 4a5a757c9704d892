//! All challenges that can be run here: the built-in ones, and those of a `glomers.toml`.

use crate::nearest::nearest;
use crate::{Challenge, NodeSource, ProjectFile, challenges};
use std::path::PathBuf;

/// A challenge and what the project says of its node.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueEntry {
    /// The test.
    pub challenge: Challenge,
    /// How its node is made; none without a `glomers.toml`.
    pub node: Option<NodeSource>,
    /// Where its runs are stored; none without a `glomers.toml`.
    pub store: Option<PathBuf>,
}

/// The challenges in order: the built-in ones as Fly.io has them, then the project's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    entries: Vec<CatalogueEntry>,
}

/// A name that no challenge has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown challenge {name:?}{}; challenges are {}", did_you_mean(.meant.as_deref()), .known.join(", "))]
pub struct UnknownChallenge {
    /// The name.
    pub name: String,
    /// The one that may have been meant.
    pub meant: Option<String>,
    /// All names.
    pub known: Vec<String>,
}

fn did_you_mean(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!(" (did you mean {meant}?)"))
}

impl UnknownChallenge {
    pub(crate) fn new<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let mut names: Vec<String> = Vec::new();
        for known in known {
            if !names.iter().any(|name| name == known) {
                names.push(known.to_owned());
            }
        }
        let meant = nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
        Self { name: name.to_owned(), meant, known: names }
    }
}

impl Catalogue {
    /// The built-in challenges, changed and extended by the project's.
    #[must_use]
    pub fn new(project: Option<&ProjectFile>) -> Self {
        let built_in = challenges().into_iter().map(|challenge| CatalogueEntry {
            challenge,
            node: project.map(|project| project.node.clone()),
            store: project.map(|project| project.store.clone()),
        });
        let mut entries: Vec<CatalogueEntry> = built_in.collect();
        for own in project.iter().flat_map(|project| &project.challenges) {
            let entry = CatalogueEntry {
                challenge: own.challenge.clone(),
                node: Some(own.node.clone()),
                store: Some(own.store.clone()),
            };
            match entries.iter_mut().find(|e| e.challenge.name == entry.challenge.name) {
                Some(overridden) => *overridden = entry,
                None => entries.push(entry),
            }
        }
        Self { entries }
    }

    /// All of them, in order.
    #[must_use]
    pub fn entries(&self) -> &[CatalogueEntry] {
        &self.entries
    }

    /// The challenge of that name, or of that number at Fly.io (`3e`).
    pub fn find(&self, name: &str) -> Result<&CatalogueEntry, UnknownChallenge> {
        let by_name = self.entries.iter().find(|entry| entry.challenge.name == name);
        let by_alias = || {
            let mut numbered = self.entries.iter().filter(|e| !e.challenge.alias.is_empty());
            numbered.find(|entry| entry.challenge.alias == name)
        };
        by_name.or_else(by_alias).ok_or_else(|| {
            UnknownChallenge::new(name, self.entries.iter().map(|e| e.challenge.name.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn challenges_are_found_by_name_and_by_number() {
        let catalogue = Catalogue::new(None);
        assert_eq!(catalogue.entries().len(), 14);
        assert_eq!(catalogue.find("3e"), catalogue.find("broadcast-e"));
        let entry = catalogue.find("6b").unwrap();
        assert_eq!((entry.challenge.name.as_str(), &entry.node), ("txn-b", &None));
        let error = catalogue.find("brodcast-c").unwrap_err().to_string();
        assert!(error.starts_with(
            "unknown challenge \"brodcast-c\" (did you mean broadcast-c?); challenges are echo, \
             unique-ids, broadcast-a, "
        ));
        assert_eq!(catalogue.find("").unwrap_err().meant, None);
    }

    #[test]
    fn a_project_overrides_in_place_and_appends() {
        let text = "bin = 'node'\n[challenge.new]\nextends = '3a'\n[challenge.3a]\nstore = 's'";
        let project = ProjectFile::parse(text, Path::new("/p/glomers.toml")).unwrap();
        let catalogue = Catalogue::new(Some(&project));
        let names: Vec<_> =
            catalogue.entries().iter().map(|entry| entry.challenge.name.as_str()).collect();
        assert_eq!(names.len(), 15);
        assert_eq!((names[0], names[2], names[14]), ("echo", "broadcast-a", "new"));
        let store = |name| catalogue.find(name).unwrap().store.clone().unwrap();
        assert_eq!(store("3a"), Path::new("/p/s"));
        assert_eq!(store("echo"), Path::new("/p/store"));
        assert_eq!(catalogue.find("echo").unwrap().node.as_ref(), Some(&project.node));
    }
}
