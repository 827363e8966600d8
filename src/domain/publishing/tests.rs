use super::content::{Content, ContentFile};
use super::*;
use crate::domain::catalog::{Catalog, Hash};
use crate::domain::text::files::Files;

fn file(kind: &str, id: &str, text: &str) -> ContentFile {
    ContentFile {
        path: format!("{kind}s/{id}.yaml").into(),
        kind: kind.into(),
        id: id.into(),
        hash: Hash(format!("{}-{}", text.len(), text.chars().map(u32::from).map(u64::from).sum::<u64>()).into()),
        text: text.into(),
    }
}

fn between(kind: &str, before: &str, after: &str) -> DefinitionDiff {
    let content = |text: &str| Content { files: vec![file(kind, "x", text)] };
    compare(&content(before), &content(after)).definitions.remove(0)
}

/// Each part that differs as `change name: key before -> after`.
fn told(diff: &DefinitionDiff) -> Vec<String> {
    let field = |field: &FieldDiff| {
        let word = |value: &Option<serde_json::Value>| value.as_ref().map_or("-".to_owned(), ToString::to_string);
        format!(" {}={}→{}", field.key, word(&field.before), word(&field.after))
    };
    let part = |part: &PartDiff| {
        let moved = if part.moved && part.change != Change::Moved { "+moved" } else { "" };
        let fields: String = part.fields.iter().map(field).collect();
        format!("{:?}{moved} {}({}){fields}", part.change, part.name, part.what)
    };
    diff.parts.iter().map(part).collect()
}

const FLOW: &str = "\
format: 1
flow: x
owner: {role: a}
steps:
  - {id: one, call: erp.a}
  - id: size
    choose:
      branches:
        - {id: small, when: 'true', steps: [{id: auto, outcome: approved}]}
      otherwise: {id: ask, steps: [{id: oa, call: oa.create, map: m}]}
  - {id: two, call: erp.b}
  - {id: three, call: erp.c}
";

#[test]
fn a_flow_differs_by_steps() {
    let after = FLOW
        .replace("role: a", "role: b")
        .replace("map: m", "map: n")
        .replace("  - {id: three, call: erp.c}\n", "")
        .replace("  - {id: two, call: erp.b}\n", "  - {id: two, call: erp.b}\n  - {id: four, wait: 1h}\n");
    let diff = between("flow", FLOW, &after);
    assert_eq!(
        told(&diff),
        [
            "Changed (definition) owner={\"role\":\"a\"}→{\"role\":\"b\"}",
            "Changed oa(call) map=\"m\"→\"n\"",
            "Added four(wait)",
            "Removed three(call)",
        ]
    );
    assert_eq!((diff.change, diff.parts[1].line_before, diff.parts[1].line_after), (Change::Changed, Some(10), Some(10)));
}

#[test]
fn a_step_that_moved_says_from_where() {
    let lines: Vec<&str> = FLOW.lines().collect();
    let swapped = FLOW.replace(lines[10], "@").replace(lines[11], lines[10]).replace('@', lines[11]);
    assert_eq!(told(&between("flow", FLOW, &swapped)).len(), 1, "of two that changed places, one moved");
    let inside = FLOW.replace("  - {id: one, call: erp.a}\n", "").replace("steps: [{id: auto", "steps: [{id: one, call: erp.z}, {id: auto");
    let diff = between("flow", FLOW, &inside);
    assert_eq!(told(&diff), ["Changed+moved one(call) call=\"erp.a\"→\"erp.z\""]);
    assert_eq!((diff.parts[0].parent_before.as_deref(), diff.parts[0].parent_after.as_deref()), (Some(""), Some("small")));
}

#[test]
fn a_mapping_differs_by_rules_and_a_connector_by_operations() {
    let mapping =
        "mapping: x\nfields:\n  - {to: a, value: doc.a}\n  - to: lines\n    each: doc.lines\n    fields:\n      - {to: b, value: l.b}\n";
    let diff = between("mapping", mapping, &mapping.replace("l.b", "l.c").replace("{to: a, value: doc.a}", "{to: d, text: x}"));
    assert_eq!(told(&diff), ["Added d(rule)", "Changed lines / b(rule) value=\"l.b\"→\"l.c\"", "Removed a(rule)"]);

    let connector = "connector: x\noperations:\n  get: {effect: read, request: {method: GET, path: /a}}\nlimits: {rate: 1/s}\n";
    let diff = between("connector", connector, &connector.replace("/a", "/b").replace("1/s", "2/s"));
    assert_eq!(
        told(&diff),
        [
            "Changed (definition) limits={\"rate\":\"1/s\"}→{\"rate\":\"2/s\"}",
            "Changed operations.get(operations) request={\"method\":\"GET\",\"path\":\"/a\"}→{\"method\":\"GET\",\"path\":\"/b\"}",
        ]
    );
}

#[test]
fn texts_that_are_no_yaml_still_differ_by_lines() {
    let diff = between("file", "a,b\n1,2\r\n", "a,b\n1,3\r\n");
    assert_eq!(diff.parts, Vec::new());
    let lines: Vec<(Tag, &str)> = diff.hunks[0].lines.iter().map(|line| (line.tag, line.text.as_str())).collect();
    assert_eq!(lines, [(Tag::Same, "a,b"), (Tag::Removed, "1,2"), (Tag::Added, "1,3")]);
    let comment = between("flow", FLOW, &format!("# why\n{FLOW}"));
    assert_eq!((comment.parts.len(), comment.hunks.len()), (0, 1), "a comment changes lines and no step");
}

#[test]
fn huge_texts_are_compared_in_bounded_time() {
    let text = |word: &str| (0..20_000).map(|line| format!("{word}{line}\n")).collect::<String>();
    let diff = between("file", &text("a"), &text("b"));
    assert_eq!(diff.hunks.len(), 1);
}

#[test]
fn what_a_release_holds_is_the_project_without_the_machine_s_own_files() {
    let files: Files = [
        ("documents/order.yaml", "format: 1\ndocument: order\nkey: number\nschema: documents/order.schema.json\nstatuses: [draft]\n"),
        (
            "documents/order.schema.json",
            "{\"type\": \"object\", \"required\": [\"number\"], \"properties\": {\"number\": {\"type\": \"string\"}}}",
        ),
        ("samples/one.json", "{}"),
        ("config/waybill.yaml", "format: 1\nserver: {listen: 127.0.0.1:1}\n"),
        ("compose.yaml", "services: {}\n"),
    ]
    .into_iter()
    .collect();
    let (catalog, findings) = Catalog::compile(files);
    assert_eq!(findings, []);
    let held = content(&catalog);
    let names: Vec<_> = held.files.iter().map(|file| (&*file.path, &*file.kind, &*file.id)).collect();
    assert_eq!(
        names,
        [
            ("documents/order.schema.json", FILE, "documents/order.schema.json"),
            ("documents/order.yaml", "document", "order"),
            ("samples/one.json", FILE, "samples/one.json"),
        ]
    );
    let mut touched = held.clone();
    touched.files[2].text = "{ }".into();
    assert_ne!(held.digest(), touched.digest());
}
