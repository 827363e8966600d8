//! Wrong connectors: each is refused with its code at its path, and nothing of it is used.

use super::{HEAD, compile};

/// The rest of a file and the code and path of what must be found.
const TABLE: &[(&str, &str, &str)] = &[
    // Writes and what makes them safe.
    ("operations: {w: {effect: write, request: {method: POST, path: /}}}", "write_without_idempotency", "operations.w"),
    ("operations: {r: {effect: read, request: {method: GET, path: /}, idempotency: {by: nature}}}", "wrong_type", "operations.r"),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: lookup, operation: f, executes_within: 60s, visible_within: 2m, ask_after: [5s, 3m]}}, f: {effect: read, request: {method: GET, path: /}}}",
        "lookup_too_early",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: lookup, operation: f, ask_after: [5m, 4m]}}, f: {effect: read, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, output: {id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: f}}, f: {effect: read, request: {method: GET, path: /}}}",
        "unknown_field",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: lookup, operation: w2}}, w2: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}}}",
        "wrong_type",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: magic}}}",
        "bad_word",
        "operations.w.idempotency",
    ),
    // Look-ups that cannot tell: by what was never sent, by nothing, or by what is there in any case.
    (
        "operations: {w: {effect: write, input: {reference: string, title: string}, request: {method: POST, path: /, json: {t: {value: input.title}}}, output: {external_id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: f, with: {reference: input.reference}}}, f: {effect: read, input: {reference: string}, request: {method: GET, path: /}, output: {external_id: {type: string, from: $.id, optional: true}}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {reference: string, title: string}, request: {method: POST, path: /, json: {t: {value: input.title}}}, output: {external_id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: f}}, f: {effect: read, input: {reference: string}, request: {method: GET, path: /}, output: {external_id: {type: string, from: $.id, optional: true}}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {reference: string, title: string}, request: {method: POST, path: /, json: {t: {value: input.title}}}, output: {external_id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: f, with: {k: attempt.key}}}, f: {effect: read, input: {k: string}, request: {method: GET, path: /}, output: {external_id: {type: string, from: $.id, optional: true}}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {reference: string, title: string}, request: {method: POST, path: /, json: {r: {value: input.reference}}}, output: {external_id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: f, with: {kind: \"'order'\"}}}, f: {effect: read, input: {kind: string}, request: {method: GET, path: /}, output: {external_id: {type: string, from: $.id, optional: true}}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {reference: string, title: string}, request: {method: POST, path: /, json: {r: {value: input.reference}}}, output: {external_id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: f}}, f: {effect: read, input: {}, request: {method: GET, path: /}, output: {external_id: {type: string, from: $.id, optional: true}}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /, json: {r: {value: reference}}}, idempotency: {by: lookup, operation: f}}, f: {effect: read, input: {reference: string}, request: {method: GET, path: /}, output: {count: {type: int, from: $.n}}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /, json: {r: {value: reference}}}, idempotency: {by: lookup, operation: f}}, f: {effect: read, input: {reference: string}, request: {method: GET, path: /}}}",
        "lookup_cannot_tell",
        "operations.w.idempotency",
    ),
    // What is said to be lacking, and is there.
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}}}\nlacks: {look_up: nobody can be asked}",
        "bad_value",
        "lacks",
    ),
    ("operations: {r: {effect: read, request: {method: GET, path: /}}}\nlacks: {templates: there are none}", "unknown_key", "lacks"),
    // Keys that another write may have too, or that take the place of something.
    (
        "operations: {w: {effect: write, input: {title: string}, request: {method: POST, path: /, json: {a: 1}}, idempotency: {by: header, header: Idempotency-Key, value: abc}}}",
        "key_not_own",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {title: string}, request: {method: POST, path: /, json: {a: 1}}, idempotency: {by: header, header: Idempotency-Key, value: {value: input.title}}}}",
        "key_not_own",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {title: string}, request: {method: POST, path: /, json: {a: 1}}, idempotency: {by: body, field: key, value: {text: \"k-{{input.title}}\"}}}}",
        "key_not_own",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {title: string}, request: {method: POST, path: /, json: {title: {value: input.title}}}, idempotency: {by: body, field: title}}}",
        "duplicate_key",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {title: string}, request: {method: POST, path: /, form: {title: {value: input.title}}}, idempotency: {by: body, field: title}}}",
        "duplicate_key",
        "operations.w.idempotency",
    ),
    (
        "operations: {w: {effect: write, input: {title: string}, request: {method: POST, path: /, json: {value: input}}, idempotency: {by: body, field: title}}}",
        "duplicate_key",
        "operations.w.idempotency",
    ),
    // Defaults that are not what is declared, and bounds of our reference that it cannot keep.
    (
        "operations: {r: {effect: read, input: {n: {type: int, default: two}}, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.r.input.n",
    ),
    (
        "operations: {r: {effect: read, input: {n: {type: decimal, default: 0.13}}, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.r.input.n",
    ),
    (
        "operations: {r: {effect: read, input: {n: {type: string, default: null}}, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.r.input.n",
    ),
    (
        "operations: {r: {effect: read, input: {n: {type: string, max_length: 2, default: abc}}, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.r.input.n",
    ),
    (
        "operations: {r: {effect: read, input: {n: {type: [string], max_items: 1, default: [a, b]}}, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.r.input.n",
    ),
    (
        "operations: {r: {effect: read, input: {n: {type: secret, default: x}}, request: {method: GET, path: /}}}",
        "secret_in_text",
        "operations.r.input.n",
    ),
    (
        "operations: {r: {effect: read, input: {rows: {type: [object], fields: {day: {type: date, default: today}}}}, request: {method: GET, path: /}}}",
        "bad_value",
        "operations.r.input.rows.fields.day",
    ),
    (
        "operations: {w: {effect: write, input: {reference: {type: string, max_length: 9}}, request: {method: POST, path: /, json: {r: {value: input.reference}}}, idempotency: {by: nature}}}",
        "bad_value",
        "operations.w.input.reference",
    ),
    (
        "operations: {w: {effect: write, steps: [{id: s, call: put}], idempotency: {by: nature}}, put: {effect: write, input: {reference: {type: string, max_length: 12}}, request: {method: POST, path: /, json: {r: {value: input.reference}}}, idempotency: {by: nature}}}",
        "lossy_conversion",
        "operations.w.input",
    ),
    // Text that is inserted where it could say something else.
    (
        "operations: {r: {effect: read, input: {n: string}, request: {method: POST, path: /, headers: {Content-Type: application/json}, body_text: '{\"n\": \"{{input.n}}\"}'}}}",
        "wrong_type",
        "operations.r.request",
    ),
    (
        "operations: {r: {effect: read, input: {n: string}, request: {method: POST, path: /, headers: {content-type: {text: \"application/vnd.x+json\"}}, body_text: '[{{input.n}}]'}}}",
        "wrong_type",
        "operations.r.request",
    ),
    // Operations that are not there, or are of the wrong kind.
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}, reverse: {operation: undo}}}",
        "unknown_definition",
        "operations.w.reverse",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}, readback: {operation: w, expect: \"true\"}}}",
        "wrong_type",
        "operations.w.readback",
    ),
    ("operations: {a: {effect: read, steps: [{id: s, call: b}]}, b: {effect: read, steps: [{id: s, call: a}]}}", "cycle", "operations"),
    (
        "operations: {a: {effect: read, steps: [{id: s, call: b}]}, b: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}}}",
        "wrong_type",
        "operations.a.steps[0]",
    ),
    ("operations: {a: {effect: read}}", "missing_key", "operations.a"),
    ("operations: {a: {effect: read, request: {method: GET, path: /}, steps: []}}", "wrong_type", "operations.a"),
    (
        "operations: {a: {effect: read, steps: [{id: s, call: b}, {id: s, call: b}]}, b: {effect: read, request: {method: GET, path: /}}}",
        "duplicate_step",
        "operations.a.steps[1]",
    ),
    (
        "operations: {a: {effect: read, steps: [{id: s, call: b, with: {x: \"1\"}}]}, b: {effect: read, request: {method: GET, path: /}}}",
        "unknown_field",
        "operations.a.steps[0].with.x",
    ),
    (
        "operations: {a: {effect: read, steps: [{id: s, call: b}]}, b: {effect: read, input: {x: string}, request: {method: GET, path: /}}}",
        "missing_key",
        "operations.a.steps[0]",
    ),
    (
        "operations: {a: {effect: read, steps: [{id: s, call: b, with: {x: \"true\"}}]}, b: {effect: read, input: {x: instant}, request: {method: GET, path: /}}}",
        "expression_type",
        "operations.a.steps[0].with.x",
    ),
    // Pages.
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, page: {kind: page}, output: {x: {type: [string], from: \"$[*]\", many: true}}}}",
        "unbounded_page",
        "operations.a.page",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, page: {kind: page, end: short_page}}}",
        "unbounded_page",
        "operations.a.page",
    ),
    (
        "operations: {w: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}, page: {kind: page, end: short_page}, output: {x: {type: [string], from: \"$[*]\", many: true}}}}",
        "wrong_type",
        "operations.w",
    ),
    ("operations: {a: {effect: read, request: {method: GET, path: /}, page: {kind: scroll}}}", "bad_word", "operations.a.page"),
    // Requests.
    ("operations: {a: {effect: read, request: {method: GET}}}", "missing_key", "operations.a.request"),
    ("operations: {a: {effect: read, request: {method: GET, path: /, json: {a: 1}}}}", "wrong_type", "operations.a.request"),
    ("operations: {a: {effect: read, request: {method: TRACE, path: /}}}", "bad_word", "operations.a.request.method"),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /, headers: {Host: evil.example}}}}",
        "bad_value",
        "operations.a.request",
    ),
    ("operations: {a: {effect: read, request: {method: GET, path: /, headers: {\"X Y\": z}}}}", "bad_value", "operations.a.request"),
    ("operations: {a: {effect: read, request: {method: POST, path: /, json: {a: 1}, form: {a: 1}}}}", "wrong_type", "operations.a.request"),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, multipart: {a: 1}, xml: {a: 1}}}}",
        "wrong_type",
        "operations.a.request",
    ),
    ("operations: {a: {effect: read, request: {method: POST, path: /, xml: \"<a/>\"}}}", "wrong_type", "operations.a.request.xml"),
    ("operations: {a: {effect: read, request: {method: GET, path: /, body_text: x}}}", "wrong_type", "operations.a.request"),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, multipart: {a: {file: {name: x}}}}}}",
        "missing_key",
        "operations.a.request.multipart.a.file",
    ),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, soap: {action: 'a\"b', body: {x: 1}}}}}",
        "bad_value",
        "operations.a.request.soap",
    ),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, soap: {namespaces: {soap: 'urn:x'}, body: {x: 1}}}}}",
        "bad_value",
        "operations.a.request.soap",
    ),
    (
        "operations: {a: {effect: read, decode: [{lists: $.x}], steps: [{id: s, call: b}]}, b: {effect: read, request: {method: GET, path: /}}}",
        "wrong_type",
        "operations.a",
    ),
    ("limits: {remaining: {header: X-Left, pause: {as: seconds}}}", "missing_key", "limits.remaining.pause"),
    ("operations: {a: {effect: read, request: {method: GET, path: \"/{{input.nope}}\"}}}", "template_name", "operations.a.request.path"),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /, query: {x: {value: nobody.there}}}}}",
        "expression_name",
        "operations.a.request.query.x.value",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /, query: {x: {value: reference, as: sideways}}}}}",
        "bad_word",
        "operations.a.request.query.x.as",
    ),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, json: {d: {value: reference, as: {date: \"YYYY-QQ\"}}}}}}",
        "bad_value",
        "operations.a.request.json.d.as",
    ),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, json: {d: {value: reference, as: {date: yyyy, zone: Mars/Base}}}}}}",
        "bad_value",
        "operations.a.request.json.d.as",
    ),
    ("operations: {a: {effect: read, request: {method: GET, path: /, timeout: 3wd}}}", "wrong_type", "operations.a.request"),
    // Outputs.
    ("operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {from: $.x}}}}", "missing_key", "operations.a.output.x"),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {type: strnig, from: $.x}}}}",
        "bad_word",
        "operations.a.output.x",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {type: string, from: $.x, many: true}}}}",
        "expression_type",
        "operations.a.output.x",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {type: string, from: \"$.[\"}}}}",
        "path_syntax",
        "operations.a.output.x.from",
    ),
    // Secrets.
    ("auth: {kind: basic, user: {value: settings.user}, password: hunter2}", "secret_in_text", "auth"),
    ("auth: {kind: bearer, token: abcdef}", "secret_in_text", "auth"),
    ("auth: {kind: static_headers, headers: {X-Api-Key: abcdef}}", "secret_in_text", "auth"),
    ("auth: {kind: static_headers, headers: {Authorization: {text: \"Bearer abc\"}}}", "secret_in_text", "auth"),
    (
        "operations: {a: {effect: read, request: {method: POST, path: /, json: {deep: [{password: hunter2}]}}}}",
        "secret_in_text",
        "operations.a.request.json",
    ),
    // Secrets are for requests: nothing that goes on to people or to another operation may hold one.
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {type: string, value: settings.key}}}}",
        "unknown_field",
        "operations.a.output.x",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {type: secret, value: settings.key}}}}",
        "unknown_field",
        "operations.a.output.x",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, output: {x: {type: string, text: \"{{settings.key}}\"}}}}",
        "template_name",
        "operations.a.output.x",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /}, responses: [{when: \"response.status == 400\", class: refused, message: {text: \"{{settings.key}}\"}}]}}",
        "template_name",
        "operations.a.responses[0].message",
    ),
    ("responses: [{when: \"settings.key.startsWith('a')\", class: ok}]", "unknown_field", "responses[0].when"),
    (
        "operations: {a: {effect: read, steps: [{id: s, call: b, with: {k: settings.key}}]}, b: {effect: read, input: {k: string}, request: {method: GET, path: /}}}",
        "unknown_field",
        "operations.a.steps[0]",
    ),
    (
        "operations: {a: {effect: write, input: {l: [string]}, request: {method: POST, path: /, json: {l: {value: batch.items}}}, batch: {over: \"[settings.key]\", as: one, results: $.r, status: result.s, output: {x: {type: string, value: one}}}, idempotency: {by: nature}}}",
        "unknown_field",
        "operations.a.batch.over",
    ),
    // In a request a secret stays one: cut into pieces it would be shown unmasked with the request.
    (
        "operations: {a: {effect: read, request: {method: GET, path: /, query: {q: {value: \"[settings.key].join('')\"}}}}}",
        "expression_type",
        "operations.a.request.query.q",
    ),
    (
        "operations: {a: {effect: read, request: {method: GET, path: /, query: {q: {value: \"[settings.key, 1].join('')\"}}}}}",
        "expression_type",
        "operations.a.request.query.q",
    ),
    (
        "operations: {a: {effect: read, input: {n: string}, request: {method: GET, path: /, query: {q: {value: \"settings[input.n].substring(0, 1)\"}}}}}",
        "expression_type",
        "operations.a.request.query.q",
    ),
    // Auth.
    ("auth: {kind: oauth2_authorization_code}", "missing_key", "auth"),
    (
        "auth: {kind: oauth2_authorization_code, authorize_url: \"https://a.example/\", token_url: \"https://a.example/t\", client_id: hub, client_secret: hunter2}",
        "secret_in_text",
        "auth",
    ),
    ("auth: {kind: baisc}", "bad_word", "auth"),
    (
        "auth: {kind: token_request, request: {method: POST, path: /}, token: {from: $.t}, apply: {header: Authorization}}",
        "missing_key",
        "auth.apply",
    ),
    (
        "auth: {kind: login_session, request: {method: POST, path: /}, capture: {a: {from: $.a, header: b}}, apply: {header: X, value: session.a}}",
        "missing_key",
        "auth.capture.a",
    ),
    (
        "auth: {kind: login_session, request: {method: POST, path: /}, capture: {a: {from: $.a}}, apply: {header: X, value: session.b}}",
        "unknown_field",
        "auth.apply.value",
    ),
    // Rules.
    ("responses: [{when: \"response.status == 1\", class: fine}]", "bad_word", "responses[0].class"),
    ("responses: [{when: \"response.sttus == 1\", class: ok}]", "unknown_field", "responses[0].when"),
    ("responses: [{when: \"response.status\", class: ok}]", "expression_type", "responses[0].when"),
    // Webhooks.
    (
        "webhooks: {w: {signature: {kind: hmac, header: X, secret: hunter2}, ref: {id: {from: $.id}}}}",
        "secret_in_text",
        "webhooks.w.signature",
    ),
    (
        "webhooks: {w: {signature: {kind: token, header: X, secret: settings.user}, ref: {id: {from: $.id}}}}",
        "expression_type",
        "webhooks.w.signature",
    ),
    (
        "webhooks: {w: {signature: {kind: token, header: X, secret: settings.nope}, ref: {id: {from: $.id}}}}",
        "unknown_field",
        "webhooks.w.signature",
    ),
    (
        "webhooks: {w: {signature: {kind: hmac, header: X, secret: settings.key, signed: \"{timestamp}.{body}\"}, ref: {id: {from: $.id}}}}",
        "bad_value",
        "webhooks.w.signature",
    ),
    (
        "webhooks: {w: {signature: {kind: hmac, header: X, secret: settings.key, signed: \"{timestamp}\"}, ref: {id: {from: $.id}}}}",
        "bad_value",
        "webhooks.w.signature",
    ),
    (
        "webhooks: {w: {signature: {kind: wecom, secret: settings.key, aes_key: settings.base_url, receiver: settings.key}, ref: {id: {from: $.id}}}}",
        "expression_type",
        "webhooks.w.signature",
    ),
    ("webhooks: {w: {ref: {id: {from: $.id}}, acknowledge: {status: 404}}}", "bad_value", "webhooks.w"),
    (
        "webhooks: {w: {signature: {kind: hmac, header: X, secret: settings.key, timestamp_header: T}, ref: {id: {from: $.id}}}}",
        "bad_value",
        "webhooks.w.signature",
    ),
    (
        "operations: {l: {effect: read, request: {method: GET, path: /}, output: {ids: {type: [string], from: \"$[*]\", many: true}}}}\nstreams: {s: {operation: l, each: ids, ref: {id: {value: item}}, every: 1ms}}",
        "bad_value",
        "streams.s",
    ),
    // Kinds.
    ("kind: sql", "missing_key", ""),
    ("kind: amqp", "unknown_key", "http"),
    ("kind: telex", "bad_word", "kind"),
    ("limits: {concurrency: 0}", "bad_value", ""),
    ("redact: [\"$.a[?(@.b)]\"]", "path_syntax", "redact"),
];

#[test]
fn each_is_refused_with_its_code_at_its_place() {
    let mut wrong = Vec::new();
    for (rest, code, path) in TABLE {
        let (connector, findings) = compile(&format!("{HEAD}{rest}\n"));
        let found: Vec<String> =
            findings.iter().map(|finding| format!("{} at `{}`: {}", finding.code, finding.path, finding.message)).collect();
        let fits = findings.iter().any(|finding| finding.code == *code && finding.path.starts_with(path) && finding.span.line > 0);
        if !fits {
            wrong.push(format!("{rest}\n  wanted {code} at `{path}`, found {found:#?}"));
        }
        if connector.is_some() {
            wrong.push(format!("{rest}\n  compiles all the same"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An event and the operation it reads, with one thing wrong.
fn event(event: &str) -> String {
    format!(
        "{HEAD}operations:
  get: {{effect: read, input: {{id: string}}, request: {{method: GET, path: /}}, output: {{id: {{type: string, from: $.id}}, status: {{type: string, from: $.s}}}}}}
  list: {{effect: read, input: {{since: instant}}, request: {{method: GET, path: /}}, output: {{ids: {{type: [string], from: \"$[*]\", many: true}}}}}}
webhooks:
  signed: {{signature: {{kind: token, header: X, secret: settings.key}}, ref: {{id: {{from: $.id}}, kind: {{from: $.kind}}}}}}
  open: {{ref: {{id: {{from: $.id}}}}}}
streams:
  s: {{operation: list, each: ids, ref: {{id: {{value: item}}}}, cursor: {{argument: since}}, every: 1m}}
events:
  e: {event}
"
    )
}

#[test]
fn events_must_be_believable_and_complete() {
    let rules = "outcome: [{when: \"output.status == 'a'\", is: approved}, {otherwise: unknown}]";
    let sound = format!(
        "{{heard_by: [{{webhook: signed}}, {{stream: s}}], then: {{operation: get, with: {{id: ref.id}}}}, link: {{external_id: output.id}}, {rules}}}"
    );
    let (connector, findings) = compile(&event(&sound));
    assert!(connector.is_some() && findings.is_empty(), "{findings:#?}");
    let table: &[(String, &str)] = &[
        (sound.replace("webhook: signed", "webhook: sined"), "unknown_definition"),
        (sound.replace("stream: s", "stream: t"), "unknown_definition"),
        (sound.replace("operation: get", "operation: got"), "unknown_definition"),
        // `kind` is given by the webhook alone: a stream could not ask with it.
        (sound.replace("id: ref.id", "id: ref.kind"), "unknown_field"),
        (sound.replace("{otherwise: unknown}", "{when: \"true\", is: pending}"), "missing_otherwise"),
        (sound.replace("otherwise: unknown", "otherwise: approved"), "bad_value"),
        (sound.replace("otherwise: unknown", "otherwise: pending"), "bad_value"),
        (sound.replace("is: approved", "is: agreed"), "bad_word"),
        (sound.replace("link: {external_id: output.id}, ", ""), "missing_key"),
        (sound.replace("output.status", "output.sttus"), "unknown_field"),
        (sound.replace("then: {operation: get, with: {id: ref.id}}, ", ""), "missing_key"),
        (sound.replace("then:", "trust: payload, then:"), "missing_key"),
        (sound.replace("then:", "output: {id: {type: string, from: $.id}}, then:"), "wrong_type"),
        (
            sound
                .replace("webhook: signed", "webhook: open")
                .replace("then:", "trust: payload, output: {id: {type: string, from: $.id}, status: {type: string, from: $.s}}, then:"),
            "bad_value",
        ),
        (
            sound.replace(
                "then: {operation: get, with: {id: ref.id}}",
                "trust: payload, output: {id: {type: string, from: $.id}, status: {type: string, from: $.s}}",
            ),
            "missing_key",
        ),
        (sound.replace("heard_by: [{webhook: signed}, {stream: s}]", "heard_by: []"), "missing_key"),
        (sound.replace("{stream: s}", "{reread: open_links, every: []}"), "bad_value"),
        (sound.replace("{stream: s}", "{reread: open_links, every: [1ms]}"), "bad_value"),
        (sound.replace("link:", "withdrawn: {when: \"true\"}, link:"), "missing_key"),
        (sound.replace("link:", "document: purchase_order, link:"), "missing_key"),
    ];
    for (text, code) in table {
        let (connector, findings) = compile(&event(text));
        assert!(findings.iter().any(|finding| finding.code == *code), "{text}\n  wanted {code}, found {findings:#?}");
        assert!(connector.is_none(), "{text} compiles all the same");
    }
}

#[test]
fn every_problem_comes_at_once() {
    let text = format!(
        "{HEAD}auth: {{kind: bearer, token: abc}}\nresponses: [{{when: \"nobody\", class: ok}}]\noperations: {{w: {{effect: write, request: {{method: POST, path: /}}}}}}\nunknown: 1\n"
    );
    let (_, findings) = compile(&text);
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["expression_name", "secret_in_text", "unknown_key", "write_without_idempotency"]);
}

#[test]
fn writes_are_labelled_in_words() {
    let connector = super::sound(
        "operations:
  a: {effect: write, request: {method: POST, path: /}, idempotency: {by: none}}
  b: {effect: write, request: {method: POST, path: /, json: {r: {value: reference}}}, idempotency: {by: lookup, operation: r}}
  r: {effect: read, input: {reference: string}, request: {method: GET, path: /}, output: {id: {type: string, from: $.id, optional: true}}}
",
    );
    let label = |name: &str| connector.operation(name).unwrap().label();
    assert!(label("a").starts_with("may duplicate"));
    assert!(label("b").contains("looked up by `r`"));
    assert_eq!(label("r"), "reads only");
}
