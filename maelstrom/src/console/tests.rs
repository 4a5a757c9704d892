use super::*;

fn read(text: &str) -> Console {
    let mut console = Console::new();
    text.lines().for_each(|line| console.line(line));
    console.end();
    console
}

const NODE_CRASH: &str = "\
ERROR [2026-11-20 23:49:42,607] main - jepsen.cli Oh jeez, I'm sorry, Jepsen broke. Here's why:
clojure.lang.ExceptionInfo: Node n0 crashed with exit status 3. Before crashing, it wrote to STDOUT:

{\"src\": \"n0\"}

And to STDERR:

starting
about to die

Full STDERR logs are available in store/echo/20261120T234930.227Z/node-logs/n0.log
\tat slingshot.support$stack_trace.invoke(support.clj:201)
\tat maelstrom.core.main(Unknown Source)";

#[test]
fn a_crash_is_reduced_to_the_lines_that_matter() {
    let console = read(NODE_CRASH);
    assert_eq!(
        console.broke().map(|why| why.to_string()).as_deref(),
        Some(
            "node n0 exited with status 3 during the run; its last words:\n    starting\n    \
             about to die"
        )
    );
    let without_stderr = NODE_CRASH.replace("starting\nabout to die\n", "");
    let Some(Break::NodeCrashed { last_words, .. }) = read(&without_stderr).broke() else {
        panic!("it crashed");
    };
    assert_eq!(last_words, ["{\"src\": \"n0\"}"]);
}

#[test]
fn exceptions_are_recognized_by_their_first_line() {
    let broke = |exception: &str| {
        let text = format!("ERROR [2] main - jepsen.cli Oh jeez\n{exception}\n\tat some.where");
        read(&text).broke().unwrap().to_string()
    };
    assert_eq!(
        broke("java.io.IOException: Cannot run program \"/n\" (in directory \"/tmp\"): error=13"),
        "the node could not be started: \"/n\" (in directory \"/tmp\"): error=13"
    );
    assert!(
        broke(
            "java.io.IOException: Cannot run program \"git\": error=2, No such file or directory"
        )
        .starts_with("Maelstrom could not start git, which it needs: error=2, No such file")
    );
    assert!(
        broke(
            "java.io.IOException: Cannot run program \"/n\" (in directory \"/tmp\"): error=11, x"
        )
        .starts_with("Maelstrom broke: ")
    );
    assert!(
        broke("clojure.lang.ExceptionInfo: Expected node n2 to respond to an init message, but")
            .starts_with("node n2 did not answer init within 10 s")
    );
    assert_eq!(
        broke("java.lang.NullPointerException: null"),
        "Maelstrom broke: java.lang.NullPointerException: null"
    );
}

const BAD_LINE: &str = "\
WARN [2026-11-20 23:50:26,215] n0 stdout - maelstrom.process Error!
clojure.lang.ExceptionInfo: Node n0 printed a line to STDOUT which was not well-formed JSON:
Starting up!
Did you mean to encode this line as JSON? Or was this line intended for STDERR?
ERROR [2026-11-20 23:50:37,189] main - jepsen.cli Oh jeez, I'm sorry, Jepsen broke. Here's why:
clojure.lang.ExceptionInfo: Expected node n0 to respond to an init message, but node did not respond.
";

#[test]
fn a_missing_init_ok_is_reported_with_the_line_that_made_maelstrom_deaf() {
    assert_eq!(
        read(BAD_LINE).broke().unwrap().to_string(),
        "node n0 did not answer init within 10 s, since Maelstrom read nothing more of it after it \
         printed a line to stdout that is not well-formed JSON: `Starting up!`; only messages belong \
         on stdout, one a line: print everything else to stderr"
    );
    let of_another = BAD_LINE.replace("Expected node n0", "Expected node n1");
    let text = read(&of_another).broke().unwrap().to_string();
    assert!(text.starts_with("node n1 did not") && text.contains("more of n0 after it"), "{text}");
}

#[test]
fn a_line_that_cannot_be_delivered_is_called_what_it_is() {
    let message = |exception: &str| {
        let text = format!(
            "WARN [2] n1 stdout - maelstrom.process Error!\n{exception}\n(get queues (:dest m))"
        );
        let console = read(&text);
        let [Problem::BadLine(bad)] = console.problems() else { panic!("{console:?}") };
        format!("{} {}: {}", bad.node, bad.deed(), bad.line)
    };
    let to = |id: &str| {
        message(&format!(
            "java.lang.AssertionError: Assert failed: Invalid dest for message \
             #maelstrom.net.message.Message{{:id 3, :src \"n1\", :dest \"{id}\", :body {{}}}}"
        ))
    };
    assert_eq!(
        to("c12"),
        "n1 sent a message to the client c12, which had gone: a reply that came too late, or twice: \
         {:id 3, :src \"n1\", :dest \"c12\", :body {}}"
    );
    assert!(to("n99").starts_with("n1 sent a message to n99, which is not in this test: {:id 3"));
    assert!(to("cat").contains("to cat, which is not in this test"));
    let malformed = "clojure.lang.ExceptionInfo: Malformed network message. Node n1 tried to send \
                     the following message via STDOUT:\n\n{:src \"n1\",";
    assert_eq!(message(malformed), "n1 printed a malformed message: {:src \"n1\",");
}

#[test]
fn the_folder_of_a_run_is_known_before_it_is_over() {
    let text = |time: &str| {
        format!(
            "INFO [2026] test - jepsen.core Running test:\n{{:args []\n :name \"echo\"\n \
             :start-time\n #object[org.joda.time.DateTime \"0x42\" \"{time}\"]\n :nodes [\"n0\"]}}"
        )
    };
    for (time, folder) in [
        ("2026-11-20T23:32:28.421Z", "echo/20261120T233228.421Z"),
        ("2026-11-20T23:32:28.421+01:00", "echo/20261120T233228.421+0100"),
        ("2026-11-20T23:32:28.421-05:00", "echo/20261120T233228.421-0500"),
    ] {
        assert_eq!(read(&text(time)).folder(), Some(folder.into()), "{time}");
    }
    let key = "INFO [2026] r - jepsen.store Wrote store/lin-kv/1/independent/0/results.edn";
    assert_eq!(read(key).folder(), None);
    let all = format!("{key}\nINFO [2026] r - jepsen.store Wrote store/lin-kv/1/results.edn");
    assert_eq!(read(&all).folder(), Some("lin-kv/1".into()));
}

#[test]
fn operations_and_faults_are_followed() {
    let line = |text: &str| format!("INFO [2026] jepsen worker 0 - jepsen.util {text}\n");
    let text = [
        line("0\t:invoke\t:echo\t\"a\""),
        line("0\t:ok\t:echo\t\":info\""),
        line("1\t:fail\t:echo\t\"a\"\t:timeout"),
        line("2\t:info\t:echo\t\"a\""),
        line(":nemesis\t:info\t:start-partition\t:majority"),
        line(":nemesis\t:info\t:start-partition\t[:isolated {\"n1\" #{}}]"),
    ]
    .concat();
    let console = read(&text);
    assert_eq!(console.counts(), Counts { ok: 1, fail: 1, info: 1 });
    assert_eq!(console.partition(), Some("majority"));
    let healed = text + &line(":nemesis\t:info\t:stop-partition\tnil");
    assert_eq!(read(&healed).partition(), None);
}

#[test]
fn what_the_shell_and_the_jvm_say_is_kept() {
    let console = read("maelstrom: line 6: exec: java: not found");
    assert_eq!(console.preface(), ["maelstrom: line 6: exec: java: not found"]);
    let text = "INFO [2026] t - jepsen.core Analyzing...\n\
                Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space";
    let console = read(text);
    assert!(console.out_of_memory() && console.preface().is_empty());
    assert_eq!(console.phase(), Phase::Analysis);
}

#[test]
fn problems_are_bounded() {
    let line = "WARN [2026] jepsen worker 0 - jepsen.generator.interpreter Process 0 crashed\n";
    let console = read(&line.repeat(MOST_PROBLEMS + 5));
    assert_eq!((console.problems().len(), console.more_problems()), (MOST_PROBLEMS, 5));
    assert_eq!(console.problems()[0], Problem::Operation);
}

proptest::proptest! {
    #[test]
    fn no_line_breaks_it(lines in proptest::collection::vec(
        r"(INFO|WARN|x) ?\[?[0-9a]{0,3}\]? ?(- )?(jepsen.core|jepsen.util|jepsen.cli)? ?.{0,30}",
        0..20,
    )) {
        let console = read(&lines.join("\n"));
        proptest::prop_assert!(console.problems().len() <= lines.len());
    }
}
