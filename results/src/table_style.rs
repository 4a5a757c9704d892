//! The style of tables: one builder for terminals and for Markdown.

use comfy_table::presets::{ASCII_MARKDOWN, UTF8_FULL_CONDENSED};
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width,
};
use glomers_history::{visible, visible_lines};

/// Where a table is displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// In a terminal, with box drawing.
    Terminal {
        /// Whether to use colour.
        colour: bool,
    },
    /// In a Markdown file.
    Markdown,
}

/// How a cell is highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Not at all.
    Plain,
    /// Green.
    Good,
    /// Yellow.
    Doubtful,
    /// Red; bold in Markdown, which has no colour.
    Bad,
    /// As code, in Markdown.
    Code,
}

/// A table being built.
pub struct TableBuilder {
    look: Look,
    table: Table,
    /// Width at which texts are wrapped.
    width: Option<u16>,
    columns: Vec<ColumnWidth>,
}

/// Length in characters above which a word may be broken in a narrow table.
pub const LONGEST_WHOLE_WORD: usize = 20;

/// Length in characters up to which a column of texts is not wrapped, if there is room.
const SHORT_TEXT: usize = 10;

/// What is known of the width of a column, in characters.
#[derive(Debug, Clone, Copy, Default)]
struct ColumnWidth {
    /// Of its longest text.
    text: usize,
    /// Of its longest word that is kept whole.
    word: usize,
    /// Most percent of the table that it takes.
    percent: Option<u16>,
    /// Whether its texts are never wrapped.
    is_whole: bool,
}

impl TableBuilder {
    /// A table as wide as its texts.
    #[must_use]
    pub fn new(look: Look, header: &[&str]) -> Self {
        let mut table = Table::new();
        table.set_content_arrangement(ContentArrangement::Disabled).force_no_tty();
        match look {
            Look::Markdown => table.load_style(ASCII_MARKDOWN),
            Look::Terminal { .. } => table.load_style(UTF8_FULL_CONDENSED),
        };
        if look == (Look::Terminal { colour: true }) {
            table.enforce_styling();
        }
        let columns = vec![ColumnWidth::default(); header.len()];
        let mut builder = Self { look, table, width: None, columns };
        builder.measure(header.iter().copied());
        let cells: Vec<Cell> = header.iter().map(|text| builder.heading(text)).collect();
        builder.table.set_header(cells);
        builder
    }

    /// Wraps the texts of cells, so that the table has at most this width in columns; words are broken only
    /// where there is no other way. The first column has names, which are searched for and copied, and is not
    /// wrapped. The rows of Markdown are never wrapped.
    #[must_use]
    pub fn wrapped_at(mut self, width: u16) -> Self {
        self.width = Some(width).filter(|_| self.look != Look::Markdown);
        self.keep_whole(0);
        self
    }

    /// Never wraps the texts of a column.
    pub fn keep_whole(&mut self, column: usize) {
        self.columns[column].is_whole = true;
    }

    /// Limits each column but the first to a part of the width, in percent, if the table is wrapped.
    pub fn limit_columns(&mut self, percents: &[u16]) {
        for (column, percent) in self.columns.iter_mut().zip(percents).skip(1) {
            column.percent = Some(*percent);
        }
    }

    /// Notes how wide the texts of a row are.
    fn measure<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        for (column, text) in self.columns.iter_mut().zip(texts) {
            let words = text.split_whitespace().map(|word| word.chars().count());
            let words = words.filter(|length| *length <= LONGEST_WHOLE_WORD);
            column.word = column.word.max(words.max().unwrap_or(1));
            column.text = column.text.max(text.chars().count());
        }
    }

    /// Sets how wide columns are, if the table is wrapped.
    fn arrange(&mut self) {
        /// Spaces around each text.
        const SPACES: usize = 2;
        let Some(width) = self.width else { return };
        self.table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        let lines = self.columns.len() + 1;
        let room = usize::from(width).saturating_sub(lines + SPACES * self.columns.len());
        let widths = widths(&self.columns, room, width);
        for (position, known) in self.columns.iter().enumerate() {
            let Some(column) = self.table.column_mut(position) else { continue };
            let own = widths.as_ref().and_then(|all| u16::try_from(all[position] + SPACES).ok());
            match own {
                Some(own) => column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(own))),
                None if known.is_whole => column.set_constraint(ColumnConstraint::ContentWidth),
                None => continue,
            };
        }
    }

    fn heading(&self, text: &str) -> Cell {
        let cell = Cell::new(self.escaped(text));
        let is_coloured = self.look == (Look::Terminal { colour: true });
        if is_coloured { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    /// Adds a row of texts with their tones.
    pub fn row(&mut self, cells: Vec<(String, Tone)>) {
        let shown: Vec<String> = cells.iter().map(|(text, _)| self.escaped(text)).collect();
        self.measure(shown.iter().map(String::as_str));
        let cells: Vec<Cell> = cells
            .into_iter()
            .map(|(text, tone)| {
                if (tone, self.look) == (Tone::Code, Look::Markdown) {
                    return Cell::new(markdown_code(&text).replace('|', "\\|"));
                }
                let text = self.escaped(&text);
                match (tone, self.look) {
                    (Tone::Good, Look::Terminal { colour: true }) => {
                        Cell::new(text).fg(Color::Green)
                    }
                    (Tone::Doubtful, Look::Terminal { colour: true }) => {
                        Cell::new(text).fg(Color::Yellow)
                    }
                    (Tone::Bad, Look::Terminal { colour: true }) => Cell::new(text).fg(Color::Red),
                    (Tone::Bad, Look::Markdown) => Cell::new(format!("**{text}**")),
                    _ => Cell::new(text),
                }
            })
            .collect();
        self.table.add_row(cells);
    }

    /// Aligns columns to the right, for numbers.
    pub fn align_right(&mut self, columns: impl IntoIterator<Item = usize>) {
        for column in columns {
            if let Some(column) = self.table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }

    /// The table, with a newline at the end.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.arrange();
        self.table.trim_fmt() + "\n"
    }

    /// Replaces line breaks, which would end a row.
    fn escaped(&self, text: &str) -> String {
        let text = visible(text.trim_end_matches('\n'));
        if self.look == Look::Markdown { markdown(&text) } else { text.into_owned() }
    }
}

/// The widths of the texts of columns in a room, all in characters: at first as little as the words need,
/// then more where most lines are saved. `None` if there is no room for the words.
fn widths(columns: &[ColumnWidth], room: usize, table: u16) -> Option<Vec<usize>> {
    let least = |column: &ColumnWidth| match column.text {
        text if column.is_whole || text <= SHORT_TEXT => text,
        _ => column.word,
    };
    let most = |column: &ColumnWidth| {
        let share = column.percent.map(|percent| usize::from(table) * usize::from(percent) / 100);
        share
            .map_or(column.text, |share| share.clamp(least(column), column.text.max(least(column))))
    };
    let mut widths: Vec<usize> = columns.iter().map(least).collect();
    let rest = room.checked_sub(widths.iter().sum())?;
    for _ in 0..rest {
        let growing = (0..columns.len()).filter(|&it| widths[it] < most(&columns[it]));
        // How many lines the longest text takes, in thousandths.
        let Some(longest) = growing.max_by_key(|&it| columns[it].text * 1000 / widths[it].max(1))
        else {
            break;
        };
        widths[longest] += 1;
    }
    Some(widths)
}

/// The columns with which a table fits into a width in characters: without those of the highest rank, then
/// without those of the next one, and so on; those of rank 0 are always shown.
#[must_use]
pub fn fitting(
    mut shown: Vec<usize>,
    rank: impl Fn(usize) -> u8,
    width: Option<u16>,
    table: impl Fn(&[usize]) -> String,
) -> Vec<usize> {
    let Some(width) = width else { return shown };
    while let Some(highest @ 1..) = shown.iter().map(|&column| rank(column)).max()
        && !fits(&table(&shown), width)
    {
        shown.retain(|&column| rank(column) != highest);
    }
    shown
}

/// Whether no line of a text without colours is wider than this.
#[must_use]
pub fn fits(text: &str, width: u16) -> bool {
    text.lines().all(|line| line.chars().count() <= usize::from(width))
}

/// A text on one line of Markdown, escaped so that it is displayed literally, also in a cell of a
/// table.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let is_markup = match c {
            '\\' => next.is_ascii_punctuation(),
            '<' => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
            _ => matches!(c, '|' | '`' | '*' | '[' | ']'),
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Lines of arbitrary text, made safe for this kind of display.
#[must_use]
pub fn shown_lines(text: &str, look: Look) -> String {
    match look {
        Look::Terminal { .. } => visible_lines(text).into_owned(),
        Look::Markdown => text.split('\n').map(markdown).collect::<Vec<_>>().join("\n"),
    }
}

/// A text as code on one line of Markdown.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A text without highlighting.
pub fn plain(text: impl Into<String>) -> (String, Tone) {
    (text.into(), Tone::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_no_escapes_and_no_markup() {
        let hostile = "a|b `c` **d** <e> < 3 \\| \u{1b}[31m\r\n\u{202e}";
        for (look, expected) in [
            (Look::Terminal { colour: true }, "a|b `c` **d** <e> < 3 \\| \\u001b[31m\\r\\n\\u202e"),
            (
                Look::Markdown,
                "a\\|b \\`c\\` \\*\\*d\\*\\* \\<e> < 3 \\\\\\| \\u001b\\[31m\\r\\n\\u202e",
            ),
        ] {
            let mut table = TableBuilder::new(look, &["h"]);
            table.row(vec![plain(hostile)]);
            let text = table.finish();
            assert!(text.contains(expected), "{text}");
            assert!(!text.contains("\u{1b}[31m") && !text.contains('\r'), "{text:?}");
        }
    }

    #[test]
    fn room_goes_where_texts_are_long_and_words_stay_whole() {
        let column = |text, word| ColumnWidth { text, word, ..ColumnWidth::default() };
        let name = ColumnWidth { is_whole: true, ..column(12, 5) };
        let short = column(6, 6);
        assert_eq!(widths(&[name, short, column(90, 9)], 48, 58), Some(vec![12, 6, 30]));
        let both = [name, column(60, 10), column(60, 10)];
        assert_eq!(widths(&both, 52, 62), Some(vec![12, 20, 20]));
        let limited = ColumnWidth { percent: Some(20), ..column(60, 10) };
        assert_eq!(widths(&[name, limited, column(60, 10)], 52, 60), Some(vec![12, 12, 28]));
        assert_eq!(widths(&[name, column(60, 20)], 31, 40), None);
        // More room than there is text.
        assert_eq!(widths(&[name, short], 99, 120), Some(vec![12, 6]));
    }

    #[test]
    fn code_has_a_longer_fence_than_it_holds() {
        assert_eq!(markdown_code("a"), "`a`");
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(markdown_code("``"), "``` `` ```");
    }
}
