//! The core in virtual time: lines in, lines out.

use glomers_node::{Caller, Core, Ctx, ErrorCode, Json, Node, RpcError};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A node that uses every feature.
struct Scribe {
    epoch: u64,
    waiting: RefCell<Option<Waker>>,
    opened: RefCell<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Add { key: String, delta: u64 },
    Fail { code: ErrorCode },
    Draw,
    Alarm { after: Vec<u64> },
    Ask { dest: String, millis: u64 },
    Insist { dest: String, every: u64 },
    Wait,
    Open,
    Odd,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Say {
    Read { key: String },
    ReadOk { value: u64 },
    AddOk { sum: u64 },
    Drawn { number: u64 },
    Rang { alarm: u64, at: u128 },
    Opened,
    Odd(Vec<u8>),
}

impl Node for Scribe {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let Say::ReadOk { value: epoch } =
            ctx.rpc("lin-kv", &Say::Read { key: "epoch".into() }).await?
        else {
            return Err(RpcError::crash("lin-kv did not answer the question"));
        };
        Ok(Self { epoch, waiting: RefCell::default(), opened: RefCell::default() })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Add { key, delta } => {
                ctx.log(format_args!("{key} grows"));
                ctx.reply(caller, &Say::AddOk { sum: self.epoch + delta });
            }
            Request::Fail { code } => return Err(RpcError::new(code, "as you like")),
            Request::Draw => ctx.send(&caller.src, &Say::Drawn { number: ctx.random() }),
            Request::Alarm { after } => {
                for alarm in after {
                    let (sleeper, src) = (ctx.clone(), caller.src.clone());
                    let sleep = ctx.sleep(ms(alarm));
                    ctx.spawn(async move {
                        sleep.await;
                        sleeper.send(&src, &Say::Rang { alarm, at: sleeper.now().as_millis() });
                    });
                }
            }
            Request::Ask { dest, millis } => {
                let read = Say::Read { key: "x".into() };
                let answer: Say = ctx.rpc_within(ms(millis), &dest, &read).await?;
                ctx.reply(caller, &answer);
            }
            Request::Insist { dest, every } => {
                let read = Say::Read { key: "x".into() };
                let answer: Say = ctx.rpc_again(ms(every), &dest, &read).await?;
                ctx.reply(caller, &answer);
            }
            // Waits for another handler, with a waker of another library.
            Request::Wait => {
                poll_fn(|context| {
                    *self.waiting.borrow_mut() = Some(context.waker().clone());
                    if *self.opened.borrow() { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                ctx.reply(caller, &Say::Opened);
            }
            Request::Open => {
                *self.opened.borrow_mut() = true;
                if let Some(waiting) = self.waiting.take() {
                    waiting.wake();
                }
            }
            Request::Odd => ctx.reply(caller, &Say::Odd(vec![1])),
        }
        Ok(())
    }
}

/// A node and its driver.
struct Bench {
    core: Core<Scribe>,
    now: Duration,
}

impl Bench {
    fn new(seed: u64) -> Self {
        Self { core: Core::new(seed), now: Duration::ZERO }
    }

    /// A node that has answered its `init`.
    fn running(seed: u64) -> Self {
        let mut bench = Self::new(seed);
        bench.says("c0", INIT);
        bench.says("lin-kv", r#""type":"read_ok","in_reply_to":1,"value":40"#);
        bench
    }

    /// Delivers a message, and returns the messages that the node sent: destination and body.
    fn says(&mut self, src: &str, body: &str) -> Vec<String> {
        self.line(&format!(r#"{{"id":1,"src":"{src}","dest":"n1","body":{{{body}}}}}"#))
    }

    fn line(&mut self, line: &str) -> Vec<String> {
        self.core.deliver(self.now, line.as_bytes());
        self.sent()
    }

    fn wait(&mut self, time: Duration) -> Vec<String> {
        self.now += time;
        self.core.advance(self.now);
        self.sent()
    }

    fn sent(&mut self) -> Vec<String> {
        #[derive(Deserialize)]
        struct Line {
            src: String,
            dest: String,
            body: Json,
        }
        let mut output = Vec::new();
        self.core.take_output(&mut output);
        let output = String::from_utf8(output).unwrap();
        assert!(output.is_empty() || output.ends_with('\n'));
        let read = |line: &str| {
            let Line { src, dest, body } = serde_json::from_str(line).unwrap();
            assert_eq!(src, "n1");
            format!("{dest} {body}")
        };
        output.lines().map(read).collect()
    }
}

const INIT: &str = r#""type":"init","msg_id":9,"node_id":"n1","node_ids":["n1","n2"]"#;

#[test]
fn init_may_ask_services_while_other_messages_wait() {
    let mut bench = Bench::new(1);
    let add = r#""type":"add","msg_id":3,"key":"k","delta":2"#;
    assert_eq!(bench.says("n2", add), [""; 0]);
    assert_eq!(bench.says("c0", INIT), [r#"lin-kv {"type":"read","msg_id":1,"key":"epoch"}"#]);
    assert_eq!(bench.says("n2", add), [""; 0]);
    assert_eq!(
        bench.says("lin-kv", r#""type":"read_ok","in_reply_to":1,"value":40"#),
        [
            r#"c0 {"type":"init_ok","in_reply_to":9}"#,
            r#"n2 {"type":"add_ok","in_reply_to":3,"sum":42}"#,
            r#"n2 {"type":"add_ok","in_reply_to":3,"sum":42}"#,
        ]
    );
    assert_eq!(bench.core.take_log(), "k grows\nk grows\n");
    // A repeated `init` gets the same answer.
    assert_eq!(bench.says("c1", INIT), [r#"c1 {"type":"init_ok","in_reply_to":9}"#]);
}

#[test]
fn init_that_fails_is_answered_with_the_error_and_may_be_tried_again() {
    let mut bench = Bench::new(1);
    bench.says("c0", INIT);
    assert_eq!(
        bench.says("lin-kv", r#""type":"error","in_reply_to":1,"code":20,"text":"none""#),
        [r#"c0 {"type":"error","in_reply_to":9,"code":20,"text":"none"}"#]
    );
    assert_eq!(
        bench.says("c0", r#""type":"init","msg_id":1,"node_id":1"#).len(),
        1,
        "a malformed init is answered"
    );
    bench.says("c0", INIT);
    let ok = bench.says("lin-kv", r#""type":"read_ok","in_reply_to":2,"value":40"#);
    assert_eq!(ok, [r#"c0 {"type":"init_ok","in_reply_to":9}"#]);
}

#[test]
fn errors_are_answers_or_lines_of_the_log() {
    let mut bench = Bench::running(1);
    let fail = r#""type":"fail","code":22"#;
    assert_eq!(
        bench.says("c1", &format!(r#"{fail},"msg_id":5"#)),
        [r#"c1 {"type":"error","in_reply_to":5,"code":22,"text":"as you like"}"#]
    );
    assert_eq!(bench.says("n2", fail), [""; 0]);
    assert_eq!(
        bench.core.take_log(),
        "a message from n2 failed: as you like (22 precondition-failed)\n"
    );
    assert_eq!(
        bench.says("c1", r#""type":"sing","msg_id":6"#),
        [
            r#"c1 {"type":"error","in_reply_to":6,"code":10,"text":"messages of type \"sing\" are not known here"}"#
        ]
    );
    assert_eq!(
        bench.says("c1", r#""type":"add","msg_id":7,"key":"k""#),
        [
            r#"c1 {"type":"error","in_reply_to":7,"code":12,"text":"a message of type \"add\" cannot be read: missing field `delta` at line 1 column 35"}"#
        ]
    );
    assert_eq!(
        bench.says("c1", r#""type":"odd","msg_id":8"#),
        [
            r#"c1 {"type":"error","in_reply_to":8,"code":13,"text":"the answer cannot be written: a body must be a struct, a map, or an enum of such, not a list"}"#
        ]
    );
    assert_eq!(bench.says("c1", r#""msg_id":9"#), [""; 0]);
    assert!(bench.core.take_log().starts_with("a line is no message: missing field `type`"));
}

#[test]
fn an_rpc_ends_with_an_answer_an_error_or_the_time() {
    let mut bench = Bench::running(1);
    let ask = r#""type":"ask","msg_id":1,"dest":"n2","millis":100"#;
    let asked = |msg_id| vec![format!(r#"n2 {{"type":"read","msg_id":{msg_id},"key":"x"}}"#)];
    let error = |code, text| {
        vec![format!(r#"c1 {{"type":"error","in_reply_to":1,"code":{code},"text":"{text}"}}"#)]
    };

    assert_eq!(bench.says("c1", ask), asked(2));
    assert_eq!(bench.core.deadline(), Some(ms(100)));
    assert_eq!(
        bench.says("n2", r#""type":"read_ok","value":7,"in_reply_to":2"#),
        [r#"c1 {"type":"read_ok","in_reply_to":1,"value":7}"#]
    );
    assert_eq!(bench.core.deadline(), None, "the timeout went with the call");

    assert_eq!(bench.says("c1", ask), asked(3));
    assert_eq!(
        bench.says("n2", r#""type":"error","code":77,"text":"no","in_reply_to":3"#),
        error(77, "no")
    );

    assert_eq!(bench.says("c1", ask), asked(4));
    assert_eq!(
        bench.says("n2", r#""type":"read_ok","in_reply_to":4"#),
        error(
            13,
            r#"a message of type \"read_ok\" cannot be read: missing field `value` at line 1 column 34"#
        )
    );

    assert_eq!(bench.says("c1", ask), asked(5));
    assert_eq!(bench.wait(ms(99)), [""; 0]);
    assert_eq!(bench.wait(ms(1)), error(0, "n2 did not answer in time"));
    // Late, duplicate and unrelated replies are ignored.
    for reply in [5, 2, 99] {
        assert_eq!(
            bench.says("n2", &format!(r#""type":"read_ok","value":7,"in_reply_to":{reply}"#)),
            [""; 0]
        );
    }
    assert_eq!(bench.core.take_log(), "");
}

#[test]
fn an_rpc_may_be_sent_again_under_the_same_number() {
    let mut bench = Bench::running(1);
    let insist = r#""type":"insist","msg_id":1,"dest":"n2","every":2000"#;
    let asked = |msg_id| vec![format!(r#"n2 {{"type":"read","msg_id":{msg_id},"key":"x"}}"#)];
    assert_eq!(bench.says("c1", insist), asked(2));
    assert_eq!(bench.wait(ms(1999)), [""; 0]);
    assert_eq!(bench.wait(ms(1)), asked(2));
    assert_eq!(
        bench.says("n2", r#""type":"read_ok","value":7,"in_reply_to":2"#),
        [r#"c1 {"type":"read_ok","in_reply_to":1,"value":7}"#]
    );
    assert_eq!(bench.core.deadline(), None, "it is not sent any more");

    assert_eq!(bench.says("c1", insist), asked(3));
    assert_eq!(bench.wait(ms(4000)), [asked(3), asked(3)].concat());
    let error =
        r#"c1 {"type":"error","in_reply_to":1,"code":0,"text":"n2 did not answer in time"}"#;
    assert_eq!(bench.wait(ms(1000)), [error]);
    assert_eq!(bench.core.deadline(), None);
    // A zero interval still pauses.
    let at_once = r#""type":"insist","msg_id":1,"dest":"n2","every":0"#;
    assert_eq!(bench.says("c1", at_once), asked(4));
}

#[test]
fn alarms_ring_in_order_at_their_own_times() {
    let mut bench = Bench::running(1);
    bench.says("c1", r#""type":"alarm","after":[30,10,20,10,0]"#);
    assert_eq!(bench.core.deadline(), Some(ms(10)));
    let rang = |alarm: u64| format!(r#"c1 {{"type":"rang","alarm":{alarm},"at":{alarm}}}"#);
    // The timer for the current time fired at once; here the driver is late.
    assert_eq!(bench.wait(ms(25)), [rang(10), rang(10), rang(20)]);
    assert_eq!(bench.core.deadline(), Some(ms(30)));
    assert_eq!(bench.wait(ms(5)), [rang(30)]);
    assert_eq!(bench.core.deadline(), None);
}

#[test]
fn handlers_may_wait_for_each_other() {
    let mut bench = Bench::running(1);
    assert_eq!(bench.says("c1", r#""type":"wait","msg_id":1"#), [""; 0]);
    assert_eq!(bench.says("c2", r#""type":"open""#), [r#"c1 {"type":"opened","in_reply_to":1}"#]);
}

#[test]
fn the_seed_decides_random_numbers() {
    let draw = |seed| {
        let mut bench = Bench::running(seed);
        [bench.says("c1", r#""type":"draw""#), bench.says("c1", r#""type":"draw""#)].concat()
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_ne!(draw(1)[0], draw(1)[1]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// No line crashes a node, and it continues afterwards.
    #[test]
    fn any_line_is_survived(
        lines in prop::collection::vec(
            prop_oneof![
                any::<Vec<u8>>(),
                r#"\{"src":"(n2|c1|é\\n)","dest":"n1","body":\{("(type|msg_id|in_reply_to|key|delta)":("add"|"init"|"draw"|-?[0-9]{1,20}|null|\[\])(,|\}\}?)){1,4}"#.prop_map(String::into_bytes),
            ],
            0..20,
        ),
        init: bool,
    ) {
        let mut bench = if init { Bench::running(1) } else { Bench::new(1) };
        for line in lines {
            bench.core.deliver(Duration::ZERO, &line);
        }
        if init {
            bench.sent();
            prop_assert_eq!(bench.says("c1", r#""type":"open","msg_id":1"#), [""; 0]);
            prop_assert_eq!(bench.says("c1", r#""type":"wait","msg_id":1"#).len(), 1);
        }
    }
}
