use super::*;
use crate::domain::text::files::Files;

const SCHEMA: &str =
    r#"{"type": "object", "required": ["number"], "additionalProperties": false, "properties": {"number": {"type": "string"}}}"#;

fn files() -> Files {
    [
        ("documents/order.yaml", "format: 1\ndocument: order\nkey: number\nschema: documents/order.schema.json\nstatuses: [draft]\n"),
        ("documents/order.schema.json", SCHEMA),
        ("calendars/cn.yaml", "format: 1\ncalendar: cn\nzone: Asia/Shanghai\nweek: {mon-fri: [\"09:00-18:00\"]}\n"),
        ("connectors/oa/connector.yaml", "format: 1\nconnector: oa\nsettings: {base_url: {type: url}}\nhttp: {base_url: \"{{settings.base_url}}\"}\n"),
        (
            "config/connections/oa_main.yaml",
            "format: 1\nconnection: oa_main\nconnector: oa\nsettings: {base_url: https://oa.example.com}\negress: {allow: [oa.example.com]}\n",
        ),
        ("config/bindings.yaml", "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}}\n"),
        ("config/waybill.yaml", "server: {port: 8080}\n"),
        ("docker-compose.yaml", "services: {}\n"),
        ("samples/po.yaml", "number: PO-1\n"),
    ]
    .into_iter()
    .collect()
}

fn problems(files: Files) -> Vec<String> {
    let line = |found: crate::domain::diagnostic::Diagnostic| format!("{} {}:{}", found.code, found.file, found.span.line);
    Catalog::compile(files).1.into_iter().map(line).collect()
}

#[test]
fn a_sound_project_compiles_and_other_files_are_let_be() {
    let (catalog, found) = Catalog::compile(files());
    assert_eq!(found, []);
    let ids: Vec<String> = catalog.definitions.iter().map(|one| format!("{} {}", one.kind, one.id)).collect();
    assert_eq!(ids, ["calendar cn", "bind bind", "connection oa_main", "connector oa", "document order"]);
    assert_eq!(catalog.connections["oa_main"].connector, "oa".into());
}

#[test]
fn a_hash_follows_the_content_and_what_it_refers_to() {
    let hash = |files: Files, kind: &str, id: &str| Catalog::compile(files).0.definition(kind, id).unwrap().hash.clone();
    let base = hash(files(), "document", "order");
    let mut renamed = Files::default();
    for (path, text) in files().iter() {
        let path = if &**path == "documents/order.yaml" { "documents/deep/po.yaml".into() } else { path.clone() };
        renamed.insert(path, text.clone());
    }
    assert_eq!(hash(renamed, "document", "order"), base, "a file may be renamed");
    let mut other = files();
    other.insert(
        "documents/order.schema.json",
        SCHEMA.replace("\"required\": [\"number\"]", "\"required\": [\"number\"], \"title\": \"x\""),
    );
    assert_ne!(hash(other.clone(), "document", "order"), base, "the schema is part of it");
    assert_eq!(hash(other, "calendar", "cn"), hash(files(), "calendar", "cn"));
}

#[test]
fn references_are_checked_across_files() {
    let with = |path: &str, from: &str, to: &str| {
        let mut changed = files();
        let text = changed.get(path).unwrap().replacen(from, to, 1);
        changed.insert(path, text);
        problems(changed)
    };
    assert_eq!(
        with("config/connections/oa_main.yaml", "connector: oa", "connector: ob"),
        ["unknown_definition config/connections/oa_main.yaml:3"]
    );
    assert_eq!(
        with("config/connections/oa_main.yaml", "base_url:", "base_ur:"),
        ["missing_setting config/connections/oa_main.yaml:4", "unknown_setting config/connections/oa_main.yaml:4"]
    );
    assert_eq!(with("config/bindings.yaml", "oa: oa_main", "oa: oa_mian"), ["unknown_definition config/bindings.yaml:3"]);
    // One mistake, one finding: what refers to a definition with errors is not told that it does not exist.
    assert_eq!(with("connectors/oa/connector.yaml", "connector: oa", "conector: oa"), ["unknown_kind connectors/oa/connector.yaml:2"]);
    assert_eq!(with("connectors/oa/connector.yaml", "base_url: \"", "base_ur: \"").len(), 2);
}

#[test]
fn people_of_another_system_are_who_its_dictionary_says_on_that_day() {
    let with = |rows: &str| {
        let mut files = files();
        let connection = files.get("config/connections/oa_main.yaml").unwrap().to_string();
        files.insert("config/connections/oa_main.yaml", format!("{connection}people: people_oa\n"));
        files.insert("config/directory.yaml", "format: 1\ndirectory: people\nusers:\n  - {id: ann, name: Ann}\n  - {id: bob, name: Bob}\n");
        files.insert("dictionaries/people_oa.yaml", format!("format: 1\ndictionary: people_oa\nmissing: exception\nrows:\n{rows}"));
        files
    };
    let (catalog, found) = Catalog::compile(with(
        "  - {from: ann, to: u1, valid_to: 2026-06-30}\n  - {from: bob, to: u1, valid_from: 2026-07-01}\n  - {from: gone, to: u2}\n",
    ));
    assert_eq!(found, []);
    let asked = ["u1".to_owned(), "u2".to_owned(), "u3".to_owned()];
    let on = |day: &str| catalog.people_of("oa_main", &asked, day.parse().unwrap());
    assert_eq!(on("2026-06-30"), ["ann"], "who does not work here and who is not known stand in no list");
    assert_eq!(on("2026-07-01"), ["bob"]);
    assert_eq!(
        problems(with("  - {from: ann, to: u1}\n  - {from: bob, to: u1}\n")),
        ["overlapping_rows config/connections/oa_main.yaml:6"],
        "nobody can tell whom it means"
    );
}

#[test]
fn bundles_keep_their_identity_through_storage() {
    let bundle = Bundle {
        flow: "f".into(),
        files: files(),
        connections: [("oa_main".into(), "oa".into())].into(),
        people_roles: ["cfo".into()].into(),
    };
    let back = Bundle::from_json(&bundle.to_json()).unwrap();
    assert_eq!((back.id(), &back), (bundle.id(), &bundle));
    let ids = [
        Bundle { flow: "g".into(), ..bundle.clone() }.id(),
        Bundle { connections: [("oa_main".into(), "ob".into())].into(), ..bundle.clone() }.id(),
        Bundle { people_roles: Default::default(), ..bundle.clone() }.id(),
        Bundle { files: Files::default(), ..bundle.clone() }.id(),
        bundle.id(),
    ];
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
}

const OA: &str = "format: 1
connector: oa
settings: {base_url: {type: url}}
http: {base_url: \"{{settings.base_url}}\"}
operations:
  say:
    effect: write
    input: {text: string}
    request: {method: POST, path: /say, json: {said: {value: input.text}}}
    output: {external_id: {type: string, from: $.id}}
    idempotency: {by: nature}
    reverse: {operation: unsay, with: {id: output.external_id}}
  unsay:
    effect: write
    input: {id: string}
    request: {method: POST, path: \"/unsay/{{input.id}}\"}
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

pub(super) const FLOW: &str = "format: 1
flow: greet
document: order
owner: {role: boss}
calendar: cn
start:
  - {event: oa.orders}
steps:
  - {id: hello, call: oa.say, with: {text: doc.number}}
  - {id: tell, notify: {role: boss}, template: done}
  - {id: end, end: {outcome: approved, status: draft}}
reactions:
  - {revision: changed, do: [{reverse: all}, {restart: true}]}
  - {revision: withdrawn, do: [{reverse: all}, {end: {outcome: cancelled, status: draft}}]}
";

pub(super) fn flow_files() -> Files {
    let mut files = files();
    files.insert("connectors/oa/connector.yaml", OA);
    files.insert("mappings/order_map.yaml", "format: 1\nmapping: order_map\ninputs: {source: object}\nto: {document: order}\nfields:\n  - {to: number, from: $.id, required: true}\n");
    files.insert("flows/greet.yaml", FLOW);
    files.insert(
        "flows/templates/done.yaml",
        "format: 1\ntemplate: done\nsubject: \"{{doc.number}}\"\ntext: {en: \"{{doc.number}} is done\", zh: \"{{doc.number}} 完成\"}\n",
    );
    files.insert(
        "config/directory.yaml",
        "format: 1\ndirectory: people\nusers: [{id: ada}]\nroles: [{role: boss, users: [ada]}, {role: other, users: [ada]}]\n",
    );
    files
}

fn greet(files: Files) -> std::sync::Arc<FlowVersion> {
    Catalog::compile(files).0.flows["greet"].clone()
}

#[test]
fn a_flow_becomes_a_version_of_everything_it_needs() {
    assert_eq!(problems(flow_files()), Vec::<String>::new());
    let (catalog, _) = Catalog::compile(flow_files());
    let version = &catalog.flows["greet"];
    let paths: Vec<&str> = version.bundle.files.iter().map(|(path, _)| &**path).collect();
    assert_eq!(
        paths,
        [
            "calendars/cn.yaml",
            "config/bindings.yaml",
            "connectors/oa/connector.yaml",
            "documents/order.schema.json",
            "documents/order.yaml",
            "flows/greet.yaml",
            "flows/templates/done.yaml",
        ]
    );
    assert_eq!(version.bundle.connections, [("oa_main".to_owned(), "oa".to_owned())].into());
    assert_eq!(version.bundle.people_roles, ["boss".to_owned()].into());
    assert_eq!(version.id, version.bundle.id());
    let started: Vec<_> = catalog.started_by("oa_main", "orders").iter().map(|version| version.flow.id.clone()).collect();
    assert_eq!(started, ["greet"]);
    assert!(catalog.started_by("oa_main", "other").is_empty() && catalog.started_by("other", "orders").is_empty());
    assert!(catalog.version(&version.id).is_some());
}

#[test]
fn a_stored_version_means_what_it_meant() {
    let version = greet(flow_files());
    let stored = Bundle::from_json(&version.bundle.to_json()).unwrap();
    let again = stored.compile(&version.directory).unwrap();
    assert_eq!((again.id.clone(), again.roles.clone()), (version.id.clone(), version.roles.clone()));
    assert_eq!(format!("{:?}", again.flow.steps), format!("{:?}", version.flow.steps));
    assert!(again.connector("oa_main").is_some());
    // Addresses, credentials and people are live: they make no version.
    let mut moved = flow_files();
    let connection = moved.get("config/connections/oa_main.yaml").unwrap().replace("oa.example.com", "oa2.example.com");
    moved.insert("config/connections/oa_main.yaml", connection);
    let people = moved.get("config/directory.yaml").unwrap().replace("{id: ada}", "{id: ada}, {id: bob}");
    moved.insert("config/directory.yaml", people);
    assert_eq!(greet(moved).id, version.id);
    for (path, from, to) in [
        ("flows/greet.yaml", "approved", "rejected"),
        ("flows/templates/done.yaml", "完成", "好了"),
        ("connectors/oa/connector.yaml", "/say", "/speak"),
        ("documents/order.schema.json", "{\"number\"", "{\"x\": {\"type\": \"string\"}, \"number\""),
        ("calendars/cn.yaml", "18:00", "17:00"),
    ] {
        let mut changed = flow_files();
        let text = changed.get(path).unwrap().replacen(from, to, 1);
        changed.insert(path, text);
        assert_ne!(greet(changed).id, version.id, "{path}");
    }
}

/// Instances go on with the version that they began with, whatever `check` has learned to refuse since.
#[test]
fn a_stored_version_is_taken_with_verbs_that_a_step_cannot_switch_off() {
    let asks = "steps:\n  - {id: asked, approve: {by: {user: ada}, empty: block, verbs: [comment]}, due: 1d}\n";
    let text = FLOW.replacen("steps:\n", asks, 1);
    assert_ne!(text, FLOW);
    let mut files = flow_files();
    files.insert("flows/greet.yaml", text.as_str());
    let found = problems(files);
    assert_eq!(found, ["bad_word flows/greet.yaml:9"]);
    let version = greet(flow_files());
    let mut stored = Bundle::from_json(&version.bundle.to_json()).unwrap();
    stored.files.insert("flows/greet.yaml", text.as_str());
    assert!(stored.compile(&version.directory).is_ok());
}

#[test]
fn a_version_answers_what_flows_ask() {
    use crate::domain::expression::Scope;
    use crate::domain::flow::Environment;
    use crate::domain::flow::environment::Person;
    use crate::domain::text::units::duration;
    use crate::domain::value::Value;
    let version = greet(flow_files());
    let at = |text: &str| -> jiff::Timestamp { text.parse().unwrap() };
    let friday = at("2026-09-25T10:00:00+08:00");
    assert_eq!(version.due(Some("cn"), friday, duration("1wd").unwrap()), at("2026-09-28T10:00:00+08:00"));
    assert_eq!(version.due(None, friday, duration("1wd").unwrap()), at("2026-09-26T10:00:00+08:00"));
    assert_eq!(version.due(None, jiff::Timestamp::MAX, duration("1h").unwrap()), jiff::Timestamp::MAX);
    assert_eq!(version.people(&Person::Role("boss".into())), ["ada"]);
    assert!(version.people(&Person::Role("nobody".into())).is_empty());
    let scope = Scope::default().with("doc", Value::map([("number", Value::text("PO-1"))]));
    assert_eq!(version.notice("done", "", &scope), Ok(("PO-1".to_owned(), "PO-1 is done".to_owned())));
    assert!(version.notice("done", "", &Scope::default()).is_err() && version.notice("none", "", &scope).is_err());
    let output = Value::map([("external_id", Value::text("A1"))]);
    let reverse = version.reverse_input("oa_main", "say", &Value::Unset, &output).unwrap();
    assert_eq!(reverse, Value::map([("id", Value::text("A1"))]));
    assert!(
        version.operation("oa_main", "say").is_some_and(|operation| operation.write && !operation.reverse.as_ref().unwrap().uses_input)
    );
    let bound = version.bind(&Value::map([("number", Value::text("PO-1"))])).unwrap();
    assert_eq!(bound.roles["oa"], "oa_main");
    let read = super::with_status(version.typed_document("order", &serde_json::json!({"number": "PO-1"})), "draft");
    assert_eq!(read.member("status"), &Value::text("draft"));
}

#[test]
fn what_is_wrong_with_a_flow_is_found_where_it_stands() {
    let with = |path: &str, from: &str, to: &str| {
        let mut changed = flow_files();
        let text = changed.get(path).unwrap().replacen(from, to, 1);
        assert_ne!(&text, &**changed.get(path).unwrap());
        changed.insert(path, text);
        problems(changed)
    };
    let flow = "flows/greet.yaml";
    assert_eq!(with(flow, "calendar: cn", "calendar: cm"), ["unknown_definition flows/greet.yaml:5"]);
    assert_eq!(with(flow, "call: oa.say", "call: oa.sya"), ["unknown_definition flows/greet.yaml:9"]);
    assert_eq!(with(flow, "text: doc.number", "text: doc.numbr"), ["missing_input flows/greet.yaml:9", "unknown_field flows/greet.yaml:9"]);
    let claims = with("connectors/oa/connector.yaml", "new: draft", "new: in_approval");
    assert!(claims.contains(&"bad_value connectors/oa/connector.yaml:37".to_owned()), "only the hub sets it: {claims:?}");
    assert_eq!(with(flow, "status: draft", "status: drat"), ["unknown_definition flows/greet.yaml:11"]);
    // What stands on a definition with errors is not judged: one mistake, one finding.
    assert_eq!(with("documents/order.yaml", "key: number", "key: numbr"), ["unknown_field documents/order.yaml:3"]);
    assert_eq!(with("calendars/cn.yaml", "Asia/Shanghai", "Asia/Shang"), ["bad_calendar calendars/cn.yaml:3"]);
    let template = with("flows/templates/done.yaml", "doc.number}} is", "doc.numbr}} is");
    assert_eq!(template.len(), 1);
    assert!(template[0].ends_with("flows/templates/done.yaml:4"), "{template:?}");
}

#[test]
fn calendars_that_end_too_soon_are_told_for_a_day() {
    let mut files = files();
    files.insert(
        "calendars/cn.yaml",
        "format: 1\ncalendar: cn\nzone: Asia/Shanghai\nweek: {mon-fri: [\"09:00-18:00\"]}\ndays: calendars/cn.csv\n",
    );
    files.insert("calendars/cn.csv", "date,kind,name\n2026-10-01,off,x\n");
    files.insert(
        "flows/f.yaml",
        "format: 1\nflow: f\ndocument: order\ncalendar: cn\nstart: [{api: true}]\nuntold: {}\nsteps:\n  - {id: pause, wait: 10wd}\n  - {id: done, end: {outcome: approved, status: draft}}\nreactions:\n  - {revision: changed, while: running, do: [{restart: true}]}\n  - {revision: withdrawn, do: [{end: {outcome: cancelled, status: draft}}]}\n",
    );
    let (catalog, found) = Catalog::compile(files);
    assert_eq!(found, []);
    let told = |day: &str| {
        catalog
            .coming(day.parse().unwrap())
            .iter()
            .map(|item| format!("{} {}:{}", item.code, item.file, item.span.line))
            .collect::<Vec<_>>()
    };
    assert_eq!(told("2026-11-11"), Vec::<String>::new());
    assert_eq!(told("2026-11-12"), ["calendar_ends calendars/cn.yaml:5"], "ten working days and a month reach into a year nobody knows");
}

#[test]
fn flows_that_are_steps_of_each_other_are_a_circle() {
    let mut files = files();
    let flow = |id: &str, sub: &str| {
        format!(
            "format: 1\nflow: {id}\ndocument: order\nowner: {{user: e1}}\nstart: [{{subflow: true}}]\nsteps:\n  - {{id: go, subflow: {sub}}}\n  - {{id: done, end: {{outcome: approved}}}}\n"
        )
    };
    for (id, sub) in [("a", "b"), ("b", "c"), ("c", "a")] {
        files.insert(format!("flows/{id}.yaml"), flow(id, sub));
    }
    assert_eq!(problems(files.clone()), ["cycle flows/a.yaml:2", "cycle flows/b.yaml:2", "cycle flows/c.yaml:2"]);
    files.insert("flows/c.yaml", flow("c", "a").replace("{id: go, subflow: a}", "{id: go, wait: 1h}"));
    let (catalog, found) = Catalog::compile(files);
    assert_eq!(found, []);
    let bundle = &catalog.flows["a"].bundle;
    let mut texts: Vec<&str> = bundle.files.iter().map(|(path, _)| &**path).filter(|path| path.starts_with("flows/")).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["flows/a.yaml", "flows/b.yaml", "flows/c.yaml"], "what a step takes and gives is part of the version");
    assert_eq!(bundle.compile(&catalog.directory).unwrap().id, catalog.flows["a"].id);
}

const FORM: &str = "format: 1
form: ask
document: order
map: ask_order
number: {prefix: A-}
sections:
  - {id: all, fields: [{id: what, type: text}]}
";
const ASK_ORDER: &str = "format: 1\nmapping: ask_order\ninputs: {form: ask.form, number: string}\nto: {document: order}\nfields:\n  - {to: number, value: number, required: true}\n";

#[test]
fn forms_and_their_mappings_must_fit() {
    let with = |from: &str, to: &str| {
        let mut changed = files();
        for (path, text) in [("forms/ask.yaml", FORM), ("mappings/ask_order.yaml", ASK_ORDER)] {
            changed.insert(path, text.replacen(from, to, 1));
        }
        problems(changed)
    };
    assert_eq!(with("x", "x"), Vec::<String>::new());
    assert_eq!(with("map: ask_order", "map: ask_oder"), ["unknown_definition forms/ask.yaml:4"]);
    assert_eq!(with("ask.form,", "aks.form,"), ["unknown_definition mappings/ask_order.yaml:3"]);
    assert_eq!(with("number: string}", "number: string, budget: decimal}"), ["missing_input forms/ask.yaml:4"]);
    assert_eq!(with("number: string}", "number: int}"), ["expression_type forms/ask.yaml:4"]);
    assert_eq!(
        with(
            "inputs: {form: ask.form, number: string}\nto: {document: order}\nfields:\n  - {to: number, value: number,",
            "inputs: {form: ask.form}\nto: {document: order}\nfields:\n  - {to: number, value: form.what,"
        ),
        ["missing_input forms/ask.yaml:4"]
    );
}

const ASKING: &str = "format: 1
flow: ask_approval
title: {en: Asking}
document: order
owner: {role: lead}
start: [{form: ask}]
steps:
  - {id: review, approve: {by: {role: lead}, empty: block}, due: 1d}
  - {id: stop, end: {outcome: approved, status: draft}}
";

#[test]
fn rights_of_a_form_reach_the_tasks_of_its_flow_and_what_cannot_hold_is_refused() {
    let with = |note: &str, rule: &str, flow: &str| {
        let mut changed = files();
        let schema = SCHEMA.replace(r#""number": {"type": "string"}"#, r#""number": {"type": "string"}, "note": {"type": "string"}"#);
        changed.insert("documents/order.schema.json", schema);
        changed.insert(
            "config/directory.yaml",
            "format: 1\ndirectory: people\nusers:\n  - {id: ana, name: Ana}\nroles:\n  - {role: lead, users: [ana]}\n",
        );
        changed.insert("forms/ask.yaml", FORM.replace("{id: what, type: text}", &format!("{{id: what, type: text{note}}}")));
        changed.insert("mappings/ask_order.yaml", format!("{ASK_ORDER}{rule}"));
        changed.insert("flows/ask_approval.yaml", flow);
        changed
    };
    let rule = "  - {to: note, value: form.what}\n";
    let at = |note: &str, rule: &str| problems(with(note, rule, ASKING));
    assert_eq!(at("", rule), Vec::<String>::new());
    let given = |note: &str, rule: &str, flow: &str| {
        let (catalog, found) = Catalog::compile(with(note, rule, flow));
        assert_eq!(found, []);
        let version = &catalog.flows["ask_approval"];
        let asks = crate::domain::flow::people::asks_of(version.flow.step("review").unwrap()).unwrap();
        asks.fields.iter().map(|(path, right)| format!("{path} {}", right.word())).collect::<Vec<_>>()
    };
    assert_eq!(given(", rights: {review: edit}", rule, ASKING), ["note edit"]);
    assert_eq!(given(", required: true, rights: {review: edit}", rule, ASKING), ["note required"]);
    assert_eq!(given(", rights: {review: hide}", "  - {to: note, text: \"for {{form.what}}\"}\n", ASKING), ["note hide"]);
    let own = ASKING.replace("empty: block}", "empty: block, fields: {note: read}}");
    assert_eq!(given(", rights: {review: edit}", rule, &own), ["note read"], "what the step says comes first");
    assert_eq!(at(", rights: {reveiw: edit}", rule), ["unknown_step forms/ask.yaml:7"]);
    assert_eq!(at(", rights: {stop: read}", rule), ["bad_value forms/ask.yaml:7"]);
    assert_eq!(at(", rights: {review: edit}", ""), ["bad_value forms/ask.yaml:7"], "the mapping makes nothing of it");
    assert_eq!(at(", rights: {review: edit}", "  - {to: note, text: \"for {{form.what}}\"}\n"), ["bad_value forms/ask.yaml:7"]);
    let key = "format: 1\nmapping: ask_order\ninputs: {form: ask.form, number: string}\nto: {document: order}\nfields:\n  - {to: number, value: form.what, required: true}\n  - {to: note, value: number}\n";
    let mut keyed = with(", required: true, rights: {review: edit}", "", ASKING);
    keyed.insert("mappings/ask_order.yaml", key);
    assert_eq!(problems(keyed), ["bad_value forms/ask.yaml:7"], "nobody changes which document it is");
}

fn with_part(part: &str, later: &str) -> Files {
    let mut files = files();
    files.insert(
        "flows/f.yaml",
        format!("format: 1\nflow: f\ndocument: order\nowner: {{user: e1}}\nstart: [{{api: true}}]\nsteps:\n  - {{id: tell, wait: 1h}}\n  - {{id: done, when: \"{later}\", wait: 1h}}\n  - {{id: over, end: {{outcome: approved, status: draft}}}}\nreactions:\n  - {{revision: changed, while: running, do: [{{restart: true}}]}}\n  - {{revision: withdrawn, do: [{{end: {{outcome: cancelled, status: draft}}}}]}}\n"),
    );
    files.insert(
        "config/bindings.yaml",
        "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}}\n  - {id: b, when: \"doc.number == 'B'\", replace_steps: {tell: flows/parts/tell_b.yaml}}\n",
    );
    files.insert("flows/parts/tell_b.yaml", part);
    files
}

#[test]
fn a_row_may_put_a_part_in_the_place_of_a_step() {
    let part = "format: 1\nsteps:\n  - {id: tell, wait: 2h}\n  - {id: more, wait: 1h}\n";
    let (catalog, found) = Catalog::compile(with_part(part, "steps.tell.state == 'done'"));
    assert_eq!(found, []);
    let version = &catalog.flows["f"];
    let ids = |row: Option<&str>| {
        version.flow_under(row).steps.iter().map(|step| step.id.clone()).filter(|id| !id.contains('.')).collect::<Vec<_>>()
    };
    assert_eq!((ids(None), ids(Some("all"))), (ids(Some("none")), ids(None)));
    assert_eq!(ids(Some("b")), ["tell", "more", "done", "over"]);
    let again = version.bundle.compile(&catalog.directory).unwrap();
    assert_eq!((again.id.clone(), again.variants.len()), (version.id.clone(), 1), "the part is in the version");
}

#[test]
fn what_a_part_does_wrong_is_told_where_it_stands() {
    let looks = "steps.tell.state == 'done'";
    let told = |part: &str, later: &str| problems(with_part(part, later));
    assert_eq!(
        told("format: 1\nsteps:\n  - {id: other, wait: 2h}\n", looks),
        ["unknown_field config/bindings.yaml:4"],
        "later steps look at what is gone"
    );
    assert_eq!(
        told("format: 1\nsteps:\n  - {id: tell, wait: 2h}\n  - {id: more, wait: {until: doc.nothing}}\n", looks),
        ["unknown_field flows/parts/tell_b.yaml:4"]
    );
    assert_eq!(told("format: 1\nsteps:\n  - {id: tell, wiat: 2h}\n", looks), ["missing_key flows/parts/tell_b.yaml:3"]);
    let mut unknown = with_part("format: 1\nsteps: []\n", looks);
    unknown.insert(
        "config/bindings.yaml",
        "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}, replace_steps: {tall: flows/parts/none.yaml}}\n",
    );
    let found = problems(unknown);
    for named in ["unknown_file config/bindings.yaml:3", "unknown_step config/bindings.yaml:3"] {
        assert!(found.iter().any(|one| one == named), "{found:?}");
    }
}

const CASE: &str = "format: 1
test: t
flow: greet
given: {document: samples/o.json, at: \"2026-09-28T10:00:00+08:00\"}
script:
  - {call: oa.say, answer: {external_id: A1}, expect: {calls: {oa.unsay: 0}}}
expect: {path: [hello, tell, end], status: draft, calls: {oa.say: 1}}
";

#[test]
fn what_a_flow_test_names_must_be_there() {
    let with = |from: &str, to: &str, sample: &str| {
        let mut changed = flow_files();
        changed.insert("samples/o.json", sample);
        changed.insert("flows/tests/t.yaml", CASE.replacen(from, to, 1));
        problems(changed)
    };
    let sample = r#"{"number": "PO-1"}"#;
    assert_eq!(with("x", "x", sample), Vec::<String>::new());
    for (from, to, line) in [
        ("call: oa.say", "call: oa.sya", 6),
        ("oa.unsay: 0", "oa.unsya: 0", 6),
        ("oa.say: 1", "ao.say: 0", 7),
        ("path: [hello", "path: [hallo", 7),
        ("status: draft", "status: drat", 7),
    ] {
        assert_eq!(with(from, to, sample), [format!("unknown_definition flows/tests/t.yaml:{line}")], "{to}");
    }
    for sample in [r#"{"number": 5}"#, r#"{"nmber": "x"}"#, "{}"] {
        assert!(with("x", "x", sample).contains(&"bad_value flows/tests/t.yaml:4".to_owned()), "{sample}");
    }
    let mut wrong = flow_files();
    wrong.insert("samples/o.json", r#"{"number": 5}"#);
    wrong.insert("flows/tests/t.yaml", CASE);
    let found = Catalog::compile(wrong).1;
    assert!(found.iter().any(|item| item.message.contains("`number`")), "it names the field: {found:?}");
}

#[test]
fn a_mapping_in_the_place_of_another_must_take_and_make_the_same() {
    let say = |id: &str, inputs: &str, to: &str, field: &str| {
        format!("format: 1\nmapping: {id}\ninputs: {{{inputs}}}\nto: {{{to}}}\nfields:\n  - {{{field}}}\n")
    };
    let with = |inputs: &str, to: &str, field: &str| {
        let mut changed = flow_files();
        changed.insert("mappings/one.yaml", say("one", "doc: order", "operation: oa.say", "to: text, value: doc.number"));
        changed.insert("mappings/two.yaml", say("two", inputs, to, field));
        changed.insert("flows/greet.yaml", FLOW.replace("with: {text: doc.number}", "map: one"));
        changed.insert("config/bindings.yaml", "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}}\n  - {id: b, when: \"doc.number == 'B'\", maps: {one: two}}\n");
        problems(changed)
    };
    assert_eq!(with("doc: order", "operation: oa.say", "to: text, text: \"{{doc.number}}!\""), Vec::<String>::new());
    for (inputs, to, field) in [
        ("doc: order", "document: order", "to: number, value: doc.number"),
        ("doc: order", "operation: oa.unsay", "to: id, value: doc.number"),
        ("doc: order, more: string", "operation: oa.say", "to: text, value: more"),
        ("doc: string", "operation: oa.say", "to: text, value: doc"),
    ] {
        assert_eq!(with(inputs, to, field), ["wrong_mapping config/bindings.yaml:4"], "{inputs} to {to}");
    }
}

/// The project of `greet`, whose bindings have values, with this mapping and this flow step.
fn with_values(inputs: &str, rule: &str) -> Files {
    let mut files = flow_files();
    let bindings = "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}, values: {prefix: PO}}\n  - {id: b, when: \"doc.number == 'B-1'\", values: {limit: \"7.00\"}}\nvalues:\n  limit: {type: decimal, currency: CNY, value: \"5000.00\"}\n  prefix: {type: string, value: X}\n";
    files.insert("config/bindings.yaml", bindings);
    let mapping = format!("format: 1\nmapping: say\ninputs: {inputs}\nto: {{operation: oa.say}}\nfields:\n  - {{to: text, {rule}}}\n");
    files.insert("mappings/say.yaml", mapping);
    files.insert("flows/greet.yaml", FLOW.replace("call: oa.say, with: {text: doc.number}", "call: oa.say, map: say"));
    files
}

#[test]
fn mappings_of_flows_see_the_values_of_the_bindings() {
    use crate::domain::expression::Scope;
    use crate::domain::flow::Environment;
    use crate::domain::mapping::run_case;
    use crate::domain::value::Value;
    use serde_json::json;
    let files = with_values("{doc: order}", "text: \"{{values.prefix}} {{doc.number}} {{values.limit}}\"");
    assert_eq!(problems(files.clone()), Vec::<String>::new());
    let (catalog, _) = Catalog::compile(files);
    let (mapping, source) = (&catalog.mappings["say"], &catalog.mapping_sources["say"]);
    let told = |inputs: serde_json::Value, text: &str| {
        assert_eq!(run_case(mapping, |inputs| source.read(inputs), &inputs, &json!({"text": text})), Ok(()), "{inputs}");
    };
    told(json!({"doc": {"number": "A-1"}}), "PO A-1 5000.00");
    told(json!({"doc": {"number": "A-1"}, "values": {"limit": "1.50"}}), "PO A-1 1.50");
    assert!(source.read(&json!({"doc": {"number": "A"}, "values": {"limit": true}})).is_err_and(|words| words.contains("`values`")));
    // As an instance applies it: with what the row gives that holds for its document.
    let version = &catalog.flows["greet"];
    for (number, text) in [("A-1", "PO A-1 5000.00"), ("B-1", "PO B-1 7.00")] {
        let doc = Value::map([("number", Value::text(number))]);
        let values = version.bind(&doc).unwrap().values;
        let scope = Scope::default().with("doc", doc).with("values", values);
        assert_eq!(version.map("say", &scope).unwrap(), Value::map([("text", Value::text(text))]));
    }
    // Typed: an amount is no text, and a name that is not declared is found.
    assert_eq!(problems(with_values("{doc: order}", "value: values.lmit")), ["unknown_field mappings/say.yaml:6"]);
    assert_eq!(problems(with_values("{doc: order}", "value: \"values.limit > '1' ? 'a' : 'b'\"")).len(), 1);
    // What a source sent is mapped before there is a binding.
    assert_eq!(problems(with_values("{source: object}", "value: values.prefix")).len(), 1);
}

#[test]
fn streams_are_heard_as_long_as_somebody_listens() {
    const EVENTS: &str = "  said:
    heard_by: [{stream: spoken}]
    then: {operation: get, with: {id: ref.id}}
    link: {external_id: output.id}
    outcome: [{when: \"output.id == '1'\", is: approved}, {otherwise: unknown}]
";
    let unheard = |flow: &str, bindings: &str| {
        let mut files = Files::default();
        for (path, text) in flow_files().iter().filter(|(path, _)| !flow.is_empty() || &***path != "flows/greet.yaml") {
            files.insert(path.clone(), text.clone());
        }
        let oa = OA.replace("events:\n", &format!("  spoken: {{operation: list, each: ids, ref: {{id: {{value: item}}}}, cursor: {{argument: since}}, every: 1m}}\nevents:\n{EVENTS}"));
        files.insert("connectors/oa/connector.yaml", oa);
        files.insert(
            "config/connections/oa_spare.yaml",
            files.get("config/connections/oa_main.yaml").unwrap().replace("oa_main", "oa_spare"),
        );
        files.insert("config/bindings.yaml", format!("format: 1\nbind:\n{bindings}"));
        if !flow.is_empty() {
            files.insert("flows/greet.yaml", flow);
        }
        let (catalog, found) = Catalog::compile(files);
        assert!(!has_errors(&found), "{found:#?}");
        catalog.unheard().iter().map(|(connection, stream)| format!("{connection}.{stream}")).collect::<Vec<_>>()
    };
    let one = "  - {id: all, default: true, roles: {oa: oa_main}}\n";
    let both = "  - {id: all, default: true, roles: {oa: oa_main}}\n  - {id: b, when: \"doc.number == 'B'\", roles: {oa: oa_spare}}\n";
    let awaits = FLOW.replace("with: {text: doc.number}}", "with: {text: doc.number}, await: {event: oa.said}}");
    let reacts = format!(
        "{FLOW}  - {{event: oa.said, do: [{{reverse: all}}, {{end: {{outcome: revoked, status: draft, untold: [oa], reason: a test}}}}]}}\n"
    );
    // Documents of another connection are told of by the flow's type alone; what it says, nobody waits for.
    assert_eq!(unheard(FLOW, one), ["oa_main.spoken", "oa_spare.spoken"]);
    assert_eq!(unheard(&awaits, one), ["oa_spare.spoken"]);
    assert_eq!(unheard(&reacts, one), ["oa_spare.spoken"]);
    assert_eq!(unheard(&awaits, both), Vec::<String>::new());
    // Without a flow the documents of whoever takes part are kept all the same.
    assert_eq!(unheard("", one), ["oa_main.spoken", "oa_spare.changed", "oa_spare.spoken"]);
}
