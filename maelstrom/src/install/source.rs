//! Where an archive comes from.

use super::InstallError;
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The web page of all releases.
pub const RELEASES: &str = "https://github.com/jepsen-io/maelstrom/releases";
/// File name of a release's archive.
const ARCHIVE: &str = "maelstrom.tar.bz2";
/// The default version: glomers' workloads and checkers follow it.
const DEFAULT_VERSION: &str = "0.2.4";

/// A version of Maelstrom, without the `v` of its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Default for Version {
    fn default() -> Self {
        Self(DEFAULT_VERSION.to_owned())
    }
}

impl FromStr for Version {
    type Err = &'static str;

    /// A leading `v` is ignored. Characters that are special in a URL are refused.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let version = text.strip_prefix('v').unwrap_or(text);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
        if version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(is_part) {
            Ok(Self(version.to_owned()))
        } else {
            Err("expected a version, such as 0.2.4")
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Where an archive comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A release of the project.
    Release(Version),
    /// An http or https address.
    Url(String),
    /// A local file.
    File(PathBuf),
}

impl Source {
    /// Parses `--from`: an http or https address, a file address, or the path of a file.
    pub fn parse(text: &Path) -> Result<Self, InstallError> {
        let Some((scheme, rest)) = text.to_str().and_then(|text| text.split_once("://")) else {
            return Ok(Self::File(text.to_owned()));
        };
        let url = text.display().to_string();
        let shown = || without_password(&url);
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => {
                if !has_host(rest) || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
                    return Err(InstallError::BadUrl { url: shown() });
                }
                Ok(Self::Url(url))
            }
            "file" => {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                if !path.starts_with('/') || path.contains('%') {
                    return Err(InstallError::BadFileUrl { url: shown() });
                }
                Ok(Self::File(path.into()))
            }
            // A path may contain any characters, even those of an address.
            _ if text.exists() => Ok(Self::File(text.to_owned())),
            _ => Err(InstallError::UnknownScheme { url: shown() }),
        }
    }

    /// The location of the archive.
    pub(crate) fn location(&self) -> Location<'_> {
        match self {
            Self::Release(version) => {
                Location::Url(format!("{RELEASES}/download/v{version}/{ARCHIVE}").into())
            }
            Self::Url(url) => Location::Url(url.into()),
            Self::File(path) => Location::File(path),
        }
    }
}

/// The location of an archive.
pub(crate) enum Location<'a> {
    /// An address to download from.
    Url(Cow<'a, str>),
    /// A file to read.
    File(&'a Path),
}

/// For output and records: addresses are printed without user name and password.
impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location() {
            Location::File(path) => path.display().fmt(out),
            Location::Url(url) => out.write_str(&without_password(&url)),
        }
    }
}

/// Whether the part after the scheme begins with a host name.
fn has_host(rest: &str) -> bool {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    !host.is_empty() && !host.starts_with(':')
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Source {
        Source::parse(Path::new(text)).unwrap()
    }

    #[test]
    fn a_source_is_an_address_or_a_file() {
        assert_eq!(parsed("https://h/a"), Source::Url("https://h/a".to_owned()));
        assert_eq!(parsed("HTTP://h/a"), Source::Url("HTTP://h/a".to_owned()));
        for (text, path) in [("a b.tar", "a b.tar"), ("file:///a/b", "/a/b"), ("C:/a", "C:/a")] {
            assert_eq!(parsed(text), Source::File(path.into()), "{text}");
        }
        assert_eq!(parsed("file://localhost/a"), Source::File("/a".into()));
        for text in
            ["http://", "https:///a", "http://h/a b", "ftp://h/a", "file://h/a", "file:///a%20b"]
        {
            let problem = Source::parse(Path::new(text)).unwrap_err().to_string();
            assert!(problem.contains(text), "{problem}");
        }
    }

    #[test]
    fn the_default_is_a_release() {
        assert_eq!(
            Source::Release(Version::default()).to_string(),
            "https://github.com/jepsen-io/maelstrom/releases/download/v0.2.4/maelstrom.tar.bz2"
        );
    }

    #[test]
    fn a_version_is_part_of_an_address_and_no_more() {
        for (text, version) in [("0.2.4", "0.2.4"), ("v0.2.3", "0.2.3"), ("1.0-rc1", "1.0-rc1")] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), version);
        }
        for text in ["", "v", "latest", "../0", "0/1", "0?x", "0 1", "0%2f"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("http://me:secret@host:8/a@b", "http://host:8/a@b"),
            ("http://me:se@cret@host", "http://host"),
            ("http://host/a", "http://host/a"),
            ("http://host?a@b", "http://host?a@b"),
        ] {
            assert_eq!(parsed(url).to_string(), shown);
        }
    }
}
