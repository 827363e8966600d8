//! Numbers of documents made here: prefix, period, counter.

use jiff::civil::Date;
use std::sync::Arc;

/// How documents are numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What stands in front.
    pub prefix: Arc<str>,
    /// When counting begins anew.
    pub per: Per,
    /// Least digits of the counter.
    pub digits: u32,
}

/// When counting begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each year.
    Year,
    /// Each month.
    Month,
    /// Each day.
    Day,
    /// Never.
    Never,
}

impl Per {
    /// Reads the word.
    pub fn of(word: &str) -> Option<Per> {
        Some(match word {
            "year" => Per::Year,
            "month" => Per::Month,
            "day" => Per::Day,
            "never" => Per::Never,
            _ => return None,
        })
    }
}

impl Number {
    /// The counter that a number of this day is drawn from. Forms that make the same documents under the same prefix share
    /// it, so that no two documents get one number.
    pub fn counter(&self, document: &str, today: Date) -> String {
        format!("number/{document}/{}{}", self.prefix, self.period(today))
    }

    /// The number as people see it.
    pub fn write(&self, today: Date, counter: u64) -> String {
        let period = self.period(today);
        let between = if period.is_empty() { "" } else { "-" };
        format!("{}{period}{between}{counter:0width$}", self.prefix, width = self.digits as usize)
    }

    fn period(&self, today: Date) -> String {
        match self.per {
            Per::Year => format!("{:04}", today.year()),
            Per::Month => format!("{:04}{:02}", today.year(), today.month()),
            Per::Day => format!("{:04}{:02}{:02}", today.year(), today.month(), today.day()),
            Per::Never => String::new(),
        }
    }
}
