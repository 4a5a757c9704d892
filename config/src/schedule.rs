//! The order of the threads of a simulated program.

use crate::named::named;

named! {
    /// Which of several threads of a program that can run is next, in virtual time.
    ThreadSchedule {
        /// The one that has been able to run for the longest time.
        Fifo = "fifo",
        /// Any, drawn from the seed; and a thread may lose its turn at any system call.
        Random = "random",
    }
}
