//! What shrinking stands on, a run that is written down as a scenario is the same run again; and
//! what it leaves of failures.

mod museum;
mod recorded;
