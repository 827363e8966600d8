//! The page parameters that every list takes.

use crate::app::reading::PageQuery;

/// The page asked for by `limit` and `cursor`.
pub fn page(limit: Option<u32>, cursor: Option<String>) -> PageQuery {
    PageQuery { limit, cursor }
}
