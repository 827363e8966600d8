//! Cursors of keyset pages: opaque to callers, bound to their list and filter.
//!
//! A page asks for one row more than it shows; the cursor is the (time, id) pair of the last row shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Error, LIMIT_DEFAULT, LIMIT_MAX, List, PageQuery, Result};
use crate::store::{Onward, Page};

/// Of the list's and filter's digest, what is kept; enough to catch a mix-up, which is all it is for.
const MARK_BYTES: usize = 6;
/// Of a row's place, as its list writes it.
const PLACE_BYTES: usize = 32;

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
        let limit = limit(query.limit.unwrap_or(LIMIT_DEFAULT))?;
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

/// The pages of what belongs to one instance, oldest first. A place is 32 bytes that its list makes and reads.
pub struct Onwards {
    mark: [u8; MARK_BYTES],
    limit: u32,
    after: Option<[u8; PLACE_BYTES]>,
}

impl Onwards {
    /// The page that is asked for, as big as pages get when the caller does not say; `list` and `of` tell lists apart.
    pub fn new(list: &str, of: Uuid, query: &PageQuery) -> Result<Self> {
        let mark = mark(list, &of);
        let limit = limit(query.limit.unwrap_or(LIMIT_MAX))?;
        let after = query.cursor.as_deref().map(|cursor| decode_bytes(cursor, mark)).transpose()?;
        Ok(Self { mark, limit, after })
    }

    /// What to ask the store for: one row more than is shown.
    pub fn page<P>(&self, place: impl FnOnce([u8; PLACE_BYTES]) -> std::result::Result<P, BadCursor>) -> Result<Onward<P>> {
        Ok(Onward { limit: self.limit + 1, after: self.after.map(place).transpose()? })
    }

    /// Leaves the rows that are shown; the cursor, when there are more.
    pub fn cut<R>(&self, rows: &mut Vec<R>, place: impl FnOnce(&R) -> [u8; PLACE_BYTES]) -> Option<String> {
        let shown = self.limit as usize;
        let more = rows.len() > shown;
        rows.truncate(shown);
        rows.last().filter(|_| more).map(|last| encode_bytes(self.mark, place(last)))
    }
}

/// The place of a row that its number tells.
pub fn place_of_number(number: i64) -> [u8; PLACE_BYTES] {
    let mut place = [0; PLACE_BYTES];
    place[PLACE_BYTES - 8..].copy_from_slice(&number.to_be_bytes());
    place
}

/// The number in such a place.
pub fn number_in(place: &[u8; PLACE_BYTES]) -> std::result::Result<i64, BadCursor> {
    place.last_chunk().map(|bytes| i64::from_be_bytes(*bytes)).ok_or(BadCursor)
}

fn limit(limit: u32) -> Result<u32> {
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Error::Limit(limit));
    }
    Ok(limit)
}

fn mark(list: &str, filter: &impl std::fmt::Debug) -> [u8; MARK_BYTES] {
    let digest = Sha256::digest(format!("{list}\n{filter:?}"));
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&digest[..MARK_BYTES]);
    mark
}

fn encode(mark: [u8; MARK_BYTES], (time, id): (Timestamp, Uuid)) -> String {
    let mut place = [0; PLACE_BYTES];
    place[..16].copy_from_slice(&time.as_nanosecond().to_be_bytes());
    place[16..].copy_from_slice(id.as_bytes());
    encode_bytes(mark, place)
}

fn decode(cursor: &str, mark: [u8; MARK_BYTES]) -> std::result::Result<(Timestamp, Uuid), BadCursor> {
    let place = decode_bytes(cursor, mark)?;
    let (time, id) = place.split_at(16);
    let nanos = i128::from_be_bytes(time.try_into().map_err(|_| BadCursor)?);
    let time = Timestamp::from_nanosecond(nanos).map_err(|_| BadCursor)?;
    Ok((time, Uuid::from_slice(id).map_err(|_| BadCursor)?))
}

fn encode_bytes(mark: [u8; MARK_BYTES], place: [u8; PLACE_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode([&mark[..], &place].concat())
}

fn decode_bytes(cursor: &str, mark: [u8; MARK_BYTES]) -> std::result::Result<[u8; PLACE_BYTES], BadCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
    let (found, place) = bytes.split_at_checked(MARK_BYTES).ok_or(BadCursor)?;
    if found != mark {
        return Err(BadCursor);
    }
    place.try_into().map_err(|_| BadCursor)
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
