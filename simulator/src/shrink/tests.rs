//! The basis of shrinking, that a recorded scenario repeats the same run; and the results of
//! shrinking failures.

mod museum;
mod recorded;
