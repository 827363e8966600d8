use super::*;
use crate::domain::diagnostic::{Diagnostic, Report};
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use crate::domain::value::{ObjectType, Type, TypeField, Value};
use std::net::IpAddr;
use std::sync::Arc;

fn line(item: Diagnostic) -> String {
    format!("{} {}:{} {}", item.code, item.span.line, item.span.column, item.path)
}

#[test]
fn egress_rules() {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    for (rule, names, not_names) in [
        ("api.example.com", vec![("api.example.com", 443)], vec![("x.api.example.com", 443), ("api.example.com.evil.org", 443)]),
        ("API.Example.com:8443", vec![("api.example.com", 8443)], vec![("api.example.com", 443)]),
        (
            "*.example.com",
            vec![("a.example.com", 1), ("a.b.example.com", 1)],
            vec![("example.com", 1), ("evilexample.com", 1), (".example.com", 1)],
        ),
        ("127.0.0.1", vec![], vec![("127.0.0.1", 80)]),
    ] {
        let rule = EgressRule::parse(rule).unwrap();
        assert!(names.iter().all(|(host, port)| rule.allows_name(host, *port)), "{rule:?}");
        assert!(not_names.iter().all(|(host, port)| !rule.allows_name(host, *port)), "{rule:?}");
    }
    for (rule, inside, outside) in [
        ("10.1.0.0/16", ("10.1.2.3", 1), ("10.2.0.1", 1)),
        ("127.0.0.1:7101", ("127.0.0.1", 7101), ("127.0.0.1", 7102)),
        ("127.0.0.1/32", ("127.0.0.1", 9), ("127.0.0.2", 9)),
        ("[::1]:80", ("::1", 80), ("::1", 81)),
        ("fd00::/8", ("fd00::1", 1), ("fe80::1", 1)),
    ] {
        let rule = EgressRule::parse(rule).unwrap();
        assert!(rule.allows_address(address(inside.0), inside.1), "{rule:?}");
        assert!(!rule.allows_address(address(outside.0), outside.1), "{rule:?}");
    }
    assert!(!EgressRule::parse("example.com").unwrap().allows_address(address("127.0.0.1"), 80));
    for bad in [
        "",
        "*",
        "*.",
        "https://example.com",
        "example.com/path",
        "exa mple.com",
        "example.com:0",
        "example.com:99999",
        "-x.com",
        "a..b",
        "10.0.0.0/33",
    ] {
        assert_eq!(EgressRule::parse(bad), None, "{bad}");
    }
}

const CONNECTION_TEXT: &str = "format: 1
connection: oa_main
connector: demo_oa
settings:
  base_url: https://oa.example.com
  app_secret: {secret: env/OA_SECRET}
  retries: 3
egress: {allow: [oa.example.com]}
limits: {rate: 20/s, concurrency: 4, timeout: 15s}
";

fn declared() -> ObjectType {
    let field = |of: Type, required: bool| TypeField { of, required, max_length: None };
    let fields = [("base_url", field(Type::Text, true)), ("app_secret", field(Type::Secret, true)), ("retries", field(Type::Int, false))];
    ObjectType { name: "demo_oa".into(), fields: fields.map(|(name, field)| (Arc::from(name), field)).into(), open: false }
}

fn connection(text: &str) -> (Option<Connection>, Vec<String>) {
    let mut report = Report::new("oa_main.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &CONNECTION, &mut report);
    let connection = Connection::read(&node, &mut report);
    if let Some(connection) = &connection {
        connection.fit(&node, &declared(), &mut report);
    }
    (connection, report.into_items().into_iter().map(line).collect())
}

#[test]
fn a_connection_is_read() {
    let (read, problems) = connection(CONNECTION_TEXT);
    assert_eq!(problems, Vec::<String>::new());
    let read = read.unwrap();
    assert_eq!(read.settings["app_secret"], Setting::Secret(SecretPlace::Env("OA_SECRET".into())));
    assert_eq!(read.limits, Limits { rate: crate::domain::text::units::rate("20/s"), concurrency: Some(4), timeout_millis: Some(15_000) });
    assert_eq!(read.egress, [EgressRule { host: Host::Name("oa.example.com".into()), port: None }]);
}

#[test]
fn what_is_wrong_in_a_connection_is_named_and_placed() {
    for (from, to, code, piece, path) in [
        ("{secret: env/OA_SECRET}", "topsecret", "secret_in_text", "topsecret", "settings.app_secret"),
        ("retries: 3", "retries: many", "bad_value", "many", "settings.retries"),
        ("retries: 3", "retreis: 3", "unknown_setting", "retreis", "settings.retreis"),
        ("  base_url: https://oa.example.com\n", "", "missing_setting", "app_secret", "settings"),
        ("allow: [oa.example.com]", "allow: [oa.example.com, \"https://x.org\"]", "bad_value", "\"https://x", "egress.allow[1]"),
        ("egress: {allow: [oa.example.com]}\n", "", "egress_missing", "https://oa", "settings.base_url"),
        ("allow: [oa.example.com]", "allow: [other.example.com]", "egress_missing", "https://oa", "settings.base_url"),
        ("oa.example.com]", "oa.example.com:8443]", "egress_missing", "https://oa", "settings.base_url"),
        ("https://oa.example.com", "https://10.0.0.7", "egress_missing", "https://10", "settings.base_url"),
        ("concurrency: 4", "concurrency: 0", "bad_value", "0, timeout", "limits.concurrency"),
        ("connector: demo_oa", "connector: Demo", "bad_id", "Demo", "connector"),
        ("limits: {", "tls: {certificate: {secret: file/c.pem}}\nlimits: {", "missing_key", "{certificate", "tls"),
        ("limits: {", "tls: {certificate: {secret: file/c.pem}, key: PEM}\nlimits: {", "secret_in_text", "PEM}", "tls.key"),
        ("env/OA_SECRET", "vault/OA", "wrong_type", "vault/OA", "settings.app_secret.secret"),
    ] {
        let text = CONNECTION_TEXT.replacen(from, to, 1);
        let wanted = if code.is_empty() { vec![] } else { vec![format!("{code} {} {path}", place(&text, piece))] };
        assert_eq!(connection(&text).1, wanted, "{to}");
    }
}

const BIND_TEXT: &str = "format: 1
bind:
  - {id: head_office, default: true, roles: {erp: erp_hq, oa: oa_main}, values: {urgent: true}}
values:
  free_limit: {type: decimal, currency: CNY, value: \"5000.00\"}
  urgent: {type: bool, value: false}
";

fn bindings(text: &str) -> (Bindings, Vec<String>) {
    let ids = |list: &[&str]| list.iter().map(|id| Arc::from(*id)).collect::<Vec<Arc<str>>>();
    let mut report = Report::new("bindings.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &BINDINGS, &mut report);
    let bindings = Bindings::read(&node, &[], &mut report);
    bindings.lint(&ids(&["erp_hq", "oa_main", "oa_b"]), &ids(&["po_to_oa", "po_to_b"]), &mut report);
    (bindings, report.into_items().into_iter().map(line).collect())
}

#[test]
fn the_default_row_binds_what_no_other_does() {
    let (read, problems) = bindings(BIND_TEXT);
    assert_eq!(problems, Vec::<String>::new());
    let bound = read.resolve("order", &Value::Unset, &["erp".into(), "oa".into()]).unwrap();
    assert_eq!((&*bound.row, &*bound.roles["oa"]), ("head_office", "oa_main"));
    assert_eq!(bound.values.member("free_limit"), &Value::Decimal("5000.00".parse().unwrap()));
    assert_eq!(bound.values.member("urgent"), &Value::Bool(true));
    let missing = read.resolve("order", &Value::Unset, &["finance".into()]).unwrap_err();
    assert_eq!(missing, BindError::NoConnection { row: "head_office".into(), role: "finance".into() });
    assert_eq!(read.roles_of("oa_main"), [Arc::<str>::from("oa")]);
    assert_eq!(read.connections_of("erp"), [Arc::<str>::from("erp_hq")]);
    let Type::Object(values) = read.values_type() else { panic!("an object") };
    assert_eq!(values.fields["free_limit"].of, Type::Decimal { currency: Some("CNY".into()) });
}

/// Where a piece of the text stands, as findings say it.
fn place(text: &str, piece: &str) -> String {
    let before = &text[..text.find(piece).unwrap()];
    format!("{}:{}", before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap().chars().count() + 1)
}

#[test]
fn what_is_wrong_in_bindings_is_named_and_placed() {
    for (from, to, wanted) in [
        ("default: true", "default: false", vec![("bad_binding", "- {id: head", "bind"), ("bad_binding", "{id: head", "bind")]),
        ("values:\n", "  - {id: second, default: true}\nvalues:\n", vec![("bad_binding", "{id: second", "bind")]),
        ("values:\n", "  - {id: head_office, when: \"true\"}\nvalues:\n", vec![("bad_binding", "{id: head_office, when", "bind")]),
        ("oa: oa_main", "oa: oa_mian", vec![("unknown_definition", "oa_mian", "bind[0].roles.oa")]),
        ("urgent: true", "urgent: 7", vec![("bad_value", "7}", "bind[0].values.urgent")]),
        ("urgent: true", "urgnt: true", vec![("unknown_field", "urgnt", "bind[0].values.urgnt")]),
        ("\"5000.00\"", "5000.00", vec![("bad_value", "5000.00", "values.free_limit.value")]),
        ("currency: CNY", "currency: CNX", vec![("bad_value", "CNX", "values.free_limit.currency")]),
        ("type: bool,", "type: bool, currency: EUR,", vec![("wrong_type", "EUR", "values.urgent.currency")]),
        (
            "type: bool,",
            "type: boolean,",
            vec![("bad_word", "boolean", "values.urgent.type"), ("unknown_field", "urgent: true", "bind[0].values.urgent")],
        ),
        ("values: {u", "maps: {po_to_oa: po_to_c}, values: {u", vec![("unknown_definition", "po_to_c", "bind[0].maps.po_to_oa")]),
    ] {
        let text = BIND_TEXT.replacen(from, to, 1);
        let mut found = bindings(&text).1;
        found.sort();
        let mut wanted: Vec<String> =
            wanted.into_iter().map(|(code, piece, path)| format!("{code} {} {path}", place(&text, piece))).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{to}");
    }
}

#[test]
fn rows_are_tried_in_order_and_fall_back_to_the_default() {
    let text = BIND_TEXT.replace(
        "values:\n",
        "  - {id: b, when: \"doc.company.code == 'B'\", roles: {oa: oa_b}, maps: {po_to_oa: po_to_b}, values: {free_limit: \"2000.00\"}}\n  - {id: never, when: \"doc.company.code == 'B'\", roles: {oa: oa_main}}\nvalues:\n",
    );
    let company = Type::Object(Arc::new(crate::domain::value::ObjectType {
        name: "company".into(),
        fields: [(Arc::from("code"), crate::domain::value::TypeField { of: Type::Text, required: false, max_length: None })].into(),
        open: false,
    }));
    let order = Type::Object(Arc::new(crate::domain::value::ObjectType {
        name: "order".into(),
        fields: [(Arc::from("company"), crate::domain::value::TypeField { of: company, required: false, max_length: None })].into(),
        open: false,
    }));
    let mut report = Report::new("bindings.yaml");
    let node = parse(&text, &mut report).unwrap();
    check(&node, &BINDINGS, &mut report);
    let read = Bindings::read(&node, &[("order".into(), order), ("other".into(), Type::Bool)], &mut report);
    assert!(!report.has_errors(), "{report:?}");
    let of = |company: &str| Value::map([("company", Value::map([("code", Value::text(company))]))]);
    let bound = |kind: &str, document: &Value| read.resolve(kind, document, &[]).unwrap();
    let b = bound("order", &of("B"));
    assert_eq!((&*b.row, &*b.roles["oa"], &*b.roles["erp"], &*b.maps["po_to_oa"]), ("b", "oa_b", "erp_hq", "po_to_b"));
    assert_eq!(b.values.member("free_limit"), &Value::Decimal("2000.00".parse().unwrap()));
    assert_eq!(b.values.member("urgent"), &Value::Bool(true), "from the default row");
    assert_eq!(&*bound("order", &of("A")).row, "head_office");
    assert_eq!(&*bound("order", &Value::map::<&str>([])).row, "head_office", "a field that is not there compares to nothing");
    assert_eq!(&*bound("other", &of("B")).row, "head_office", "a condition that does not fit a type never holds for it");
    let mut report = Report::new("bindings.yaml");
    let unfit = Bindings::read(&node, &[("other".into(), Type::Bool)], &mut report);
    unfit.lint(&["erp_hq".into(), "oa_main".into(), "oa_b".into()], &["po_to_b".into()], &mut report);
    assert_eq!(report.len(), 2, "a condition that fits no type is an error: {report:?}");
}
