//! Waiting for a word in memory, and waking up its waiters (futex).

use super::clocks::read_timespec;
use crate::linux::call::{Answer, FutexKey, Wait, error};
use crate::linux::clock::{Clock, ClockKind};
use crate::linux::kernel::Kernel;
use crate::linux::mappings;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc;

/// All bits of a wake-up call.
const ANY: u32 = u32::MAX;
/// The part of the operation that is not an option.
const OPERATION: i32 = 0x7f;

pub(super) fn futex(
    kernel: &mut Kernel,
    thread: i32,
    &[address, operation, value, timeout_or_most, second, third]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let is_private = operation as i32 & libc::FUTEX_PRIVATE_FLAG != 0;
    let key = |kernel: &Kernel, address| key(kernel, thread, address, is_private);
    let (value, third) = (value as u32, third as u32);
    let memory = Memory { thread };
    let count = |number: usize| Answer::Return(number as i64);
    match operation as i32 & OPERATION {
        wait @ (libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET) => {
            if memory.u32(address)? != value {
                return Ok(Answer::Return(error(libc::EAGAIN)));
            }
            let until = if timeout_or_most == 0 {
                None
            } else {
                let time = read_timespec(memory, timeout_or_most)?;
                Some(if wait == libc::FUTEX_WAIT {
                    kernel.clock.after(time)
                } else if operation as i32 & libc::FUTEX_CLOCK_REALTIME != 0 {
                    Clock::when(ClockKind::Date, time)
                } else {
                    Clock::when(ClockKind::Monotonic, time)
                })
            };
            if until.is_some_and(|until| until <= kernel.clock.now()) {
                return Ok(Answer::Return(error(libc::ETIMEDOUT)));
            }
            let bits = if wait == libc::FUTEX_WAIT { ANY } else { third };
            Ok(Answer::Wait(Wait::Futex { key: key(kernel, address), bits }, until))
        }
        wake @ (libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET) => {
            let bits = if wake == libc::FUTEX_WAKE { ANY } else { third };
            let key = key(kernel, address);
            Ok(count(kernel.threads.wake_futex(key, bits, most(value))))
        }
        requeue @ (libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE) => {
            if requeue == libc::FUTEX_CMP_REQUEUE && memory.u32(address)? != third {
                return Ok(Answer::Return(error(libc::EAGAIN)));
            }
            let (from, to) = (key(kernel, address), key(kernel, second));
            let woken = kernel.threads.wake_futex(from, ANY, most(value));
            let moved = kernel.threads.requeue_futex(from, to, most(timeout_or_most as u32));
            Ok(count(woken + moved))
        }
        libc::FUTEX_WAKE_OP => {
            let word = memory.u32(second)? as i32;
            let operation = WakeOperation::of(third);
            memory.write(second, &operation.apply(word).to_ne_bytes())?;
            let (first, second) = (key(kernel, address), key(kernel, second));
            let mut woken = kernel.threads.wake_futex(first, ANY, most(value));
            if operation.holds(word) {
                let most = most(timeout_or_most as u32);
                woken += kernel.threads.wake_futex(second, ANY, most);
            }
            Ok(count(woken))
        }
        // Priority inheritance: C libraries know kernels without it.
        _ => Ok(Answer::Return(error(libc::ENOSYS))),
    }
}

fn most(value: u32) -> usize {
    value.min(i32::MAX as u32) as usize
}

/// The word at an address. One in a shared mapping is the same word for several processes.
pub(super) fn key(kernel: &Kernel, thread: i32, address: u64, is_private: bool) -> FutexKey {
    let process = kernel.process_of(thread);
    let private = FutexKey::Private { process, address };
    if is_private || kernel.processes.len() < 2 {
        return private;
    }
    mappings::shared_file(process, address)
        .map_or(private, |(file, offset)| FutexKey::Shared { file, offset })
}

/// The encoded operation of `FUTEX_WAKE_OP` on the second word.
struct WakeOperation {
    operation: u32,
    argument: i32,
    comparison: u32,
    compared: i32,
}

impl WakeOperation {
    fn of(encoded: u32) -> Self {
        /// Its argument is the number of a bit.
        const SHIFT: u32 = 8;
        let twelve_bits = |from: u32| ((encoded << (20 - from)) as i32) >> 20;
        let operation = encoded >> 28;
        let argument = twelve_bits(12);
        let argument =
            if operation & SHIFT == 0 { argument } else { 1_i32.wrapping_shl(argument as u32) };
        Self {
            operation: operation & !SHIFT,
            argument,
            comparison: encoded >> 24 & 0xf,
            compared: twelve_bits(0),
        }
    }

    fn apply(&self, word: i32) -> i32 {
        let argument = self.argument;
        match self.operation as i32 {
            libc::FUTEX_OP_SET => argument,
            libc::FUTEX_OP_ADD => word.wrapping_add(argument),
            libc::FUTEX_OP_OR => word | argument,
            libc::FUTEX_OP_ANDN => word & !argument,
            _ => word ^ argument,
        }
    }

    fn holds(&self, word: i32) -> bool {
        match self.comparison as i32 {
            libc::FUTEX_OP_CMP_EQ => word == self.compared,
            libc::FUTEX_OP_CMP_NE => word != self.compared,
            libc::FUTEX_OP_CMP_LT => word < self.compared,
            libc::FUTEX_OP_CMP_LE => word <= self.compared,
            libc::FUTEX_OP_CMP_GT => word > self.compared,
            _ => word >= self.compared,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_operation_is_decoded_as_the_kernel_does() {
        // What glibc used to signal a condition: set the word to 0, wake if it was more than 1.
        let signal = WakeOperation::of(4 << 24 | 1);
        assert_eq!((signal.apply(7), signal.holds(1), signal.holds(2)), (0, false, true));
        let add = WakeOperation::of(1 << 28 | 0xfff << 12 | 5 << 24 | 0xffe);
        assert_eq!((add.apply(7), add.holds(-2), add.holds(-3)), (6, true, false));
        let set_bit = WakeOperation::of((8 | 2) << 28 | 3 << 12);
        assert_eq!(set_bit.apply(1), 9);
    }
}
