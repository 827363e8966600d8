//! Every shipped connector compiles without a finding and passes its own examples.

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use waybill::domain::connector::{Connector, example, read};
use waybill::domain::diagnostic::Report;
use waybill::domain::expression::{Budget, Scope};
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
    let mut unknown = whole.clone();
    unknown["respnse"] = serde_json::json!({});
    assert!(!example::replay(&connector, &unknown).is_empty());
    // What is heard: another word, a word of nothing, an operation that no event reads back with, and an answer that is none.
    let heard = read("get_approval.json");
    assert_eq!((heard["outcome"].as_str(), example::replay(&connector, &heard)), (Some("pending"), vec![]));
    let missing = read("get_approval_missing.json");
    for (of, word) in [
        (&heard, json!("approved")),
        (&heard, json!("aproved")),
        (&heard, json!(true)),
        (&whole, json!("pending")),
        (&missing, json!("pending")),
    ] {
        let mut lying = of.clone();
        lying["outcome"] = word;
        let places: Vec<String> = example::replay(&connector, &lying).into_iter().map(|difference| difference.place).collect();
        assert_eq!(places, ["outcome"], "{lying}");
    }
}

/// Every status that the vendors' documents know, with what it means: its example, the words of its answer that say it, the outcome.
/// Returned to its originator is still pending, except where a house says that it ends it.
const STATUSES: &[(&str, &str, &[&str], &str)] = &[
    ("dingtalk", "running", &[r#""status": "RUNNING""#], "pending"),
    ("dingtalk", "agreed", &[r#""status": "COMPLETED""#, r#""result": "agree""#], "approved"),
    ("dingtalk", "refused", &[r#""status": "COMPLETED""#, r#""result": "refuse""#], "rejected"),
    ("dingtalk", "withdrawn", &[r#""status": "TERMINATED""#, r#""type": "TERMINATE_PROCESS_INSTANCE""#], "withdrawn"),
    ("dingtalk", "terminated", &[r#""status": "TERMINATED""#, r#""userId": "manager9""#], "cancelled"),
    ("dingtalk", "terminated_by_the_system", &[r#""status": "TERMINATED""#, r#""userId": """#], "cancelled"),
    ("dingtalk", "canceled", &[r#""status": "CANCELED""#], "cancelled"),
    ("dingtalk", "revoked", &[r#""bizAction": "REVOKE""#, r#""result": "agree""#], "revoked"),
    ("dingtalk", "revoking_refused", &[r#""bizAction": "REVOKE""#, r#""result": "refuse""#], "approved"),
    ("dingtalk", "undecided", &[r#""status": "COMPLETED""#, r#""result": """#], "unknown"),
    ("feishu", "pending", &[r#""status": "PENDING""#], "pending"),
    ("feishu", "approved", &[r#""status": "APPROVED""#], "approved"),
    ("feishu", "rejected", &[r#""status": "REJECTED""#], "rejected"),
    ("feishu", "withdrawn", &[r#""status": "CANCELED""#], "withdrawn"),
    ("feishu", "reverted", &[r#""status": "CANCELED""#, r#""reverted": true"#], "revoked"),
    ("feishu", "deleted", &[r#""status": "DELETED""#], "cancelled"),
    ("feishu", "unknown", &[], "unknown"),
    ("wecom", "running", &[r#""sp_status": 1"#], "pending"),
    ("wecom", "approved", &[r#""sp_status": 2"#], "approved"),
    ("wecom", "rejected", &[r#""sp_status": 3"#], "rejected"),
    ("wecom", "withdrawn", &[r#""sp_status": 4"#], "withdrawn"),
    ("wecom", "revoked", &[r#""sp_status": 6"#], "revoked"),
    ("wecom", "deleted", &[r#""sp_status": 7"#], "cancelled"),
    ("wecom", "paid", &[r#""sp_status": 10"#], "approved"),
    ("wecom", "unknown", &[], "unknown"),
    ("weaver_ecology", "draft", &[r#""currentNodeType": "0""#], "pending"),
    ("weaver_ecology", "running", &[r#""currentNodeType": "1""#], "pending"),
    ("weaver_ecology", "returned", &[r#""currentNodeType": "0""#, r#""logtype": "3""#], "rejected"),
    ("weaver_ecology", "returned_to_mend", &[r#""logtype": "3""#, r#""returned_means": "pending""#], "pending"),
    ("weaver_ecology", "withdrawn", &[r#""currentNodeType": "0""#, r#""logtype": "2""#], "withdrawn"),
    ("weaver_ecology", "approved", &[r#""currentNodeType": "3""#, r#""fieldValue": "1""#], "approved"),
    ("weaver_ecology", "rejected", &[r#""currentNodeType": "3""#, r#""fieldValue": "0""#], "rejected"),
    ("weaver_ecology", "revoked", &[r#""currentNodeType": "3""#, r#""fieldValue": "2""#], "revoked"),
    ("weaver_ecology", "ended", &[r#""currentNodeType": "3""#, r#""logtype": "e""#], "cancelled"),
    ("weaver_ecology", "deleted", &[r#""code": "PARAM_ERROR""#], "cancelled"),
    ("weaver_ecology", "undecided", &[r#""currentNodeType": "3""#], "unknown"),
    ("weaver_ecology", "unknown_node", &[], "unknown"),
];

/// That the examples pass is the test above; here, that there is one for each status, and that no rule goes without.
#[test]
fn every_status_of_an_approval_system_is_heard_for_what_it_is() {
    for (connector, name, words, outcome) in STATUSES {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("connectors/{connector}/examples/get_approval_{name}.json"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        let example: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(example["outcome"], *outcome, "{connector} {name}");
        for word in *words {
            assert!(text.contains(word), "{connector} {name} does not say {word}");
        }
    }
    let systems: BTreeSet<&str> = STATUSES.iter().map(|(connector, ..)| *connector).collect();
    let mut without = Vec::new();
    for folder in folders() {
        let (name, connector) = (folder.file_name().unwrap().to_string_lossy().into_owned(), compile(&folder));
        for event in connector.events.values().filter(|event| event.outcome.is_some()) {
            assert!(systems.contains(name.as_str()) || name == "demo_oa", "{name} has outcomes and no row above");
            let rules = event.outcome.as_ref().unwrap();
            let mut met: BTreeMap<usize, usize> = BTreeMap::new();
            for file in std::fs::read_dir(folder.join("examples")).unwrap() {
                let example: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
                if example.get("outcome").is_some() && event.then.as_ref().is_some_and(|then| example["operation"] == *then.operation) {
                    let scope = Scope::default().with("output", example::play(&connector, &example).answer.output);
                    let holds =
                        |(when, _): &(waybill::domain::expression::Expression, _)| when.holds(&scope, &mut Budget::default()) == Ok(true);
                    *met.entry(rules.rules.iter().position(holds).unwrap_or(rules.rules.len())).or_default() += 1;
                }
            }
            let told = rules.rules.iter().map(|(when, _)| when.source()).chain(["otherwise"]).enumerate();
            without.extend(told.filter(|(at, _)| !met.contains_key(at)).map(|(_, rule)| format!("{name}: {rule}")));
        }
    }
    assert_eq!(without, Vec::<String>::new(), "no example meets these rules first");
}
