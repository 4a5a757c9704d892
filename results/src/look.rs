//! The look of tables: one builder for the terminal and for Markdown.

use comfy_table::presets::{ASCII_MARKDOWN, UTF8_FULL_CONDENSED};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};

/// Where a table will be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// In a terminal, with boxes; colour is the caller's choice.
    Terminal {
        /// Whether to use colour.
        colour: bool,
    },
    /// In a Markdown file.
    Markdown,
}

/// What a cell says of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Bad,
}

/// A table being built.
pub(crate) struct TableBuilder {
    look: Look,
    table: Table,
}

impl TableBuilder {
    pub(crate) fn new(look: Look, header: &[&str]) -> Self {
        let mut table = Table::new();
        table.set_content_arrangement(ContentArrangement::Disabled).force_no_tty();
        match look {
            Look::Markdown => table.load_style(ASCII_MARKDOWN),
            Look::Terminal { .. } => table.load_style(UTF8_FULL_CONDENSED),
        };
        if look == (Look::Terminal { colour: true }) {
            table.enforce_styling();
        }
        let mut builder = Self { look, table };
        let cells: Vec<Cell> = header.iter().map(|text| builder.heading(text)).collect();
        builder.table.set_header(cells);
        builder
    }

    fn heading(&self, text: &str) -> Cell {
        let cell = Cell::new(self.escaped(text));
        let is_coloured = self.look == (Look::Terminal { colour: true });
        if is_coloured { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    /// Adds a row of texts with their tones. Markdown has no colour, so bad ones are bold there.
    pub(crate) fn row(&mut self, cells: Vec<(String, Tone)>) {
        let cells: Vec<Cell> = cells
            .into_iter()
            .map(|(text, tone)| {
                let text = self.escaped(&text);
                match (tone, self.look) {
                    (Tone::Good, Look::Terminal { colour: true }) => {
                        Cell::new(text).fg(Color::Green)
                    }
                    (Tone::Bad, Look::Terminal { colour: true }) => Cell::new(text).fg(Color::Red),
                    (Tone::Bad, Look::Markdown) => Cell::new(format!("**{text}**")),
                    _ => Cell::new(text),
                }
            })
            .collect();
        self.table.add_row(cells);
    }

    /// Aligns columns right: numbers.
    pub(crate) fn align_right(&mut self, columns: impl IntoIterator<Item = usize>) {
        for column in columns {
            if let Some(column) = self.table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }

    /// The table, with a newline at the end.
    pub(crate) fn finish(self) -> String {
        self.table.trim_fmt() + "\n"
    }

    /// A bar would end a Markdown cell; a line break would end any row.
    fn escaped(&self, text: &str) -> String {
        let text = text.replace(['\n', '\r'], " ");
        if self.look == Look::Markdown { text.replace('|', "\\|") } else { text }
    }
}

/// A text without a tone.
pub(crate) fn plain(text: impl Into<String>) -> (String, Tone) {
    (text.into(), Tone::Plain)
}
