//! The page parameters that every list takes.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::reading::PageQuery;

/// Which page of what belongs to one thing, oldest first.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Onwards {
    /// Rows of the page, 1 to 500; 500 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

impl From<Onwards> for PageQuery {
    fn from(Onwards { limit, cursor }: Onwards) -> Self {
        page(limit, cursor)
    }
}

/// The page asked for by `limit` and `cursor`.
pub fn page(limit: Option<u32>, cursor: Option<String>) -> PageQuery {
    PageQuery { limit, cursor }
}
