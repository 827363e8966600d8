//! Messages: stored once, claimed while due, put back.

use super::check::texts;
use super::state::{State, StoredMessage, seen_key};
use jiff::Timestamp;
use std::collections::BTreeSet;
use waybill::domain::ids::InboxId;
use waybill::store::*;

impl State {
    pub fn receive(&mut self, messages: &[NewMessage], lease: &Lease) -> Result<Vec<Received>> {
        for message in messages {
            texts([&message.connection, &message.event, &message.message_id, &message.source, &message.payload])?;
        }
        let mut now = BTreeSet::new();
        let mut receive = |message: &NewMessage| {
            let key = seen_key(message);
            if self.seen.insert(key) {
                now.insert(key);
                self.keep(message, lease);
                return Received::New;
            }
            // An earlier, unanswered try may have stored the message under this very id: then it is ours and new.
            if !now.contains(&key) && self.messages.contains_key(&message.id) {
                return Received::New;
            }
            self.duplicates += 1;
            Received::Duplicate
        };
        Ok(messages.iter().map(&mut receive).collect())
    }

    /// Messages the hub tells itself; one that is there already stays as it is.
    pub fn tell(&mut self, messages: &[(NewMessage, Lease)]) {
        for (message, lease) in messages {
            if !self.messages.contains_key(&message.id) {
                self.keep(message, lease);
            }
        }
    }

    fn keep(&mut self, message: &NewMessage, lease: &Lease) {
        let stored = Message {
            new: message.clone(),
            external_id: None,
            heard: None,
            attempts: 1,
            state: "new".to_owned(),
            problem: None,
            due_at: lease.until,
        };
        self.messages_due.insert((lease.until, message.id));
        self.messages.insert(message.id, StoredMessage { message: stored, owner: Some(lease.owner.clone()) });
    }

    pub fn claim_messages(&mut self, lease: &Lease, now: Timestamp, limit: u32) -> Vec<Message> {
        let due: Vec<(Timestamp, InboxId)> =
            self.messages_due.range(..=(now, InboxId(uuid::Uuid::max()))).take(limit as usize).copied().collect();
        let mut claimed = Vec::with_capacity(due.len());
        for (at, id) in due {
            self.messages_due.remove(&(at, id));
            self.messages_due.insert((lease.until, id));
            if let Some(stored) = self.messages.get_mut(&id) {
                stored.owner = Some(lease.owner.clone());
                stored.message.due_at = lease.until;
                stored.message.attempts += 1;
                claimed.push(stored.message.clone());
            }
        }
        claimed
    }

    /// A worker that was overtaken by another, who stopped the message, leaves it alone.
    pub fn defer_unlocked(&mut self, deferral: &Deferral) {
        if self.messages.get(&deferral.id).is_some_and(|stored| stored.message.state != "stopped") {
            self.defer(deferral);
        }
    }

    pub fn defer(&mut self, deferral: &Deferral) {
        let Some(stored) = self.messages.get_mut(&deferral.id) else { return };
        self.messages_due.remove(&(stored.message.due_at, deferral.id));
        stored.owner = None;
        let message = &mut stored.message;
        message.due_at = deferral.due_at;
        message.state.clone_from(&deferral.state);
        message.external_id = deferral.external_id.clone().or(message.external_id.take());
        message.heard = deferral.heard.clone().or(message.heard.take());
        message.problem.clone_from(&deferral.problem);
        if deferral.state != "stopped" {
            self.messages_due.insert((deferral.due_at, deferral.id));
        }
    }

    pub fn drop_message(&mut self, id: InboxId) {
        if let Some(stored) = self.messages.remove(&id) {
            self.messages_due.remove(&(stored.message.due_at, id));
        }
    }
}
