//! What a folder that is behind would undo: texts that are again as they were before somebody else's release.

use super::content::Content;
use std::collections::BTreeMap;

/// The kind and id of what would be again as it was in an earlier release, although the live one says something else.
/// Something that the earlier release did not have and the folder does not have either counts too: it would be gone again.
pub fn taken_back(folder: &Content, live: &Content, earlier: &Content) -> Vec<(String, String)> {
    let texts = |content: &Content| -> BTreeMap<(String, String), std::sync::Arc<str>> {
        let file = |file: &super::ContentFile| ((file.kind.to_string(), file.id.to_string()), file.text.clone());
        content.files.iter().map(file).collect()
    };
    let (folder, live, earlier) = (texts(folder), texts(live), texts(earlier));
    let mut names: Vec<&(String, String)> = live.keys().chain(folder.keys().filter(|name| !live.contains_key(*name))).collect();
    names.sort();
    let undone = |name: &&(String, String)| folder.get(*name) != live.get(*name) && folder.get(*name) == earlier.get(*name);
    names.into_iter().filter(undone).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::super::ContentFile;
    use super::*;
    use crate::domain::catalog::Hash;

    fn content(files: &[(&str, &str)]) -> Content {
        let file = |(id, text): &(&str, &str)| ContentFile {
            path: format!("flows/{id}.yaml").into(),
            kind: "flow".into(),
            id: (*id).into(),
            hash: Hash((*text).into()),
            text: (*text).into(),
        };
        Content { files: files.iter().map(file).collect() }
    }

    #[test]
    fn what_is_new_undoes_nothing_and_what_is_as_before_does() {
        let earlier = content(&[("same", "1"), ("edited", "1"), ("mine", "1"), ("dropped", "1")]);
        let live = content(&[("same", "1"), ("edited", "2"), ("mine", "1"), ("added", "1")]);
        let ids = |folder: &[(&str, &str)]| -> Vec<String> {
            taken_back(&content(folder), &live, &earlier).into_iter().map(|(_, id)| id).collect()
        };
        // The live release, with a change of one's own.
        assert_eq!(ids(&[("same", "1"), ("edited", "2"), ("mine", "7"), ("added", "1")]), [""; 0]);
        // The earlier one, with a change of one's own.
        assert_eq!(ids(&[("same", "1"), ("edited", "1"), ("mine", "7"), ("dropped", "1")]), ["added", "dropped", "edited"]);
        // Something else than either.
        assert_eq!(ids(&[("same", "1"), ("edited", "3"), ("mine", "1"), ("added", "1")]), [""; 0]);
    }
}
