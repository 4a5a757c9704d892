//! Reads the version from Maelstrom's jar.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// Where Leiningen leaves the project's version in a jar.
const PROPERTIES: &str = "META-INF/maven/maelstrom/maelstrom/pom.properties";
/// The longest text that is read from there, in bytes; the real one has about 100.
const LONGEST_PROPERTIES: u64 = 64 * 1024;

/// The version that the jar says it has; none when it says none.
pub(crate) fn version(jar: &Path) -> io::Result<Option<String>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(jar)?))?;
    let Some(index) = archive.index_for_name(PROPERTIES) else { return Ok(None) };
    let mut text = String::new();
    archive.by_index(index)?.take(LONGEST_PROPERTIES).read_to_string(&mut text)?;
    let version = text.lines().find_map(|line| line.strip_prefix("version="));
    Ok(version.map(|version| version.trim().to_owned()).filter(|version| !version.is_empty()))
}
