//! The functions that read the time, for arm64.

use super::{DATES, Function, MONOTONICS, clock_page_clock_gettime};
use crate::linux::clock::{FREE_READS, READ_NANOS};
use nix::libc;

/// Address of the page with the time in every program: where also systems with 39-bit addresses have
/// nothing.
pub(crate) const ADDRESS: u64 = ADDRESS_HIGH << 32;
/// The upper half of the address; the lower one is 0.
const ADDRESS_HIGH: u64 = 0x30;
/// Bytes of a page. Systems with smaller pages map several.
pub(crate) const PAGE: u64 = 65_536;

/// The functions of the vDSO that are replaced, and ours.
pub(crate) const FUNCTIONS: [(&str, Function); 3] = [
    ("__kernel_clock_gettime", clock_page_clock_gettime),
    ("__kernel_gettimeofday", clock_page_gettimeofday),
    ("__kernel_getrandom", clock_page_getrandom),
];

/// A jump to an address: `bti c; ldr x16, address; br x16`, and the address. The first instruction is
/// needed where the kernel allows calls only to such.
pub(crate) fn jump(address: u64) -> Vec<u8> {
    const CODE: [u32; 3] = [0xd503_245f, 0x5800_0050, 0xd61f_0200];
    let mut code: Vec<u8> = CODE.iter().flat_map(|instruction| instruction.to_le_bytes()).collect();
    code.extend(address.to_le_bytes());
    code
}

// Arguments are in x0 and x1; x0 to x17 may be changed. The page holds the monotonic clock, the date,
// and the number of reads since the last wait.
std::arch::global_asm!(
    ".globl clock_page_clock_gettime",
    "clock_page_clock_gettime:",
    "movz x9, {page_high}, lsl 32",
    "cmp w0, 11",
    "b.hi 9f",
    "mov w10, 1",
    "lsl w10, w10, w0",
    "mov w11, {dates}",
    "tst w10, w11",
    "b.ne 1f",
    "mov w11, {monotonics}",
    "tst w10, w11",
    "b.eq 9f",
    "ldr x12, [x9]",
    "b 2f",
    "1: ldr x12, [x9, 8]",
    "2: ldr x13, [x9, 16]",
    "add x13, x13, 1",
    "str x13, [x9, 16]",
    "cmp x13, {free_reads}",
    "b.lo 3f",
    "ldp x13, x14, [x9]",
    "add x13, x13, {read_nanos}",
    "add x14, x14, {read_nanos}",
    "stp x13, x14, [x9]",
    // 1,000,000,000
    "3: movz w13, 0xca00",
    "movk w13, 0x3b9a, lsl 16",
    "udiv x14, x12, x13",
    "msub x15, x14, x13, x12",
    "stp x14, x15, [x1]",
    "mov w0, 0",
    "ret",
    // Any other clock: the system call.
    "9: mov x8, {clock_gettime}",
    "svc 0",
    "ret",
    ".globl clock_page_gettimeofday",
    "clock_page_gettimeofday:",
    "movz x9, {page_high}, lsl 32",
    "cbz x0, 3f",
    "ldr x12, [x9, 8]",
    "ldr x13, [x9, 16]",
    "add x13, x13, 1",
    "str x13, [x9, 16]",
    "cmp x13, {free_reads}",
    "b.lo 2f",
    "ldp x13, x14, [x9]",
    "add x13, x13, {read_nanos}",
    "add x14, x14, {read_nanos}",
    "stp x13, x14, [x9]",
    "2: movz w13, 0xca00",
    "movk w13, 0x3b9a, lsl 16",
    "udiv x14, x12, x13",
    "msub x15, x14, x13, x12",
    "mov w13, 1000",
    "udiv x15, x15, x13",
    "stp x14, x15, [x0]",
    "3: mov w0, 0",
    "ret",
    // Random numbers come from the system call.
    ".globl clock_page_getrandom",
    "clock_page_getrandom:",
    "mov x0, -{unknown_call}",
    "ret",
    // `std::random_device` of C++: four random bytes from the system call.
    ".globl clock_page_random_device",
    "clock_page_random_device:",
    "sub sp, sp, 16",
    "mov x0, sp",
    "mov x1, 4",
    "mov x2, 0",
    "mov x8, {getrandom}",
    "svc 0",
    "ldr w0, [sp]",
    "add sp, sp, 16",
    "ret",
    ".globl clock_page_end",
    "clock_page_end:",
    page_high = const ADDRESS_HIGH,
    dates = const DATES,
    monotonics = const MONOTONICS,
    free_reads = const FREE_READS,
    read_nanos = const READ_NANOS,
    clock_gettime = const libc::SYS_clock_gettime,
    unknown_call = const libc::ENOSYS,
    getrandom = const libc::SYS_getrandom,
);

// SAFETY: these are symbols of the assembly above; only their addresses are used.
unsafe extern "C" {
    fn clock_page_gettimeofday();
    fn clock_page_getrandom();
}
