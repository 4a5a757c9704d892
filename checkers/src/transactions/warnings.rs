//! What is doubtful in a history of transactions, and does not affect the verdict.

mod stray_reads;
mod unread;
