//! Malformed and hostile definitions: each is refused at its place, with the code that its help page explains, quickly.

use std::time::{Duration, Instant};
use waybill::domain::catalog::Catalog;
use waybill::domain::text::files::Files;

const TABLE: &str = "format: 1\ntable: t\ninputs: {a: doc.total}\nhit: unique\nrows:\n";
const DOCUMENT: &str = "format: 1\ndocument: order\nkey: number\nschema: documents/order.schema.json\nstatuses: [draft, submitted]\n";
const SCHEMA: &str = r#"{"type": "object", "required": ["number"], "additionalProperties": false, "properties": {
  "number": {"type": "string"},
  "currency": {"type": "string"},
  "total": {"type": "string", "format": "decimal", "x-currency": "currency"}
}}"#;
const CALENDAR: &str = "format: 1\ncalendar: cn\nzone: Asia/Shanghai\nweek: {mon-fri: [\"09:00-18:00\"]}\ndays: calendars/days.csv\n";
const DAYS: &str = "date,kind,name\n2026-10-01,off,x\n";
const PEOPLE: &str = "format: 1\ndirectory: people\nusers: [{id: ada}]\nroles: [{role: clerk, users: [ada]}]\n";

const CONNECTION: &str =
    "format: 1\nconnection: oa_main\nconnector: oa\nsettings: {base_url: https://oa.example.com}\negress: {allow: [oa.example.com]}\n";
const BIND: &str = "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}}\nvalues:\n  limit: {type: decimal, currency: CNY, value: \"5000.00\"}\n";
const CODES: &str = "format: 1\ndictionary: codes\nrows:\n  - {from: a, to: b}\n";
const ORDER_MAP: &str = "format: 1
mapping: order_map
inputs: {source: object}
to: {document: order}
fields:
  - {to: number, from: $.id, required: true}
";
const SAY_MAP: &str = "format: 1
mapping: say_map
inputs: {doc: order}
to: {operation: oa.say}
fields:
  - {to: said, value: doc.number, lookup: codes}
";
const OA: &str = "format: 1
connector: oa
settings: {base_url: {type: url}, key: {type: secret, optional: true}}
http: {base_url: \"{{settings.base_url}}\"}
operations:
  say:
    effect: write
    input: {said: string}
    request: {method: POST, path: /say, json: {said: {value: input.said}}}
    output: {external_id: {type: string, from: $.id}}
    idempotency: {by: nature}
  list:
    effect: read
    input: {since: instant}
    request: {method: GET, path: /list, query: {since: {value: input.since}}}
    output: {ids: {type: [string], from: \"$.items[*].id\", many: true}}
  get:
    effect: read
    input: {id: string}
    request: {method: GET, path: \"/get/{{input.id}}\"}
    output: {id: {type: string, from: $.id}}
streams:
  changed: {operation: list, each: ids, ref: {id: {value: item}}, cursor: {argument: since, overlap: 1m}, every: 1m}
events:
  orders:
    heard_by: [{stream: changed}]
    then: {operation: get, with: {id: ref.id}}
    document: order
    map: order_map
statuses:
  order: {new: draft}
";
const FLOW: &str = "format: 1
flow: greet
document: order
owner: {role: clerk}
calendar: cn
start:
  - {event: oa.orders, when: \"doc.total <= values.limit\"}
steps:
  - {id: hello, call: oa.say, map: say_map}
  - {id: end, end: {outcome: approved, status: draft}}
reactions:
  - {revision: changed, do: [{restart: true}]}
  - {revision: withdrawn, do: [{end: {outcome: cancelled, status: draft}}]}
";

/// One hostile text, and what is said about it: code and line.
struct Case {
    name: &'static str,
    path: &'static str,
    text: String,
    wanted: Vec<(&'static str, u32)>,
}

fn case(name: &'static str, path: &'static str, text: impl Into<String>, wanted: &[(&'static str, u32)]) -> Case {
    Case { name, path, text: text.into(), wanted: wanted.to_vec() }
}

fn project(path: &str, text: &str) -> Files {
    let mut files: Files = [
        ("documents/order.yaml", DOCUMENT),
        ("documents/order.schema.json", SCHEMA),
        ("calendars/cn.yaml", CALENDAR),
        ("calendars/days.csv", DAYS),
        ("config/directory.yaml", PEOPLE),
        ("connectors/oa/connector.yaml", OA),
        ("config/connections/oa_main.yaml", CONNECTION),
        ("config/bindings.yaml", BIND),
        ("mappings/order_map.yaml", ORDER_MAP),
        ("mappings/say_map.yaml", SAY_MAP),
        ("dictionaries/codes.yaml", CODES),
        ("flows/greet.yaml", FLOW),
    ]
    .into_iter()
    .collect();
    files.insert(path, text);
    files
}

fn refused(case: &Case) -> Option<String> {
    let begun = Instant::now();
    let (_, diagnostics) = Catalog::compile(project(case.path, &case.text));
    let found: Vec<(&str, u32)> = diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.span.line)).collect();
    if found != case.wanted {
        let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        return Some(format!("{}: {found:?} instead of {:?}: {messages:?}", case.name, case.wanted));
    }
    for diagnostic in &diagnostics {
        assert_eq!(&*diagnostic.file, case.path, "{}", case.name);
        assert!(
            diagnostic.message.len() + diagnostic.hint.as_ref().map_or(0, |hint| hint.len()) < 2_000,
            "{}: a message too long to read",
            case.name
        );
    }
    // The largest input takes under a second; the margin is for busy machines.
    assert!(begun.elapsed() < Duration::from_secs(20), "{} took {:?}", case.name, begun.elapsed());
    None
}

fn all(cases: Vec<Case>) {
    assert_eq!(Catalog::compile(project("documents/order.yaml", DOCUMENT)).1, [], "the project itself is sound");
    let wrong: Vec<String> = cases.iter().filter_map(refused).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const DOC: &str = "documents/order.yaml";

#[test]
fn yaml() {
    let with = |line: &str| format!("{DOCUMENT}{line}");
    let bomb = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n";
    let mut bomb_findings = vec![("yaml_anchor", 6)];
    bomb_findings.extend([("yaml_anchor", 7); 5]);
    bomb_findings.extend([("yaml_anchor", 8); 5]);
    bomb_findings.extend([("yaml_anchor", 9); 4]);
    all(vec![
        case("empty", DOC, "", &[("yaml_syntax", 1)]),
        case("only white space", DOC, " \n\n", &[("yaml_syntax", 1)]),
        case("only a comment", DOC, "# to do\n", &[("yaml_syntax", 1)]),
        case("unclosed quote", DOC, with("title: \"x\n"), &[("yaml_syntax", 6)]),
        case("unclosed bracket", DOC, with("title: [x\n"), &[("yaml_syntax", 7)]),
        case("unclosed brace", DOC, with("owners: {total: erp\n"), &[("yaml_syntax", 7)]),
        case("tab as indentation", DOC, with("owners:\n\ttotal: erp\n"), &[("yaml_syntax", 7)]),
        case("colon in plain text", DOC, with("title: a: b\n"), &[("yaml_syntax", 6)]),
        case("wrong indentation", DOC, with("owners:\n    total: erp\n  number: erp\n"), &[("yaml_syntax", 8)]),
        case("two documents", DOC, format!("{DOCUMENT}---\n{DOCUMENT}"), &[("yaml_syntax", 6)]),
        case("a NUL byte", DOC, with("title: \0\n"), &[("hidden_character", 6)]),
        case("an escape sequence of terminals", DOC, with("title: \u{1b}[2J\n"), &[("hidden_character", 6)]),
        case("reversed reading direction", DOC, with("# \u{202e}tfard :]\n"), &[("hidden_character", 6)]),
        case("an anchor", DOC, DOCUMENT.replace("key: number", "key: &k number"), &[("yaml_anchor", 3)]),
        case("an alias", DOC, with("title: *k\n"), &[("yaml_anchor", 6)]),
        case("a tag", DOC, with("title: !!python/object:os.system x\n"), &[("yaml_anchor", 6)]),
        case("a bomb of aliases", DOC, with(bomb), &bomb_findings),
        case("a merge key", DOC, with("<<: {title: x}\n"), &[("unknown_key", 6)]),
        case("the same key twice", DOC, with("key: number\n"), &[("duplicate_key", 6)]),
        case("the same key twice, deep", DOC, with("owners: {total: erp, total: oa}\n"), &[("duplicate_key", 6)]),
        case("a list as key", DOC, with("? [a]\n: b\n"), &[("wrong_type", 6)]),
        case("no key", DOC, with(": b\n"), &[("wrong_type", 6)]),
        case("brackets deeper than anybody writes", DOC, with(&format!("title: {}\n", "[".repeat(100))), &[("too_large", 6)]),
        case("brackets that overflow parsers", DOC, with(&format!("title: {}\n", "[".repeat(100_000))), &[("too_large", 6)]),
        case("braces that overflow parsers", DOC, with(&format!("title: {}\n", "{a: ".repeat(100_000))), &[("too_large", 6)]),
        case("dashes that overflow parsers", DOC, with(&format!("title:\n  {}\n", "- ".repeat(100_000))), &[("too_large", 7)]),
        case("a huge value", DOC, with(&format!("title: {}\n", "x".repeat(300_000))), &[("too_large", 6)]),
        case("a huge file", DOC, "#".repeat(5_000_000), &[("too_large", 0)]),
        case("too many values", DOC, with(&format!("title: [{}]\n", "1,".repeat(250_000))), &[("too_large", 6)]),
    ]);
}

#[test]
fn shapes() {
    let with = |line: &str| format!("{DOCUMENT}{line}");
    let many = format!("{DOCUMENT}{}", (0..5_000).map(|number| format!("k{number}: 1\n")).collect::<String>());
    let many_findings: Vec<(&str, u32)> = (0..200).map(|number| ("unknown_key", 6 + number)).collect();
    all(vec![
        case("a list", DOC, "- format: 1\n", &[("bad_format", 1), ("unknown_kind", 1)]),
        case("a scalar", DOC, "just text\n", &[("bad_format", 1), ("unknown_kind", 1)]),
        case("no format", DOC, DOCUMENT.replace("format: 1\n", ""), &[("bad_format", 1), ("missing_key", 1)]),
        case("a format of the future", DOC, DOCUMENT.replace("format: 1", "format: 2"), &[("bad_format", 1)]),
        case("a format in quotes", DOC, DOCUMENT.replace("format: 1", "format: \"1\""), &[("bad_format", 1), ("wrong_type", 1)]),
        case("no kind", DOC, DOCUMENT.replace("document:", "doc_type:"), &[("unknown_kind", 1)]),
        case("a misspelt kind", DOC, DOCUMENT.replace("document:", "documnet:"), &[("unknown_kind", 2)]),
        case("an unknown key", DOC, with("stauses: [x]\n"), &[("unknown_key", 6)]),
        case("a thousand unknown keys", DOC, many, &many_findings),
        case("a missing key", DOC, DOCUMENT.replace("key: number\n", ""), &[("missing_key", 1)]),
        case("nothing where text is wanted", DOC, DOCUMENT.replace("key: number", "key:"), &[("wrong_type", 3)]),
        case("null where a list is wanted", DOC, DOCUMENT.replace("[draft, submitted]", "~"), &[("wrong_type", 5)]),
        case("a mapping where text is wanted", DOC, DOCUMENT.replace("key: number", "key: {a: 1}"), &[("wrong_type", 3)]),
        case("text where a list is wanted", DOC, DOCUMENT.replace("[draft, submitted]", "draft"), &[("wrong_type", 5)]),
        case("an id in capitals", DOC, DOCUMENT.replace("document: order", "document: Order"), &[("bad_id", 2)]),
        case("an id that climbs folders", DOC, DOCUMENT.replace("document: order", "document: ../order"), &[("bad_id", 2)]),
        case(
            "an id of 100,000 letters",
            DOC,
            DOCUMENT.replace("document: order", &format!("document: {}!", "x".repeat(100_000))),
            &[("bad_id", 2)],
        ),
        case("an id in another alphabet", DOC, DOCUMENT.replace("document: order", "document: \u{43e}rder"), &[("bad_id", 2)]),
        case("another kind's folder", "calendars/order2.yaml", DOCUMENT.replace(": order", ": order2"), &[("wrong_folder", 2)]),
        case("beside the folders", "order2.yaml", DOCUMENT.replace(": order", ": order2"), &[("wrong_folder", 2)]),
        case("an id twice", "documents/other.yaml", DOCUMENT, &[("duplicate_definition", 2)]),
        case(
            "a table that leaves something out",
            "tables/t.yaml",
            format!("{TABLE}  - {{a: \"<= 5\", out: {{l: b}}}}\n"),
            &[("table_gap", 6)],
        ),
        case("a table that compares text", "tables/t.yaml", format!("{TABLE}  - {{a: \"<= x\", out: {{l: b}}}}\n"), &[("bad_cell", 6)]),
        case(
            "a field of a type nobody knows",
            "forms/f.yaml",
            "format: 1\nform: f\ndocument: order\nmap: say_map\nsections:\n  - {id: s, fields: [{id: a, type: txt}]}\n",
            &[("bad_word", 6)],
        ),
        case("a language nobody speaks", DOC, with("title: {english: Order}\n"), &[("bad_word", 6)]),
        case("a file that is not there", DOC, DOCUMENT.replace("order.schema.json", "none.json"), &[("unknown_file", 4)]),
        case("a file outside the project", DOC, DOCUMENT.replace("documents/order.schema.json", "/etc/passwd"), &[("unknown_file", 4)]),
        case("a path that climbs out", DOC, DOCUMENT.replace("documents/order.schema.json", "../../etc/passwd"), &[("unknown_file", 4)]),
        case("an owner of a field that is not there", DOC, with("owners: {totl: erp}\n"), &[("unknown_field", 6)]),
    ]);
}

#[test]
fn schemas_and_tables() {
    let schema = "documents/order.schema.json";
    let with = |from: &str, to: &str| SCHEMA.replace(from, to);
    let deep = format!("{}{}", "{\"type\": \"array\", \"items\": ".repeat(200), "}".repeat(200));
    all(vec![
        case("a schema that is no JSON", schema, "{\"type\": ", &[("yaml_syntax", 1)]),
        case(
            "money as floating point",
            schema,
            with("\"string\", \"format\": \"decimal\", \"x-currency\": \"currency\"", "\"number\""),
            &[("bad_schema", 4)],
        ),
        case(
            "a reference that could loop",
            schema,
            with("{\"type\": \"string\"},\n  \"currency\"", "{\"$ref\": \"#\"},\n  \"currency\""),
            &[("bad_schema", 2)],
        ),
        case(
            "a pattern that explodes",
            schema,
            with(
                "{\"type\": \"string\"},\n  \"total\"",
                "{\"type\": \"string\", \"pattern\": \"(((a{100}){100}){100}){100}\"},\n  \"total\"",
            ),
            &[("bad_schema", 3)],
        ),
        case("a schema too deep", schema, deep, &[("too_large", 1)]),
        case(
            "a currency that is neither field nor code",
            schema,
            with("\"x-currency\": \"currency\"", "\"x-currency\": \"amount\""),
            &[("bad_schema", 4)],
        ),
        case("a table without heading", "calendars/days.csv", "2026-10-01,off\n", &[("bad_table", 1)]),
        case("a day that does not exist", "calendars/days.csv", "date,kind\n2026-02-30,off\n", &[("bad_table", 2)]),
        case("a day both ways", "calendars/days.csv", "date,kind\n2026-02-03,off\n2026-02-03,work\n", &[("bad_table", 3)]),
        case("a table of nonsense", "calendars/days.csv", "date,kind\n\"unclosed,off\n", &[("bad_table", 2)]),
    ]);
}

#[test]
fn calendars_people_connections_and_bindings() {
    let connection = "format: 1\nconnection: erp\nconnector: oa\nsettings: {base_url: \"https://erp.example.com\"}\negress: {allow: [erp.example.com]}\n";
    let cn = "calendars/cn.yaml";
    let people = "config/directory.yaml";
    let managers: String = (0..20_000).map(|number| format!("  - {{id: u{number}, manager: u{}}}\n", (number + 1) % 20_000)).collect();
    all(vec![
        case("a zone nobody lives in", cn, CALENDAR.replace("Asia/Shanghai", "Mars/Olympus"), &[("bad_calendar", 3)]),
        case("a zone that climbs folders", cn, CALENDAR.replace("Asia/Shanghai", "../../etc/passwd"), &[("bad_calendar", 3)]),
        case("hours that run backwards", cn, CALENDAR.replace("09:00-18:00", "18:00-09:00"), &[("bad_calendar", 4)]),
        case("a week without work", cn, CALENDAR.replace("[\"09:00-18:00\"]", "[]"), &[("bad_calendar", 4)]),
        case("a manager of nobody", people, PEOPLE.replace("{id: ada}", "{id: ada, manager: eve}"), &[("unknown_definition", 3)]),
        case("one's own manager", people, PEOPLE.replace("{id: ada}", "{id: ada, manager: ada}"), &[("cycle", 3)]),
        case("20,000 managers in a circle", people, format!("format: 1\ndirectory: people\nusers:\n{managers}"), &[("cycle", 4)]),
        case("a second directory", "config/more.yaml", PEOPLE.replace("people", "more"), &[("duplicate_definition", 2)]),
        case(
            "a place of secrets that is none",
            "config/connections/erp.yaml",
            connection.replace("{base", "{key: {secret: vault/x}, base"),
            &[("wrong_type", 4)],
        ),
        case(
            "a URL where a host is wanted",
            "config/connections/erp.yaml",
            connection.replace("allow: [", "allow: [\"http://x.org/\", "),
            &[("bad_value", 5)],
        ),
        case("a rate of nothing", "config/connections/erp.yaml", format!("{connection}limits: {{rate: 0/s}}\n"), &[("wrong_type", 6)]),
        case(
            "a duration beyond all years",
            "config/connections/erp.yaml",
            format!("{connection}limits: {{timeout: 99999999999999999999s}}\n"),
            &[("wrong_type", 6)],
        ),
        case(
            "a key in plain text",
            "config/connections/erp.yaml",
            format!("{connection}tls: {{certificate: PEM, key: PEM}}\n"),
            &[("secret_in_text", 6)],
        ),
        case("bindings without a default", "config/bindings.yaml", "format: 1\nbind: []\n", &[("bad_binding", 2)]),
        case(
            "a role played by nobody",
            "config/bindings.yaml",
            "format: 1\nbind:\n  - {id: a, default: true, roles: {erp: none}}\n",
            &[("unknown_definition", 3)],
        ),
        case(
            "money without quotes",
            "config/bindings.yaml",
            "format: 1\nbind:\n  - {id: a, default: true}\nvalues:\n  limit: {type: decimal, value: 5000.10}\n",
            &[("bad_value", 5)],
        ),
        case(
            "a number beyond 2^63",
            "config/bindings.yaml",
            "format: 1\nbind:\n  - {id: a, default: true}\nvalues:\n  n: {type: int, value: 9223372036854775808}\n",
            &[("bad_value", 5)],
        ),
        case(
            "a decimal of 40 digits",
            "config/bindings.yaml",
            format!("format: 1\nbind:\n  - {{id: a, default: true}}\nvalues:\n  n: {{type: decimal, value: \"{}\"}}\n", "9".repeat(40)),
            &[("bad_value", 5)],
        ),
    ]);
}

#[test]
fn connectors() {
    let path = "connectors/oa/connector.yaml";
    let with = |from: &str, to: &str| {
        assert!(OA.contains(from), "{from}");
        OA.replacen(from, to, 1)
    };
    all(vec![
        case("a kind that there is not", path, with("connector: oa", "connector: oa\nkind: telex"), &[("bad_word", 3)]),
        case(
            "a word of a later release",
            path,
            with("settings.base_url}}\"}", "settings.base_url}}\", proxy: x}"),
            &[("not_available_yet", 4)],
        ),
        case("a write that may be doubled", path, with("    idempotency: {by: nature}\n", ""), &[("write_without_idempotency", 7)]),
        case("a name out of scope", path, with("value: input.said", "value: doc.said"), &[("expression_name", 9)]),
        case("CEL that is none", path, with("value: input.said", "value: \"input.said +\""), &[("expression_syntax", 9)]),
        case("a clock", path, with("value: input.said", "value: now()"), &[("expression_name", 9)]),
        case(
            "CEL nested without end",
            path,
            with("value: input.said", &format!("value: \"{}input.said{}\"", "(".repeat(5_000), ")".repeat(5_000))),
            &[("expression_syntax", 9)],
        ),
        case("a JSONPath that is none", path, with("from: $.id}}\n    idem", "from: \"$[\"}}\n    idem"), &[("path_syntax", 10)]),
        case(
            "a JSONPath that compares numbers",
            path,
            with("from: $.id}}\n    idem", "from: \"$.items[?@.amount > 10].id\"}}\n    idem"),
            &[("path_number_compare", 10)],
        ),
        case("a template that is not closed", path, with("/get/{{input.id}}", "/get/{{input.id}"), &[("template_syntax", 20)]),
        case("a template out of scope", path, with("/get/{{input.id}}", "/get/{{settings.key}}{{doc.id}}"), &[("template_name", 20)]),
        case("an undeclared operation", path, with("operation: get, with", "operation: gett, with"), &[("unknown_definition", 27)]),
        case("a mapping that is not there", path, with("map: order_map", "map: oder_map"), &[("unknown_definition", 29)]),
        case("a status nobody has", path, with("{new: draft}", "{new: draught}"), &[("unknown_definition", 31)]),
        case("a misspelt key, deep", path, with("heard_by:", "herd_by:"), &[("unknown_key", 26), ("missing_key", 26)]),
    ]);
}

#[test]
fn mappings_dictionaries_and_flows() {
    let (flow, say, order) = ("flows/greet.yaml", "mappings/say_map.yaml", "mappings/order_map.yaml");
    let with = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let deep = format!(
        "{}{{id: x, outcome: approved}}{}",
        "{id: a, choose: {branches: [], otherwise: {id: b, steps: [".repeat(40),
        "]}}}".repeat(40)
    );
    all(vec![
        case("a field that is not there", say, with(SAY_MAP, "doc.number", "doc.numbr"), &[("unknown_field", 6)]),
        case("a target that is not there", say, with(SAY_MAP, "to: said", "to: sad"), &[("unmapped_target", 4), ("unknown_target", 6)]),
        case(
            "a required target left out",
            say,
            with(SAY_MAP, "fields:\n  - {to: said, value: doc.number, lookup: codes}\n", "fields: []\n"),
            &[("unmapped_target", 4)],
        ),
        case("a code table that is not there", say, with(SAY_MAP, "lookup: codes", "lookup: cods"), &[("unknown_definition", 6)]),
        case(
            "a document type that is not there",
            order,
            with(ORDER_MAP, "document: order", "document: ordr"),
            &[("unknown_definition", 4)],
        ),
        case("a role nobody plays", say, with(SAY_MAP, "oa.say", "erp.say"), &[("unbound_role", 4)]),
        case("a code twice", "dictionaries/codes.yaml", format!("{CODES}  - {{from: a, to: c}}\n"), &[("overlapping_rows", 5)]),
        case(
            "decimals against text",
            flow,
            with(FLOW, "doc.total <= values.limit", "doc.number <= values.limit"),
            &[("expression_type", 7)],
        ),
        case("a date of today", flow, with(FLOW, "doc.total <= values.limit", "today() > doc.number"), &[("expression_name", 7)]),
        case(
            "people asked by a word that there is not",
            flow,
            with(FLOW, "call: oa.say, map: say_map", "approve: {by: initiator, empty: sometimes}, due: 1d"),
            &[("wrong_type", 9), ("untold", 10)],
        ),
        case("a step that says nothing", flow, with(FLOW, "call: oa.say, map: say_map", "title: x"), &[("missing_key", 9), ("untold", 10)]),
        case("a step twice", flow, with(FLOW, "id: end, end", "id: hello, end"), &[("duplicate_step", 10)]),
        case("steps deeper than anybody writes", flow, with(FLOW, "{id: hello, call: oa.say, map: say_map}", &deep), &[("too_large", 9)]),
        case(
            "a status the document does not have",
            flow,
            with(FLOW, "approved, status: draft", "approved, status: done"),
            &[("unknown_definition", 10)],
        ),
        case("a word that is no outcome", flow, with(FLOW, "outcome: approved", "outcome: accepted"), &[("bad_word", 10)]),
        case("a role of nobody", flow, with(FLOW, "role: clerk", "role: clark"), &[("unknown_definition", 4)]),
        case("no end", flow, with(FLOW, "  - {id: end, end: {outcome: approved, status: draft}}\n", ""), &[("path_without_end", 9)]),
    ]);
}

#[test]
fn numbers_beyond_floating_point_stay_exact() {
    let text = "format: 1\nbind:\n  - {id: a, default: true}\nvalues:\n  n: {type: int, value: 9007199254740993}\n  d: {type: decimal, value: \"12345678901234567.89\"}\n";
    let (catalog, _) = Catalog::compile(project("config/bindings.yaml", text));
    let value = |name: &str| catalog.bindings.values[name].value.to_json().to_string();
    assert_eq!((value("n"), value("d")), ("9007199254740993".to_owned(), "\"12345678901234567.89\"".to_owned()));
}

#[test]
fn all_problems_of_all_files_come_in_one_go() {
    let mut files = project("documents/order.yaml", &DOCUMENT.replace("key: number", "key: numbr"));
    files.insert("calendars/cn.yaml", CALENDAR.replace("Asia/Shanghai", "Asia/Shanghi"));
    files.insert("calendars/broken.yaml", "a: [");
    files.insert("calendars/days.csv", "date,kind\nx,off\n");
    files.insert("tables/t.yaml", format!("{TABLE}  - {{a: \"<= x\", out: {{l: b}}}}\n"));
    let (_, diagnostics) = Catalog::compile(files);
    let found: Vec<(&str, &str)> = diagnostics.iter().map(|diagnostic| (diagnostic.code, &*diagnostic.file)).collect();
    assert_eq!(
        found,
        [
            ("yaml_syntax", "calendars/broken.yaml"),
            ("bad_calendar", "calendars/cn.yaml"),
            ("bad_table", "calendars/days.csv"),
            ("unknown_field", "documents/order.yaml"),
            ("bad_cell", "tables/t.yaml"),
        ]
    );
}
