//! Writes SVG: elements with their attributes, and text that is escaped.

use glomers_history::visible;
use std::fmt::{Display, Write as _};

/// What all pictures look like. Series have colours that stand out on both backgrounds.
const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px;fill:#24292f}\
.title{font-size:16px;font-weight:600}.minor{fill:#6e7781}.small{font-size:10px}\
.end{text-anchor:end}.middle{text-anchor:middle}.strong{font-weight:600}\
.page{fill:#ffffff}.grid{stroke:#eaeef2}.axis{stroke:#8c959f}.halo{stroke:#ffffff;stroke-width:4px;paint-order:stroke}\
path,line{fill:none}.dots{stroke-linecap:round}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.minor{fill:#9198a1}.page{fill:#15191f}.grid{stroke:#2a313a}\
.axis{stroke:#6e7681}.halo{stroke:#15191f}}";

/// A picture that is being written.
pub(super) struct Document {
    text: String,
    width: f64,
}

impl Document {
    /// A picture of this size in pixels, with rules for its own colours.
    pub(super) fn new(width: f64, height: f64, title: &str, colours: &str) -> Self {
        let mut document = Self { text: String::new(), width };
        let (wide, high) = (Number(width), Number(height));
        let _ = writeln!(
            document.text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
             viewBox=\"0 0 {wide} {high}\" role=\"img\">"
        );
        document.element("title", &[], title);
        let _ = writeln!(document.text, "<style>{STYLE}{colours}</style>");
        document.rectangle("page", [0.0, 0.0, width, height], None);
        document
    }

    /// Its width in pixels.
    pub(super) fn width(&self) -> f64 {
        self.width
    }

    /// The complete text.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    /// A text that begins at this point, or ends or has its middle there, as its class says.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let attributes = [("class", &class as &dyn Display), ("x", &Number(x)), ("y", &Number(y))];
        let attributes = if class.is_empty() { &attributes[1..] } else { &attributes };
        self.element("text", attributes, text);
    }

    /// A rectangle: left, top, width, height. The hint is shown on hovering.
    pub(super) fn rectangle(&mut self, class: &str, place: [f64; 4], hint: Option<&str>) {
        let [x, y, width, height] = place.map(Number);
        let attributes: [(&str, &dyn Display); 5] =
            [("class", &class), ("x", &x), ("y", &y), ("width", &width), ("height", &height)];
        self.shape("rect", &attributes, hint);
    }

    /// A straight line between two points.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let mut path = Path::default();
        path.move_to(from).line_to(to);
        self.path(class, &path, None);
    }

    /// A path. The hint is shown on hovering.
    pub(super) fn path(&mut self, class: &str, path: &Path, hint: Option<&str>) {
        self.shape("path", &[("class", &class), ("d", &path.text)], hint);
    }

    fn shape(&mut self, name: &str, attributes: &[(&str, &dyn Display)], hint: Option<&str>) {
        self.open(name, attributes);
        match hint {
            None => self.text.push_str("/>\n"),
            Some(hint) => {
                self.text.push_str("><title>");
                self.escape(hint);
                let _ = writeln!(self.text, "</title></{name}>");
            }
        }
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &dyn Display)], content: &str) {
        self.open(name, attributes);
        self.text.push('>');
        self.escape(content);
        let _ = writeln!(self.text, "</{name}>");
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        let _ = write!(self.text, "<{name}");
        for (name, value) in attributes {
            let _ = write!(self.text, " {name}=\"{value}\"");
        }
    }

    /// XML knows no control characters, and neither U+FFFE nor U+FFFF.
    fn escape(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.text.push('\n');
            }
            for c in visible(line).chars() {
                match c {
                    '&' => self.text.push_str("&amp;"),
                    '<' => self.text.push_str("&lt;"),
                    '>' => self.text.push_str("&gt;"),
                    '\u{fffe}' | '\u{ffff}' => self.text.push(char::REPLACEMENT_CHARACTER),
                    c => self.text.push(c),
                }
            }
        }
    }
}

/// The content of a path.
#[derive(Default)]
pub(super) struct Path {
    text: String,
}

impl Path {
    /// Begins a line.
    pub(super) fn move_to(&mut self, point: (f64, f64)) -> &mut Self {
        self.step('M', point)
    }

    /// Continues it.
    pub(super) fn line_to(&mut self, point: (f64, f64)) -> &mut Self {
        self.step('L', point)
    }

    /// A dot, if the ends of lines are round.
    pub(super) fn dot(&mut self, point: (f64, f64)) -> &mut Self {
        self.step('M', point);
        self.text.push_str("h0");
        self
    }

    /// A cross like an x, of this size to each side.
    pub(super) fn cross(&mut self, (x, y): (f64, f64), size: f64) -> &mut Self {
        self.move_to((x - size, y - size)).line_to((x + size, y + size));
        self.move_to((x - size, y + size)).line_to((x + size, y - size))
    }

    /// An upright cross, of this size to each side.
    pub(super) fn plus(&mut self, (x, y): (f64, f64), size: f64) -> &mut Self {
        self.move_to((x - size, y)).line_to((x + size, y));
        self.move_to((x, y - size)).line_to((x, y + size))
    }

    /// Whether nothing was drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn step(&mut self, letter: char, (x, y): (f64, f64)) -> &mut Self {
        let _ = write!(self.text, "{letter}{} {}", Number(x), Number(y));
        self
    }
}

/// A coordinate, to a tenth of a pixel.
struct Number(f64);

impl Display for Number {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never `-0`, and whole numbers without a point.
        let tenths = (self.0 * 10.0).round() / 10.0 + 0.0;
        write!(out, "{tenths}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_numbers_are_short() {
        let mut document = Document::new(10.0, 20.0, "a <b> & \u{1}\u{ffff}", "");
        document.text("", 1.04, -0.01, "x\ny");
        let mut path = Path::default();
        path.dot((1.26, 2.0)).cross((5.0, 5.0), 1.0);
        document.path("k0", &path, Some("\"hint\""));
        let text = document.finish();
        let body = text.replace(STYLE, "");
        insta::assert_snapshot!(body);
    }
}
