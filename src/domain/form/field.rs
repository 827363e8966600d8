//! One field of a form, compiled.

use super::number::Number;
use crate::domain::expression::Expression;
use crate::domain::text::title::Title;
use indexmap::IndexMap;
use regex::Regex;
use rust_decimal::Decimal;
use std::sync::Arc;

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// What helps to fill it in.
    pub hint: Title,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be filled.
    pub required: Required,
    /// What it holds when nothing is sent, as JSON.
    pub default: Option<serde_json::Value>,
    /// Shown only when this holds.
    pub visible: Option<Expression>,
    /// What must hold when it is filled.
    pub checks: Vec<Check>,
    /// What can be done with it, by step.
    pub rights: IndexMap<Arc<str>, Right>,
}

/// What can be done with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Filled in or changed.
    Edit,
    /// Seen.
    Read,
    /// Not even seen.
    Hide,
}

impl Right {
    /// Reads the word.
    pub fn of(word: &str) -> Option<Right> {
        Some(match word {
            "edit" => Right::Edit,
            "read" => Right::Read,
            "hide" => Right::Hide,
            _ => return None,
        })
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Right::Edit => "edit",
            Right::Read => "read",
            Right::Hide => "hide",
        }
    }
}

impl Field {
    /// What can be done with it at a step.
    pub fn right(&self, step: &str) -> Right {
        let usual = if step == super::START { Right::Edit } else { Right::Read };
        self.rights.get(step).copied().unwrap_or(usual)
    }
}

/// Whether a field must be filled.
#[derive(Clone, Debug)]
pub enum Required {
    /// Always, or never.
    Fixed(bool),
    /// When this holds.
    When(Expression),
}

/// Something that must hold.
#[derive(Clone, Debug)]
pub struct Check {
    /// What.
    pub that: Expression,
    /// What the person is told when it does not.
    pub message: Title,
}

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is stored.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// Text.
    Text {
        /// Whether it may have several lines.
        multi_line: bool,
        /// Most characters.
        max_length: u32,
        /// What the whole text must match.
        pattern: Option<Regex>,
    },
    /// A whole number.
    Int {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// An exact number.
    Decimal {
        /// A code, or the field that holds it.
        currency: Option<Arc<str>>,
        /// Most decimals.
        scale: Option<u32>,
        /// The least.
        min: Option<Decimal>,
        /// The greatest.
        max: Option<Decimal>,
    },
    /// A date.
    Date,
    /// A point in time.
    Instant,
    /// One of several, or some of them.
    Choice {
        /// What can be chosen.
        options: Vec<Choice>,
        /// The dictionary they come from.
        dictionary: Option<Arc<str>>,
        /// Whether several may be chosen.
        many: bool,
    },
    /// Somebody of the directory.
    Person {
        /// Only holders of this role.
        role: Option<Arc<str>>,
        /// Whether several may be named.
        many: bool,
    },
    /// A department of the directory.
    Department,
    /// References to files kept elsewhere.
    Attachment {
        /// Most files.
        max: u32,
    },
    /// Yes or no.
    YesNo,
    /// A line table.
    Lines {
        /// The fields of a line.
        fields: Vec<Field>,
        /// Least lines.
        min: u32,
        /// Most lines.
        max: u32,
        /// Decimals that are added up.
        sums: Vec<Arc<str>>,
    },
}

impl FieldKind {
    /// The word of its type.
    pub fn word(&self) -> &'static str {
        match self {
            FieldKind::Text { .. } => "text",
            FieldKind::Int { .. } => "int",
            FieldKind::Decimal { .. } => "decimal",
            FieldKind::Date => "date",
            FieldKind::Instant => "instant",
            FieldKind::Choice { .. } => "choice",
            FieldKind::Person { .. } => "person",
            FieldKind::Department => "department",
            FieldKind::Attachment { .. } => "attachment",
            FieldKind::YesNo => "yes_no",
            FieldKind::Lines { .. } => "lines",
        }
    }
}

/// Most digits a counter is filled up to.
pub(super) const DIGITS_MAX: i64 = 12;

impl Number {
    /// Digits where the form says nothing.
    pub const DIGITS: u32 = 6;
}
