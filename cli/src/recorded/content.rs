//! Recognizes a file by its first bytes: a history, or a file commonly mistaken for one.

mod keys;

use std::path::Path;

/// The kind of content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// A history in EDN.
    Edn,
    /// A history in JSON.
    Json,
    /// Only white space.
    Empty,
    /// Something else: what it is, and what the user should do.
    Other { what: String, advice: String },
}

impl Content {
    fn other(what: &str, advice: &str) -> Self {
        Self::Other { what: what.to_owned(), advice: advice.to_owned() }
    }
}

/// Advice for another file of a run.
const GIVE: &str = "give the folder of the run, or the history.edn in it";
/// Advice for an archive.
const UNPACK: &str = "unpack it, and give the history.edn that is in it";

/// First bytes of binary files.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"JEPSEN", "Jepsen's own binary file of a test (test.jepsen)", GIVE),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", UNPACK),
    (b"\xfd7zXZ\0", "compressed by xz", "unpack it with `xz -d`, and give what comes out"),
    (
        b"\x28\xb5\x2f\xfd",
        "compressed by zstd",
        "unpack it with `zstd -d`, and give what comes out",
    ),
    (b"BZh", "compressed by bzip2", "unpack it with `bzip2 -d`, and give what comes out"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!", "a rar archive", UNPACK),
    (b"\x7fELF", "a program", GIVE),
    (b"\xcf\xfa\xed\xfe", "a program", GIVE),
    (b"\xca\xfe\xba\xbe", "a program", GIVE),
    (b"\x89PNG", "a picture", GIVE),
    (b"\xff\xd8\xff", "a picture", GIVE),
    (b"GIF8", "a picture", GIVE),
    (b"%PDF", "a PDF", GIVE),
    (b"SQLite format 3", "a database of SQLite", GIVE),
];

/// First bytes of texts in an encoding other than UTF-8.
const WIDE: &[(&[u8], &str)] = &[
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"{\0", "UTF-16LE"),
    (b"[\0", "UTF-16LE"),
    (b"\0{", "UTF-16BE"),
    (b"\0[", "UTF-16BE"),
];

/// Offset and bytes of the magic number of a tar archive.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Recognizes a file by its first bytes; of `path`, only the file extension is used.
pub(super) fn recognize(start: &[u8], path: &Path) -> Content {
    if let Some((_, what, advice)) = MAGIC.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return Content::other(what, advice);
    }
    if start.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Content::other("a tar archive", UNPACK);
    }
    if let Some((_, encoding)) = WIDE.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Content::Other {
            what: format!("a text in {encoding}"),
            advice: format!("convert it with `iconv -f {encoding} -t UTF-8`"),
        };
    }
    let has_end = |end: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
    if has_end("fressian") {
        return Content::other("Jepsen's binary file of a test (Fressian)", GIVE);
    }
    let is_control = |byte: &u8| *byte < b' ' && !byte.is_ascii_whitespace();
    if start.iter().any(is_control) {
        return Content::other("a binary file", GIVE);
    }
    // `start` may end within a character. Errors further on are reported later, with their line.
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Content::other("no text in UTF-8", GIVE),
    };
    recognize_text(text, path)
}

fn recognize_text(text: &str, path: &Path) -> Content {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let first_line = text.lines().next().unwrap_or_default();
    let named = |end: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
    match text.as_bytes() {
        [] => Content::Empty,
        [b'<', ..] => Content::other("a page or a drawing (HTML, XML or SVG)", GIVE),
        [b'#', b'!', ..] => Content::other("a script", GIVE),
        _ if named("toml") => Content::other("a TOML file, such as glomers.toml", GIVE),
        [b'{' | b'[' | b'(' | b'#' | b';' | b',', ..] => keys::recognize(text),
        _ if is_log(first_line) => Content::other("the log of a run", GIVE),
        _ if is_history_txt(first_line) => Content::other(
            "a history in the form for people (history.txt)",
            "give the history.edn beside it, which is complete",
        ),
        _ if first_line.contains(',') && !first_line.contains('{') => Content::other(
            "a table or a text with commas (CSV)",
            "write an entry a line in EDN or JSON: {:index 0, :time 0, :type :invoke, :process 0, \
             :f :read, :value nil}",
        ),
        _ => Content::other("a text, and no history", GIVE),
    }
}

/// `INFO [2026-11-20 23:43:21,782] main - jepsen.cli ...`
fn is_log(line: &str) -> bool {
    let level = line.split(' ').next().unwrap_or_default();
    matches!(level, "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL") && line.contains(" [")
        || is_own_log(line)
}

/// `0.000000  phase: starting nodes`
fn is_own_log(line: &str) -> bool {
    let Some((seconds, text)) = line.split_once("  ") else { return false };
    let is_time = seconds.split_once('.').is_some_and(|(whole, part)| {
        part.len() == 6 && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit())
    });
    is_time && !text.is_empty()
}

/// `0 :invoke :read nil`, with tabs between them.
fn is_history_txt(line: &str) -> bool {
    let mut fields = line.split('\t').skip(1).map(str::trim);
    matches!(fields.next(), Some(":invoke" | ":ok" | ":fail" | ":info"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(start: &[u8], name: &str) -> String {
        match recognize(start, Path::new(name)) {
            Content::Other { what, .. } => what,
            content => format!("{content:?}"),
        }
    }

    #[test]
    fn files_that_are_no_text_are_named() {
        for (start, expected) in [
            (&b"PK\x03\x04\x14"[..], "a zip archive"),
            (b"JEPSEN\0\0", "Jepsen's own binary file of a test (test.jepsen)"),
            (b"\xff\xfe{\0:\0", "a text in UTF-16"),
            (b"{\0:\0t\0", "a text in UTF-16LE"),
            (b"\x89PNG\r\n", "a picture"),
            (b"a\0b", "a binary file"),
            (b"\xe9t\xe9", "no text in UTF-8"),
            (b"<!doctype html>", "a page or a drawing (HTML, XML or SVG)"),
            (b"0\t:invoke\t:read\tnil\n", "a history in the form for people (history.txt)"),
            (b":nemesis\t:info\t:start\tnil\n", "a history in the form for people (history.txt)"),
            (b"INFO [2026-11-20 23:43:21,782] main - x\n", "the log of a run"),
            (b"  0.000000  phase: starting nodes\n", "the log of a run"),
            (b"#!/bin/sh\n", "a script"),
            (b"index,type,f\n0,invoke,read\n", "a table or a text with commas (CSV)"),
            (b"hello\n", "a text, and no history"),
            (b" \n\n", "Empty"),
            (b"", "Empty"),
        ] {
            assert_eq!(other(start, "x.edn"), expected, "{}", String::from_utf8_lossy(start));
        }
        let mut tar = vec![b'h'; 257];
        tar.extend_from_slice(b"ustar\0");
        assert_eq!(other(&tar, "x"), "a tar archive");
        assert!(other(b"\xc7\xe5", "test.fressian").contains("Fressian"));
    }

    #[test]
    fn a_character_that_is_cut_off_is_no_fault() {
        let text = "{:type :ok, :f :echo, :value \"é";
        assert_eq!(recognize(&text.as_bytes()[..text.len() - 1], Path::new("x")), Content::Edn);
    }
}
