use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::text::files::Files;
use crate::domain::text::shape::{Shape, check};
use crate::domain::text::tree::parse;

const PEOPLE: &str = "format: 1
directory: people
departments:
  - {id: company, head: ada}
  - {id: buying, parent: company, head: bob}
  - {id: paper, parent: buying}
users:
  - {id: ada, name: Ada, department: company}
  - {id: bob, department: buying, manager: ada}
  - {id: cid, department: paper}
  - {id: dan, department: buying, manager: bob, active: false}
  - {id: eve, department: company, manager: ada, email: eve@example.com}
roles:
  - {role: clerk, users: eve}
  - {role: clerk, users: [cid, dan], department: buying}
  - {role: clerk, users: [bob], company: B}
  - {role: payer, users: [dan]}
  - {role: local, users: [eve], department: paper}
";

fn compile(text: &str, files: &[(&str, &str)]) -> (Option<Directory>, Vec<String>) {
    let files: Files = files.iter().copied().collect();
    let mut report = Report::new("directory.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &SHAPE, &mut report);
    let directory = Directory::read(&node, &files, &std::collections::BTreeMap::new(), &mut report);
    let line = |item: crate::domain::diagnostic::Diagnostic| format!("{} {}:{}", item.code, item.file, item.span.line);
    (directory, report.into_items().into_iter().map(line).collect())
}

#[test]
fn people_are_found_from_where_the_document_stands() {
    let (directory, problems) = compile(PEOPLE, &[]);
    assert_eq!(problems, Vec::<String>::new());
    let directory = directory.unwrap();
    let from =
        |initiator: &str, company: &str| Around { initiator: Some(initiator.into()), department: None, company: Some(company.into()) };
    for (who, around, wanted) in [
        ("user: eve", from("cid", "A"), Ok("eve")),
        ("user: nob", from("cid", "A"), Err("the directory does not know this person")),
        ("user: dan", from("cid", "A"), Err("those who are meant no longer work here")),
        ("manager: 1", from("dan", "A"), Ok("bob")),
        ("manager: 2", from("dan", "A"), Ok("ada")),
        ("manager: 3", from("dan", "A"), Err("`ada` has no manager (level 3)")),
        ("manager: 1", from("cid", "A"), Ok("bob")),
        ("manager: 1", Around::default(), Err("there is no initiator")),
        ("head: buying", from("cid", "A"), Ok("bob")),
        ("head: paper", from("cid", "A"), Err("the department has no head")),
        ("role: clerk", from("cid", "A"), Ok("cid")),
        ("role: clerk", from("ada", "A"), Ok("eve")),
        ("role: clerk", from("ada", "B"), Ok("bob")),
        ("role: clerk", from("cid", "B"), Ok("cid")),
        ("role: clerk", Around { department: Some("paper".into()), ..from("ada", "A") }, Ok("cid")),
        ("role: local", from("ada", "A"), Err("nobody has this role for this department and company")),
        ("role: none", from("ada", "A"), Err("nobody has this role")),
        ("role: payer", from("ada", "A"), Err("those who are meant no longer work here")),
    ] {
        let mut report = Report::new("x.yaml");
        let node = parse(who, &mut report).unwrap();
        check(&node, &Shape::Keyed(&WHO), &mut report);
        let who = Who::read(&node).unwrap();
        let found = directory.resolve(&who, &around);
        let ids =
            found.map(|users| users.iter().map(|user| user.id.to_string()).collect::<Vec<_>>().join(" ")).map_err(|nobody| nobody.why);
        assert_eq!(ids.as_deref().map_err(String::as_str), wanted, "{who} {around:?}");
    }
}

#[test]
fn what_is_wrong_is_named_and_placed() {
    for (from, to, wanted) in [
        ("manager: ada}", "manager: adda}", vec!["unknown_definition directory.yaml:9"]),
        ("department: paper}\n  - {id: dan", "department: papper}\n  - {id: dan", vec!["unknown_definition directory.yaml:10"]),
        ("head: bob", "head: rob", vec!["unknown_definition directory.yaml:5"]),
        ("users: [dan]", "users: [dan, fay]", vec!["unknown_definition directory.yaml:17"]),
        (
            "- {id: eve,",
            "- {id: bob,",
            vec!["duplicate_key directory.yaml:12", "unknown_definition directory.yaml:14", "unknown_definition directory.yaml:18"],
        ),
        ("{id: ada, name: Ada,", "{id: ada, manager: dan,", vec!["cycle directory.yaml:8"]),
        ("{id: company, head: ada}", "{id: company, parent: paper}", vec!["cycle directory.yaml:4"]),
        ("role: payer", "role: Payer", vec!["bad_id directory.yaml:17"]),
        ("users: eve", "user: eve", vec!["missing_key directory.yaml:14", "unknown_key directory.yaml:14"]),
    ] {
        let text = PEOPLE.replacen(from, to, 1);
        assert_ne!(text, PEOPLE);
        assert_eq!(compile(&text, &[]).1, wanted, "{to}");
    }
}

#[test]
fn lists_may_be_tables() {
    let text = "format: 1\ndirectory: people\nusers: users.csv\nroles: roles.csv\n";
    let users = "id,name,manager,active\nada,Ada,,\nbob,Bob,ada,false\n";
    let (directory, problems) = compile(text, &[("users.csv", users), ("roles.csv", "role,users\nclerk,ada bob\n")]);
    assert_eq!(problems, Vec::<String>::new());
    let directory = directory.unwrap();
    assert_eq!((directory.users.len(), directory.users["bob"].active), (2, false));
    assert_eq!(directory.resolve(&Who::Role("clerk".into()), &Around::default()).unwrap().len(), 1);
    for (users, roles, wanted) in [
        ("id,nam\nada,A\n", "role,users\nclerk,ada\n", vec!["unknown_key users.csv:1"]),
        ("name\nAda\n", "role,users\n", vec!["bad_table users.csv:1"]),
        ("id\nada\n\"\"\n", "role,users\n", vec!["bad_table users.csv:3"]),
        ("id,manager\nada,x\n", "role,users\nclerk,bob\n", vec!["unknown_definition roles.csv:2", "unknown_definition users.csv:2"]),
        ("id,name\nada\n", "role,users\n", vec!["bad_table users.csv:2"]),
    ] {
        assert_eq!(compile(text, &[("users.csv", users), ("roles.csv", roles)]).1, wanted, "{users}{roles}");
    }
}

#[test]
fn nobody_has_the_id_of_what_is_no_person() {
    for id in ["system", "user:ada", "token:nightly"] {
        let (_, problems) = compile(&format!("format: 1\ndirectory: people\nusers:\n  - {{id: \"{id}\"}}\n"), &[]);
        assert_eq!(problems, ["bad_value directory.yaml:4"], "{id}");
    }
    assert!(compile("format: 1\ndirectory: people\nusers:\n  - {id: user}\n", &[]).1.is_empty());
}

#[test]
fn everybody_has_a_language_by_id_and_by_address() {
    let text = "format: 1\ndirectory: people\nlanguage: zh\nusers:\n  - {id: ada, language: en, email: ada@example.com}\n  - {id: bob}\n";
    let (directory, problems) = compile(text, &[]);
    assert_eq!(problems, Vec::<String>::new());
    let directory = directory.unwrap();
    for (person, language) in [("ada", "en"), ("ada@example.com", "en"), ("bob", "zh"), ("stranger@example.com", "zh")] {
        assert_eq!(directory.language(person), language, "{person}");
    }
    assert_eq!(compile(&text.replace("language: zh\n", ""), &[]).0.unwrap().language("bob"), "");
    let table = "format: 1\ndirectory: people\nusers: people.csv\n";
    assert_eq!(compile(table, &[("people.csv", "id,language\nada,klingon\n")]).1, ["bad_table people.csv:2"]);
    assert_eq!(compile(&text.replace("language: en", "language: de"), &[]).1.len(), 1);
}
