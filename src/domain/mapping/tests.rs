use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::dictionary::{self, Dictionary};
use crate::domain::document::DocumentType;
use crate::domain::expression::{Scope, ScopeType};
use crate::domain::text::files::Files;
use crate::domain::text::shape::check;
use crate::domain::text::tree::{Node, parse};
use crate::domain::value::{ObjectType, Type, TypeField, Value};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;

fn field(of: Type, required: bool, max_length: Option<u32>) -> TypeField {
    TypeField { of, required, max_length }
}

fn object(name: &str, fields: Vec<(&str, TypeField)>) -> Type {
    let fields = fields.into_iter().map(|(name, field)| (Arc::from(name), field)).collect();
    Type::Object(Arc::new(ObjectType { name: Arc::from(name), fields, open: false }))
}

fn amount() -> Type {
    Type::Decimal { currency: Some("currency".into()) }
}

fn order() -> Type {
    let line = object(
        "purchase_order.lines",
        vec![
            ("description", field(Type::Text, false, None)),
            ("quantity", field(Type::Decimal { currency: None }, true, None)),
            ("gross", field(amount(), false, None)),
        ],
    );
    object(
        "purchase_order",
        vec![
            ("number", field(Type::Text, true, None)),
            ("note", field(Type::Text, false, None)),
            ("currency", field(Type::Text, true, None)),
            ("total_gross", field(amount(), true, None)),
            ("rate", field(Type::Decimal { currency: None }, false, None)),
            ("urgent", field(Type::Bool, false, None)),
            ("issue_date", field(Type::Date, false, None)),
            ("changed_at", field(Type::Instant, false, None)),
            ("tags", field(Type::List(Box::new(Type::Text), Some(20)), false, None)),
            ("lines", field(Type::List(Box::new(line), Some(1_000)), true, None)),
        ],
    )
}

fn partner() -> Type {
    object(
        "create.input",
        vec![
            ("reference", field(Type::Text, true, None)),
            ("title", field(Type::Text, true, Some(10))),
            ("count", field(Type::Int, false, None)),
            ("day", field(Type::Date, false, None)),
            ("total", field(Type::Decimal { currency: None }, false, None)),
            (
                "head",
                field(object("head", vec![("code", field(Type::Text, true, None)), ("name", field(Type::Text, false, None))]), false, None),
            ),
            ("rows", field(Type::List(Box::new(object("row", vec![("sku", field(Type::Text, true, None))])), None), false, None)),
            ("form", field(Type::Map(Box::new(Type::Any)), false, None)),
        ],
    )
}

fn dictionaries() -> Dictionaries {
    let texts = [
        "format: 1\ndictionary: codes\nrows: [{from: PO-1, to: X1}, {from: a, to: A}, {from: b, to: B}, {from: \"13\", to: V13}]\n",
        "format: 1\ndictionary: dated\nrows: [{from: a, to: A1, valid_to: 2025-12-31}, {from: a, to: A2, valid_from: 2026-01-01}]\n",
        "format: 1\ndictionary: past\nrows: [{from: a, to: A1, valid_to: 2020-12-31}]\n",
        "format: 1\ndictionary: same\nrows: [{from: a, to: X}, {from: b, to: X}]\n",
    ];
    texts.iter().map(|text| read_dictionary(text)).map(|dictionary| (dictionary.id.clone(), Arc::new(dictionary))).collect()
}

fn read_dictionary(text: &str) -> Dictionary {
    let mut report = Report::new("d.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &dictionary::SHAPE, &mut report);
    let read = Dictionary::read(&node, &Files::default(), &mut report);
    assert!(report.is_empty(), "{:?}", report.into_items());
    read.unwrap()
}

/// Compiles rules from an order (and an undeclared `source`) to the partner's input, or to a document of orders.
fn compile_to(target: &str, to: &Type, rules: &str) -> Result<Mapping, Vec<(&'static str, String)>> {
    let text = format!("format: 1\nmapping: m\ninputs: {{doc: purchase_order, source: any}}\nto: {target}\n{rules}");
    let mut report = Report::new("mappings/m.yaml");
    let node = parse(&text, &mut report).unwrap_or_else(|| panic!("{text}"));
    check(&node, &SHAPE, &mut report);
    let sound = !report.has_errors();
    let types = ScopeType::default().with("doc", order()).with("source", Type::Any);
    let mapping = Definition::read(&node, &mut report)
        .filter(|_| sound)
        .and_then(|definition| Mapping::compile(&definition, &types, to, &dictionaries(), &mut report));
    match mapping {
        Some(mapping) => Ok(mapping),
        None => Err(report.into_items().into_iter().map(|item| (item.code, format!("{} {}", item.path, item.message))).collect()),
    }
}

fn compile(rules: &str) -> Result<Mapping, Vec<(&'static str, String)>> {
    let title = if rules.contains("to: title") { "" } else { "  - {to: title, constant: t}\n" };
    compile_to("{operation: oa.create}", &partner(), &format!("fields:\n{title}{rules}"))
}

fn scope() -> Scope<'static> {
    let doc = r#"{"number": "PO-1", "currency": "CNY", "total_gross": "1130.005", "rate": "13.00", "urgent": true, "issue_date": "2026-09-28",
        "changed_at": "2026-09-28T02:00:00Z", "tags": ["a", "b"], "lines": [
        {"description": "采购订单钢板", "quantity": "2.5", "gross": "1000.00"}, {"description": "b", "quantity": "1", "gross": "130.005"}]}"#;
    let source = r#"{"id": 42, "none": null, "when": "2026-09-28 10:00:00", "day": {"__class__": "date", "year": 2026, "month": 9, "day": 28},
        "sum": {"__class__": "Decimal", "decimal": "5.10"}, "code": "X1", "flag": "Y", "list": [{"n": "1"}, {"n": "2"}], "big": 12345678901234567890.12}"#;
    let doc = order().read(&doc.parse().unwrap()).unwrap();
    Scope::default().with("doc", doc).with("source", source.parse().unwrap())
}

fn json(rules: &str) -> String {
    let mapping = compile(rules).unwrap_or_else(|problems| panic!("{rules}: {problems:?}"));
    let mapped = mapping.apply(&scope()).unwrap_or_else(|error| panic!("{rules}: {error}"));
    let Value::Map(map) = mapped.value else { panic!() };
    let mut map = (*map).clone();
    if !rules.contains("to: title") {
        map.shift_remove("title");
    }
    Value::Map(Arc::new(map)).to_json().to_string()
}

#[test]
fn rules_make_what_they_say() {
    let table = [
        (
            "  - {to: \"form['金额']\", value: doc.total_gross, as: {decimal: {scale: currency, rounding: half_even}}}",
            r#"{"form":{"金额":"1130.00"}}"#,
        ),
        ("  - {to: form.n, value: doc.rate, as: {decimal: {scale: 4, number: true}}}", r#"{"form":{"n":13.0000}}"#),
        ("  - {to: form.exact, value: doc.total_gross}", r#"{"form":{"exact":"1130.005"}}"#),
        (
            "  - {to: form.t, value: doc.total_gross, as: [{decimal: {scale: 3}}, {tagged: {__class__: Decimal}, under: decimal}]}",
            r#"{"form":{"t":{"__class__":"Decimal","decimal":"1130.005"}}}"#,
        ),
        (
            "  - {to: form.at, value: doc.changed_at, as: {date: \"yyyy-MM-dd HH:mm\", zone: Asia/Shanghai}}",
            r#"{"form":{"at":"2026-09-28 10:00"}}"#,
        ),
        ("  - {to: form.ms, value: doc.changed_at, as: unix_millis}", r#"{"form":{"ms":1790560800000}}"#),
        ("  - {to: form.b, value: doc.urgent, as: {bool: {yes: \"1\", no: \"0\"}}}", r#"{"form":{"b":"1"}}"#),
        ("  - {to: form.code, value: doc.number, lookup: codes}", r#"{"form":{"code":"X1"}}"#),
        ("  - {to: form.tax, value: doc.rate, lookup: codes}", r#"{"form":{"tax":"V13"}}"#),
        ("  - {to: form.tags, value: doc.tags, lookup: codes}", r#"{"form":{"tags":["A","B"]}}"#),
        ("  - {to: form.tags, value: doc.tags, lookup: codes, join: \"/\"}", r#"{"form":{"tags":"A/B"}}"#),
        ("  - {to: form.d, value: \"'a'\", lookup: {dictionary: dated, on: doc.issue_date}}", r#"{"form":{"d":"A2"}}"#),
        ("  - {to: form.r, value: \"'X1'\", lookup: {dictionary: codes, reverse: true}}", r#"{"form":{"r":"PO-1"}}"#),
        ("  - {to: form.note, value: doc.note}", r#"{}"#),
        ("  - {to: form.note, value: doc.note, default: \"-\"}", r#"{"form":{"note":"-"}}"#),
        ("  - {to: form.note, value: doc.note, default: null}", r#"{"form":{"note":null}}"#),
        ("  - {to: form.none, from: $.none}", r#"{}"#),
        ("  - {to: form.id, from: $.id}\n  - {to: form.gone, from: $.gone, optional: true}", r#"{"form":{"id":42}}"#),
        ("  - {to: form.ns, from: \"$.list[*].n\", many: true, join: \",\"}", r#"{"form":{"ns":"1,2"}}"#),
        ("  - {to: form.list, constant: [1, \"two\", {three: 3.50}]}", r#"{"form":{"list":[1,"two",{"three":"3.50"}]}}"#),
        (
            "  - {to: form.a, value: doc.number, when: doc.urgent}\n  - {to: form.a, value: \"'x'\", when: \"!doc.urgent\"}",
            r#"{"form":{"a":"PO-1"}}"#,
        ),
        (
            "  - {to: total, value: doc.total_gross}\n  - {to: day, value: doc.issue_date}\n  - {to: count, value: size(doc.lines)}",
            r#"{"total":"1130.005","day":"2026-09-28","count":2}"#,
        ),
        ("  - {to: head, fields: [{to: code, value: doc.number}, {to: name, value: doc.note}]}", r#"{"head":{"code":"PO-1"}}"#),
        ("  - {to: head, fields: [{to: code, value: doc.note}]}", r#"{}"#),
        (
            "  - {to: rows, each: doc.lines, as: line, fields: [{to: sku, value: line.description, max_length: 3, on_overflow: truncate}]}",
            r#"{"rows":[{"sku":"采购订"},{"sku":"b"}]}"#,
        ),
        (
            "  - {to: form.rows, each: \"doc.lines.filter(l, l.quantity > 2)\", as: line, fields: [{to: \"['金 额']\", value: line.gross, as: {decimal: {scale: currency, rounding: half_up}}}, {to: of, value: doc.number}]}",
            r#"{"form":{"rows":[{"金 额":"1000.00","of":"PO-1"}]}}"#,
        ),
        (
            "  - {to: form.rows, each: source.list, as: row, fields: [{to: n, from: $.n}, {to: m, each: doc.tags, as: tag, fields: [{to: t, value: tag + row.n}]}]}",
            r#"{"form":{"rows":[{"n":"1","m":[{"t":"a1"},{"t":"b1"}]},{"n":"2","m":[{"t":"a2"},{"t":"b2"}]}]}}"#,
        ),
        ("  - {to: form.rows, each: source.gone, as: row, fields: [{to: n, from: $.n}]}", r#"{}"#),
        (
            "  - {to: form.z, constant: 1}\n  - {to: form.a, constant: 2}\n  - {to: count, constant: 3}",
            r#"{"form":{"z":1,"a":2},"count":3}"#,
        ),
    ];
    for (rules, wanted) in table {
        assert_eq!(json(rules), wanted, "{rules}");
    }
}

#[test]
fn a_document_reads_what_a_partner_writes() {
    let needed = "  - {to: number, constant: n}\n  - {to: currency, constant: CNY}\n  - {to: lines, constant: []}\n";
    let table = [
        (
            "  - {to: total_gross, from: $.sum, as: {tagged: {__class__: Decimal}, under: decimal}}",
            "total_gross",
            Value::Decimal("5.10".parse().unwrap()),
        ),
        ("  - {to: total_gross, from: $.big}", "total_gross", Value::Decimal("12345678901234567890.12".parse().unwrap())),
        (
            "  - {to: total_gross, constant: \"7.00\"}\n  - {to: issue_date, from: $.day, as: {parts: [year, month, day], with: {__class__: date}}}",
            "issue_date",
            Value::Date("2026-09-28".parse().unwrap()),
        ),
        (
            "  - {to: total_gross, constant: \"7.00\"}\n  - {to: changed_at, from: $.when, as: {date: \"yyyy-MM-dd HH:mm:ss\", zone: Asia/Shanghai}}",
            "changed_at",
            Value::Instant("2026-09-28T02:00:00Z".parse().unwrap()),
        ),
        (
            "  - {to: total_gross, constant: \"7.00\"}\n  - {to: urgent, from: $.flag, as: {bool: {yes: \"Y\", no: \"N\"}}}",
            "urgent",
            Value::Bool(true),
        ),
        (
            "  - {to: total_gross, constant: \"7.00\"}\n  - {to: note, from: $.code, lookup: {dictionary: codes, reverse: true}}",
            "note",
            Value::text("PO-1"),
        ),
        ("  - {to: total_gross, constant: \"7.00\"}\n  - {to: note, from: $.id}", "note", Value::text("42")),
    ];
    for (rules, key, wanted) in table {
        let mapping = compile_to("{document: purchase_order}", &order(), &format!("fields:\n{needed}{rules}"))
            .unwrap_or_else(|problems| panic!("{rules}: {problems:?}"));
        let mapped = mapping.apply(&scope()).unwrap();
        assert_eq!(mapped.value.member(key), &wanted, "{rules}");
    }
}

#[test]
fn rules_that_cannot_work_are_refused() {
    let table = [
        ("  - {to: titel, value: doc.number}", "unknown_target"),
        ("  - {to: head.kode, value: doc.number}", "unknown_target"),
        ("  - {to: rows.sku, value: doc.number}", "unknown_target"),
        ("  - {to: \"form[0]\", value: doc.number}", "unknown_target"),
        ("  - {to: \"form['x\", value: doc.number}", "unknown_target"),
        ("  - {to: form.x, value: doc.numbr}", "unknown_field"),
        ("  - {to: form.x, value: dok.number}", "expression_name"),
        ("  - {to: form.x, text: \"{{doc.numbr}}\"}", "template_name"),
        ("  - {to: form.x, from: \"$.a[?@.b == 5]\"}", "path_number_compare"),
        ("  - {to: form.x, value: doc.number, lookup: codez}", "unknown_definition"),
        ("  - {to: form.x, value: doc.number, lookup: dated}", "missing_key"),
        ("  - {to: form.x, value: doc.number, lookup: past}", "missing_key"),
        ("  - {to: form.x, value: doc.number, lookup: {dictionary: same, reverse: true}}", "overlapping_rows"),
        ("  - {to: form.x, value: doc.number, as: {date: yyyy}}", "expression_type"),
        ("  - {to: form.x, value: doc.rate, as: {decimal: {scale: currency}}}", "expression_type"),
        ("  - {to: form.x, from: $.sum, as: {decimal: {scale: currency}}}", "expression_type"),
        ("  - {to: count, value: doc.total_gross}", "lossy_conversion"),
        ("  - {to: day, value: doc.changed_at}", "lossy_conversion"),
        ("  - {to: head.code, value: doc.tags}", "lossy_conversion"),
        ("  - {to: total, value: doc.number}", "expression_type"),
        ("  - {to: head.code, value: doc.urgent}", "expression_type"),
        ("  - {to: count, constant: many}", "bad_value"),
        ("  - {to: count, value: size(doc.tags), default: none}", "bad_value"),
        ("  - {to: head.name, value: doc.number}", "unmapped_target"),
        ("  - {to: rows, each: doc.lines, as: line, fields: []}", "unmapped_target"),
        ("  - {to: rows, each: doc.number, as: line, fields: [{to: sku, value: doc.number}]}", "expression_type"),
        ("  - {to: head, each: doc.lines, as: line, fields: []}", "expression_type"),
        ("  - {to: form.x, constant: 1}\n  - {to: form.x, constant: 2}", "duplicate_target"),
        ("  - {to: form, constant: {}}\n  - {to: form.x, constant: 2}", "duplicate_target"),
        ("  - {to: form.x, constant: 2}\n  - {to: form, constant: {}}", "duplicate_target"),
        ("  - {to: form.x, constant: 1, when: doc.urgent}\n  - {to: form.x, constant: 2}", "duplicate_target"),
        ("  - {to: head.code, constant: a}\n  - {to: head, fields: [{to: code, constant: b}]}", "duplicate_target"),
        ("  - {to: form.x, value: doc.number, max_length: 0}", "bad_value"),
        ("  - {to: form.x, value: doc.number, on_overflow: truncate}", "missing_key"),
        ("  - {to: form.x, value: doc.number, when: doc.number}", "expression_type"),
        ("  - {to: form.x}", "missing_key"),
        ("  - {to: form.x, value: a, from: $.b}", "wrong_type"),
        ("  - {to: form.x, value: doc.number, many: true}", "unknown_key"),
    ];
    for (rules, code) in table {
        let problems = compile(rules).err().unwrap_or_else(|| panic!("{rules} compiles"));
        assert!(problems.iter().any(|(found, _)| *found == code), "{rules}: {problems:?}");
        assert!(problems.len() <= 2, "{rules}: {problems:?}");
    }
    let without = compile_to("{operation: oa.create}", &partner(), "fields: []").unwrap_err();
    assert_eq!(
        without,
        [("unmapped_target", "fields the required target `title` is not mapped".to_owned())],
        "`reference` is filled by the hub"
    );
}

#[test]
fn what_goes_wrong_names_the_target_and_holds_no_values() {
    type Fits = fn(&MapCause) -> bool;
    let table: [(&str, &str, Fits); 11] = [
        ("  - {to: form.x, value: doc.note, required: true}", "form.x", |cause| *cause == MapCause::Required),
        ("  - {to: title, value: doc.note}", "title", |cause| *cause == MapCause::Required),
        ("  - {to: form.x, from: $.none, required: true}", "form.x", |cause| *cause == MapCause::Required),
        ("  - {to: form.x, from: $.gone}", "form.x", |cause| matches!(cause, MapCause::Evaluate(_))),
        ("  - {to: form.x, text: \"{{doc.note}}\"}", "form.x", |cause| matches!(cause, MapCause::Evaluate(_))),
        ("  - {to: form.x, value: doc.currency, lookup: codes}", "form.x", |cause| matches!(cause, MapCause::Lookup(_))),
        ("  - {to: form.x, value: doc.total_gross, as: {decimal: {scale: 2}}}", "form.x", |cause| matches!(cause, MapCause::Format(_))),
        ("  - {to: title, text: \"PO {{doc.number}} is long\"}", "title", |cause| *cause == MapCause::TooLong(10)),
        ("  - {to: count, from: $.sum}", "count", |cause| matches!(cause, MapCause::Type { .. })),
        ("  - {to: form.rows, each: source.id, as: row, fields: []}", "form.rows", |cause| matches!(cause, MapCause::Type { .. })),
        (
            "  - {to: form.rows, each: doc.lines, as: line, fields: [{to: \"['数 量']\", value: line.quantity, as: integer}]}",
            "form.rows[0]['数 量']",
            |cause| matches!(cause, MapCause::Format(_)),
        ),
    ];
    for (rules, target, fits) in table {
        let error = compile(rules).unwrap_or_else(|problems| panic!("{rules}: {problems:?}")).apply(&scope()).unwrap_err();
        assert!(error.target == target && fits(&error.cause), "{rules}: {error:?}");
        assert!(!error.to_string().contains("1130") && !error.to_string().contains("CNY"), "{error}");
    }
}

#[test]
fn every_value_knows_its_rule_and_what_it_read() {
    let rules = "  - {to: form.n, text: \"{{doc.number}}\"}\n  - {to: form.rows, each: doc.lines, as: line, fields: [{to: d, value: line.description}]}\n  - {to: form.id, from: $.id}";
    let mapping = compile(rules).unwrap();
    let mapped = mapping.explain(&scope()).unwrap();
    let found: Vec<String> = mapped
        .origins
        .iter()
        .map(|origin| format!("{} <- {} ({})", origin.path, origin.inputs.join(", "), mapping.infos[origin.rule].path))
        .collect();
    let wanted = [
        "title <-  (fields[0])",
        "form.n <- doc.number (fields[1])",
        "form.rows[0].d <- doc.lines[0].description (fields[2].fields[0])",
        "form.rows[1].d <- doc.lines[1].description (fields[2].fields[0])",
        "form.id <- source.id (fields[3])",
    ];
    assert_eq!(found, wanted);
    assert!(mapped.origins.iter().all(|origin| origin.span.line > 0));
    assert_eq!(mapping.apply(&scope()).unwrap().value, mapped.value);
    assert_eq!(mapping.fills().iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["form", "title"]);
}

#[test]
fn one_document_cannot_make_an_endless_result() {
    let many = Value::list((0..EACH_MAX + 1).map(|number| Value::Int(i64::try_from(number).unwrap())));
    let long = Value::list((0..200).map(|_| Value::text("x".repeat(60_000))));
    let rules = "  - {to: form.rows, each: source, as: row, fields: [{to: a, value: row}, {to: b, each: source, as: other, fields: [{to: c, value: other}]}]}";
    let mapping = compile(rules).unwrap();
    for source in [many, long, Value::list((0..5_000).map(Value::Int))] {
        let error = mapping.apply(&scope().with("source", source)).unwrap_err();
        assert_eq!(error.cause, MapCause::TooMuch);
    }
}

/// The content that ships, against the document types and connectors that ship.
#[test]
fn the_mappings_that_ship_pass_their_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut passed = 0;
    for (folder, erp) in [(root.to_path_buf(), "demo_erp"), (root.join("examples/tryton"), "tryton")] {
        passed += project(&folder, erp);
    }
    assert!(passed >= 15, "only {passed} cases ran");
}

fn project(folder: &Path, erp: &str) -> usize {
    let files = load(folder);
    let documents: Vec<DocumentType> = ["purchase_order", "payable", "purchase_request"]
        .iter()
        .filter(|id| files.get(&format!("documents/{id}.yaml")).is_some())
        .map(|id| {
            let mut report = Report::new("documents");
            let node = parse(files.get(&format!("documents/{id}.yaml")).unwrap(), &mut report).unwrap();
            DocumentType::read(&node, &files, &mut report).unwrap()
        })
        .collect();
    let document = |id: &str| documents.iter().find(|document| &*document.id == id).unwrap().of.clone();
    let dictionaries: Dictionaries = files
        .iter()
        .filter(|(path, _)| path.starts_with("dictionaries/"))
        .map(|(_, text)| read_dictionary(text))
        .map(|dictionary| (dictionary.id.clone(), Arc::new(dictionary)))
        .collect();
    let form = |id: &str| {
        let node = parse(files.get(&format!("forms/{id}.yaml")).unwrap(), &mut Report::new("form")).unwrap();
        crate::domain::form::Form::read(&node, &dictionaries, &mut Report::new("form")).unwrap().of
    };
    let connector = |role: &str| match role {
        "erp" | "demo_erp" | "tryton" => erp,
        "oa" => "demo_oa",
        _ => "demo_finance",
    };
    let fields = |role: &str, operation: &str, key: &str| {
        let text = files.get(&format!("connectors/{}/connector.yaml", connector(role))).unwrap();
        let node = parse(text, &mut Report::new("connector")).unwrap();
        let node = node.get("operations").unwrap().get(operation).unwrap().get(key).unwrap().clone();
        declared(&node)
    };
    let mut passed = 0;
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("mappings/")) {
        let mut report = Report::new(path.clone());
        let node = parse(text, &mut report).unwrap();
        check(&node, &SHAPE, &mut report);
        let definition = Definition::read(&node, &mut report).unwrap();
        let to = match &definition.target.value {
            Target::Document(id) => document(id),
            Target::Operation { role, operation } => fields(role, operation, "input"),
        };
        let types = definition.inputs.iter().fold(ScopeType::default(), |types, (name, kind)| {
            let of = match &kind.value {
                InputType::Document(id) => document(id),
                InputType::Output { connector, operation } => fields(connector, operation, "output"),
                InputType::Event { .. } => Type::Any,
                InputType::Form(id) => form(id),
                InputType::Submitter(_) => crate::domain::form::person(),
                InputType::Plain(of) => of.clone(),
            };
            types.with(name, of)
        });
        let mapping = Mapping::compile(&definition, &types, &to, &dictionaries, &mut report);
        assert!(report.is_empty(), "{path}: {:#?}", report.into_items());
        passed += check_cases(&definition, &mapping.unwrap(), &types, &files, &mut report);
        assert!(report.is_empty(), "{path}: {:#?}", report.into_items());
    }
    passed
}

/// Declared fields of an operation, as far as the shipped connectors need it.
fn declared(node: &Node) -> Type {
    let fields = node
        .entries()
        .iter()
        .map(|(key, value)| {
            let of = value.get("type").unwrap_or(value);
            let of = match of.items().first() {
                Some(item) => Type::List(Box::new(Type::named(item.text().unwrap()).unwrap()), None),
                None => Type::named(of.text().unwrap()).unwrap(),
            };
            let optional = value.get("optional").and_then(Node::bool).unwrap_or(false);
            (Arc::from(key.text.as_str()), field(of, !optional, None))
        })
        .collect();
    Type::Object(Arc::new(ObjectType { name: "operation".into(), fields, open: false }))
}

fn load(folder: &Path) -> Files {
    let mut files = Files::default();
    for name in ["documents", "dictionaries", "forms", "mappings", "samples", "connectors"] {
        let mut open = vec![folder.join(name)];
        while let Some(folder_path) = open.pop() {
            for entry in std::fs::read_dir(folder_path).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if let Ok(text) = std::fs::read_to_string(&path) {
                    files.insert(path.strip_prefix(folder).unwrap().to_str().unwrap(), text);
                }
            }
        }
    }
    files
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,12})?(e[0-9]{1,3})?".prop_map(|number| serde_json::from_str(&number).unwrap()),
        "[a-z0-9.金{}\"' ]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::Array),
            prop::collection::vec(("[a-e]|lines|id|n|list|none|金额", inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

const ALL_KINDS: &str = "  - {to: form.a, from: $.id, optional: true, as: string, max_length: 5, on_overflow: truncate}
  - {to: form.b, from: $.none, optional: true, lookup: codes, default: x}
  - {to: form.c, from: \"$..n\", many: true, join: \",\"}
  - {to: form.d, text: \"{{default source.id 'none'}}\"}
  - {to: total, from: $.n, optional: true, as: {decimal: {scale: 2, rounding: half_even}}}
  - {to: form.rows, each: source.list, as: row, fields: [{to: n, from: $.n, optional: true}, {to: m, value: \"row.a + row.b\"}]}
  - {to: form.when, value: \"instant(source.id, 'ms')\", as: {date: \"yyyy-MM-dd\"}}
  - {to: form.whole, value: source, when: has(source.lines)}
  - {to: form.t, value: source.list, as: json_text}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_payload_makes_a_mapping_panic(payload in any_json()) {
        let mapping = compile(ALL_KINDS).unwrap();
        let scope = scope().with("source", Value::from_json(&payload));
        let first = mapping.apply(&scope);
        let explained = mapping.explain(&scope);
        prop_assert_eq!(first.map(|mapped| mapped.value), explained.map(|mapped| mapped.value));
    }

    #[test]
    fn json_keeps_its_numbers_and_key_order(payload in any_json()) {
        // Decimals become text, so that they survive readers with floats; nothing else changes, and the order stays.
        fn same(before: &serde_json::Value, after: &serde_json::Value) -> bool {
            match (before, after) {
                (serde_json::Value::Object(a), serde_json::Value::Object(b)) => a.len() == b.len() && a.iter().zip(b).all(|((k, v), (l, w))| k == l && same(v, w)),
                (serde_json::Value::Array(a), serde_json::Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(v, w)| same(v, w)),
                (serde_json::Value::Number(a), serde_json::Value::String(b)) => Value::from_json(&serde_json::Value::Number(a.clone())) == Value::Decimal(b.parse().unwrap()),
                (a, b) => a == b,
            }
        }
        let made = Value::from_json(&payload).to_json();
        prop_assert!(same(&payload, &made), "{payload} became {made}");
    }

    #[test]
    fn decimals_never_lose_a_digit(mantissa in any::<i64>(), scale in 0u32..10) {
        let number = rust_decimal::Decimal::new(mantissa, scale);
        let mapping = compile("  - {to: form.a, value: doc.total_gross}\n  - {to: form.b, value: doc.total_gross, as: {decimal: {scale: 9}}}\n  - {to: total, value: doc.total_gross}").unwrap();
        let doc = Value::map([("total_gross", Value::Decimal(number))]);
        let made = mapping.apply(&scope().with("doc", doc)).unwrap().value.to_json();
        for written in [&made["form"]["a"], &made["form"]["b"], &made["total"]] {
            prop_assert_eq!(written.as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap(), number);
        }
        let plain = number.to_string();
        prop_assert_eq!(made["form"]["a"].as_str(), Some(plain.as_str()));
    }

    #[test]
    fn no_rule_text_makes_the_compiler_panic(to in "[a-z.\\[\\]'\"金 \\\\]{0,16}", value in "[a-z.()' ]{0,12}") {
        let to = to.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = compile(&format!("  - {{to: \"{to}\", value: \"{value}\"}}"));
    }
}
