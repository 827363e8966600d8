//! Forms against connectors' layouts, mappings against forms, forms against templates.

use super::*;
use crate::domain::catalog::Catalog;
use crate::domain::connector::forms::TemplateField;
use crate::domain::text::files::Files;

const CONNECTOR: &str = "format: 1
connector: oa
settings: {base_url: {type: url}, code: {type: string}, label: {type: string, default: 单号}}
http: {base_url: \"{{settings.base_url}}\"}
operations:
  ask:
    effect: write
    input: {reference: string, originator: string, form: object, tables: {type: object, optional: true}}
    request: {method: POST, path: /ask, json: {form: {value: input.form}, tables: {value: input.tables, optional: true}, who: {value: input.originator}}}
    output: {external_id: {type: string, from: $.id}}
    idempotency: {by: nature}
  look:
    effect: read
    input: {}
    request: {method: GET, path: \"/templates/{{settings.code}}\"}
    output: {items: {type: any, from: $.items}}
forms:
  ask:
    fields: form
    tables: tables
    says: type
    kinds:
      text: {value: string, holds: string}
      money: {value: string, holds: decimal}
      day: {value: {type: object, fields: {type: string, value: string}}, at: value, holds: date}
      rows: {table: true}
      note: {sent: false}
    template: {operation: look, each: output.items, id: field.name, kind: field.kind, required: field.must, columns: field.columns}
";

const FORM: &str = "format: 1
vendor_form: po
connector: oa
operation: ask
template: {code: T-1}
fields:
  - {id: 单号, kind: text, required: true, by: connector}
  - {id: 金额, kind: money, required: true}
  - {id: 交期, kind: day}
  - {id: 事由, kind: text, max_length: 5}
  - id: 明细
    kind: rows
    required: true
    fields:
      - {id: 物料, kind: text, required: true}
      - {id: 含税金额, kind: money}
";

const MAPPING: &str = "format: 1
mapping: po_to_oa
inputs: {doc: order}
to: {operation: oa.ask, form: po}
fields:
  - {to: originator, value: doc.number}
  - {to: \"form['金额']\", value: doc.total}
  - {to: \"form['交期'].type\", constant: day}
  - {to: \"form['交期'].value\", value: doc.due, as: {date: yyyy-MM-dd}}
  - to: \"tables['明细']\"
    each: doc.lines
    as: line
    fields:
      - {to: \"['物料']\", value: line.item}
      - {to: \"['含税金额']\", value: line.gross}
";

const DOCUMENT: &str = "format: 1\ndocument: order\nkey: number\nschema: documents/order.schema.json\nstatuses: [draft]\n";
const SCHEMA: &str = r#"{"type":"object","required":["number","total","lines"],"properties":{
 "number":{"type":"string"},"currency":{"type":"string"},"total":{"type":"string","format":"decimal","x-currency":"currency"},"due":{"type":"string","format":"date"},
 "lines":{"type":"array","maxItems":10,"items":{"type":"object","required":["item"],"properties":{"item":{"type":"string"},"gross":{"type":"string","format":"decimal","x-currency":"currency"}}}}}}"#;

fn project(form: &str, mapping: &str, code: &str) -> (Catalog, Vec<(&'static str, String, String)>) {
    let connection = format!(
        "format: 1\nconnection: oa_main\nconnector: oa\nsettings: {{base_url: \"https://oa.example\", code: {code}}}\negress: {{allow: [oa.example]}}\n"
    );
    let files: Files = [
        ("documents/order.yaml", DOCUMENT),
        ("documents/order.schema.json", SCHEMA),
        ("connectors/oa/connector.yaml", CONNECTOR),
        ("config/connections/oa_main.yaml", connection.as_str()),
        ("config/bindings.yaml", "format: 1\nbind:\n  - {id: all, default: true, roles: {oa: oa_main}}\n"),
        ("forms/po.yaml", form),
        ("mappings/po_to_oa.yaml", mapping),
    ]
    .into_iter()
    .collect();
    let (catalog, found) = Catalog::compile(files);
    let errors = found.into_iter().filter(|one| one.severity == crate::domain::diagnostic::Severity::Error);
    let told = errors.map(|one| (one.code, one.path.clone(), format!("{} ({})", one.message, one.hint.unwrap_or_default())));
    (catalog, told.collect())
}

/// The error that a change of the mapping makes.
fn mapped(from: &str, to: &str, code: &str, path: &str, words: &str) {
    assert!(MAPPING.contains(from), "{from}");
    let (_, found) = project(FORM, &MAPPING.replacen(from, to, 1), "T-1");
    // What was to be written and is not, is missing as well.
    let found: Vec<_> = found.into_iter().filter(|one| one.0 == code || one.0 != "unmapped_target").collect();
    assert!(found.len() == 1 && found[0].0 == code && found[0].1 == path && found[0].2.contains(words), "{to}: {found:?}");
}

#[test]
fn a_mapping_that_fits_its_form_is_sound() {
    let (catalog, found) = project(FORM, MAPPING, "T-1");
    assert_eq!(found, []);
    assert!(catalog.mappings.contains_key("po_to_oa") && catalog.vendor_forms.contains_key("po"));
}

#[test]
fn each_mistake_is_found_at_its_place() {
    mapped("form['金额']", "form['金额（元）']", "unknown_target", "fields[1].to", "it has: 金额, 交期, 事由");
    mapped("  - {to: \"form['金额']\", value: doc.total}\n", "", "unmapped_target", "fields", "form['金额']");
    mapped(
        "form['金额']\", value: doc.total",
        "form['金额']\", value: doc.number",
        "expression_type",
        "fields[1]",
        "holds decimal, but this gives string",
    );
    mapped("value: doc.due, as: {date: yyyy-MM-dd}", "value: doc.number", "expression_type", "fields[3]", "holds date");
    mapped("constant: day", "constant: money", "bad_value", "fields[2]", "is of the kind `day`, not `money`");
    mapped(
        "  - {to: \"form['交期'].value\", value: doc.due, as: {date: yyyy-MM-dd}}\n",
        "",
        "unmapped_target",
        "fields",
        "form['交期'].value",
    );
    mapped("{to: \"['物料']\"", "{to: \"['物料名']\"", "unknown_target", "fields[4].fields[0].to", "`po.明细` has no field");
    mapped("      - {to: \"['物料']\", value: line.item}\n", "", "unmapped_target", "fields[4].fields", "['物料']");
    mapped("value: line.gross", "value: line.item", "expression_type", "fields[4].fields[1]", "`含税金额` is a `money`");
    mapped("form: po}", "form: op}", "unknown_definition", "", "there is no vendor form `op`");
    // What the connector fills is not the mapping's.
    mapped(
        "- {to: originator, value: doc.number}",
        "- {to: originator, value: doc.number}\n  - {to: \"form['单号']\", value: doc.number}",
        "unknown_target",
        "fields[1].to",
        "has no field `单号`",
    );
}

#[test]
fn a_missing_table_is_a_missing_field() {
    let without = MAPPING.split("  - to: \"tables").next().unwrap();
    let (_, found) = project(FORM, without, "T-1");
    assert!(found.len() == 1 && found[0].0 == "unmapped_target" && found[0].2.contains("tables"), "{found:?}");
}

#[test]
fn a_form_stands_for_one_template() {
    let (_, found) = project(FORM, MAPPING, "T-2");
    assert!(
        found.len() == 1 && found[0].0 == "bad_value" && found[0].2.contains("stands for `code: T-1`") && found[0].2.contains("`T-2`"),
        "{found:?}"
    );
    let (catalog, _) = project(&FORM.replace("template: {code: T-1}", "template: {label: 单号}"), MAPPING, "T-2");
    assert_eq!(
        stands_for(&catalog.vendor_forms["po"], &catalog.connections["oa_main"]),
        Ok(()),
        "a setting that is left out has its default"
    );
}

#[test]
fn a_form_is_held_against_the_layout_of_its_connector() {
    for (from, to, code, words) in [
        ("kind: money, required: true", "kind: mony, required: true", "bad_word", "did you mean `money`?"),
        ("connector: oa", "connector: ao", "unknown_definition", "there is no connector `ao`"),
        ("operation: ask", "operation: look", "unknown_definition", "does not say how a form of `look` is written"),
        ("{code: T-1}", "{cod: T-1}", "unknown_setting", "did you mean `code`?"),
        ("{id: 交期, kind: day}", "{id: 金额, kind: day}", "duplicate_key", "`金额` is there twice"),
        ("{id: 交期, kind: day}", "{id: 交期, kind: rows}", "missing_key", "no columns"),
        ("{id: 交期, kind: day}", "{id: 交期, kind: day, fields: [{id: x, kind: text}]}", "bad_value", "no detail table"),
        ("{id: 交期, kind: day}", "{id: 交期, kind: day, requried: true}", "unknown_key", "did you mean `required`?"),
    ] {
        assert!(FORM.contains(from), "{from}");
        let (_, found) = project(&FORM.replacen(from, to, 1), MAPPING, "T-1");
        assert!(found.iter().any(|one| one.0 == code && one.2.contains(words)), "{to}: {found:?}");
    }
}

#[test]
fn a_layout_that_cannot_be_is_refused() {
    for (from, to, code, words) in [
        ("fields: form\n", "fields: from\n", "unknown_field", "did you mean `form`?"),
        ("fields: form\n", "fields: originator\n", "expression_type", "a form is an object"),
        ("  ask:\n    fields", "  aks:\n    fields", "unknown_definition", "there is no operation `aks`"),
        ("text: {value: string, holds: string}", "text: {holds: string}", "missing_key", "what a value of this kind looks like"),
        ("at: value, holds: date", "at: valeu, holds: date", "unknown_field", "no such member"),
        ("operation: look, each", "operation: ask, each", "wrong_type", "is a write"),
        ("each: output.items", "each: output.itmes", "unknown_field", "did you mean `items`?"),
    ] {
        assert!(CONNECTOR.contains(from), "{from}");
        let files: Files = [("connectors/oa/connector.yaml", CONNECTOR.replacen(from, to, 1).as_str())].into_iter().collect();
        let (_, found) = Catalog::compile(files);
        let told: Vec<_> =
            found.iter().map(|one| (one.code, format!("{} ({})", one.message, one.hint.clone().unwrap_or_default()))).collect();
        assert!(told.iter().any(|one| one.0 == code && one.1.contains(words)), "{to}: {told:?}");
    }
}

fn there(id: &str, kind: &str, required: bool) -> TemplateField {
    TemplateField { id: id.into(), kind: kind.into(), required, columns: Vec::new() }
}

fn template() -> Vec<TemplateField> {
    let columns = vec![there("物料", "text", true), there("含税金额", "money", false)];
    vec![
        there("单号", "text", true),
        there("金额", "money", true),
        there("交期", "day", false),
        there("事由", "text", false),
        TemplateField { columns, ..there("明细", "rows", true) },
        there("说明", "note", false),
    ]
}

#[test]
fn the_template_is_compared_field_by_field() {
    let (catalog, _) = project(FORM, MAPPING, "T-1");
    let form = &catalog.vendor_forms["po"];
    assert_eq!(compare(form, &template()), [], "what the vendor only shows need not be described");
    let differs = |change: fn(&mut Vec<TemplateField>)| {
        let mut now = template();
        change(&mut now);
        let told = compare(form, &now).into_iter().map(|one| (one.field, one.difference, one.breaks, one.hint));
        told.collect::<Vec<_>>()
    };
    let gone = differs(|now| now[1].id = "金额（元）".into());
    assert_eq!((gone[0].0.as_str(), gone[0].1, gone[0].2), ("金额", Difference::Gone, true));
    assert!(gone[0].3.contains("is it `金额（元）` now?"), "{gone:?}");
    assert_eq!((gone[1].0.as_str(), gone[1].1, gone[1].2), ("金额（元）", Difference::New, true), "it must be filled");
    for (change, field, difference, breaks) in [
        ((|now| now[3].kind = "money".into()) as fn(&mut Vec<TemplateField>), "事由", Difference::Kind, true),
        (|now| now[3].required = true, "事由", Difference::Required, true),
        (|now| now[1].required = false, "金额", Difference::NotRequired, false),
        (|now| now.push(there("备注", "text", false)), "备注", Difference::New, false),
        (|now| now.push(there("成本中心", "text", true)), "成本中心", Difference::New, true),
        (|now| drop(now[4].columns.pop()), "明细.含税金额", Difference::Gone, true),
        (|now| now[4].columns[1].required = true, "明细.含税金额", Difference::Required, true),
        (|now| now[4].columns.push(there("税率", "text", false)), "明细.税率", Difference::New, false),
    ] {
        let found = differs(change);
        assert!(found.len() == 1 && found[0].0 == field && found[0].1 == difference && found[0].2 == breaks, "{field}: {found:?}");
    }
}

#[test]
fn a_template_is_read_out_of_an_answer() {
    let (catalog, _) = project(FORM, MAPPING, "T-1");
    let layout = catalog.vendor_forms["po"].layout().unwrap();
    let answer = r#"{"items": [{"name": "金额", "kind": "money", "must": true}, {"kind": "note"}, {"name": "明细", "kind": "rows", "columns": [{"name": "物料", "kind": "text", "must": true, "columns": [{"name": "x"}]}]}]}"#;
    let read = layout.template.as_ref().unwrap().fields(&answer.parse().unwrap()).unwrap();
    let rows = TemplateField { columns: vec![there("物料", "text", true)], ..there("明细", "rows", false) };
    assert_eq!(read, [there("金额", "money", true), rows], "one without a name is no field of a mapping's");
}
