//! Events for whoever listens: CloudEvents 1.0 in structured JSON.

use serde::Serialize;
use serde_json::value::RawValue;

/// A message for the exchange of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id; the same for every repeat.
    pub id: String,
    /// Where it goes: `document.status_changed.purchase_order`.
    pub routing_key: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A CloudEvent. `subject` is the business key where there is one.
#[derive(Debug, Serialize)]
pub struct CloudEvent<'a> {
    /// The version of the specification: `1.0`.
    pub specversion: &'static str,
    /// Unique with `source`.
    pub id: &'a str,
    /// The installation: `/waybill/NAME/TENANT`.
    pub source: &'a str,
    /// `waybill.document.created`, …
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<&'a str>,
    /// When it was committed.
    pub time: String,
    /// Always `application/json`.
    pub datacontenttype: &'static str,
    /// Order within a document: it grows, with gaps. An extension of the name that the specification's `sequence` has.
    pub sequence: String,
    /// What changed.
    pub data: &'a RawValue,
}

/// Bytes of a routing key that a broker takes.
const KEY_BYTES_MAX: usize = 255;

impl Event {
    /// The message of a CloudEvent.
    ///
    /// # Errors
    /// Never for what the hub writes; the data is JSON that was read already.
    pub fn new(event: &CloudEvent<'_>, routing_key: &str) -> Result<Event, serde_json::Error> {
        let mut end = routing_key.len().min(KEY_BYTES_MAX);
        while !routing_key.is_char_boundary(end) {
            end -= 1;
        }
        Ok(Event { id: event.id.to_owned(), routing_key: routing_key[..end].to_owned(), body: serde_json::to_vec(event)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_that_of_the_specification() {
        let data = RawValue::from_string(r#"{"total":"1.10","big":12345678901234567890}"#.to_owned()).unwrap();
        let event = CloudEvent {
            specversion: "1.0",
            id: "7",
            source: "/waybill/hub/1",
            kind: "waybill.document.created",
            subject: Some("PO-1"),
            time: "2026-09-28T10:00:00Z".to_owned(),
            datacontenttype: "application/json",
            sequence: "42".to_owned(),
            data: &data,
        };
        let message = Event::new(&event, &"ü".repeat(200)).unwrap();
        let expected = concat!(
            r#"{"specversion":"1.0","id":"7","source":"/waybill/hub/1","type":"waybill.document.created","subject":"PO-1","#,
            r#""time":"2026-09-28T10:00:00Z","datacontenttype":"application/json","sequence":"42","#,
            r#""data":{"total":"1.10","big":12345678901234567890}}"#
        );
        assert_eq!(String::from_utf8(message.body).unwrap(), expected);
        assert_eq!(message.routing_key.len(), 254);
    }
}
