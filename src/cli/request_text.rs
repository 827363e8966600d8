//! Recorded requests and answers for people: the first line, headers, body.

use super::output::printable;
use serde_json::Value as Json;

/// A recorded request.
pub fn request(recorded: &Json) -> String {
    let line = format!("{} {}", word(&recorded["method"]), word(&recorded["url"]));
    message('>', &line, recorded)
}

/// A recorded answer.
pub fn response(recorded: &Json) -> String {
    message('<', &format!("HTTP {}", word(&recorded["status"])), recorded)
}

/// JSON over several lines, each moved in.
pub fn indented(json: &Json) -> String {
    let text = format!("{json:#}");
    text.lines().map(|line| format!("  {}", printable(line))).collect::<Vec<_>>().join("\n")
}

fn message(mark: char, line: &str, recorded: &Json) -> String {
    let mut text = format!("  {mark} {}\n", printable(line));
    for (name, value) in recorded["headers"].as_object().into_iter().flatten() {
        text += &format!("  {mark} {}: {}\n", printable(name), printable(&word(value)));
    }
    if !recorded["body"].is_null() {
        text += &format!("{}\n", indented(&recorded["body"]));
    }
    text
}

fn word(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_reads_like_one() {
        let recorded = json!({"method": "POST", "url": "https://erp.example/x", "headers": {"a": "b\u{1b}[2J"}, "body": {"n": 1}});
        let text = request(&recorded);
        assert!(text.starts_with("  > POST https://erp.example/x\n  > a: b") && !text.contains('\u{1b}'), "{text}");
        assert!(text.ends_with("  {\n    \"n\": 1\n  }\n"), "{text}");
        assert_eq!(response(&json!({"status": 204, "headers": {}, "body": null})), "  < HTTP 204\n");
    }
}
