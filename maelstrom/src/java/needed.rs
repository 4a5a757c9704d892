//! Determines which Java a Maelstrom needs, by the classes in its jar.

use super::LEAST_JAVA;
use crate::installation::{JAR, Launcher};
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// The packages of Maelstrom, and of libraries by the same author. Other libraries may contain
/// classes for a newer Java that an older one never loads.
const OWN_PACKAGES: [&str; 4] = ["elle/", "jepsen/", "knossos/", "maelstrom/"];
/// The first bytes of every class file, and the version of its format for Java 1 less one
/// (JVM specification, 4.1).
const MAGIC: [u8; 4] = [0xca, 0xfe, 0xba, 0xbe];
const FORMAT_BEFORE_JAVA_1: u32 = 44;

/// The oldest Java that can load this Maelstrom: the documented one, or a newer one if its classes
/// need that. A jar that is missing or cannot be read is ignored.
#[must_use]
pub fn least_java(launcher: &Launcher) -> u32 {
    let jar = match launcher {
        Launcher::Jar(jar) => Some(jar.clone()),
        Launcher::Script(script) => {
            std::fs::canonicalize(script).ok().and_then(|script| Some(script.parent()?.join(JAR)))
        }
    };
    let needed = jar.and_then(|jar| needed_by(&jar).ok().flatten());
    needed.map_or(LEAST_JAVA, |needed| needed.max(LEAST_JAVA))
}

/// The newest Java that a class of the jar was compiled for.
fn needed_by(jar: &Path) -> io::Result<Option<u32>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(jar)?))?;
    // Clojure compiles each function to a class with a `$`, all for the same old Java.
    let is_telling = |name: &str| {
        Path::new(name).extension().is_some_and(|extension| extension == "class")
            && !name.contains('$')
            && OWN_PACKAGES.iter().any(|package| name.starts_with(package))
    };
    let is_telling_at = |index: &usize| {
        let name = archive.name_for_index(*index);
        name.is_some_and(|name| name.is_ok_and(|name| is_telling(&name)))
    };
    let telling: Vec<usize> = (0..archive.len()).filter(is_telling_at).collect();
    let mut newest = None;
    for index in telling {
        let mut header = [0; 8];
        archive.by_index(index)?.read_exact(&mut header)?;
        let [a, b, c, d, _, _, high, low] = header;
        if [a, b, c, d] == MAGIC {
            let format = u32::from(u16::from_be_bytes([high, low]));
            newest = newest.max(format.checked_sub(FORMAT_BEFORE_JAVA_1));
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    /// A jar with classes of these names and Java versions.
    fn jar(folder: &Path, classes: &[(&str, u8)]) -> Launcher {
        let path = folder.join("maelstrom.jar");
        let mut jar = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, java) in classes {
            jar.start_file(*name, SimpleFileOptions::default()).unwrap();
            jar.write_all(&MAGIC).unwrap();
            jar.write_all(&[0, 0, 0, 44 + java, 0, 42]).unwrap();
        }
        jar.finish().unwrap();
        Launcher::Jar(path)
    }

    #[test]
    fn the_newest_class_of_its_own_decides() {
        let folder = tempfile::tempdir().unwrap();
        let classes = [
            ("maelstrom/core__init.class", 8),
            ("jepsen/history/Op.class", 21),
            ("META-INF/versions/25/jepsen/history/Op.class", 25),
            ("com/google/Thing.class", 22),
        ];
        assert_eq!(least_java(&jar(folder.path(), &classes)), 21);
    }

    #[test]
    fn else_the_documentation_does() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(least_java(&jar(folder.path(), &[("jepsen/Old.class", 8)])), LEAST_JAVA);
        assert_eq!(least_java(&jar(folder.path(), &[])), LEAST_JAVA);
        assert_eq!(least_java(&Launcher::Script(folder.path().join("no"))), LEAST_JAVA);
    }
}
