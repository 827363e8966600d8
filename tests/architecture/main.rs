//! The dependency table of `docs/architecture.md` and what else holds of all sources, kept true by reading them.

mod gallery;
mod sources;
mod vendors;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use sources::{is_test, production, production_lines, root, sources};

fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let mut lines = text.lines().skip_while(|line| !line.starts_with("| | domain |"));
    let columns: Vec<String> = cells(lines.next().expect("the table is there")).into_iter().skip(1).collect();
    let mut allowed = BTreeMap::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let row = cells(line);
        for room in row[0].split(", ") {
            let uses = columns.iter().zip(&row[1..]).filter(|(column, mark)| match mark.as_str() {
                "●" => true,
                "own" => *column == room,
                _ => false,
            });
            allowed.insert(room.to_owned(), uses.map(|(column, _)| column.clone()).collect());
        }
    }
    allowed
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// The rooms a file names, as `crate::room` or inside `crate::{…}`.
fn rooms_used(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => drop(found.insert(word(rest))),
            Some(group) => found.extend(top_level(group)),
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

/// The first words of a braced group's members.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut members, mut member) = (1, Vec::new(), String::new());
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && letter == ',') {
            members.push(word(member.trim()));
            member.clear();
        } else {
            member.push(letter);
        }
        if depth == 0 {
            break;
        }
    }
    members
}

#[test]
fn rooms_use_only_the_rooms_of_their_row() {
    let allowed = table();
    let mut wrong = Vec::new();
    for (room, uses) in &allowed {
        let mut files = Vec::new();
        let folder = root().join("src").join(room);
        sources(&folder, &mut files);
        for file in files {
            let used = rooms_used(&production(&file));
            let strange = used.iter().filter(|used| *used != room && allowed.contains_key(*used) && !uses.contains(*used));
            wrong.extend(strange.map(|used| format!("{} uses `{used}`", file.strip_prefix(root()).unwrap().display())));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "the table in docs/architecture.md does not allow this");
}

/// Partners that are made up have no place in what runs for real: only subcommands that play them know them.
#[test]
fn only_the_command_line_uses_the_mock_systems() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let (players, others): (Vec<PathBuf>, Vec<PathBuf>) =
        files.into_iter().filter(|file| production(file).contains("mock_systems")).partition(|file| {
            let cli = root().join("src/cli");
            ["demo", "mock.rs", "bench"].iter().any(|subcommand| file.starts_with(cli.join(subcommand)))
        });
    assert_eq!(others, Vec::<PathBuf>::new(), "only `demo`, `mock` and `bench` use the mock systems");
    assert!(!players.is_empty(), "what is looked for is not there any more");
}

#[test]
fn every_room_has_its_row() {
    let rooms: BTreeSet<String> = std::fs::read_dir(root().join("src"))
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap()).filter(|entry| entry.path().is_dir()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let rows: BTreeSet<String> = table().into_keys().chain(["cli".to_owned()]).collect();
    assert_eq!(rooms, rows);
}

#[test]
fn the_pure_core_names_nothing_that_acts() {
    let mut files = Vec::new();
    sources(&root().join("src/domain"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        for (number, line) in production(&file).lines().enumerate() {
            for acting in ["tokio::", "reqwest::", "sqlx::", "axum::", "std::fs", "std::net::Tcp", "std::env::", "async fn", "async move"] {
                if line.contains(acting) {
                    wrong.push(format!("{}:{} {acting}", file.strip_prefix(root()).unwrap().display(), number + 1));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn whatever_is_counted_is_in_the_one_list_of_metrics() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let own = root().join("src/runtime/metrics");
    for file in files.iter().filter(|file| !file.starts_with(&own)) {
        let code = production(file);
        for call in ["counter!", "gauge!", "histogram!"] {
            assert!(!code.contains(call), "{}: `{call}` counts beside `runtime::metrics::list`", file.display());
        }
    }
}

#[test]
fn groups_of_imports_are_read() {
    let text = "use crate::{store::{self, Row}, api};\nfn f() { crate::worker::run() }\n";
    let expected: Vec<String> = ["api", "store", "worker"].map(str::to_owned).to_vec();
    assert_eq!(rooms_used(text).into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_source_above_500_lines_says_why() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut long = 0;
    for file in files {
        if is_test(&file) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        if production_lines(&text).lines().count() <= 500 {
            continue;
        }
        long += 1;
        let words: Vec<&str> =
            text.lines().take_while(|line| line.starts_with("//!")).map(|line| line.trim_start_matches("//!").trim()).collect();
        let words = words.join(" ");
        assert!(words.contains("ore than 500 lines"), "{}: its module comment does not say why it is so long", file.display());
    }
    assert!(long > 0, "nothing was looked at");
}
