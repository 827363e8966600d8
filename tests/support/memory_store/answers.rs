//! Answers under a caller's key.

use super::state::{State, StoredAnswer};
use jiff::Timestamp;
use uuid::Uuid;
use waybill::store::*;

impl State {
    pub fn begin_answer(&mut self, question: &Question) -> Begun {
        let Some(known) = self.answers.get_mut(&question.key) else {
            let stored = StoredAnswer { question: question.clone(), created_at: question.now, answer: None };
            self.answers.insert(question.key, stored);
            return Begun::Yours;
        };
        if known.question.fingerprint != question.fingerprint {
            return Begun::Other;
        }
        if let Some(answer) = &known.answer {
            return Begun::Answered(answer.clone());
        }
        if known.question.busy_until > question.now {
            return Begun::Busy;
        }
        known.question.busy_until = question.busy_until;
        Begun::Yours
    }

    pub fn finish_answer(&mut self, key: Uuid, answer: Option<&Answer>) {
        let Some(known) = self.answers.get_mut(&key).filter(|known| known.answer.is_none()) else { return };
        match answer {
            Some(answer) => known.answer = Some(answer.clone()),
            None => {
                self.answers.remove(&key);
            }
        }
    }

    pub fn forget_answers(&mut self, old: Timestamp) -> u64 {
        let before = self.answers.len();
        self.answers.retain(|_, known| known.created_at >= old);
        (before - self.answers.len()) as u64
    }
}
