//! `waybill demo` and `waybill bench` as people and scripts run them: ended by Ctrl-C, and failing when something is missing.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What is under way may be waited for a minute; a little more for start and stop.
const ENDS_WITHIN: Duration = Duration::from_secs(100);

/// A run of the program whose temporary files go where the test sees them.
struct Run {
    child: Child,
    out: BufReader<ChildStdout>,
    error: BufReader<ChildStderr>,
    temporary: tempfile::TempDir,
}

impl Run {
    fn start(arguments: &[&str]) -> Run {
        let temporary = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_waybill"))
            .args(arguments)
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let (out, error) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        Run { child, out: BufReader::new(out), error: BufReader::new(error), temporary }
    }

    /// As Ctrl-C in a terminal does it.
    fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -INT");
    }

    /// How it ended, and what it still wrote on either side.
    fn end(mut self) -> (i32, String, String) {
        let began = Instant::now();
        let (mut out, mut error) = (String::new(), String::new());
        std::thread::scope(|scope| {
            scope.spawn(|| self.out.read_to_string(&mut out).expect("text"));
            scope.spawn(|| self.error.read_to_string(&mut error).expect("text"));
            while self.child.try_wait().expect("its own child").is_none() {
                if began.elapsed() > ENDS_WITHIN {
                    // Its pipes close with it, and the readers end.
                    let _ = self.child.kill();
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        assert!(began.elapsed() < ENDS_WITHIN, "it does not end: {out}{error}");
        let code = self.child.wait().expect("it ended").code().expect("by itself, not by a signal");
        assert_eq!(left_in(self.temporary.path()), Vec::<String>::new(), "its temporary folder is left behind");
        (code, out, error)
    }
}

fn left_in(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// Reads lines until one has these words.
fn until(lines: &mut impl BufRead, words: &str) -> String {
    let mut read = String::new();
    loop {
        let from = read.len();
        assert!(lines.read_line(&mut read).expect("text") > 0, "it ended before it said `{words}`: {read}");
        if read[from..].contains(words) {
            return read;
        }
    }
}

#[test]
fn ctrl_c_ends_the_traffic_with_a_verdict_that_programs_can_read() {
    let mut run = Run::start(&["demo", "--no-pace", "--rate", "10", "--output", "json"]);
    let told = until(&mut run.error, "traffic:");
    assert!(told.contains("order PO-DEMO-"), "{told}");
    // Counts are written every second: after two of them there is traffic.
    until(&mut run.error, "documents ·");
    until(&mut run.error, "documents ·");
    run.interrupt();
    let (code, out, error) = run.end();
    assert_eq!(code, 0, "{out}{error}");
    let verdict: Value = serde_json::from_str(&out).unwrap_or_else(|problem| panic!("{problem}: {out}"));
    assert_eq!((&verdict["lost"], &verdict["duplicated"]), (&Value::from(0), &Value::from(0)), "{verdict}");
    assert_eq!((&verdict["interrupted"], &verdict["in_no_exception"]), (&Value::from(true), &Value::from(Vec::<Value>::new())));
    let orders = verdict["traffic_orders"].as_u64().expect("a number");
    // The one that was told of comes on top.
    assert!(orders > 0 && verdict["documents"] == orders + 1, "{verdict}");
    assert!(error.contains(&format!("{} documents, 0 lost, 0 duplicated", orders + 1)), "{error}");
}

#[test]
fn ctrl_c_in_the_middle_of_the_story_ends_it_with_a_summary() {
    let mut run = Run::start(&["demo"]);
    until(&mut run.out, "is submitted");
    run.interrupt();
    let (code, out, error) = run.end();
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("stopping: no new orders"), "{out}");
    assert!(out.contains("1 documents, 0 lost, 0 duplicated, 0 unfinished"), "what was begun was not finished: {out}");
    assert!(!out.contains("traffic: "), "{out}");
}

#[test]
fn a_benchmark_that_gives_up_fails() {
    let run = Run::start(&["bench", "--flows", "200000", "--open", "20", "--seconds", "1", "--store", "sqlite", "--output", "json"]);
    let (code, out, error) = run.end();
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|problem| panic!("{problem}: {out}{error}"));
    let completed = report["completed"].as_u64().expect("a number");
    assert!(completed < 200_000, "{report}");
    assert_eq!(code, 1, "{error}");
    let told: Value = serde_json::from_str(error.lines().last().unwrap_or_default()).unwrap_or_else(|problem| panic!("{problem}: {error}"));
    let words = told["error"]["message"].as_str().unwrap_or_default();
    assert!(words.contains(&format!("{completed} of 200000 flows came to their end")), "{words}");
}

#[test]
fn a_form_of_output_that_means_nothing_is_refused() {
    let (code, out, error) = Run::start(&["serve", "--output", "json"]).end();
    assert_eq!((code, out.as_str()), (2, ""), "{error}");
    let told: Value = serde_json::from_str(&error).unwrap_or_else(|problem| panic!("{problem}: {error}"));
    assert!(told["error"]["hint"].as_str().is_some_and(|hint| hint.contains("telemetry.log_format")), "{told}");
}
