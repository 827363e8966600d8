//! Cursors of keyset pages: opaque to callers, bound to their list and filter.
//!
//! A page asks for one row more than it shows; the cursor is the (time, id) pair of the last row shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Error, LIMIT_DEFAULT, LIMIT_MAX, List, PageQuery, Result};
use crate::store::Page;

/// Of the list's and filter's digest, what is kept; enough to catch a mix-up, which is all it is for.
const MARK_BYTES: usize = 6;
const BYTES: usize = MARK_BYTES + 16 + 16;

/// The cursor cannot be read, or belongs to another list or filter.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor does not belong to this list and filter")]
pub struct BadCursor;

/// The pages of one list under one filter.
pub struct Pages {
    mark: [u8; MARK_BYTES],
    limit: u32,
    page: Page,
}

impl Pages {
    /// The page that is asked for; `list` and `filter` tell lists apart.
    pub fn new(list: &str, filter: &impl std::fmt::Debug, query: &PageQuery) -> Result<Pages> {
        let mark = mark(list, filter);
        let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(Error::Limit(limit));
        }
        let after = query.cursor.as_deref().map(|cursor| decode(cursor, mark)).transpose()?;
        Ok(Pages { mark, limit, page: Page { limit: limit + 1, after } })
    }

    /// What to ask the store for: one row more than is shown.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The rows as a page, with the cursor when there are more.
    pub fn list<R, T>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> (Timestamp, Uuid), view: impl Fn(R) -> T) -> List<T> {
        let shown = self.limit as usize;
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next_cursor = rows.last().filter(|_| more).map(|last| encode(self.mark, key(last)));
        List { items: rows.into_iter().map(view).collect(), next_cursor }
    }
}

fn mark(list: &str, filter: &impl std::fmt::Debug) -> [u8; MARK_BYTES] {
    let digest = Sha256::digest(format!("{list}\n{filter:?}"));
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&digest[..MARK_BYTES]);
    mark
}

fn encode(mark: [u8; MARK_BYTES], (time, id): (Timestamp, Uuid)) -> String {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.extend_from_slice(&mark);
    bytes.extend_from_slice(&time.as_nanosecond().to_be_bytes());
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(cursor: &str, mark: [u8; MARK_BYTES]) -> std::result::Result<(Timestamp, Uuid), BadCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
    let bytes: [u8; BYTES] = bytes.try_into().map_err(|_| BadCursor)?;
    let (found, rest) = bytes.split_at(MARK_BYTES);
    let (time, id) = rest.split_at(16);
    if found != mark {
        return Err(BadCursor);
    }
    let nanos = i128::from_be_bytes(time.try_into().map_err(|_| BadCursor)?);
    let time = Timestamp::from_nanosecond(nanos).map_err(|_| BadCursor)?;
    Ok((time, Uuid::from_slice(id).map_err(|_| BadCursor)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pages(list: &str, filter: &str, cursor: Option<String>) -> Result<Pages> {
        Pages::new(list, &filter, &PageQuery { limit: Some(2), cursor })
    }

    #[test]
    fn a_cursor_leads_on_in_its_own_list_only() {
        let row = |second| (Timestamp::from_second(second).unwrap(), Uuid::from_u128(7));
        let first = pages("documents", "open", None).unwrap().list(vec![row(9), row(8), row(7)], |row| *row, |row| row.0);
        assert_eq!(first.items.len(), 2);
        let next = pages("documents", "open", first.next_cursor.clone()).unwrap();
        assert_eq!(next.page().after, Some(row(8)));
        assert!(matches!(pages("documents", "closed", first.next_cursor.clone()), Err(Error::Cursor(BadCursor))));
        assert!(matches!(pages("instances", "open", first.next_cursor), Err(Error::Cursor(BadCursor))));
        let last = next.list(vec![row(7), row(6)], |row| *row, |row| row.0);
        assert_eq!((last.items.len(), last.next_cursor), (2, None));
    }

    #[test]
    fn sizes_have_bounds() {
        for limit in [0, LIMIT_MAX + 1, u32::MAX] {
            assert!(matches!(Pages::new("x", &"", &PageQuery { limit: Some(limit), cursor: None }), Err(Error::Limit(_))));
        }
    }

    proptest! {
        #[test]
        fn every_pair_comes_back(nanos in -1_000_000_000_000_000_000_i128..4_000_000_000_000_000_000, id: u128) {
            let pair = (Timestamp::from_nanosecond(nanos).unwrap(), Uuid::from_u128(id));
            let mark = mark("x", &"");
            prop_assert_eq!(decode(&encode(mark, pair), mark), Ok(pair));
        }

        #[test]
        fn no_text_is_more_than_a_bad_cursor(text in ".{0,80}") {
            let _ = decode(&text, [0; MARK_BYTES]);
        }
    }
}
