//! Drives a headless Chromium over the pipe of its `DevTools` protocol, with events as a user makes them.

use serde_json::{Value, json};
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the browser may take for an answer, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
const STEP: Duration = Duration::from_millis(20);
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser with one page.
pub(crate) struct Chromium {
    child: Child,
    commands: Option<ChildStdin>,
    answers: Receiver<Value>,
    sent: u64,
    session: Option<String>,
    /// What the page printed as an error, or threw.
    errors: Vec<String>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts a browser with a window of this size; if there is none, prints what is not tested.
    pub(crate) fn start(what: &str, width: u32, height: u32) -> Option<Self> {
        let Some(program) = program() else {
            glomers_recordings::skipped(&format!("{what}: there is no Chromium on the PATH"));
            return None;
        };
        let profile = tempfile::tempdir().expect("a temporary folder");
        // The protocol is spoken over the file descriptors 3 and 4.
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null"]);
        shell.arg(program).args(["--headless", "--remote-debugging-pipe", "--no-sandbox"]);
        shell.args(["--disable-gpu", "--no-first-run", "--disable-background-networking"]);
        shell.arg(format!("--user-data-dir={}", profile.path().display()));
        shell.arg(format!("--window-size={width},{height}")).arg("about:blank");
        let mut child = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts");
        let commands = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, answers) = channel();
        spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                let text = message.strip_suffix(b"\0").unwrap_or(&message);
                let value = serde_json::from_slice(text).expect("the protocol is JSON");
                if sender.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            child,
            commands,
            answers,
            sent: 0,
            session: None,
            errors: Vec::new(),
            _profile: profile,
        };
        browser.attach(width, height);
        Some(browser)
    }

    fn attach(&mut self, width: u32, height: u32) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &attached)["sessionId"].clone();
        self.session = Some(session.as_str().expect("a session").to_owned());
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.call(domain, &json!({}));
        }
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// Prefers a dark or a light page.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.call("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
    }

    /// Opens an address, and waits until this expression holds; returns how long that took.
    pub(crate) fn open(&mut self, address: &str, until: &str) -> Duration {
        let begin = Instant::now();
        self.call("Page.navigate", &json!({ "url": address }));
        self.wait(until);
        begin.elapsed()
    }

    pub(crate) fn open_file(&mut self, path: &Path, until: &str) -> Duration {
        self.open(&format!("file://{}", path.display()), until)
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub(crate) fn wait(&mut self, expression: &str) {
        let begin = Instant::now();
        while self.eval(&format!("Boolean({expression})")) != true {
            assert!(begin.elapsed() < PATIENCE, "never: {expression}\n{:?}", self.errors);
            sleep(STEP);
        }
    }

    /// The value of an expression.
    #[track_caller]
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", &parameters);
        assert_eq!(answer.get("exceptionDetails"), None, "{expression}");
        answer["result"]["value"].clone()
    }

    /// A text of the page.
    #[track_caller]
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let value = self.eval(&format!("document.querySelector({}).textContent", json!(selector)));
        value.as_str().expect("a text").to_owned()
    }

    /// A number of the page.
    #[track_caller]
    pub(crate) fn number(&mut self, expression: &str) -> f64 {
        let value = self.eval(&format!("Number({expression})"));
        value.as_f64().unwrap_or_else(|| panic!("{expression} is {value}"))
    }

    /// Clicks in the middle of an element.
    #[track_caller]
    pub(crate) fn click(&mut self, selector: &str) {
        let [x, y] = self.place(selector, 0.5, 0.5);
        self.click_at(x, y);
    }

    /// The point in an element at these fractions of its size, after it was scrolled into view.
    #[track_caller]
    pub(crate) fn place(&mut self, selector: &str, across: f64, down: f64) -> [f64; 2] {
        // Rows of a table are made with the next frame.
        self.wait(&format!("document.querySelector({})", json!(selector)));
        let script = format!(
            "(() => {{ const it = document.querySelector({}); \
             it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = it.getBoundingClientRect(); \
             return [box.left + box.width * {across}, box.top + box.height * {down}]; }})()",
            json!(selector)
        );
        let place = self.eval(&script);
        [0, 1].map(|at| place[at].as_f64().unwrap_or_else(|| panic!("{selector}: {place}")))
    }

    pub(crate) fn click_at(&mut self, x: f64, y: f64) {
        self.mouse("mouseMoved", x, y);
        self.mouse("mousePressed", x, y);
        self.mouse("mouseReleased", x, y);
    }

    pub(crate) fn mouse(&mut self, kind: &str, x: f64, y: f64) {
        let is_press = kind != "mouseMoved";
        let button = if is_press { "left" } else { "none" };
        let parameters = json!({
            "type": kind, "x": x, "y": y, "button": button, "clickCount": u8::from(is_press),
            "buttons": u8::from(kind == "mousePressed"),
        });
        self.call("Input.dispatchMouseEvent", &parameters);
    }

    /// Presses a key: a character, or the name of one.
    pub(crate) fn press(&mut self, key: &str) {
        let mut parameters = json!({ "type": "keyDown", "key": key });
        if key.chars().count() == 1 {
            parameters["text"] = key.into();
        } else if key == "Enter" {
            parameters["text"] = "\r".into();
            parameters["windowsVirtualKeyCode"] = 13.into();
        } else if key == "Tab" {
            parameters["windowsVirtualKeyCode"] = 9.into();
        }
        self.call("Input.dispatchKeyEvent", &parameters);
        self.call("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": key }));
    }

    /// Types a text.
    pub(crate) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.press(&c.to_string());
        }
    }

    /// What went wrong in the page so far.
    pub(crate) fn errors(&mut self) -> Vec<String> {
        // Events before this answer were read by now.
        self.eval("0");
        std::mem::take(&mut self.errors)
    }

    /// Sends a command, and waits for its result.
    #[track_caller]
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let mut command = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = session.as_str().into();
        }
        let pipe = self.commands.as_mut().expect("it is open");
        let sent = write!(pipe, "{command}\0").and_then(|()| pipe.flush());
        sent.unwrap_or_else(|error| panic!("{method}: Chromium is gone: {error}"));
        loop {
            let message = match self.answers.recv_timeout(PATIENCE) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => panic!("{method}: no answer"),
                Err(RecvTimeoutError::Disconnected) => panic!("{method}: Chromium ended"),
            };
            if message["id"] == self.sent {
                assert_eq!(message.get("error"), None, "{method} {parameters}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        let is_error = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => parameters["type"] == "error",
            Some("Log.entryAdded") => parameters["entry"]["level"] == "error",
            _ => false,
        };
        if is_error {
            self.errors.push(parameters.to_string());
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Without commands, the browser ends; one that does not is killed.
        self.commands.take();
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(STEP);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn errors_of_a_page_are_seen() {
    let Some(mut browser) = Chromium::start("the driver of Chromium", 800, 600) else { return };
    browser.open("data:text/html,<p>", "document.querySelector('p')");
    assert_eq!(browser.errors(), Vec::<String>::new());
    browser.eval("console.error('wrong')");
    browser.eval("setTimeout(() => { throw new Error('thrown'); })");
    browser.wait("true");
    let errors = browser.errors().concat();
    assert!(errors.contains("wrong") && errors.contains("thrown"), "{errors}");
}

/// The first browser on the `PATH`.
fn program() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let all = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|program| program.is_file())
}
