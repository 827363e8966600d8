use super::*;
use crate::domain::value::{ObjectType, Type, TypeField, Value};
use proptest::prelude::*;

fn field(of: Type) -> TypeField {
    TypeField { of, required: false, max_length: None }
}

fn object(name: &str, fields: Vec<(&str, Type)>) -> Type {
    let fields = fields.into_iter().map(|(name, of)| (Arc::from(name), field(of))).collect();
    Type::Object(Arc::new(ObjectType { name: Arc::from(name), fields, open: false }))
}

fn types() -> ScopeType {
    let line = object("line", vec![("description", Type::Text), ("quantity", Type::Decimal { currency: None })]);
    let doc = object(
        "purchase_order",
        vec![
            ("number", Type::Text),
            ("note", Type::Text),
            ("total", Type::Decimal { currency: None }),
            ("date", Type::Date),
            ("lines", Type::List(Box::new(line), None)),
            ("tags", Type::List(Box::new(Type::Text), None)),
        ],
    );
    ScopeType::default()
        .with("doc", doc)
        .with("settings", object("settings", vec![("base_url", Type::Text), ("key", Type::Secret)]))
        .with("source", Type::Any)
}

fn scope() -> Scope<'static> {
    let doc: Value = r#"{"number": "PO/1 & <b>", "total": 0, "tags": ["a", "b"],
        "lines": [{"description": "Bolt", "quantity": 0}, {"description": "Nut"}]}"#
        .parse()
        .unwrap();
    let Value::Map(map) = doc else { panic!() };
    let mut map = (*map).clone();
    map.insert("total".into(), Value::Decimal("1130.00".parse().unwrap()));
    map.insert("date".into(), Value::Date("2026-09-28".parse().unwrap()));
    Scope::default()
        .with("doc", Value::Map(Arc::new(map)))
        .with("settings", r#"{"base_url": "https://oa.example/api", "key": "k"}"#.parse().unwrap())
        .with("source", r#"{"id": 1234567890123456789, "x": null, "dots": "..", "empty": "", "rows": [{"a": 1}]}"#.parse().unwrap())
}

fn render(source: &str, place: Place) -> Result<String, EvaluateError> {
    let template = Template::compile(source, place, &types()).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
    template.render(&scope(), &mut Budget::default())
}

#[test]
fn templates_render_exactly() {
    let table = [
        ("PO {{doc.number}}", "PO PO/1 & <b>"),
        ("{{doc.total}} {{doc.date}} {{source.id}}", "1130.00 2026-09-28 1234567890123456789"),
        ("{{#if doc.note}}yes{{else}}no{{/if}}", "no"),
        ("{{#unless doc.note}}none{{/unless}}", "none"),
        ("{{#if doc.note}}a{{else if doc.total}}b{{else}}c{{/if}}", "b"),
        ("{{#each doc.lines as |line i|}}{{i}}:{{line.description}}{{#unless @last}}, {{/unless}}{{/each}}", "0:Bolt, 1:Nut"),
        ("{{#each doc.lines}}{{description}}{{doc.total}};{{/each}}", "Bolt1130.00;Nut1130.00;"),
        ("{{#each doc.tags}}{{this}}{{/each}}", "ab"),
        ("{{#each source.rows}}{{a}}{{this.a}}{{/each}}", "11"),
        ("{{#each source.none}}x{{else}}empty{{/each}}", "empty"),
        ("{{#with (first doc.lines) as |line|}}{{line.description}}{{/with}}", "Bolt"),
        ("{{join doc.tags \"、\"}} {{size doc.lines}} {{last doc.tags}}", "a、b 2 b"),
        ("{{default doc.note \"-\"}}", "-"),
        ("{{! nothing }}\\{{doc}}", "{{doc}}"),
    ];
    for (source, wanted) in table {
        assert_eq!(render(source, Place::Plain).as_deref(), Ok(wanted), "{source}");
    }
}

#[test]
fn each_place_escapes_what_would_break_out_of_it() {
    let table = [
        (Place::UrlSegment, "{{doc.number}}", "PO%2F1%20%26%20%3Cb%3E"),
        (
            Place::Url,
            "{{settings.base_url}}/orders/{{doc.number}}?q={{source.empty}}",
            "https://oa.example/api/orders/PO%2F1%20%26%20%3Cb%3E?q=",
        ),
        (Place::Url, "/x/{{settings.base_url}}", "/x/https%3A%2F%2Foa.example%2Fapi"),
        (Place::Xml, "<n>{{doc.number}}</n>", "<n>PO/1 &amp; &lt;b&gt;</n>"),
        (Place::Markdown, "**{{doc.number}}**", "**PO/1 & &lt;b&gt;**"),
        (Place::Header, "Bearer {{settings.key}}", "Bearer k"),
    ];
    for (place, source, wanted) in table {
        assert_eq!(render(source, place).as_deref(), Ok(wanted), "{source}");
    }
}

#[test]
fn what_cannot_be_printed_is_an_error() {
    let table = [
        (Place::Plain, "{{doc.note}}", EvaluateError::Unset("doc.note".to_owned())),
        (Place::Plain, "{{source.x}}", EvaluateError::Unset("source.x".to_owned())),
        (Place::Plain, "{{source.rows}}", EvaluateError::Type { operation: "{{source.rows}}".to_owned(), found: "list".to_owned() }),
        (Place::Url, "/orders/{{source.dots}}/approve", EvaluateError::Place { place: "a URL", found: "a segment of dots" }),
        (Place::Url, "/orders/{{source.empty}}", EvaluateError::Place { place: "the path of a URL", found: "an empty text" }),
    ];
    for (place, source, wanted) in table {
        assert_eq!(render(source, place), Err(wanted), "{source}");
    }
    let scope = Scope::default().with("source", Value::map([("a", Value::text("x\r\ny: z"))]));
    let template = Template::compile("{{source.a}}", Place::Header, &types()).unwrap();
    assert!(matches!(template.render(&scope, &mut Budget::default()), Err(EvaluateError::Place { .. })));
}

#[test]
fn a_template_is_checked_when_compiled() {
    let deep = "{{#if doc}}".repeat(100);
    let table = [
        ("{{dok.number}}", "template_name"),
        ("{{doc.numbr}}", "template_name"),
        ("{{doc.lines}}", "template_name"),
        ("{{doc}}", "template_name"),
        ("{{#each doc.lines as |line|}}{{line.descripton}}{{/each}}", "template_name"),
        ("{{#each doc.number}}{{/each}}", "template_name"),
        ("{{{doc.number}}}", "template_syntax"),
        ("{{> part}}", "template_syntax"),
        ("{{upper doc.number}}", "template_syntax"),
        ("{{#each doc.lines}}{{../doc}}{{/each}}", "template_syntax"),
        ("{{@root.doc}}", "template_syntax"),
        ("{{#if doc.number}}", "template_syntax"),
        ("{{doc.number", "template_syntax"),
        ("{{{{raw}}}}{{{{/raw}}}}", "template_syntax"),
        (deep.as_str(), "template_syntax"),
    ];
    for (source, code) in table {
        let problems = Template::compile(source, Place::Plain, &types()).expect_err(source);
        assert!(problems.iter().all(|problem| problem.code == code), "{source}: {problems:?}");
    }
    assert!(Template::compile("{{settings.key}}", Place::Markdown, &types()).is_err());
    let problems = Template::compile("你好 {{a}}\n{{doc.number}} {{b}}", Place::Plain, &types()).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.offset).collect::<Vec<_>>(), [3, 24]);
}

#[test]
fn references_name_what_is_read() {
    let source = "{{doc.number}}{{#each doc.lines as |l|}}{{l.description}}{{/each}}{{doc.number}}";
    let template = Template::compile(source, Place::Plain, &types()).unwrap();
    let found: Vec<&str> = template.references().iter().map(AsRef::as_ref).collect();
    assert_eq!(found, ["doc.number", "doc.lines", "doc.lines[].description"]);
}

#[test]
fn output_is_capped() {
    let rows = Value::list((0..1000).map(|_| Value::text("0123456789".repeat(10))));
    let scope = Scope::default().with("source", Value::map([("rows", rows)]));
    let template = Template::compile("{{#each source.rows}}{{this}}{{/each}}", Place::Plain, &types()).unwrap();
    assert_eq!(template.render(&scope, &mut Budget::default()), Err(EvaluateError::TooLong(OUTPUT_MAX)));
    let nested =
        Template::compile("{{#each source.rows as |a|}}{{#each source.rows as |b|}}{{/each}}{{/each}}", Place::Plain, &types()).unwrap();
    assert_eq!(nested.render(&scope, &mut Budget::default()), Err(EvaluateError::Cost));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[{}#/ a-d.|@()\"\\[\\]~&>!^=*\\\\-]{0,60}|(\\{\\{[#/^&>!~]?(if|each|with|else|doc|this|first|a\\.b|@index|\"x\")( doc\\.lines| \\(first doc\\.tags\\)| as \\|x\\|)?~?\\}\\}){0,6}") {
        if let Ok(template) = Template::compile(&text, Place::Plain, &types()) {
            let _ = template.render(&scope(), &mut Budget::default());
        }
    }
}
