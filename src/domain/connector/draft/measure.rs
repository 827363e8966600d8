//! Which names are those of measures: amounts and quantities. A whole number in one of them is whole by chance, and a draft that
//! declared it an `int` would not take the next.

/// Words that measure something.
const MEASURES: &[&str] = &[
    "amount", "balance", "cost", "discount", "fee", "freight", "gross", "net", "percent", "price", "qty", "quantity", "rate", "subtotal",
    "sum", "tax", "total", "vat", "volume", "weight",
];

/// The same inside longer words that nobody has parted: `unitprice`.
const ENDINGS: &[&str] = &["amount", "price", "quantity"];

/// What counts or names, whatever stands before it: `total_count`, `tax_code`, `rate_limit`.
const COUNTS: &[&str] = &[
    "code", "count", "elements", "id", "items", "key", "kind", "limit", "line", "lines", "no", "number", "page", "pages", "records",
    "results", "rows", "size", "type", "version",
];

/// Whether a value of this name measures something.
pub(super) fn is_measure(name: &str) -> bool {
    let id = super::names::id(name);
    let measures = |word: &str| MEASURES.contains(&word) || ENDINGS.iter().any(|ending| word.ends_with(ending));
    id.split('_').any(measures) && !id.split('_').any(|word| COUNTS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::is_measure;

    #[test]
    fn measures_are_told_from_counts_and_codes() {
        for name in ["total", "totalGross", "unit_price", "UnitPrice", "unitprice", "qty", "NetAmount", "discount-percent", "TaxRate"] {
            assert!(is_measure(name), "{name}");
        }
        for name in
            ["id", "total_count", "totalPages", "tax_code", "rateLimit", "price_type", "page", "status", "networks", "quantityLineNo"]
        {
            assert!(!is_measure(name), "{name}");
        }
    }
}
