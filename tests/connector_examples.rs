//! Every shipped connector compiles without a finding and passes its own examples.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use waybill::domain::connector::{Connector, example, read};
use waybill::domain::diagnostic::Report;
use waybill::domain::text::tree::parse;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("connector.yaml").exists());
    folders.sort();
    folders
}

fn compile(folder: &Path) -> Arc<Connector> {
    let file = folder.join("connector.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut report = Report::new(file.to_string_lossy().into_owned());
    let connector = parse(&text, &mut report).and_then(|node| read(&node, &mut report));
    let findings: Vec<String> = report
        .into_items()
        .iter()
        .map(|item| format!("{}:{}:{} {} {} ({:?})", item.file, item.span.line, item.span.column, item.code, item.message, item.hint))
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    Arc::new(connector.expect("nothing was found wrong"))
}

#[test]
fn shipped_connectors_pass_their_examples() {
    let (mut replayed, mut failures) = (0, Vec::new());
    for folder in folders() {
        let connector = compile(&folder);
        let mut examples: Vec<PathBuf> = std::fs::read_dir(folder.join("examples"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        examples.sort();
        assert!(!examples.is_empty(), "{} has no examples", folder.display());
        for file in examples {
            let json = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            replayed += 1;
            for difference in example::replay(&connector, &json) {
                failures.push(format!(
                    "{}: {}: expected {}, but is {}",
                    file.display(),
                    difference.place,
                    difference.expected,
                    difference.actual
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(replayed >= 30, "only {replayed} examples");
}

#[test]
fn an_example_that_lies_is_caught() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors/demo_oa");
    let connector = compile(&folder);
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(folder.join("examples").join(name)).unwrap()).unwrap()
    };
    let whole = read("create_approval.json");
    assert_eq!(example::replay(&connector, &whole), vec![]);
    for (pointer, lie) in [
        ("/request/path", "/other"),
        ("/request/method", "PUT"),
        ("/request/body/title", "another title"),
        ("/output/external_id", "another id"),
        ("/class", "refused"),
        ("/operation", "no_such_operation"),
    ] {
        let mut lying = whole.clone();
        *lying.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is in the example")) = lie.into();
        assert!(!example::replay(&connector, &lying).is_empty(), "{pointer}");
    }
    let mut unknown = whole;
    unknown["respnse"] = serde_json::json!({});
    assert!(!example::replay(&connector, &unknown).is_empty());
}
