use super::*;
use crate::domain::expression::COST_MAX;
use crate::domain::value::{ObjectType, TypeField};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn object(name: &str, fields: Vec<(&str, Type)>) -> Type {
    let fields = fields.into_iter().map(|(name, of)| (Arc::from(name), TypeField { of, required: false, max_length: None })).collect();
    Type::Object(Arc::new(ObjectType { name: Arc::from(name), fields, open: false }))
}

fn amount(currency: &str) -> Type {
    Type::Decimal { currency: Some(Arc::from(currency)) }
}

fn plain() -> Type {
    Type::Decimal { currency: None }
}

fn types() -> ScopeType {
    let line = object("line", vec![("description", Type::Text), ("quantity", plain()), ("amount", amount("currency"))]);
    let doc = object(
        "purchase_order",
        vec![
            ("number", Type::Text),
            ("note", Type::Text),
            ("currency", Type::Text),
            ("total_gross", amount("currency")),
            ("total_tax", amount("currency")),
            ("rate", plain()),
            ("count", Type::Int),
            ("urgent", Type::Bool),
            ("date", Type::Date),
            ("changed_at", Type::Instant),
            ("lines", Type::List(Box::new(line), Some(500))),
            ("tags", Type::List(Box::new(Type::Text), Some(20))),
            ("extra", Type::Map(Box::new(Type::Text))),
        ],
    );
    let outcome = object("oa", vec![("outcome", Type::Text), ("output", Type::Any)]);
    let values = vec![("free_limit", amount("CNY")), ("dollars", amount("USD")), ("yuan", amount("CNY")), ("factor", plain())];
    ScopeType::default()
        .with("doc", doc.clone())
        .with("other", doc)
        .with("steps", object("steps", vec![("oa", outcome)]))
        .with("values", object("values", values))
        .with("response", object("response", vec![("status", Type::Int), ("body", Type::Any)]))
        .with("settings", object("settings", vec![("key", Type::Secret), ("name", Type::Text)]))
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

fn doc(currency: &str) -> Value {
    let line = |text: &str, quantity: &str, amount: &str| {
        Value::map([("description", Value::text(text)), ("quantity", decimal(quantity)), ("amount", decimal(amount))])
    };
    Value::map([
        ("number", Value::text("PO-4417")),
        ("currency", Value::text(currency)),
        ("total_gross", decimal("1130.00")),
        ("total_tax", decimal("130.00")),
        ("rate", decimal("0.13")),
        ("count", Value::Int(3)),
        ("urgent", Value::Bool(true)),
        ("date", Value::Date("2026-09-28".parse().unwrap())),
        ("changed_at", Value::Instant("2026-09-28T02:00:00Z".parse().unwrap())),
        ("lines", Value::list([line("Bolt", "10", "1000.00"), line("Nut", "2.5", "130.00")])),
        ("tags", Value::list([Value::text("a"), Value::text("b")])),
        ("extra", Value::map([("金额", Value::text("x"))])),
    ])
}

fn scope() -> Scope<'static> {
    let body =
        r#"{"code": "throttled", "errcode": 0, "id": 12345678901234567890, "price": 0.1, "text": "10.50", "none": null, "list": [1, 2]}"#;
    Scope::default()
        .with("doc", doc("CNY"))
        .with("other", doc("USD"))
        .with("steps", Value::map([("oa", Value::Unset)]))
        .with(
            "values",
            Value::map([("free_limit", decimal("5000.00")), ("dollars", decimal("5")), ("yuan", decimal("5")), ("factor", decimal("2"))]),
        )
        .with("response", Value::map([("status", Value::Int(403)), ("body", body.parse().unwrap())]))
        .with("settings", Value::map([("key", Value::text("secret")), ("name", Value::text("demo"))]))
}

fn evaluate(source: &str) -> Result<Value, EvaluateError> {
    let expression = Expression::compile(source, &types()).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
    expression.evaluate(&scope(), &mut Budget::default())
}

/// The first expression gives what the second gives.
fn same(source: &str, wanted: Value) {
    let found = evaluate(source);
    assert_eq!(found, Ok(wanted), "{source}");
}

#[test]
fn the_table_of_unset() {
    // steps.oa was not visited; doc.note is not there.
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        same(&format!("steps.oa.outcome {operator} 'approved'"), Value::Bool(false));
        same(&format!("'approved' {operator} steps.oa.outcome"), Value::Bool(false));
        same(&format!("doc.note {operator} steps.oa.outcome"), Value::Bool(false));
    }
    let falses = [
        "steps.oa.output.flag && true",
        "true && steps.oa.output.flag",
        "steps.oa.output.flag || false",
        "has(doc.note)",
        "has(steps.oa.outcome)",
        "has(steps.oa.output.deep.deeper)",
        "steps.oa.outcome in ['approved']",
        "'approved' in steps.oa.output.list",
        "steps.oa.output.list.exists(x, true) || false",
        "steps.oa.output.list.all(x, true) && true",
        "doc.lines[9].amount == doc.lines[9].amount",
        "steps.oa.output == null",
        "[doc.note] == [doc.note]",
    ];
    for source in falses {
        same(source, Value::Bool(false));
    }
    same("!steps.oa.output.flag", Value::Bool(true));
    same("!(steps.oa.outcome == 'approved')", Value::Bool(true));
    same("steps.oa.output.flag ? 'a' : 'b'", Value::text("b"));
    let unsets = [
        "doc.note",
        "steps.oa.outcome",
        "steps.oa.output.a.b",
        "steps.oa.output[0]",
        "steps.oa.output['x'].y",
        "doc.lines[2]",
        "doc.lines[-1]",
        "doc.lines[99].amount",
        "doc.note.size()",
        "doc.note.startsWith('x')",
        "doc.note.matches('x')",
        "size(doc.note)",
        "decimal(steps.oa.output.amount)",
        "doc.note + 'x'",
        "-decimal(steps.oa.output.amount)",
        "doc.count + steps.oa.output.count",
        "steps.oa.output.list.map(x, x)",
        "sum([doc.total_gross, doc.lines[7].amount])",
        "min(doc.total_gross, doc.lines[7].amount)",
        "['a', doc.note].join(',')",
        "doc.extra['nothing']",
        "response.body.none.anything",
    ];
    for source in unsets {
        same(source, Value::Unset);
    }
    let condition = Expression::compile("steps.oa.output.flag", &types()).unwrap();
    assert_eq!(condition.holds(&scope(), &mut Budget::default()), Ok(false));
}

#[test]
fn numbers_compare_alike_on_both_sides() {
    let pairs = [("5000", "values.free_limit"), ("5000.0", "values.free_limit"), ("doc.count", "3.0"), ("doc.count", "decimal('3')")];
    for (left, right) in pairs {
        for (operator, wanted) in [("==", true), ("!=", false), ("<=", true), (">=", true), ("<", false), (">", false)] {
            same(&format!("{left} {operator} {right}"), Value::Bool(wanted));
            same(&format!("{right} {operator} {left}"), Value::Bool(wanted));
        }
    }
    for source in
        ["4999.99 < values.free_limit", "values.free_limit < 5000.01", "0.1 + 0.2 == 0.3", "5 in [1.0, 5.0]", "doc.rate in [0.13]"]
    {
        same(source, Value::Bool(true));
    }
    same("0.1 + 0.2", decimal("0.3"));
    same("12345678901234567890.12345678 * 10", decimal("123456789012345678901.2345678"));
}

#[test]
fn the_examples_of_the_language() {
    let trues = [
        "response.status == 403 && response.body.code == 'throttled'",
        "!(response.status == 200 && response.body.errcode != 0)",
        "doc.currency == 'CNY' && doc.total_gross <= values.free_limit",
        "steps.oa.outcome in ['expired', 'withdrawn'] || true",
        "(doc.total_gross > 50000 ? 'A' : 'B') == 'B'",
        "response.body.none == null",
        "null == response.body.none",
        "doc.number != null",
    ];
    for source in trues {
        same(source, Value::Bool(true));
    }
}

#[test]
fn functions_do_what_they_say() {
    let table = [
        ("doc.number.contains('44')", Value::Bool(true)),
        ("doc.number.startsWith('PO-')", Value::Bool(true)),
        ("doc.number.endsWith('17')", Value::Bool(true)),
        ("doc.number.matches('^PO-[0-9]+$')", Value::Bool(true)),
        ("'金额单'.size()", Value::Int(3)),
        ("size('金额')", Value::Int(2)),
        ("size(doc.lines)", Value::Int(2)),
        ("size({'a': 1, 'b': 2})", Value::Int(2)),
        ("'Abc'.lowerAscii() + 'Abc'.upperAscii()", Value::text("abcABC")),
        ("'  x '.trim()", Value::text("x")),
        ("'a,b,c'.split(',')", Value::list(["a", "b", "c"].map(Value::text))),
        ("'a,b,c'.split(',', 2)", Value::list(["a", "b,c"].map(Value::text))),
        ("['a', 'b'].join('-')", Value::text("a-b")),
        ("doc.tags.join()", Value::text("ab")),
        ("'aXbX'.replace('X', '--')", Value::text("a--b--")),
        ("'aXbX'.replace('X', '-', 1)", Value::text("a-bX")),
        ("'采购订单'.substring(1, 3)", Value::text("购订")),
        ("'abc'.substring(2)", Value::text("c")),
        ("'abc'.substring(7)", Value::text("")),
        ("'abc'.indexOf('c')", Value::Int(2)),
        ("decimal('10.50')", decimal("10.50")),
        ("decimal(response.body.text) > 10.4", Value::Bool(true)),
        ("int('42') + 1", Value::Int(43)),
        ("int(5.0)", Value::Int(5)),
        ("string(doc.total_gross)", Value::text("1130.00")),
        ("string(doc.date)", Value::text("2026-09-28")),
        ("string(response.body.id)", Value::text("12345678901234567890")),
        ("bool('true')", Value::Bool(true)),
        ("instant('2026-09-28T10:00:00+08:00') == doc.changed_at", Value::Bool(true)),
        ("instant(1767225600, 's') == instant('1767225600000', 'ms')", Value::Bool(true)),
        ("date('2026-09-28') == doc.date", Value::Bool(true)),
        ("date(instant('2026-09-27T18:00:00Z'), 'Asia/Shanghai') == doc.date", Value::Bool(true)),
        ("doc.changed_at + duration('2h') > doc.changed_at", Value::Bool(true)),
        ("doc.changed_at - doc.changed_at == duration('0s')", Value::Bool(true)),
        ("doc.date + duration('3d') == date('2026-10-01')", Value::Bool(true)),
        ("date('2026-10-01') - doc.date == duration('3d')", Value::Bool(true)),
        ("abs(-5.5)", decimal("5.5")),
        ("round(2.345, 2)", decimal("2.34")),
        ("round(2.355, 2)", decimal("2.36")),
        ("min(3, 2.5, 4)", decimal("2.5")),
        ("max([1, 7, 3])", Value::Int(7)),
        ("sum(doc.lines.map(l, l.amount))", decimal("1130.00")),
        ("sum(doc.lines.filter(l, l.quantity > 100).map(l, l.amount))", decimal("0")),
        ("doc.lines.all(l, l.amount > 0)", Value::Bool(true)),
        ("doc.lines.exists(l, l.description == 'Nut')", Value::Bool(true)),
        ("doc.lines.exists_one(l, l.amount > 500)", Value::Bool(true)),
        ("doc.lines.map(l, l.description)", Value::list(["Bolt", "Nut"].map(Value::text))),
        ("doc.lines.map(l, l.quantity > 5, l.description)", Value::list(["Bolt"].map(Value::text))),
        ("doc.lines.filter(l, l.quantity < 5)[0].description", Value::text("Nut")),
        ("doc.tags.map(t, doc.tags.map(u, t + u)).size()", Value::Int(2)),
        ("doc.tags.map(t, doc.tags.map(u, t + u))[1][0]", Value::text("ba")),
        ("doc.extra['金额']", Value::text("x")),
        ("'金额' in doc.extra", Value::Bool(true)),
        ("{'a': doc.count}.a", Value::Int(3)),
        ("-doc.count", Value::Int(-3)),
        ("7 / 2", Value::Int(3)),
        ("7 % 2", Value::Int(1)),
        ("7.0 / 2", decimal("3.5")),
        ("settings.name", Value::text("demo")),
        ("r'\\d' + \"\\u91d1\"", Value::text("\\d金")),
    ];
    for (source, wanted) in table {
        same(source, wanted);
    }
}

#[test]
fn lists_are_cut_into_parts() {
    let json = |text: &str| text.parse::<Value>().unwrap();
    for (source, wanted) in [
        ("chunks([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]"),
        ("chunks([1, 2], 2)", "[[1, 2]]"),
        ("chunks([1, 2], 9)", "[[1, 2]]"),
        ("chunks([], 2)", "[]"),
        ("chunks(doc.lines, 1).map(part, size(part))", "[1, 1]"),
    ] {
        same(source, json(wanted));
    }
    same("chunks(response.body.nothing, 2)", Value::Unset);
    assert!(evaluate("chunks(doc.lines, size(doc.lines) - size(doc.lines))").is_err());
    for never in ["chunks([1], 0)", "chunks([1], 0 - 1)"] {
        assert_eq!(codes(never), ["expression_type"], "{never}");
    }
    assert_eq!(codes("chunks(doc.number, 2)"), ["expression_type"]);
}

#[test]
fn mappings_are_laid_out_as_lists() {
    let json = |text: &str| text.parse::<Value>().unwrap();
    let table = [
        ("entries({'a': 1, 'b': 'x'})", r#"[{"key": "a", "value": 1}, {"key": "b", "value": "x"}]"#),
        ("pairs({'单号': 'P', '额': 2}, 'name', 'value')", r#"[{"name": "单号", "value": "P"}, {"name": "额", "value": 2}]"#),
        ("pairs([{'a': 1}, {'a': 2}], 'n', 'v')", r#"[[{"n": "a", "v": 1}], [{"n": "a", "v": 2}]]"#),
        (
            "named({'w1': {'type': 'input', 'value': 'x'}, 'w2': 5}, 'id')",
            r#"[{"id": "w1", "type": "input", "value": "x"}, {"id": "w2", "value": 5}]"#,
        ),
        ("named({'w1': {'id': 'other', 'v': 1}}, 'id')", r#"[{"id": "w1", "v": 1}]"#),
        ("wrap([1, 2], 'list')", r#"[{"list": 1}, {"list": 2}]"#),
        ("wrap(pairs([{'a': 1}], 'n', 'v'), 'list')", r#"[{"list": [{"n": "a", "v": 1}]}]"#),
        ("wrap([1, 2], 'cells', {'order': 0})", r#"[{"order": 0, "cells": 1}, {"order": 0, "cells": 2}]"#),
        ("wrap([1], 'cells', {'cells': 0})", r#"[{"cells": 1}]"#),
        ("pairs({'a': doc.note, 'b': 1}, 'n', 'v')", r#"[{"n": "b", "v": 1}]"#),
        ("pairs({}, 'n', 'v')", "[]"),
    ];
    for (source, wanted) in table {
        same(source, json(wanted));
    }
    same("to_json([{'a': '\"', 'b': [1, true]}])", Value::text(r#"[{"a":"\"","b":[1,true]}]"#));
    same(
        "to_json({'rows': [{'amount': doc.total_gross, 'text': '1'}]}, 'numbers')",
        Value::text(r#"{"rows":[{"amount":1130.00,"text":"1"}]}"#),
    );
    same("to_json({'amount': doc.total_gross})", Value::text(r#"{"amount":"1130.00"}"#));
    for source in ["pairs(response.body.list, 'n', 'v')", "entries(response.body.text)", "wrap([1], 'n', response.body.list)"] {
        assert!(evaluate(source).is_err(), "{source}");
    }
    for source in ["pairs(doc.number, 'n', 'v')", "pairs([1], 'n', 'v')"] {
        assert_eq!(codes(source), ["expression_type"], "{source}");
    }
}

#[test]
fn what_has_no_exact_result_is_an_error() {
    let arithmetic = ["doc.count / (doc.count - 3)", "doc.count % (doc.count - 3)", "doc.rate / (doc.rate - doc.rate)", "int(doc.rate)"];
    for source in arithmetic {
        assert!(matches!(evaluate(source), Err(EvaluateError::Arithmetic(_))), "{source}");
    }
    let kinds = [
        "response.body.text > 5",
        "response.body.list + 1",
        "response.body.code.size() > 0 && response.body.errcode",
        "decimal(response.body.code)",
        "response.body.code[0]",
        "response.body.errcode.exists(x, true)",
    ];
    for source in kinds {
        assert!(matches!(evaluate(source), Err(EvaluateError::Type { .. })), "{source}: {:?}", evaluate(source));
    }
}

#[test]
fn amounts_meet_only_in_one_currency() {
    same("doc.total_gross - doc.total_tax", decimal("1000.00"));
    same("doc.total_gross <= values.free_limit", Value::Bool(true));
    same("doc.total_gross * values.factor <= values.free_limit", Value::Bool(true));
    same("doc.lines.all(l, l.amount <= doc.total_gross)", Value::Bool(true));
    same("sum(doc.lines.map(l, l.amount)) == doc.total_gross", Value::Bool(true));
    same("doc.total_gross == 1130", Value::Bool(true));
    same("max(doc.total_gross, values.yuan)", decimal("1130.00"));
    let cny_usd = Err(EvaluateError::Currency("CNY".to_owned(), "USD".to_owned()));
    for source in [
        "doc.total_gross <= values.dollars",
        "doc.total_gross + other.total_gross",
        "doc.lines.all(l, l.amount < other.total_gross)",
        "min(doc.total_gross, other.total_gross)",
    ] {
        assert_eq!(evaluate(source), cny_usd, "{source}");
    }
    // The guard in front keeps the check from failing.
    same("doc.currency == 'USD' && doc.total_gross <= values.dollars", Value::Bool(false));
    for source in ["values.free_limit < values.dollars", "values.free_limit + values.dollars", "doc.total_gross * doc.total_tax"] {
        assert_eq!(codes(source), ["expression_type"], "{source}");
    }
    let expression = Expression::compile("doc.total_gross * 2", &types()).unwrap();
    assert_eq!(expression.currency(&scope()).as_deref(), Some("CNY"));
    let unknown = scope().with("doc", Value::map([("total_gross", decimal("1"))]));
    let compared = Expression::compile("doc.total_gross <= values.free_limit", &types()).unwrap();
    assert!(matches!(compared.evaluate(&unknown, &mut Budget::default()), Err(EvaluateError::Currency(..))));
}

fn codes(source: &str) -> Vec<&'static str> {
    match Expression::compile(source, &types()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.code).collect(),
    }
}

#[test]
fn the_check_refuses_before_anything_runs() {
    let table = [
        ("doc.total_gross <= '5000.00'", "expression_type"),
        ("'10000.00' <= doc.total_gross", "expression_type"),
        ("response.body.amount <= doc.total_gross", "expression_type"),
        ("response.body.amount > 100.5", "expression_type"),
        ("doc.number == 5", "expression_type"),
        ("doc.date < doc.changed_at", "expression_type"),
        ("doc.date > '2026-01-01'", "expression_type"),
        ("doc.number + 1", "expression_type"),
        ("doc.count in ['a']", "expression_type"),
        ("'x' in doc.number", "expression_type"),
        ("settings.key == 'x'", "expression_type"),
        ("settings.key.size() > 3", "expression_type"),
        ("[settings.key].join('')", "expression_type"),
        ("[settings.key, 1].join('')", "expression_type"),
        ("[settings.key] == ['x']", "expression_type"),
        ("{'a': settings.key} == {'a': 'x'}", "expression_type"),
        ("'x' in [settings.key]", "expression_type"),
        ("[settings.key].map(s, s.size())", "expression_type"),
        ("settings[doc.number]", "expression_type"),
        ("(doc.urgent ? settings : doc.extra).key", "expression_type"),
        ("{doc.number: settings.key}[doc.number].size()", "expression_type"),
        ("string(settings.key)", "expression_type"),
        ("doc.lines.amount", "expression_type"),
        ("doc.number.x", "expression_type"),
        ("doc.number && true", "expression_type"),
        ("doc.count ? 1 : 2", "expression_type"),
        ("true ? 1 : 'a'", "expression_type"),
        ("doc.number.matches(doc.note)", "expression_type"),
        ("doc.number.matches('(')", "expression_syntax"),
        ("round(doc.rate, 99)", "expression_type"),
        ("date(doc.changed_at, 'Mars/Base')", "expression_type"),
        ("1 / 0", "expression_type"),
        ("9223372036854775807 + 1", "expression_type"),
        ("decimal('abc')", "expression_type"),
        ("dok.number", "expression_name"),
        ("doc.numbr", "unknown_field"),
        ("doc.lines.all(l, l.amout > 0)", "unknown_field"),
        ("contain(doc.number)", "expression_name"),
        ("doc.number.contain('x')", "expression_name"),
        ("decimals('5')", "expression_name"),
        ("doc.number ==", "expression_syntax"),
        ("", "expression_syntax"),
        ("5u", "expression_syntax"),
        ("b'x'", "expression_syntax"),
        ("a.b{c: 1}", "expression_syntax"),
        ("0.12345678901234567890123456789012345", "expression_syntax"),
        ("now() > doc.changed_at", "expression_name"),
        ("response.body.all(a, response.body.all(b, a == b))", "expression_cost"),
    ];
    for (source, code) in table {
        let found = codes(source);
        assert!(!found.is_empty() && found.iter().all(|found| found == &code), "{source}: {found:?}");
    }
}

#[test]
fn all_problems_at_once_with_places_in_characters() {
    let source = "'金额' == doc.numbr && doc.total_gross <= '5000' && dok.x";
    let problems = Expression::compile(source, &types()).unwrap_err();
    let found: Vec<(&str, u32)> = problems.iter().map(|problem| (problem.code, problem.offset)).collect();
    let place = |part: &str| u32::try_from(source[..source.find(part).unwrap()].chars().count()).unwrap();
    assert_eq!(found, [("unknown_field", place("numbr")), ("expression_type", place("<=")), ("expression_name", place("dok"))]);
    assert_eq!((problems[0].length, problems[0].hint.as_deref()), (5, Some("did you mean `number`?")));
    assert_eq!(problems[2].hint.as_deref(), Some("did you mean `doc`?"));
    let syntax = Expression::compile("'金额' == == 5", &types()).unwrap_err();
    assert_eq!((syntax[0].code, syntax[0].offset), ("expression_syntax", 8));
}

#[test]
fn a_wanted_type_is_met_or_refused() {
    let table = [
        ("5", plain(), true),
        ("doc.count", plain(), true),
        ("'5'", plain(), false),
        ("response.body.price", plain(), false),
        ("decimal(response.body.price)", plain(), true),
        ("response.body.code", Type::Text, true),
        ("doc.count", Type::Text, false),
        ("doc.number", Type::Instant, false),
        ("doc.number == 'x'", Type::Bool, true),
        ("doc.number", Type::Bool, false),
        ("settings.key", Type::Text, false),
        ("settings.key", Type::Secret, true),
        ("doc.tags", Type::List(Box::new(Type::Text), None), true),
        ("null", Type::Text, true),
    ];
    for (source, wanted, fits) in table {
        let found = Expression::compile_expecting(source, &types(), &wanted);
        assert_eq!(found.is_ok(), fits, "{source} as {}: {found:?}", wanted.name());
    }
    let five = Expression::compile_expecting("5", &types(), &plain()).unwrap();
    assert_eq!(five.constant(), Some(&Value::Decimal(Decimal::from(5))));
}

#[test]
fn references_and_constants_are_told() {
    let source = "doc.lines.exists(l, l.amount > 5000) && steps.oa.outcome == 'approved' && has(doc.note) && doc.lines[0].quantity > 1.50";
    let expression = Expression::compile(source, &types()).unwrap();
    let found: Vec<&str> = expression.references().iter().map(AsRef::as_ref).collect();
    assert_eq!(found, ["doc.lines", "doc.lines[].amount", "steps.oa.outcome", "doc.note", "doc.lines[0].quantity"]);
    let constants: Vec<String> = expression.constants().into_iter().filter_map(|value| print(value).map(Into::into)).collect();
    assert!(["5000", "approved", "1.50"].iter().all(|wanted| constants.iter().any(|found| found == wanted)), "{constants:?}");
}

#[test]
fn hostile_texts_are_refused_quickly() {
    let table = [
        "(".repeat(4_000),
        "[".repeat(4_000),
        "!".repeat(4_000),
        "-".repeat(4_000),
        "1+".repeat(2_000) + "1",
        "a.".repeat(2_000) + "a",
        "true?".repeat(800),
        "true?1:".repeat(500) + "1",
        "{1:".repeat(1_000),
        "f(".repeat(2_000),
        "x".repeat(100_000),
        "1 in ".repeat(800) + "[1]",
        "((((((((((((((((((((((((((((((((((((((((((((((1".to_owned(),
    ];
    for source in table {
        let start = std::time::Instant::now();
        assert!(Expression::compile(&source, &types()).is_err(), "{}", &source[..20]);
        assert!(start.elapsed().as_secs() < 10, "{} took {:?}", &source[..20], start.elapsed());
    }
    let wide = "doc.urgent && ".repeat(250) + "true";
    assert!(Expression::compile(&wide, &types()).is_ok());
    let fits = format!("{}1{}", "(".repeat(40), ")".repeat(40));
    assert!(Expression::compile(&fits, &types()).is_ok());
}

#[test]
fn one_evaluation_costs_no_more_than_allowed() {
    let many = Value::list((0..5_000).map(Value::Int));
    let scope = scope().with("response", Value::map([("body", many)]));
    let nested = Expression::compile("response.body.exists(a, a == -1)", &types()).unwrap();
    assert_eq!(nested.holds(&scope, &mut Budget::default()), Ok(false));
    let deep = Value::list((0..300_000).map(Value::Int));
    let scope = Scope::default().with("response", Value::map([("body", deep)]));
    let found = nested.holds(&scope, &mut Budget::default());
    assert_eq!(found, Err(EvaluateError::Cost));
    let mut small = Budget { left: COST_MAX / COST_MAX };
    assert_eq!(nested.holds(&scope, &mut small), Err(EvaluateError::Cost));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Unset),
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (any::<i64>(), 0u32..28).prop_map(|(number, scale)| Value::Decimal(Decimal::new(number, scale))),
        Just(Value::Decimal(Decimal::MAX)),
        "[a-z0-9.金]{0,8}".prop_map(Value::text),
        Just(Value::Number("1e400".into())),
        Just(Value::Instant(jiff::Timestamp::MAX)),
        Just(Value::Date(jiff::civil::Date::MIN)),
        Just(Value::Duration(jiff::SignedDuration::MAX)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            prop::collection::vec(("[a-c]", inner), 0..4).prop_map(Value::map),
        ]
    })
}

fn any_expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("y".to_owned()),
        Just("x.a".to_owned()),
        Just("y.b.c".to_owned()),
        Just("x[0]".to_owned()),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("'a'".to_owned()),
        Just("[]".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), prop::sample::select(vec!["==", "!=", "<", ">=", "+", "-", "*", "/", "%", "&&", "||", "in"]))
                .prop_map(|((a, b), operator)| format!("({a} {operator} {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!("({a} ? {b} : {c})")),
            (two.clone(), prop::sample::select(vec!["all", "exists", "exists_one", "map", "filter"]))
                .prop_map(|((a, b), name)| format!("({a}).{name}(x, {b})")),
            (
                inner.clone(),
                prop::sample::select(vec!["size", "decimal", "int", "string", "instant", "date", "duration", "bool", "abs", "sum", "max"])
            )
                .prop_map(|(a, name)| format!("{name}({a})")),
            (two.clone(), prop::sample::select(vec!["contains", "split", "join", "startsWith"]))
                .prop_map(|((a, b), name)| format!("({a}).{name}({b})")),
            (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!("({a}).replace({b}, {c})")),
            two.prop_map(|(a, b)| format!("({a})[{b}]")),
            inner.prop_map(|a| format!("has(({a}).a)")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_expression_and_no_value_make_it_panic(source in any_expression(), x in any_value(), y in any_value()) {
        let types = ScopeType::default().with("x", Type::Any).with("y", Type::Any);
        if let Ok(expression) = Expression::compile(&source, &types) {
            let scope = Scope::default().with("x", x).with("y", y);
            let mut budget = Budget::default();
            let first = expression.evaluate(&scope, &mut budget);
            prop_assert_eq!(first, expression.evaluate(&scope, &mut Budget::default()));
        }
    }

    #[test]
    fn no_text_makes_the_compiler_panic(source in "[a-c0-9.,:?!&|()\\[\\]{}'\"+*/%<>=金 \\\\_@`-]{0,40}") {
        let _ = Expression::compile(&source, &types());
    }

    #[test]
    fn comparisons_are_symmetric(a in any_value(), b in any_value()) {
        let types = ScopeType::default().with("a", Type::Any).with("b", Type::Any);
        let scope = Scope::default().with("a", a).with("b", b);
        let run = |source: &str| Expression::compile(source, &types).unwrap().holds(&scope, &mut Budget::default());
        prop_assert_eq!(run("a == b"), run("b == a"));
        prop_assert_eq!(run("a != b"), run("b != a"));
        prop_assert_eq!(run("a < b").is_ok(), run("b > a").is_ok());
        if let (Ok(left), Ok(right)) = (run("a < b"), run("b > a")) {
            prop_assert_eq!(left, right);
        }
        prop_assert!(!(run("a == b").unwrap() && run("a != b").unwrap()));
    }
}
