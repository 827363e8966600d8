//! The definitions that the product ships are sound, and their cases pass.

use std::path::Path;
use waybill::app::{cases, load::load};
use waybill::cli::output::{Colour, findings};
use waybill::domain::catalog::Catalog;

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

#[test]
fn shipped_cases_pass() {
    for project in PROJECTS {
        let cases = cases::run(&shipped(project), None);
        let failed: Vec<_> = cases.iter().filter(|case| !case.passes()).collect();
        assert!(!cases.is_empty() && failed.is_empty(), "{project}: {failed:#?}");
    }
}

/// What the guide to approvals shows stands in its example, line by line, and is tested there.
#[test]
fn the_guide_to_approvals_shows_its_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut shown = String::new();
    for folder in ["flows", "flows/tests", "tables"] {
        for entry in std::fs::read_dir(root.join("examples/approvals").join(folder)).unwrap() {
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
