//! What a verb calls a file: `file:` and its id. Whatever else people write there lies elsewhere, and is theirs to find.

use uuid::Uuid;

const SCHEME: &str = "file:";

/// Where a reference leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// To a file that was uploaded here.
    Ours(Uuid),
    /// It begins as one of ours and goes on as none.
    Broken,
    /// Elsewhere: an address, a number of some archive.
    Elsewhere,
}

/// The reference of a file.
pub fn reference(id: Uuid) -> String {
    format!("{SCHEME}{id}")
}

/// Reads a reference. `file:///…` is an address of somebody's share, and none of ours.
pub fn read(text: &str) -> Reference {
    match text.strip_prefix(SCHEME) {
        None => Reference::Elsewhere,
        Some(rest) if rest.starts_with('/') => Reference::Elsewhere,
        Some(rest) => rest.parse().map_or(Reference::Broken, Reference::Ours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_form_is_ours() {
        let id = Uuid::from_u128(7);
        assert_eq!(read(&reference(id)), Reference::Ours(id));
        for broken in ["file:", "file:7", "file:offer.pdf", "file:00000000-0000-0000-0000-00000000000x"] {
            assert_eq!(read(broken), Reference::Broken, "{broken}");
        }
        for elsewhere in ["files/1", "", "https://dms.example/1", "file:///share/offer.pdf", "FILE-7"] {
            assert_eq!(read(elsewhere), Reference::Elsewhere, "{elsewhere}");
        }
    }
}
