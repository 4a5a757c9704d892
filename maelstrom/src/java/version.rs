//! The version that `java -version` prints.

use std::fmt;

/// Prefix of the lines that the JVM prints first if environment variables give it options.
const NOISE: &str = "Picked up ";

/// A version of Java.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JavaVersion {
    /// The feature release number: 8, 11, 17, 21.
    pub feature: u32,
    /// The full version: `17.0.15`, `1.8.0_292`.
    pub text: String,
}

impl JavaVersion {
    /// Finds the version in the output of `java -version`.
    #[must_use]
    pub fn in_output(output: &str) -> Option<Self> {
        let lines = output.lines().filter(|line| !line.starts_with(NOISE));
        lines.filter_map(|line| line.split_once(" version \"")).find_map(|(_, rest)| {
            let (text, _) = rest.split_once('"')?;
            Self::parse(text)
        })
    }

    /// Parses the format of JEP 223 (`17.0.15`, `24-ea`), or the older one with the prefix `1.`.
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
        let feature = match (numbers.next()?.ok()?, numbers.next()) {
            (1, Some(Ok(second))) => second,
            (first, _) => first,
        };
        Some(Self { feature, text: text.to_owned() })
    }
}

impl fmt::Display for JavaVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, feature: u32, text: &str) {
        let expected = JavaVersion { feature, text: text.to_owned() };
        assert_eq!(JavaVersion::in_output(output), Some(expected));
    }

    #[test]
    fn every_kind_of_java_is_understood() {
        check("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime", 17, "17.0.15");
        check("java version \"1.8.0_292\"\nJava(TM) SE", 8, "1.8.0_292");
        check("openjdk version \"21\" 2023-09-19\n", 21, "21");
        check("openjdk version \"24-ea\" 2025-03-18\n", 24, "24-ea");
        check("openjdk version \"11.0.9.1-internal\" 2020-11-04\n", 11, "11.0.9.1-internal");
        check("openjdk version \"9-Debian\"\r\n", 9, "9-Debian");
        let graal = "java version \"21.0.1\" 2023-10-17\nJava(TM) SE Runtime Environment Oracle \
                     GraalVM 21.0.1+12.1 (build 21.0.1+12-jvmci-23.1-b19)\n";
        check(graal, 21, "21.0.1");
    }

    #[test]
    fn options_from_the_environment_are_no_version() {
        let output = "Picked up JAVA_TOOL_OPTIONS: -Dmy version \"99\"\n\
                      Picked up _JAVA_OPTIONS: -Xmx1g\nopenjdk version \"17.0.2\" 2022-01-18\n";
        check(output, 17, "17.0.2");
    }

    #[test]
    fn other_words_are_no_version() {
        for output in
            ["", "gij (GNU libgcj)", "x version \"\"", "x version \"17", "x version \"a\""]
        {
            assert_eq!(JavaVersion::in_output(output), None, "{output}");
        }
    }
}
