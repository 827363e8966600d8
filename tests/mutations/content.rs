//! Whole projects with one file changed, and partners' data through the shipped mappings.

use crate::storm::storm;
use crate::texts::definitions;
use std::path::Path;
use waybill::app::load::load;
use waybill::domain::catalog::Catalog;
use waybill::domain::text::files::Files;
use waybill::domain::value::Value;

fn project(folder: &str) -> Files {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a project").0
}

/// Files that may be changed, apart from each other by what is no text.
#[test]
fn projects() {
    let files = project("benches/bench-content");
    let paths: Vec<String> = files.iter().map(|(path, _)| path.to_string()).filter(|path| path.ends_with(".yaml")).collect();
    let seed = |path: &String| [path.as_bytes(), b"\x01", files.get(path).expect("its own").as_bytes()].concat();
    storm("projects", paths.iter().map(seed).collect(), |bytes| {
        // Which file it is may be changed like everything else.
        let text = String::from_utf8_lossy(bytes);
        let (path, text) = text.split_once('\u{1}').unwrap_or(("flows/other.yaml", &text));
        let mut changed = files.clone();
        changed.insert(path, text);
        let (catalog, found) = Catalog::compile(changed);
        let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code).take(4).collect();
        format!("{} {codes:?}", catalog.flows.len())
    });
}

#[test]
fn mappings() {
    let files = project("");
    let (catalog, found) = Catalog::compile(files);
    assert!(found.is_empty(), "{found:?}");
    let mut seeds = Vec::new();
    for source in catalog.mapping_sources.values() {
        for case in &source.definition.cases {
            let text = catalog.files.get(&case.inputs.value).expect("a sample");
            seeds.push([source.definition.id.as_bytes(), b"\x01", text.as_bytes()].concat());
        }
    }
    assert!(seeds.len() > 10 && definitions().len() > 20);
    storm("mappings", seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Some((id, text)) = text.split_once('\u{1}') else { return "no mapping".to_owned() };
        let (Some(mapping), Some(source)) = (catalog.mappings.get(id), catalog.mapping_sources.get(id)) else {
            return "no such mapping".to_owned();
        };
        let Ok(inputs) = Value::from_strict_json(text) else { return "no JSON".to_owned() };
        let scope = match source.read(&inputs.to_json()) {
            Ok(scope) => scope,
            Err(_) => return format!("{id}: no inputs"),
        };
        match mapping.apply(&scope) {
            Ok(mapped) => {
                // Asked where it all came from, it is the same.
                let explained = mapping.explain(&scope).expect("it was applied");
                assert_eq!(explained.value, mapped.value);
                format!("{id}: mapped")
            }
            Err(error) => format!("{id}: {}", error.target),
        }
    });
}
