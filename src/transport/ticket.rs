//! A ticket: some ready lanes of one connection. It holds ids alone, no word of any document.

use crate::domain::ids::{LaneId, TenantId};
use serde::{Deserialize, Serialize};

/// Lanes in one ticket; more are another ticket. A message costs the broker about as much as a document costs the store.
pub const LANES_MAX: usize = 64;
/// Lanes accepted in one ticket: room for a later release that packs more.
const LANES_ACCEPTED: usize = 1_024;
/// Bytes accepted.
const BYTES_MAX: usize = 64 * 1024;

/// Some lanes of one connection that were ready when it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Priority of the lanes' heads: 0 is first.
    pub priority: i16,
    /// The lanes.
    pub lanes: Vec<LaneId>,
}

/// A message that is no ticket.
#[derive(Debug, thiserror::Error)]
pub enum BadTicket {
    /// It is too big to be one.
    #[error("{0} bytes are more than a ticket has")]
    Bytes(usize),
    /// It names too many lanes.
    #[error("{0} lanes are more than a ticket names")]
    Lanes(usize),
    /// It is something else.
    #[error("it is not the JSON of a ticket")]
    Form(#[source] serde_json::Error),
}

impl Ticket {
    /// As a message body. Further members are left for later releases; readers ignore what they do not know.
    pub fn encode(&self) -> Vec<u8> {
        // Integers, texts and ids always have a JSON form; an empty body would be dead-lettered, and polling finds the lanes.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From a message body.
    ///
    /// # Errors
    /// When it is not a ticket.
    pub fn decode(body: &[u8]) -> Result<Ticket, BadTicket> {
        if body.len() > BYTES_MAX {
            return Err(BadTicket::Bytes(body.len()));
        }
        let ticket: Ticket = serde_json::from_slice(body).map_err(BadTicket::Form)?;
        if ticket.lanes.len() > LANES_ACCEPTED {
            return Err(BadTicket::Lanes(ticket.lanes.len()));
        }
        Ok(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(lanes: usize) -> Ticket {
        let lanes = (0..lanes as u128).map(|number| LaneId(uuid::Uuid::from_u128(number))).collect();
        Ticket { tenant: TenantId(7), connection: "oa_main".to_owned(), priority: 4, lanes }
    }

    #[test]
    fn a_ticket_survives_the_wire() {
        for lanes in [0, 1, LANES_MAX] {
            assert_eq!(Ticket::decode(&ticket(lanes).encode()).unwrap(), ticket(lanes));
        }
        let later = br#"{"tenant":7,"connection":"oa_main","priority":4,"lanes":[],"colour":"green"}"#;
        assert_eq!(Ticket::decode(later).unwrap(), ticket(0));
    }

    #[test]
    fn what_is_no_ticket_is_refused() {
        assert!(matches!(Ticket::decode(b""), Err(BadTicket::Form(_))));
        assert!(matches!(Ticket::decode(b"{\"tenant\":1}"), Err(BadTicket::Form(_))));
        assert!(matches!(Ticket::decode(&vec![b' '; BYTES_MAX + 1]), Err(BadTicket::Bytes(_))));
        assert!(matches!(Ticket::decode(&ticket(LANES_ACCEPTED + 1).encode()), Err(BadTicket::Lanes(_))));
    }
}
