//! The product's own project and the examples: where connectors are used.

use std::path::Path;

use waybill::app::load::load;
use waybill::cli::generate::Shown;
use waybill::domain::catalog::Catalog;

/// The product's own project, then every example that has connections, compiled and sound.
pub fn shown() -> Vec<Shown> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = std::fs::read_dir(root.join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<String> = examples
        .filter(|path| path.join("config/connections").is_dir())
        .map(|path| format!("examples/{}", path.file_name().unwrap().to_string_lossy()))
        .collect();
    folders.sort();
    let shown = |folder: String| {
        let (files, unread) = load(&root.join(&folder)).unwrap();
        let (catalog, found) = Catalog::compile(files);
        assert!(unread.is_empty() && found.is_empty(), "{folder} has findings: {unread:?} {found:?}");
        Shown { folder, catalog }
    };
    std::iter::once(String::new()).chain(folders).map(shown).collect()
}
