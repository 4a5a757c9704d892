//! Runs a program in virtual time, with this process's stdin: `run SEED PROGRAM ARGS...`.
use glomers_virtual_process::*;
use std::io::{Read, Write};
fn main() {
    let mut args = std::env::args().skip(1);
    let seed = args.next().unwrap().parse().unwrap();
    let mut program = Program::new(args.next().unwrap(), std::env::temp_dir());
    program.args = args.map(Into::into).collect();
    program.environment = std::env::vars_os().collect();
    program.seed = seed;
    program.stderr = Some("/dev/stderr".into());
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).unwrap();
    let mut node = VirtualProcess::start(&program).unwrap();
    node.write_stdin(&input);
    node.close_stdin();
    let mut now = std::time::Duration::ZERO;
    loop {
        node.run(now);
        std::io::stdout().write_all(&node.take_stdout()).unwrap();
        if node.end().is_some() {
            break;
        }
        match node.next_wake() {
            Some(wake) => now = wake.max(now),
            None => break,
        }
    }
    eprintln!(
        "[end {:?} at {:?}, {} stops, {:?}]",
        node.end(),
        now,
        node.stops(),
        node.irregularities()
    );
}
