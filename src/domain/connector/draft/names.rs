//! Ids from whatever a description calls things: `[a-z][a-z0-9_]*`, each once.

use std::collections::BTreeSet;

/// Longest id made; longer names are cut.
const LENGTH_MAX: usize = 48;

/// Names that are taken already.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// An id for a name, with a number where it is taken.
    pub fn take(&mut self, name: &str) -> String {
        let wanted = id(name);
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let free = std::iter::once(wanted.clone()).chain(numbered).find(|name| !self.0.contains(name)).unwrap_or(wanted);
        self.0.insert(free.clone());
        free
    }
}

/// The id nearest to a name: `PurchaseOrderID` is `purchase_order_id`.
pub fn id(name: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        // A new word begins at a capital after a small letter, and at the last capital of several before a small one.
        let begins = letter.is_ascii_uppercase()
            && (before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(char::is_ascii_uppercase) && after.is_some_and(char::is_ascii_lowercase)));
        if (begins || !letter.is_ascii_alphanumeric()) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        }
    }
    let cut: String = out.trim_matches('_').chars().take(LENGTH_MAX).collect();
    let cut = cut.trim_end_matches('_');
    match cut.chars().next() {
        None => "value".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{cut}"),
        Some(_) => cut.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        for (name, wanted) in [
            ("PurchaseOrderID", "purchase_order_id"),
            ("petId", "pet_id"),
            ("X-Api-Key", "x_api_key"),
            ("$filter", "filter"),
            ("HTTPServer", "http_server"),
            ("采购", "value"),
            ("2fa", "n2fa"),
            ("__metadata", "metadata"),
            ("to_PurchaseOrderItem", "to_purchase_order_item"),
        ] {
            assert_eq!(id(name), wanted, "{name}");
        }
        assert!(id(&"ab_".repeat(40)).len() <= LENGTH_MAX);
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        assert_eq!([names.take("Id"), names.take("ID"), names.take("id")], ["id", "id_2", "id_3"]);
    }
}
