//! Flags and keys that would have no effect: each is refused with advice, none is ignored.

use crate::glomers::Glomers;

#[test]
fn flags_of_a_run_that_would_change_nothing() {
    for (args, expected) in [
        (&["echo", "--loss", "0.5"][..], "--loss has no effect without the fault loss: add loss"),
        (&["echo", "--nemesis-interval", "3"], "no effect without faults: add --nemesis"),
        (&["echo", "--latency-dist", "uniform"], "while the mean latency is 0: add --latency"),
        (&["echo", "--topology", "line"], "--topology has no effect in the workload echo"),
        (&["echo", "--consistency-models", "PL-1"], "no effect in the workload echo"),
        (&["g-counter", "--fail-on-duplicates"], "no effect in the workload g-counter"),
        (&["echo", "--jvm-opt", "-Xmx1g"], "--jvm-opt is for --engine maelstrom"),
        (&["echo", "--dry-run", "--sim"], "--dry-run only prints Maelstrom's command line"),
        (&["echo", "--dry-run", "--format", "json"], "of which --format is no part"),
        (&["echo", "--", "--verbose"], "takes no arguments but --durable, so --verbose would be"),
        (&["echo", "--node", "ours", "--", "x"], "takes no arguments but --durable"),
    ] {
        let ended = Glomers::new(&["run"]).with(args).end().exits(254).says(&[expected]);
        assert!(!ended.folder.path().join("store").exists(), "{args:?}");
    }
    // A flag that affects at least one of the challenges is accepted.
    let several =
        ["run", "echo", "broadcast-a", "--sim", "--time-limit", "1", "--topology", "line"];
    Glomers::new(&several).end().exits(0);
    let recovery = ["run", "echo", "--sim", "--time-limit", "1", "--recovery", "0"];
    Glomers::new(&recovery).end().exits(0).says(&["note: --recovery has no effect"]);
}

#[test]
fn flags_of_other_commands() {
    for (args, expected) in [
        (&["sweep", "--merge", "x", "--engine", "both"][..], "--merge runs nothing"),
        (&["sweep", "--merge", "x", "--timeout", "3"], "--merge runs nothing"),
        (&["sweep", "echo", "--topology", "line"], "--topology has no effect"),
        (&["report", "a", "--store", "c"], "cannot be used with"),
    ] {
        Glomers::new(args).end().exits(254).says(&[expected]);
    }
}

#[test]
fn keys_without_the_program_that_they_are_about() {
    let run = |toml: &str| {
        let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]);
        run.file("glomers.toml", toml).end()
    };
    run("args = ['--fast']\n").exits(254).says(&["has `args` and no `bin`", "add bin ="]);
    run("build = 'true'\n").exits(254).says(&["has `build` and no `bin`"]);
    run("[challenge.echo]\nargs = ['--fast']\n").exits(254).says(&["has `args` and no `bin`"]);
    run("args = ['--durable']\n").exits(0);
    run("store = 's'\n").exits(0);
    // Also for a challenge that is given by number.
    let numbered = "[challenge.\"1\"]\nrate = 7\n[challenge.\"3a\"]\nrate = 3\n";
    let list = Glomers::new(&["list"]).file("glomers.toml", numbered).end().exits(0);
    list.says(&["7 ops/s", "3 ops/s"]);
    let by_number = Glomers::new(&["run", "3a", "--dry-run", "--bin", "/bin/true"]);
    by_number.file("glomers.toml", numbered).end().exits(0).says(&["--rate 3"]);
}

#[test]
fn what_is_unknown_is_answered_with_what_is_near() {
    for (args, expected) in [
        (&["swep", "echo"][..], "'sweep'"),
        (&["run", "brodcast-c"], "did you mean broadcast-c?"),
        (&["run", "3E"], "did you mean 3e?"),
        (&["run", "echo", "--nemesis", "partitoin"], "did you mean partition?"),
        (&["run", "echo", "--topology", "gird"], "did you mean grid?"),
        (&["run", "echo", "--node", "our"], "did you mean ours?"),
        (
            &["run", "echo", "--node", "brodcast-forgets-to-retry"],
            "did you mean broadcast-forgets-to-retry?",
        ),
        (&["museum", "kafka-counts-per-nod"], "did you mean kafka-counts-per-node?"),
        (&["run", "echo", "--node-cuont", "3"], "'--node-count'"),
        (&["run", "echo", "--seeds", "3"], "--seeds is a flag of `glomers sweep`"),
        (&["test", "-w", "ecko", "--bin", "n"], "did you mean echo?"),
    ] {
        Glomers::new(args).end().exits(254).says(&[expected]);
    }
    for command in ["watch", "serve"] {
        Glomers::new(&[command]).end().exits(254).does_not_say("similar").does_not_say("watchdog");
    }
    for (toml, expected) in [
        ("bni = 'x'\n", "glomers.toml:1:1: unknown key bni (did you mean bin?)"),
        ("[challenge.echo]\nrat = 5\n", "glomers.toml:2:1: unknown key rat (did you mean rate?)"),
        ("rate = 5\n", "rate is not read here: it belongs in a [challenge.NAME] table"),
        ("[challenge.brodcast-c]\nrate = 5\n", "did you mean broadcast-c?"),
        ("[challenge.echo]\nnemesis = 'los'\n", "did you mean loss?"),
        ("[challenge.echo]\ntargets = { msgs-per-opp = 3 }\n", "did you mean msgs-per-op?"),
    ] {
        Glomers::new(&["list"]).file("glomers.toml", toml).end().exits(254).says(&[expected]);
    }
}
