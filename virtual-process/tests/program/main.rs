//! A program that does one of the things that need virtual time, named by its first argument. It is
//! compiled by the tests, with and without a dynamic linker, and has only the standard library.

use std::collections::HashMap;
use std::io::{BufRead as _, Read as _, Write as _};
use std::process::{Command, exit};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

const MS: Duration = Duration::from_millis(1);

/// Numbers of system calls.
#[cfg(target_arch = "x86_64")]
mod number {
    pub const CLOCK_GETTIME: i64 = 228;
    pub const EXIT: i64 = 60;
    pub const GETPID: i64 = 39;
    pub const GETSID: i64 = 124;
    pub const GETTID: i64 = 186;
    /// `getpgrp`.
    pub const GROUP: i64 = 111;
    pub const PRCTL: i64 = 157;
}

/// Numbers of system calls.
#[cfg(target_arch = "aarch64")]
mod number {
    pub const CLOCK_GETTIME: i64 = 113;
    pub const EXIT: i64 = 93;
    pub const GETPID: i64 = 172;
    pub const GETSID: i64 = 156;
    pub const GETTID: i64 = 178;
    /// `getpgid`.
    pub const GROUP: i64 = 155;
    pub const PRCTL: i64 = 167;
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "echo" => echo(),
        "clocks" => clocks(),
        "counter" => counter(),
        "threads" => threads(),
        "condition" => condition(),
        "channel" => channel(),
        "poll" => poll_with_timeout(),
        "select" => select_with_timeout(),
        "epoll" => epoll_and_timerfd(),
        "alarm" => alarm(),
        "signals" => signals(),
        "restart" => restart(),
        "select-rest" => select_rest(),
        "groups" => groups(),
        "suspend" => suspend(),
        "children" => children(),
        "child" => exit(args[2].parse().unwrap()),
        "orphan" => orphan(),
        "random" => random(),
        "identity" => identity(),
        "files" => files(),
        "shown-files" => shown_files(),
        "relative" => relative(),
        "huge-file" => println!("{}", std::fs::File::open("/proc/self/pagemap").is_ok()),
        "sender" => sender(),
        "spin" => spin(),
        "yield" => yields(),
        "busy-poll" => busy_poll(),
        "busy-select" => busy_select(),
        "compute" => compute(),
        "flood" => flood(),
        "long-line" => println!("{}", "x".repeat(3_000_000)),
        "memory" => memory(),
        "file" => file(),
        "network" => network(),
        "panic" => panic!("on purpose"),
        "abort" => std::process::abort(),
        "exit" => exit(args[2].parse().unwrap()),
        "exit-in-thread" => exit_in_thread(),
        "first-thread-ends" => first_thread_ends(),
        "stop-itself" => stop_itself(),
        "exec" => exec(),
        "close-stdout" => close_stdout(),
        "many-threads" => many_threads(),
        "race" => race(),
        "mixed" => mixed(args[2].parse().unwrap()),
        other => panic!("{other} is nothing that this program does"),
    }
}

fn echo() {
    for line in std::io::stdin().lock().lines() {
        println!("read {}", line.unwrap());
    }
    println!("end of input");
}

fn clocks() {
    let (start, date) = (Instant::now(), SystemTime::now());
    println!("{}", date.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis());
    thread::sleep(1500 * MS);
    println!("{:?} {:?}", start.elapsed(), date.elapsed().unwrap());
    // Without the C library's fast path.
    let mut time = [0_i64; 2];
    unsafe { syscall(number::CLOCK_GETTIME, 0, time.as_mut_ptr() as usize) };
    println!("{time:?}");
}

fn counter() {
    #[cfg(target_arch = "x86_64")]
    let read = || unsafe { std::arch::x86_64::_rdtsc() };
    #[cfg(target_arch = "aarch64")]
    let read = || {
        let count: u64;
        let per_second: u64;
        unsafe {
            std::arch::asm!("mrs {}, cntvct_el0", out(reg) count);
            std::arch::asm!("mrs {}, cntfrq_el0", out(reg) per_second);
        }
        (u128::from(count) * 1_000_000_000 / u128::from(per_second)) as u64
    };
    let first = read();
    thread::sleep(MS);
    println!("{}", read() - first);
}

fn threads() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let started: Vec<_> = (0..5)
        .map(|number| {
            let lines = Arc::clone(&lines);
            thread::spawn(move || {
                for round in 0..3 {
                    thread::sleep(MS * (10 * (5 - number) + round));
                    lines.lock().unwrap().push((number, round));
                }
            })
        })
        .collect();
    started.into_iter().for_each(|thread| thread.join().unwrap());
    println!("{:?}", lines.lock().unwrap());
}

fn condition() {
    let pair = Arc::new((Mutex::new(0), Condvar::new()));
    let other = Arc::clone(&pair);
    let start = Instant::now();
    thread::spawn(move || {
        for round in 1..=3 {
            thread::sleep(100 * MS);
            *other.0.lock().unwrap() = round;
            other.1.notify_all();
        }
    });
    let mut value = pair.0.lock().unwrap();
    while *value < 3 {
        let timeout;
        (value, timeout) = {
            let (guard, timeout) = pair.1.wait_timeout(value, 30 * MS).unwrap();
            (guard, timeout.timed_out())
        };
        println!("{} {timeout} {:?}", *value, start.elapsed());
    }
}

fn channel() {
    let (sender, receiver) = mpsc::channel();
    let barrier = Arc::new(Barrier::new(4));
    for number in 0..4 {
        let (sender, barrier) = (sender.clone(), Arc::clone(&barrier));
        thread::spawn(move || {
            barrier.wait();
            for round in 0..3 {
                sender.send(number * 10 + round).unwrap();
            }
        });
    }
    drop(sender);
    println!("{:?}", receiver.iter().collect::<Vec<u32>>());
    println!("{:?}", mpsc::channel::<()>().1.recv_timeout(5 * MS).is_err());
}

#[repr(C)]
#[derive(Clone, Copy)]
struct PollFd {
    fd: i32,
    events: i16,
    revents: i16,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Pair(i64, i64);

unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
    fn poll(entries: *mut PollFd, count: u64, millis: i32) -> i32;
    fn select(count: i32, r: *mut u64, w: *mut u64, e: *mut u64, timeout: *mut Pair) -> i32;
    fn epoll_create1(flags: i32) -> i32;
    fn epoll_ctl(epoll: i32, operation: i32, fd: i32, event: *const u8) -> i32;
    fn epoll_wait(epoll: i32, events: *mut u8, most: i32, millis: i32) -> i32;
    fn timerfd_create(clock: i32, flags: i32) -> i32;
    fn timerfd_settime(fd: i32, flags: i32, new: *const [Pair; 2], old: *mut [Pair; 2]) -> i32;
    fn read(fd: i32, buffer: *mut u8, count: usize) -> isize;
    #[link_name = "signal"]
    fn set_handler(signal: i32, handler: usize) -> usize;
    #[link_name = "alarm"]
    fn set_alarm(seconds: u32) -> u32;
    fn raise(signal: i32) -> i32;
    fn kill(process: i32, signal: i32) -> i32;
    fn getpid() -> i32;
    fn getppid() -> i32;
    fn fork() -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn pause() -> i32;
    fn sigwaitinfo(set: *const [u64; 16], info: *mut [i32; 32]) -> i32;
    fn sigsuspend(mask: *const [u64; 16]) -> i32;
    fn sigprocmask(how: i32, mask: *const [u64; 16], old: *mut [u64; 16]) -> i32;
    fn usleep(micros: u32) -> i32;
    fn close(fd: i32) -> i32;
    fn sched_yield() -> i32;
}

fn poll_with_timeout() {
    let start = Instant::now();
    loop {
        let mut entry = PollFd { fd: 0, events: 1, revents: 0 };
        let ready = unsafe { poll(&raw mut entry, 1, 250) };
        println!("{ready} {} {:?}", entry.revents, start.elapsed());
        if ready > 0 {
            let mut line = String::new();
            if std::io::stdin().read_line(&mut line).unwrap() == 0 {
                return;
            }
            println!("read {}", line.trim());
        }
    }
}

fn select_with_timeout() {
    let start = Instant::now();
    for _ in 0..3 {
        let (mut set, mut timeout) = (1_u64, Pair(0, 40_000));
        let none = std::ptr::null_mut();
        let ready = unsafe { select(1, &raw mut set, none, none, &raw mut timeout) };
        println!("{ready} {set} {:?}", start.elapsed());
        if set == 1 {
            let mut byte = [0];
            std::io::stdin().read_exact(&mut byte).unwrap();
        }
    }
}

fn epoll_and_timerfd() {
    let start = Instant::now();
    unsafe {
        let (epoll, timer) = (epoll_create1(0), timerfd_create(1, 0));
        let mut event = [0_u8; 12];
        event[0] = 1;
        epoll_ctl(epoll, 1, timer, event.as_ptr());
        let times = [Pair(0, 30_000_000), Pair(0, 100_000_000)];
        timerfd_settime(timer, 0, &raw const times, std::ptr::null_mut());
        for _ in 0..4 {
            let ready = epoll_wait(epoll, event.as_mut_ptr(), 1, 50);
            let mut count = 0_u64;
            if ready > 0 {
                read(timer, (&raw mut count).cast(), 8);
            }
            println!("{ready} {count} {:?}", start.elapsed());
        }
        thread::sleep(100 * MS);
        let mut count = 0_u64;
        read(timer, (&raw mut count).cast(), 8);
        println!("{count} {:?}", start.elapsed());
    }
}

static SIGNALS: AtomicU32 = AtomicU32::new(0);

extern "C" fn count_signal(signal: i32) {
    SIGNALS.fetch_add(signal as u32, Ordering::Relaxed);
}

const SIGUSR1: i32 = 10;
const SIGALRM: i32 = 14;
const SIGCHLD: i32 = 17;

fn handle(signal: i32) {
    let handler: extern "C" fn(i32) = count_signal;
    unsafe { set_handler(signal, handler as usize) };
}

fn counted() -> u32 {
    SIGNALS.swap(0, Ordering::Relaxed)
}

fn alarm() {
    handle(SIGALRM);
    let start = Instant::now();
    unsafe {
        set_alarm(2);
        println!("{} {} {:?}", pause(), counted(), start.elapsed());
        set_alarm(1);
        println!("{}", set_alarm(0));
        set_alarm(1);
        // An interrupted sleep returns early.
        println!("{} {} {:?}", usleep(5_000_000), counted(), start.elapsed());
    }
}

fn signals() {
    handle(SIGUSR1);
    unsafe {
        println!("{} {}", raise(SIGUSR1), counted());
        println!("{} {}", kill(getpid(), SIGUSR1), counted());
        println!("{} {}", kill(999_999, SIGUSR1), counted());
        println!("{}", kill(getpid(), 0));
        let sleeper = thread::spawn(|| {
            let start = Instant::now();
            thread::sleep(Duration::from_secs(3));
            start.elapsed()
        });
        thread::sleep(MS);
        kill(getpid(), SIGUSR1);
        println!("{:?} {}", sleeper.join().unwrap(), counted());
    }
}

/// A handler that `signal` installs lets calls be made again (`SA_RESTART`).
fn restart() {
    handle(SIGALRM);
    handle(SIGCHLD);
    let start = Instant::now();
    unsafe {
        set_alarm(1);
        let mut byte = [0];
        println!("{} {} {:?}", read(0, byte.as_mut_ptr(), 1), counted(), start.elapsed());
        set_alarm(1);
        let child = fork();
        if child == 0 {
            usleep(1_500_000);
            usleep(500_000);
            exit(9);
        }
        let mut status = 0;
        let is_child = waitpid(child, &raw mut status, 0) == child;
        println!("{is_child} {} {} {:?}", status >> 8, counted(), start.elapsed());
    }
}

/// The part of a timeout that is left says nothing about real time.
fn select_rest() {
    let (mut set, mut timeout) = (1_u64, Pair(0, 30_000));
    let none = std::ptr::null_mut();
    let ready = unsafe { select(1, &raw mut set, none, none, &raw mut timeout) };
    println!("{ready} {} {}", timeout.0, timeout.1);
}

fn groups() {
    unsafe {
        println!("{} {}", syscall(number::GROUP, 0), syscall(number::GETSID, 0));
        // Would end the control of the process.
        println!("{}", syscall(number::PRCTL, 4, 0));
    }
    println!("{}", thread::spawn(|| 7).join().unwrap());
}

fn suspend() {
    handle(SIGALRM);
    let start = Instant::now();
    unsafe {
        let mut blocked = [0_u64; 16];
        blocked[0] = 1 << (SIGALRM - 1);
        sigprocmask(0, &raw const blocked, std::ptr::null_mut());
        set_alarm(1);
        thread::sleep(2 * Duration::from_secs(1));
        println!("{}", counted());
        let open = [0_u64; 16];
        println!("{} {} {:?}", sigsuspend(&raw const open), counted(), start.elapsed());
        set_alarm(1);
        println!("{} {} {:?}", sigsuspend(&raw const open), counted(), start.elapsed());
    }
}

fn children() {
    handle(SIGCHLD);
    let own = std::env::current_exe().unwrap();
    let start = Instant::now();
    let status = Command::new(&own).args(["child", "7"]).status().unwrap();
    println!("{status} {}", counted());
    let output = Command::new("sh").args(["-c", "sleep 2; echo $PPID $$"]).output().unwrap();
    println!("{} {:?}", String::from_utf8_lossy(&output.stdout).trim(), start.elapsed());
    unsafe {
        let child = fork();
        if child == 0 {
            thread::sleep(50 * MS);
            println!("child {} of {}", getpid(), getppid());
            exit(3);
        }
        let mut status = 0;
        let polled = waitpid(child, &raw mut status, 1);
        let waited = waitpid(-1, &raw mut status, 0);
        println!("{child} {polled} {waited} {} {:?}", status >> 8, start.elapsed());
        println!("{}", waitpid(-1, &raw mut status, 0));
        let killed = fork();
        if killed == 0 {
            thread::sleep(Duration::from_secs(1000));
        }
        kill(killed, 9);
        println!("{} {}", waitpid(killed, &raw mut status, 0) == killed, status & 0x7f);
    }
}

fn orphan() {
    if unsafe { fork() } == 0 {
        thread::sleep(Duration::from_secs(1000));
    }
    println!("the first process ends");
}

fn random() {
    let mut bytes = [0_u8; 8];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    println!("{bytes:?}");
    let map: HashMap<u32, ()> = (0..20).map(|key| (key, ())).collect();
    println!("{:?}", map.keys().collect::<Vec<_>>());
    let on_heap = Box::new(1);
    println!("{:p} {:p}", &raw const *on_heap, &raw const bytes);
    println!("{}", std::fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim());
}

fn identity() {
    println!("{} {}", std::process::id(), std::os::unix::process::parent_id());
    println!("{}", thread::available_parallelism().unwrap());
    let thread = thread::spawn(|| unsafe { syscall(number::GETTID) });
    println!("{}", thread.join().unwrap());
    println!("{}", std::fs::read_to_string("/proc/self/stat").unwrap().split(' ').next().unwrap());
    println!("{}", std::fs::read_to_string("/proc/uptime").unwrap().trim());
}

fn files() {
    std::fs::write("note", "kept").unwrap();
    println!("{}", std::fs::read_to_string("note").unwrap());
    let names = std::fs::read_dir(".").unwrap().map(|entry| entry.unwrap().file_name());
    println!("{:?}", names.collect::<Vec<_>>());
    eprintln!("logged");
}

/// Reads a file that is shown instead of the kernel's, many times.
fn shown_files() {
    for _ in 0..100 {
        assert!(!std::fs::read_to_string("/proc/uptime").unwrap().is_empty());
    }
    println!("read");
}

/// Files that are shown instead of the kernel's, by paths that do not begin at the root.
fn relative() {
    std::env::set_current_dir("/proc/self").unwrap();
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    println!("{}", read("../uptime").trim());
    println!("{}", read("stat").split(' ').next().unwrap());
    std::env::set_current_dir("/proc").unwrap();
    println!("{}", read("./loadavg").trim());
}

/// Waits for the signal that a child has ended.
fn sender() {
    let mut set = [0_u64; 16];
    set[0] = 1 << (SIGCHLD - 1);
    unsafe { sigprocmask(0, &raw const set, std::ptr::null_mut()) };
    let own = std::env::current_exe().unwrap();
    let mut child = Command::new(&own).args(["child", "7"]).spawn().unwrap();
    let mut info = [0_i32; 32];
    let signal = unsafe { sigwaitinfo(&raw const set, &raw mut info) };
    // The sender's number follows three integers and padding.
    println!("{} {}", signal == SIGCHLD, info[4] == child.id() as i32);
    println!("{}", child.wait().unwrap());
}

fn spin() {
    let start = Instant::now();
    while start.elapsed() < 5 * MS {
        std::hint::spin_loop();
    }
    println!("spun for at least 5 ms: {}", start.elapsed() >= 5 * MS);
}

fn yields() {
    let flag = Arc::new(AtomicU32::new(0));
    let other = Arc::clone(&flag);
    thread::spawn(move || {
        thread::sleep(3 * MS);
        other.store(1, Ordering::SeqCst);
    });
    let start = Instant::now();
    while flag.load(Ordering::SeqCst) == 0 {
        unsafe { sched_yield() };
    }
    println!("{}", start.elapsed() >= 3 * MS);
}

/// Asks without waiting until there is input.
fn busy_select() {
    let mut asked = 0_u64;
    loop {
        let (mut read, mut zero) = ([1_u64; 16], Pair(0, 0));
        let none = std::ptr::null_mut();
        let ready = unsafe { select(1, read.as_mut_ptr(), none, none, &raw mut zero) };
        if ready != 0 {
            break;
        }
        asked += 1;
    }
    println!("asked often: {}", asked > 1000);
}

/// Polls without waiting until another thread has done something.
fn busy_poll() {
    let flag = Arc::new(AtomicU32::new(0));
    let other = Arc::clone(&flag);
    thread::spawn(move || {
        thread::sleep(20 * MS);
        other.store(1, Ordering::SeqCst);
    });
    while flag.load(Ordering::SeqCst) == 0 {
        let mut entry = PollFd { fd: 0, events: 1, revents: 0 };
        unsafe { poll(&raw mut entry, 1, 0) };
    }
    println!("the other thread was not kept from running");
}

fn compute() {
    let mut value = 1_u64;
    for step in 0..2_000_000_000_u64 {
        value = std::hint::black_box(value.wrapping_mul(6_364_136_223_846_793_005) ^ step);
    }
    println!("computed {}", value & 1);
}

fn flood() {
    let mut out = std::io::stdout().lock();
    for number in 0..200_000 {
        writeln!(out, "line {number}").unwrap();
    }
}

/// Uses more and more memory.
fn memory() {
    let mut all = Vec::new();
    for _ in 0..1000 {
        all.push(vec![1_u8; 1 << 20]);
        thread::sleep(MS);
        // So that it is written to.
        let last: &mut Vec<u8> = all.last_mut().unwrap();
        last.iter_mut().step_by(4096).for_each(|byte| *byte = 2);
        for _ in 0..20 {
            std::hint::black_box(SystemTime::now());
            unsafe { syscall(number::GETPID) };
        }
    }
    println!("{}", all.len());
}

/// Writes a file without end.
fn file() {
    let mut file = std::fs::File::create("large").unwrap();
    while file.write_all(&[0; 1 << 16]).is_ok() {}
    println!("an error");
}

fn network() {
    match std::net::TcpListener::bind("127.0.0.1:0") {
        Ok(_) => println!("bound"),
        Err(error) => println!("{error}"),
    }
}

fn exit_in_thread() {
    thread::spawn(|| exit(5));
    thread::sleep(Duration::from_secs(1000));
}

fn first_thread_ends() {
    thread::spawn(|| {
        thread::sleep(100 * MS);
        println!("the last thread");
        exit(4);
    });
    // The `exit` of a single thread.
    unsafe { syscall(number::EXIT, 0) };
}

fn stop_itself() {
    println!("before");
    unsafe { raise(19) };
    println!("after");
}

fn exec() {
    use std::os::unix::process::CommandExt as _;
    let thread = thread::spawn(|| {
        let own = std::env::current_exe().unwrap();
        panic!("{}", Command::new(own).arg("clocks").exec())
    });
    let _ = thread.join();
}

fn close_stdout() {
    println!("last words");
    unsafe { close(1) };
    thread::sleep(Duration::from_secs(10));
}

fn many_threads() {
    let threads: Vec<_> =
        (0..1000).map(|_| thread::spawn(|| thread::sleep(Duration::from_secs(1)))).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    println!("joined");
}

/// Two threads add to a number without a lock, each in two steps with a system call between.
fn race() {
    let number = Arc::new(AtomicU32::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let number = Arc::clone(&number);
            thread::spawn(move || {
                for _ in 0..20 {
                    let read = number.load(Ordering::SeqCst);
                    unsafe { sched_yield() };
                    number.store(read + 1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    println!("{}", number.load(Ordering::SeqCst));
}

/// Several threads do what a seed chooses.
fn mixed(seed: u64) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let start = Instant::now();
    let threads: Vec<_> = (0..1 + seed % 4)
        .map(|number| {
            let lines = Arc::clone(&lines);
            let mut state = seed.wrapping_mul(31).wrapping_add(number);
            thread::spawn(move || {
                for _ in 0..8 {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let text = match state >> 60 {
                        0..3 => {
                            thread::sleep(MS * (state >> 50 & 15) as u32);
                            format!("{:?}", start.elapsed())
                        }
                        3..6 => {
                            let mut entry = PollFd { fd: 0, events: 1, revents: 0 };
                            unsafe { poll(&raw mut entry, 1, (state >> 50 & 7) as i32) };
                            format!("poll {:?}", start.elapsed())
                        }
                        6..8 => {
                            unsafe { sched_yield() };
                            "yield".to_owned()
                        }
                        8..10 => {
                            let map: HashMap<u32, ()> = (0..9).map(|key| (key, ())).collect();
                            format!("{:?}", map.keys().collect::<Vec<_>>())
                        }
                        10..12 => {
                            let inner = thread::spawn(|| unsafe { syscall(number::GETTID) });
                            format!("thread {}", inner.join().unwrap())
                        }
                        12 => {
                            let output = Command::new("true").status().unwrap();
                            format!("child {output}")
                        }
                        _ => {
                            std::fs::write(format!("file-{number}"), "x").unwrap();
                            format!("{:?}", SystemTime::now())
                        }
                    };
                    lines.lock().unwrap().push((number, text));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    for (number, text) in lines.lock().unwrap().iter() {
        println!("{number}: {text}");
    }
}
