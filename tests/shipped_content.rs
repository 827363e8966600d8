//! The definitions that the product ships are sound, and their cases pass.

use std::path::Path;
use waybill::app::{cases, load::load};
use waybill::cli::generate::{Entry, entries};
use waybill::cli::output::{Colour, findings};
use waybill::domain::catalog::Catalog;
use waybill::domain::text::files::Files;

#[path = "support/gallery.rs"]
mod gallery;

/// The product's own project, and those that it shows as examples.
const PROJECTS: &[&str] = &[
    "",
    "examples/tryton",
    "examples/dingtalk",
    "examples/feishu",
    "examples/wecom",
    "examples/sap_weaver",
    "examples/erp_gallery",
    "examples/generic_rest",
    "examples/generic_soap",
    "examples/kingdee_dingtalk",
    "examples/erpnext_feishu",
    "examples/order_to_payment",
    "examples/channels",
    "examples/approvals",
    "examples/patterns",
    "examples/approval_matrix",
    "examples/notices",
    "examples/organisation",
    "examples/task_centre",
];

fn shipped(project: &str) -> Catalog {
    let (files, unread) = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(project)).unwrap();
    let (catalog, found) = Catalog::compile(files);
    let all: Vec<_> = unread.into_iter().chain(found).collect();
    assert!(all.is_empty(), "{}", findings(&all, &catalog.files, Colour::Never));
    catalog
}

#[test]
fn shipped_definitions_are_sound() {
    for project in PROJECTS {
        let catalog = shipped(project);
        assert!(catalog.definitions.len() > 10, "{project}: {}", catalog.definitions.len());
    }
}

/// An example can be taken elsewhere because it has copies of the product's connectors; they must not grow apart.
#[test]
fn examples_have_the_products_connectors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for project in PROJECTS.iter().filter(|project| !project.is_empty()) {
        let folder = root.join(project).join("connectors");
        // A project without outside systems has no connectors.
        if !folder.exists() {
            continue;
        }
        for entry in std::fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name();
            let read = |folder: &Path| std::fs::read_to_string(folder.join(&name).join("connector.yaml")).unwrap();
            assert!(read(&folder) == read(&root.join("connectors")), "{project}: {}", name.display());
        }
    }
}

/// A label of proof names the file that shows it, and that file names what it was shown with.
#[test]
fn every_connector_says_what_it_was_held_against() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (id, connector) in &shipped("").connectors {
        let proof = connector.proof.as_ref().unwrap_or_else(|| panic!("{id} has no `proof`"));
        let Some(test) = &proof.test else { continue };
        let text = std::fs::read_to_string(root.join(test.as_ref())).unwrap_or_else(|problem| panic!("{id}: {test}: {problem}"));
        let Some(needs) = text.lines().find_map(|line| line.strip_prefix("# needs: ")) else { continue };
        let named = needs.split_whitespace().any(|need| {
            let (name, version) = need.split_once("==").unwrap();
            proof.with.contains(name) && proof.with.contains(version.trim_end_matches(".dev0"))
        });
        assert!(named, "{id}: `{}` names none of `{needs}`", proof.with);
    }
}

/// Entries of the gallery that lack nothing. Another one that does is listed as such in docs/reference/connectors.md and does not
/// count; one that counted goes on doing so.
const WHOLE_MIN: usize = 29;

#[test]
fn what_an_entry_of_the_gallery_lacks_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let shown = gallery::shown();
    let before = entries(&shown[0].catalog, &shown, &manual);
    let lacking: Vec<_> =
        before.iter().map(|entry| (&entry.connector, entry.missing())).filter(|(_, missing)| !missing.is_empty()).collect();
    assert!(before.len() - lacking.len() >= WHOLE_MIN, "{lacking:#?}");

    // What is taken away from an entry is missing from it then, and from no other.
    let without = |path: &str, from: &str| {
        let text = shown[0].catalog.files.get(path).unwrap_or_else(|| panic!("{path}"));
        text.split_once(from).map_or_else(|| panic!("{path} has no `{from}`"), |(before, _)| before.to_owned())
    };
    let all = shown[0].catalog.files.iter().map(|(path, text)| (path.clone(), text.clone()));
    let mut files: Files = all.filter(|(path, _)| !path.ends_with("examples/void_order.json")).collect();
    files.insert("mappings/kingdee_order.yaml", without("mappings/kingdee_order.yaml", "tests:"));
    files.insert("connectors/mail/connector.yaml", without("connectors/mail/connector.yaml", "lacks:"));
    files.insert("connectors/demo_oa/connector.yaml", without("connectors/demo_oa/connector.yaml", "lacks:"));
    let catalog = Catalog::compile(files).0;
    let no_chinese = |path: &str| manual(path).filter(|_| path != "connectors/odoo/README.zh-CN.md");
    let after = entries(&catalog, &shown, &no_chinese);
    let unshown = entries(&catalog, &[], &manual);
    let missing = |entries: &[Entry], id: &str| entries.iter().find(|entry| *entry.connector == *id).unwrap().missing();
    for (id, wanted) in [
        ("kingdee_galaxy", vec!["mapping (a test of `kingdee_order`)", "examples (of `void_order`)"]),
        ("mail", vec!["after a lost answer (`send`)", "status, outcome"]),
        ("demo_oa", vec!["form (its template is not read)"]),
        ("odoo", vec!["manual (the steps in `README.zh-CN.md`)"]),
        ("sap_s4hana", vec![]),
    ] {
        assert_eq!(missing(&before, id), Vec::<String>::new(), "{id}");
        assert_eq!(missing(&after, id), wanted, "{id}");
    }
    assert_eq!(missing(&unshown, "sap_s4hana"), ["flow test"]);
}

#[test]
fn shipped_cases_pass() {
    for project in PROJECTS {
        let cases = cases::run(&shipped(project), None);
        let failed: Vec<_> = cases.iter().filter(|case| !case.passes()).collect();
        assert!(!cases.is_empty() && failed.is_empty(), "{project}: {failed:#?}");
    }
}

/// What the guide to approvals shows stands in its examples, line by line, and is tested there.
#[test]
fn the_guide_to_approvals_shows_its_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut shown = String::new();
    for folder in ["approvals/flows", "approvals/flows/tests", "approvals/tables", "dingtalk/flows"] {
        for entry in std::fs::read_dir(root.join("examples").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                shown += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    for guide in ["docs/guide/approvals.md", "docs/guide/approvals.zh-CN.md"] {
        let text = std::fs::read_to_string(root.join(guide)).unwrap();
        let blocks: Vec<&str> = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(blocks.len() > 10, "{guide} shows nothing");
        for line in blocks.iter().flat_map(|block| block.lines()).map(str::trim).filter(|line| !line.is_empty()) {
            assert!(shown.contains(line), "{guide}: no file of the example has: {line}");
        }
    }
}

/// The YAML that a page shows, block by block, without its comments: these are in the language of the page.
fn yaml(page: &str) -> Vec<Vec<&str>> {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = blocks.map(|block| block.lines().map(|line| line.split_once(" #").map_or(line, |(code, _)| code).trim_end()));
    lines.map(|lines| lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()).collect()
}

/// Whoever reads one language is told what the other is told: each manual and each example has a page in both, with the same parts.
#[test]
fn manuals_and_examples_say_the_same_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let headings = |page: &str| page.lines().filter(|line| line.starts_with("## ")).count();
    let mut pairs = 0;
    for parent in ["connectors", "examples"] {
        for entry in std::fs::read_dir(root.join(parent)).unwrap() {
            let folder = entry.unwrap().path();
            let Ok(english) = std::fs::read_to_string(folder.join("README.md")) else { continue };
            let name = folder.display();
            let chinese = std::fs::read_to_string(folder.join("README.zh-CN.md"));
            let chinese = chinese.unwrap_or_else(|problem| panic!("{name}: README.zh-CN.md: {problem}"));
            assert_eq!(headings(&english), headings(&chinese), "{name}: one page has parts that the other has not");
            assert_eq!(yaml(&english), yaml(&chinese), "{name}: the pages show other files");
            assert!(english.contains("](README.zh-CN.md)") && chinese.contains("](README.md)"), "{name}: no link between the pages");
            let sent_away = [&english, &chinese].iter().any(|page| page.contains("英文说明"));
            assert!(!sent_away, "{name}: readers are sent to the page of the other language");
            pairs += 1;
        }
    }
    assert!(pairs >= 45, "{pairs} pairs of pages");
}

/// Every row of the tables of proof names a test that is there; a pattern without one says that it is not supported, and every test of
/// the matrix stands in it.
#[test]
fn tables_of_proof_name_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, rows) in [("docs/reference/control-flow-patterns.md", 43), ("examples/approval_matrix/README.md", 50)] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let folder = root.join(page).parent().unwrap().to_owned();
        let table = text.lines().filter(|line| line.starts_with('|')).skip(2);
        let (mut found, mut named) = (0, std::collections::BTreeSet::new());
        for row in table {
            found += 1;
            let links: Vec<&str> = row.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
            let tests: Vec<&str> = links.into_iter().filter(|link| link.contains("flows/tests/")).collect();
            assert!(tests.is_empty() == row.contains("**not supported.**"), "{page}: no test, and no word that it is not supported: {row}");
            for test in tests {
                let path = folder.join(test).canonicalize().unwrap_or_else(|problem| panic!("{page}: `{test}`: {problem}"));
                let case = std::fs::read_to_string(&path).unwrap();
                assert!(case.lines().any(|line| line.starts_with("test: ")), "{page}: `{test}` is no test");
                named.insert(path.file_name().unwrap().to_owned());
            }
        }
        assert!(found >= rows, "{page}: {found} rows");
        if page.starts_with("examples") {
            let there = std::fs::read_dir(folder.join("flows/tests")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(named, there, "{page}: what is there, and what its table names");
        }
    }
}
