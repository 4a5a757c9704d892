//! The record of a run: operations and histories, their EDN form, and verdicts.
//!
//! The engine creates these types, the checkers judge them, and the results crate prints them;
//! these crates share nothing else.

mod cluster;
mod edn;
mod error_code;
mod function;
mod gaps;
mod history;
pub mod json;
mod json_history;
mod operation;
mod quantile;
mod shared;
mod traffic;
mod value;
mod verdict;
mod visible;

pub use cluster::Cluster;
pub use edn::lexer::{Lexer, Shape, StrToken, Token};
pub use edn::operation::OperationProblem;
pub use edn::print::{print_double, print_operation, print_operation_text, print_value};
pub use edn::problem::{Problem, SyntaxError, line_and_column};
pub use edn::read::{ReadError, read_value};
pub use edn::stream::{HistoryReader, read_history};
pub use error_code::ErrorCode;
pub use function::Function;
pub use history::{History, Mispaired};
pub use json_history::JsonHistoryReader;
pub use operation::{Detail, Kind, Operation, Process};
pub use quantile::quantile_index;
pub use shared::SharedElements;
pub use traffic::{Traffic, TrafficCount};
pub use value::{Incomparable, Value};
pub use verdict::{Judgement, Validity, Verdict};
pub use visible::{shortened, visible, visible_lines};
