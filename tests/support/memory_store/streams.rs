//! Cursors of streams, and re-reads of open objects.

use super::state::{LinkKey, State, StoredStream};
use jiff::{SignedDuration, Timestamp};
use waybill::store::*;

impl State {
    pub fn claim_streams(&mut self, lease: &Lease, now: Timestamp, keys: &[StreamKey], limit: u32) -> Vec<StreamCursor> {
        let mut claimed = Vec::new();
        for key in keys {
            if claimed.len() >= limit as usize {
                break;
            }
            let token = self.next();
            let stored = self.streams.entry((key.tenant.0, key.connection.clone(), key.stream.clone())).or_insert_with(|| StoredStream {
                due: Timestamp::MIN,
                cursor: StreamCursor { key: key.clone(), cursor: None, token: 0, last_success_at: None, problem: None, failures: 0 },
            });
            if stored.due <= now {
                stored.due = lease.until;
                stored.cursor.token = token;
                claimed.push(stored.cursor.clone());
            }
        }
        claimed
    }

    pub fn save_cursor(&mut self, cursor: &StreamCursor, next_due: Timestamp) -> Fenced {
        let key = (cursor.key.tenant.0, cursor.key.connection.clone(), cursor.key.stream.clone());
        match self.streams.get_mut(&key).filter(|stored| stored.cursor.token == cursor.token) {
            Some(stored) => {
                stored.cursor = cursor.clone();
                stored.due = next_due;
                Fenced::Held
            }
            None => Fenced::Lost,
        }
    }

    pub fn claim_rereads(&mut self, now: Timestamp, limit: u32) -> Vec<Reread> {
        let due: Vec<(Timestamp, LinkKey)> = self.rereads.iter().take_while(|(at, _)| *at <= now).take(limit as usize).cloned().collect();
        let mut moved = Vec::with_capacity(due.len());
        for (at, key) in due {
            self.rereads.remove(&(at, key.clone()));
            let Some(link) = self.links.get_mut(&key) else { continue };
            let wait = SignedDuration::from_secs((60_i64 << link.rereads.min(7)).min(7_200));
            let next = now.checked_add(wait).unwrap_or(Timestamp::MAX);
            link.rereads += 1;
            link.reread_at = Some(next);
            self.rereads.insert((next, key));
            moved.push(Reread { link: link.clone() });
        }
        moved
    }
}
