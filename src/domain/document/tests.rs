use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::text::files::Files;
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use crate::domain::value::{Type, Value};
use proptest::prelude::*;
use serde_json::json;

const TYPE: &str = "format: 1
document: order
key: number
schema: documents/order.schema.json
statuses: [draft, submitted]
owners: {total_gross: erp, supplier.code: erp}
";

const SCHEMA: &str = r#"{
  "type": "object",
  "properties": {
    "number": {"type": "string", "maxLength": 10},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "status": {"type": "string", "enum": ["draft", "submitted"]},
    "source": {"type": "object"},
    "supplier": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"], "additionalProperties": false},
    "issue_date": {"type": "string", "format": "date"},
    "created_at": {"type": "string", "format": "date-time"},
    "urgent": {"type": "boolean"},
    "copies": {"type": "integer", "minimum": 1, "maximum": 9},
    "total_net": {"type": "string", "format": "decimal", "x-currency": "currency"},
    "total_tax": {"type": "string", "format": "decimal", "x-currency": "currency"},
    "total_gross": {"type": "string", "format": "decimal", "x-currency": "currency"},
    "lines": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "object", "properties": {
      "net": {"type": "string", "format": "decimal", "x-currency": "currency"},
      "quantity": {"type": "string", "format": "decimal"},
      "received": {"type": "string", "format": "decimal", "x-content": false}
    }}},
    "custom": {"type": "object", "additionalProperties": true}
  },
  "required": ["number", "currency"],
  "additionalProperties": false
}"#;

fn compile(text: &str, schema: &str) -> (Option<DocumentType>, Vec<String>) {
    let files: Files = [("documents/order.schema.json", schema)].into_iter().collect();
    let mut report = Report::new("documents/order.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &SHAPE, &mut report);
    let definition = DocumentType::read(&node, &files, &mut report);
    let line = |item: crate::domain::diagnostic::Diagnostic| {
        format!("{} {}:{}:{} {}", item.code, item.file.rsplit('/').next().unwrap(), item.span.line, item.span.column, item.path)
    };
    (definition, report.into_items().into_iter().map(line).collect())
}

fn order() -> DocumentType {
    let (definition, problems) = compile(TYPE, SCHEMA);
    assert_eq!(problems, Vec::<String>::new());
    definition.unwrap()
}

fn sample() -> serde_json::Value {
    json!({"number": "PO-1", "currency": "CNY", "total_net": "100.00", "total_tax": "13.00", "total_gross": "113.00",
           "supplier": {"code": "S1"}, "lines": [{"net": "60.00", "quantity": "1"}, {"net": "40.00", "quantity": "2"}]})
}

#[test]
fn the_declared_type_follows_from_the_schema() {
    let Type::Object(object) = order().of else { panic!("an object") };
    assert_eq!(object.fields["total_net"].of, Type::Decimal { currency: Some("currency".into()) });
    assert_eq!(object.fields["created_at"].of, Type::Instant);
    assert_eq!(object.fields["number"].max_length, Some(10));
    assert!(object.fields["number"].required && !object.fields["supplier"].required && !object.open);
    assert_eq!(object.fields["custom"].of, Type::Map(Box::new(Type::Any)));
    assert!(matches!(&object.fields["lines"].of, Type::List(item, Some(3)) if matches!(**item, Type::Object(_))));
}

#[test]
fn definitions_are_linted_in_their_own_file_and_in_the_schema() {
    let ok = SCHEMA;
    let with = |from: &str, to: &str| SCHEMA.replace(from, to);
    let cases: Vec<(String, String, &str)> = vec![
        (TYPE.replace("key: number", "key: numbr"), ok.into(), "unknown_field order.yaml:3:6 key"),
        (TYPE.replace("key: number", "key: issue_date"), ok.into(), "unknown_field order.yaml:3:6 key"),
        (TYPE.replace("order.schema", "ordr.schema"), ok.into(), "unknown_file order.yaml:4:9 "),
        (TYPE.replace("[draft, submitted]", "[]"), ok.into(), "wrong_type order.yaml:5:11 statuses"),
        (TYPE.replace("[draft, submitted]", "[draft, draft]"), ok.into(), "duplicate_key order.yaml:5:19 statuses[1]"),
        (TYPE.replace("supplier.code: erp", "supplier.kode: erp"), ok.into(), "unknown_field order.yaml:6:28 owners"),
        (TYPE.into(), with("\"type\": \"boolean\"", "\"type\": \"number\""), "bad_schema order.schema.json:11:24 $.urgent"),
        (TYPE.into(), with("\"maxLength\": 10", "\"minLength\": 10"), "bad_schema order.schema.json:4:34 $.number"),
        (TYPE.into(), with("^[A-Z]{3}$", "(["), "bad_schema order.schema.json:5:47 $.currency"),
        (TYPE.into(), with("\"format\": \"date\"", "\"format\": \"time\""), "bad_schema order.schema.json:9:48 $.issue_date"),
        (TYPE.into(), with("\"required\": [\"number\", ", "\"required\": [\"no\", \"number\", "), "bad_schema order.schema.json:23:16 $"),
        (
            TYPE.into(),
            SCHEMA.replacen("\"x-currency\": \"currency\"", "\"x-currency\": \"curency\"", 1),
            "bad_schema order.schema.json:13:72 ",
        ),
        (TYPE.into(), "[1]".into(), "bad_schema order.schema.json:1:1 $"),
        (TYPE.into(), "{\"type\": \"object\",".into(), "yaml_syntax order.schema.json:1:19 "),
    ];
    for (text, schema, wanted) in cases {
        assert_eq!(compile(&text, &schema).1, [wanted], "{text}{schema}");
    }
}

#[test]
fn a_sound_document_becomes_typed() {
    let read = order().validate(&sample()).unwrap();
    assert_eq!(&*read.key, "PO-1");
    assert_eq!(read.value.member("total_net"), &Value::Decimal("100.00".parse().unwrap()));
}

#[test]
fn every_problem_of_a_document_is_named_without_its_value() {
    let order = order();
    let check = |patch: serde_json::Value, wanted: &[(&str, &str)]| {
        let mut document = sample();
        for (key, value) in patch.as_object().unwrap() {
            document[key] = value.clone();
        }
        let problems = order.validate(&document).unwrap_err();
        let found: Vec<(&str, &str)> = problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect();
        assert_eq!(found, wanted, "{patch}");
        assert!(problems.iter().all(|problem| !problem.message.contains("geheim")));
    };
    check(json!({"number": null}), &[("missing", "number")]);
    check(json!({"number": ""}), &[("missing", "number")]);
    check(json!({"number": "  "}), &[("missing", "number")]);
    check(json!({"number": "01234567890"}), &[("too_long", "number")]);
    check(json!({"number": 7}), &[("wrong_type", "number")]);
    check(json!({"currency": "geheim"}), &[("not_allowed", "currency")]);
    check(json!({"currency": "XXY"}), &[("not_allowed", "currency")]);
    check(json!({"status": "geheim"}), &[("not_allowed", "status")]);
    check(json!({"total_net": 100.0}), &[("wrong_type", "total_net")]);
    check(json!({"total_net": "1e2", "total_tax": "1,0"}), &[("wrong_type", "total_net"), ("wrong_type", "total_tax")]);
    check(json!({"total_net": "0.12345678901"}), &[("out_of_range", "total_net")]);
    check(json!({"issue_date": "2026-02-30"}), &[("wrong_type", "issue_date")]);
    check(json!({"issue_date": "2026-02-03T00:00:00Z"}), &[("wrong_type", "issue_date")]);
    check(json!({"created_at": "yesterday"}), &[("wrong_type", "created_at")]);
    check(json!({"copies": 10}), &[("out_of_range", "copies")]);
    check(json!({"copies": 1.5}), &[("wrong_type", "copies")]);
    check(json!({"urgent": "true"}), &[("wrong_type", "urgent")]);
    check(json!({"lines": []}), &[("too_few", "lines")]);
    check(json!({"lines": [{}, {}, {}, {}]}), &[("too_many", "lines")]);
    check(json!({"lines": [{}, {"net": true}, 3]}), &[("wrong_type", "lines[1].net"), ("wrong_type", "lines[2]")]);
    check(json!({"supplier": {"code": "S", "geheim": 1}}), &[("unknown_field", "supplier.geheim")]);
    check(json!({"supplier": {}}), &[("missing", "supplier.code")]);
}

#[test]
fn doubts_are_told_and_the_document_is_taken() {
    let order = order();
    let doubts = |patch: serde_json::Value| {
        let mut document = sample();
        for (key, value) in patch.as_object().unwrap() {
            document[key] = value.clone();
        }
        assert!(order.validate(&document).is_ok());
        order.doubts(&document).into_iter().map(|doubt| format!("{} {}", doubt.code, doubt.field)).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(doubts(json!({"total_gross": "113.01"})), none, "a cent of rounding is explained");
    assert_eq!(doubts(json!({"total_gross": "113.02"})), ["totals_do_not_add_up total_gross"]);
    assert_eq!(doubts(json!({"total_net": "99.00", "total_gross": "112.00"})), ["lines_do_not_add_up total_net"]);
    assert_eq!(doubts(json!({"currency": "JPY", "total_gross": "114.00"})), none);
    assert_eq!(doubts(json!({"lines": [{"net": "100.00", "quantity": "0"}]})), ["quantity_not_positive lines[0].quantity"]);
}

#[test]
fn only_content_makes_a_revision() {
    let order = order();
    let hash = |document: &serde_json::Value| order.content_hash(&order.validate(document).unwrap().value);
    let base = hash(&sample());
    let patched = |patch: serde_json::Value| {
        let mut document = sample();
        for (key, value) in patch.as_object().unwrap() {
            document[key] = value.clone();
        }
        hash(&document)
    };
    for same in [
        json!({"status": "submitted"}),
        json!({"source": {"version": "7", "id": "x"}}),
        json!({"total_net": "100.0"}),
        json!({"issue_date": null}),
        json!({"lines": [{"quantity": "1.0", "net": "60.00", "received": "1"}, {"net": "40.00", "quantity": "2"}]}),
    ] {
        assert_eq!(patched(same.clone()), base, "{same}");
    }
    for other in [
        json!({"total_net": "100.01"}),
        json!({"urgent": false}),
        json!({"custom": {"x": 1}}),
        json!({"lines": [{"net": "40.00", "quantity": "2"}, {"net": "60.00", "quantity": "1"}]}),
    ] {
        assert_ne!(patched(other.clone()), base, "{other}");
    }
    let known = "{\"currency\":\"CNY\",\"number\":\"PO-1\"}";
    assert_eq!(hash(&json!({"number": "PO-1", "currency": "CNY"})), hex::encode(<sha2::Sha256 as sha2::Digest>::digest(known)));
}

proptest! {
    #[test]
    fn the_order_of_keys_is_no_content(seed in any::<u64>()) {
        let order = order();
        let sample = sample();
        let mut keys: Vec<_> = sample.as_object().unwrap().clone().into_iter().collect();
        let by = |key: &str| key.bytes().fold(seed, |sum, byte| sum.rotate_left(7).wrapping_mul(31) ^ u64::from(byte));
        keys.sort_by_key(|(key, _)| by(key));
        let shuffled = serde_json::Value::Object(keys.into_iter().collect());
        let hash = |document| order.content_hash(&order.validate(document).unwrap().value);
        prop_assert_eq!(hash(&shuffled), hash(&sample));
    }
}
