//! A recorded request as a command for a shell. What was masked before it was stored stays masked.

use serde_json::Value;

/// The command; none when the record holds no request.
pub fn command(request: &Value) -> Option<String> {
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let mut parts = vec![format!("curl -X {} {}", quoted(text("method")?), quoted(text("url")?))];
    match request.get("headers") {
        Some(Value::Object(headers)) => {
            let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            parts.extend(headers.iter().map(|(name, shown)| format!("-H {}", quoted(&format!("{name}: {}", value(shown))))));
        }
        Some(Value::Array(headers)) => {
            let pair = |pair: &Value| Some(format!("-H {}", quoted(&format!("{}: {}", pair.get(0)?.as_str()?, pair.get(1)?.as_str()?))));
            parts.extend(headers.iter().filter_map(pair));
        }
        _ => {}
    }
    match request.get("body") {
        None | Some(Value::Null) => {}
        Some(Value::String(body)) if body.is_empty() => {}
        Some(Value::String(body)) => parts.push(format!("--data-raw {}", quoted(body))),
        Some(body) => parts.push(format!("--data-raw {}", quoted(&body.to_string()))),
    }
    Some(parts.join(" \\\n  "))
}

/// In single quotes, so that a shell takes nothing in it for its own.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_shell_takes_nothing_of_a_request_for_its_own() {
        let request = json!({
            "method": "POST", "url": "https://oa.example/x?a=$(id)", "headers": {"authorization": "***", "x": "it's"}, "body": {"a": "`b`"}
        });
        let expected = [
            "curl -X 'POST' 'https://oa.example/x?a=$(id)'",
            "-H 'authorization: ***'",
            "-H 'x: it'\\''s'",
            "--data-raw '{\"a\":\"`b`\"}'",
        ];
        assert_eq!(command(&request).unwrap(), expected.join(" \\\n  "));
        assert_eq!(command(&json!({})), None);
    }
}
