//! The functions that read the time, for x86-64.

use super::{DATES, Function, MONOTONICS, clock_page_clock_gettime};
use crate::linux::clock::{FREE_READS, READ_NANOS};
use nix::libc;

/// Address of the page with the time in every program.
pub(crate) const ADDRESS: u64 = 0x6f00_0000_0000;
/// Bytes of a page.
pub(crate) const PAGE: u64 = 4096;

/// The functions of the vDSO that are replaced, and ours.
pub(crate) const FUNCTIONS: [(&str, Function); 5] = [
    ("__vdso_clock_gettime", clock_page_clock_gettime),
    ("__vdso_gettimeofday", clock_page_gettimeofday),
    ("__vdso_time", clock_page_time),
    ("__vdso_getcpu", clock_page_getcpu),
    ("__vdso_getrandom", clock_page_getrandom),
];

/// A jump to an address: `movabs rax, address; jmp rax`.
pub(crate) fn jump(address: u64) -> Vec<u8> {
    let mut code = vec![0x48, 0xb8];
    code.extend(address.to_le_bytes());
    code.extend([0xff, 0xe0]);
    code
}

// Arguments are in rdi and rsi; rax, rcx, rdx, rsi, rdi and r8 to r11 may be changed. The page holds
// the monotonic clock, the date, and the number of reads since the last wait.
std::arch::global_asm!(
    ".globl clock_page_clock_gettime",
    "clock_page_clock_gettime:",
    "movabs r8, {page}",
    "cmp edi, 11",
    "ja 9f",
    "mov ecx, edi",
    "mov eax, 1",
    "shl eax, cl",
    "test eax, {dates}",
    "jnz 1f",
    "test eax, {monotonics}",
    "jz 9f",
    "mov rax, [r8]",
    "jmp 2f",
    "1: mov rax, [r8 + 8]",
    "2: add qword ptr [r8 + 16], 1",
    "cmp qword ptr [r8 + 16], {free_reads}",
    "jb 3f",
    "add qword ptr [r8], {read_nanos}",
    "add qword ptr [r8 + 8], {read_nanos}",
    "3: xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "mov [rsi], rax",
    "mov [rsi + 8], rdx",
    "xor eax, eax",
    "ret",
    // Any other clock: the system call.
    "9: mov eax, {clock_gettime}",
    "syscall",
    "ret",
    ".globl clock_page_gettimeofday",
    "clock_page_gettimeofday:",
    "movabs r8, {page}",
    "test rdi, rdi",
    "jz 3f",
    "mov rax, [r8 + 8]",
    "add qword ptr [r8 + 16], 1",
    "cmp qword ptr [r8 + 16], {free_reads}",
    "jb 2f",
    "add qword ptr [r8], {read_nanos}",
    "add qword ptr [r8 + 8], {read_nanos}",
    "2: xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "mov [rdi], rax",
    "mov eax, edx",
    "xor edx, edx",
    "mov ecx, 1000",
    "div ecx",
    "mov [rdi + 8], rax",
    "3: xor eax, eax",
    "ret",
    ".globl clock_page_time",
    "clock_page_time:",
    "movabs r8, {page}",
    "mov rax, [r8 + 8]",
    "xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "test rdi, rdi",
    "jz 2f",
    "mov [rdi], rax",
    "2: ret",
    // There is one CPU, on one node of memory.
    ".globl clock_page_getcpu",
    "clock_page_getcpu:",
    "xor eax, eax",
    "test rdi, rdi",
    "jz 2f",
    "mov [rdi], eax",
    "2: test rsi, rsi",
    "jz 3f",
    "mov [rsi], eax",
    "3: ret",
    // Random numbers come from the system call.
    ".globl clock_page_getrandom",
    "clock_page_getrandom:",
    "mov rax, -{unknown_call}",
    "ret",
    // `std::random_device` of C++: four random bytes from the system call.
    ".globl clock_page_random_device",
    "clock_page_random_device:",
    "sub rsp, 24",
    "mov rdi, rsp",
    "mov esi, 4",
    "xor edx, edx",
    "mov eax, {getrandom}",
    "syscall",
    "mov eax, [rsp]",
    "add rsp, 24",
    "ret",
    ".globl clock_page_end",
    "clock_page_end:",
    page = const ADDRESS,
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
    fn clock_page_time();
    fn clock_page_getcpu();
    fn clock_page_getrandom();
}
