//! The `glomers` binary as users run it: real processes, real files, real signals.
//!
//! Every run is checked for invariants: no process is left, and written files can be read back.

mod bad_arguments;
mod bad_files;
mod busy_machine;
mod check;
mod check_foreign;
mod check_incomplete;
mod check_other_files;
mod crashing_nodes;
mod doctor;
mod escapes;
mod exports;
mod glomers;
mod good_runs;
mod http_server;
mod install;
mod languages;
mod learners;
mod leftovers;
mod limits;
mod lines;
mod maelstrom;
mod malformed_histories;
mod museum;
mod names;
mod odd_nodes;
mod peak_memory;
mod project_file;
mod readme;
mod reference_command_line;
mod repeats;
mod replay;
mod restarts;
mod shrink;
mod signals;
mod simulated;
mod simulated_programs;
mod sweep;
mod targets;
mod two_runs;
mod useless_flags;
