//! Reads the version from Maelstrom's jar.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// The file in a jar to which Leiningen writes the project's version.
const PROPERTIES: &str = "META-INF/maven/maelstrom/maelstrom/pom.properties";
/// Most bytes that are read from that file; the real one has about 100.
const LONGEST_PROPERTIES: u64 = 64 * 1024;

/// The version in the jar; `None` if it contains none.
pub(crate) fn version(jar: &Path) -> io::Result<Option<String>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(jar)?))?;
    let Some(index) = archive.index_for_name(PROPERTIES) else { return Ok(None) };
    let mut text = String::new();
    archive.by_index(index)?.take(LONGEST_PROPERTIES).read_to_string(&mut text)?;
    let version = text.lines().find_map(|line| line.strip_prefix("version="));
    Ok(version.map(|version| version.trim().to_owned()).filter(|version| !version.is_empty()))
}
