//! Document types that are `sealed`, and what is wrong with them where nothing can be sealed.

use super::compile::Catalog;
use crate::domain::diagnostic::{Diagnostic, Report};
use crate::domain::document::DocumentType;

impl Catalog {
    /// Document types whose content lies sealed in the database.
    pub fn sealed(&self) -> impl Iterator<Item = &DocumentType> {
        self.documents.values().map(|kind| &**kind).filter(|kind| kind.sealed.is_some())
    }

    /// A sentence as a log may have it. What partners and expressions say may quote content, which has no place there as soon as
    /// any type is sealed: then the log has `instead`, and whoever may see content finds the sentence where it belongs.
    pub fn loggable<'s>(&self, sentence: &'s str, instead: &'s str) -> &'s str {
        if self.sealed().next().is_some() { instead } else { sentence }
    }

    /// What there is to say of them where the hub has no master key: their content would lie open.
    pub fn unsealable(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for kind in self.sealed() {
            let Some(file) = self.definition("document", &kind.id).map(|known| known.path.clone()) else { continue };
            let mut report = Report::new(file);
            report
                .error("unsealable", kind.sealed.unwrap_or_default(), format!("`{}` is sealed, and the hub has no master key", kind.id))
                .at("sealed")
                .hint("make one with `openssl rand -hex 32`, keep it apart from the database and name it under `store.master_keys`");
            found.extend(report.into_items());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::files::Files;

    #[test]
    fn a_log_has_no_sentence_about_content_once_a_type_is_sealed() {
        let schema = r#"{"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}"#;
        for (mark, told) in [("", "no binding for `Kestrel`"), ("sealed: true\n", "it fits none")] {
            let kind = format!("format: 1\ndocument: note\nkey: number\nschema: documents/note.schema.json\nstatuses: [draft]\n{mark}");
            let files: Files = [("documents/note.yaml", kind.as_str()), ("documents/note.schema.json", schema)].into_iter().collect();
            let (catalog, findings) = Catalog::compile(files);
            assert!(catalog.documents.contains_key("note"), "{findings:?}");
            assert_eq!(catalog.loggable("no binding for `Kestrel`", "it fits none"), told);
        }
    }
}
