//! Runs a program in virtual time: `run SEED PROGRAM [ARGUMENT...]`. It gets this program's stdin at
//! its time 0.

use glomers_virtual_process::{Program, VirtualProcess};
use std::io::{Read as _, Write as _};
use std::time::Duration;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: run SEED PROGRAM [ARGUMENT...]";
    let seed = args.next().ok_or(usage)?.parse()?;
    let program = Program {
        seed,
        environment: std::env::vars_os().collect(),
        stderr: Some("/dev/stderr".into()),
        ..Program::new(args.next().ok_or(usage)?, std::env::current_dir()?)
    };
    let program = Program { args: args.map(Into::into).collect(), ..program };
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let mut process = VirtualProcess::start(&program)?;
    process.write_stdin(&input);
    process.close_stdin();
    let mut now = Duration::ZERO;
    loop {
        process.run(now);
        std::io::stdout().write_all(&process.take_stdout())?;
        match (process.end(), process.next_wake()) {
            (None, Some(wake)) => now = now.max(wake),
            (end, _) => {
                eprintln!("{now:?}: {end:?} after {} stops", process.stops());
                for irregularity in process.irregularities() {
                    eprintln!("not exactly repeatable: {irregularity}");
                }
                return Ok(());
            }
        }
    }
}
