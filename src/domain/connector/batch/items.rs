//! What is known of the items of a batch, kept with its effect between attempts.
//!
//! Written when an attempt ends, never in the middle of one: a process that dies leaves what was stored before it began. So that
//! this is enough, which items go into a request, and under which key, hangs on nothing but what is stored here.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What is known of the items of a batch. Items are named by their place in the list, counted from 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemsBegun {
    /// Requests whose answers told of their items: the next one has another key, for it carries other items. One that was not
    /// answered is sent again as it was, under its own key.
    #[serde(default)]
    pub answered: u32,
    /// Items that are done, and what each gave.
    #[serde(default)]
    pub done: Vec<(usize, Json)>,
    /// Items that the partner refused, and why. Forgotten when the write ends, so that a person's retry sends them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<(usize, String)>,
    /// Items whose outcome is unknown; none of them is said where a process died: whatever is open may have been sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Vec<usize>>,
    /// Of the look-up at hand: items that it did not find.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<usize>,
}

impl ItemsBegun {
    /// Items that are neither done nor refused, of so many, in order.
    pub fn open(&self, of: usize) -> Vec<usize> {
        let mut settled = vec![false; of];
        let places = self.done.iter().map(|(place, _)| *place).chain(self.refused.iter().map(|(place, _)| *place));
        places.filter(|place| *place < of).for_each(|place| settled[place] = true);
        (0..of).filter(|place| !settled[*place]).collect()
    }

    /// Items that a look-up has to ask for and has not asked for yet.
    pub fn to_look_up(&self, of: usize) -> Vec<usize> {
        let open = self.open(of);
        let in_doubt = |place: &usize| self.unknown.as_ref().is_none_or(|unknown| unknown.contains(place));
        open.into_iter().filter(in_doubt).filter(|place| !self.absent.contains(place)).collect()
    }

    /// Whether it is known of every item whether it may have been done: what is left was never sent, or surely not done.
    pub fn nothing_in_doubt(&self) -> bool {
        self.unknown.as_ref().is_some_and(Vec::is_empty)
    }

    /// The process died while it may have been sending.
    pub fn doubt_all(&mut self) {
        self.unknown = None;
        self.absent.clear();
    }

    /// A person wants it tried again: what was refused, too.
    pub fn begin_anew(&mut self) {
        self.refused.clear();
        self.absent.clear();
    }

    /// What is done is known.
    pub fn is_done(&mut self, place: usize, output: Json) {
        if self.done.iter().all(|(known, _)| *known != place) {
            self.done.push((place, output));
        }
        if let Some(unknown) = &mut self.unknown {
            unknown.retain(|known| *known != place);
        }
    }

    /// Whether more is known than before; a partner that settles some of what it is asked is not down.
    pub fn is_further_than(&self, before: Option<&ItemsBegun>) -> bool {
        let settled = |items: &ItemsBegun| items.done.len() + items.refused.len() + items.absent.len();
        settled(self) > before.map_or(0, settled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_what_is_in_doubt_and_after_a_death_all_that_is_open() {
        let mut items = ItemsBegun { unknown: Some(vec![2, 3]), refused: vec![(1, "no".to_owned())], ..ItemsBegun::default() };
        items.is_done(0, Json::Null);
        assert_eq!((items.open(6), items.to_look_up(6)), (vec![2, 3, 4, 5], vec![2, 3]));
        items.absent.push(2);
        assert_eq!(items.to_look_up(6), [3], "what was asked for in this look-up is not asked for again");
        items.is_done(3, Json::Null);
        assert!(!items.nothing_in_doubt());
        items.doubt_all();
        assert_eq!(items.to_look_up(6), [2, 4, 5]);
        assert!(!items.nothing_in_doubt());
        items.begin_anew();
        assert_eq!(items.open(6), [1, 2, 4, 5]);
        let stored: ItemsBegun = serde_json::from_str(&serde_json::to_string(&items).unwrap()).unwrap();
        assert_eq!(stored, items);
    }
}
