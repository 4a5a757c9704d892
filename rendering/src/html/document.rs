//! The frame of a page: its head, with a policy that lets only our own script run.

use super::escape::escaped;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The style of every page.
pub const STYLE: &str = include_str!("style/page.css");

/// What a page may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// Nothing.
    None,
    /// The server that it comes from.
    Server,
}

/// A page in parts.
pub struct Document<'a> {
    /// The title, as text.
    pub title: &'a str,
    /// What the page may ask for.
    pub connections: Connections,
    /// The style.
    pub style: &'a str,
    /// The content, as HTML.
    pub body: &'a str,
    /// The script, which is run at the end; empty for none.
    pub script: &'a str,
}

impl Document<'_> {
    /// The page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let Self { title, connections, style, body, script } = self;
        let mut policy = format!(
            "default-src 'none'; base-uri 'none'; form-action {0}; img-src data:; style-src '{1}'",
            match connections {
                Connections::None => "'none'",
                Connections::Server => "'self'",
            },
            hash(style)
        );
        if !script.is_empty() {
            let _ = write!(policy, "; script-src '{}'", hash(script));
        }
        if *connections == Connections::Server {
            policy += "; connect-src 'self'";
        }
        let mut html = String::with_capacity(body.len() + style.len() + script.len() + 1024);
        let _ = write!(
            html,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{style}</style>\n\
             </head>\n<body>\n{body}\n",
            escaped(title)
        );
        if !script.is_empty() {
            let _ = writeln!(html, "<script>{script}</script>");
        }
        html += "</body>\n</html>\n";
        html
    }
}

/// The hash by which a policy names a text.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) as usize & 63;
            let is_filled = digit <= chunk.len();
            text.push(if is_filled { char::from(DIGITS[value]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_page_loads_nothing_and_names_its_script() {
        let document = Document {
            title: "a <b>",
            connections: Connections::None,
            style: "",
            body: "<p>",
            script: "1",
        };
        let html = document.to_html();
        assert!(html.contains("<title>a &lt;b&gt;</title>"), "{html}");
        // The digest of `1`.
        assert!(
            html.contains("script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"),
            "{html}"
        );
        assert!(html.contains("default-src 'none'") && !html.contains("connect-src"), "{html}");
        let live = Document { connections: Connections::Server, ..document }.to_html();
        assert!(live.contains("connect-src 'self'"), "{live}");
    }
}
