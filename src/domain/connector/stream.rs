//! Streams: a collection read again and again from where the last reading was committed.

use super::arguments::Arguments;
use super::compiler::Compiler;
use super::tree::Tree;
use crate::domain::expression::{Budget, EvaluateError, Expression, Scope};
use crate::domain::value::{Type, Value};
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The shortest time between two readings, milliseconds: less would be one reading after another.
pub(super) const EVERY_MIN_MILLIS: u64 = 1_000;

/// One stream of a connector.
#[derive(Debug)]
pub struct Stream {
    /// Its name.
    pub name: Arc<str>,
    /// The read it asks.
    pub operation: Arc<str>,
    /// Further arguments; they see nothing but literals.
    pub with: Arguments,
    /// The output field whose elements are the items.
    pub each: Arc<str>,
    /// What each item points at; sees `item`.
    pub reference: IndexMap<Arc<str>, Tree>,
    /// What tells one item from another; none leaves that to what it points at.
    pub id: Option<Expression>,
    /// What an item hands over; none where it is only a hint.
    pub payload: Option<Expression>,
    /// Where the next reading begins.
    pub cursor: Option<Cursor>,
    /// Milliseconds between readings.
    pub every_millis: u64,
}

/// Where the next reading begins.
#[derive(Debug)]
pub struct Cursor {
    /// The operation's argument it is handed over in.
    pub argument: Arc<str>,
    /// The argument's type: an instant, or a growing whole number.
    pub of: Type,
    /// The item's own position; none means the time at which our reading began.
    pub value: Option<Expression>,
    /// How far each reading goes back behind the last, milliseconds: late commits and skewed clocks.
    pub overlap_millis: u64,
    /// How far back the very first reading goes, milliseconds.
    pub initial_millis: u64,
    /// Items come in the cursor's order, so that each page may advance it; else only the last page does.
    pub ordered: bool,
    /// The end of what one reading asks for, where the partner wants one.
    pub window: Option<Window>,
}

/// The end of a reading.
#[derive(Clone, Debug)]
pub struct Window {
    /// The argument it is handed over in.
    pub argument: Arc<str>,
    /// The longest time between beginning and end, milliseconds; longer ones are read in several readings.
    pub most_millis: Option<u64>,
    /// How far the end stays behind our clock, milliseconds: what the partner shows late.
    pub lag_millis: u64,
}

/// How far a stream got. Text in the store: an RFC 3339 instant or a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// A point in time.
    At(Timestamp),
    /// A growing number.
    Number(i64),
}

impl Position {
    /// The text the store keeps.
    pub fn to_text(self) -> String {
        match self {
            Position::At(at) => at.to_string(),
            Position::Number(number) => number.to_string(),
        }
    }

    /// Reads the stored text; none when it is neither.
    pub fn from_text(text: &str) -> Option<Position> {
        match text.parse::<i64>() {
            Ok(number) => Some(Position::Number(number)),
            Err(_) => text.parse().ok().map(Position::At),
        }
    }

    fn of(value: &Value) -> Option<Position> {
        match value {
            Value::Instant(at) => Some(Position::At(*at)),
            Value::Int(number) => Some(Position::Number(*number)),
            _ => None,
        }
    }
}

impl Stream {
    /// What tells an item from another, and what it hands over.
    ///
    /// # Errors
    /// When either cannot be evaluated.
    pub fn told(&self, item: &Value) -> Result<(Option<String>, Option<Value>), EvaluateError> {
        let scope = Scope::default().with("item", item.clone());
        let of = |expression: &Option<Expression>| -> Result<Option<Value>, EvaluateError> {
            expression.as_ref().map(|expression| expression.evaluate(&scope, &mut Budget::default())).transpose()
        };
        let id = of(&self.id)?.filter(|id| !matches!(id, Value::Unset | Value::Null));
        let id = id.map(|id| id.as_text().map_or_else(|| id.to_json_text(), str::to_owned));
        Ok((id, of(&self.payload)?))
    }

    /// The input of a reading that begins at the stored position.
    ///
    /// # Errors
    /// When an argument cannot be evaluated.
    pub fn input(&self, stored: Option<Position>, now: Timestamp) -> Result<Value, EvaluateError> {
        let with = self.with.evaluate(&Scope::default())?;
        let (Some(cursor), Value::Map(map)) = (&self.cursor, &with) else { return Ok(with) };
        let mut map = map.as_ref().clone();
        map.insert(cursor.argument.clone(), cursor.argument_value(stored, now));
        if let Some(window) = &cursor.window {
            map.insert(window.argument.clone(), Value::Instant(cursor.end(stored, now)));
        }
        Ok(Value::Map(Arc::new(map)))
    }
}

impl Cursor {
    /// What the next reading is asked with: the stored position less the overlap, or the initial window.
    pub fn argument_value(&self, stored: Option<Position>, now: Timestamp) -> Value {
        let back = |from: Timestamp, millis: u64| {
            let span = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
            Value::Instant(from.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH))
        };
        match stored {
            Some(Position::At(at)) => back(at, self.overlap_millis),
            Some(Position::Number(number)) => Value::Int(number),
            None if self.of == Type::Int => Value::Int(0),
            None => back(now, self.initial_millis),
        }
    }

    /// Where a reading ends that begins at the stored position now.
    pub fn end(&self, stored: Option<Position>, now: Timestamp) -> Timestamp {
        let Some(window) = &self.window else { return now };
        let span = |millis: u64| SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
        let latest = now.checked_sub(span(window.lag_millis)).unwrap_or(Timestamp::UNIX_EPOCH);
        let begins = match self.argument_value(stored, now) {
            Value::Instant(at) => at,
            _ => return latest,
        };
        let longest = window.most_millis.and_then(|most| begins.checked_add(span(most)).ok());
        longest.map_or(latest, |longest| longest.min(latest))
    }

    /// The position after these items were committed; never behind `stored`, never ahead of `began`: when the
    /// reading began, or where it ended.
    ///
    /// # Errors
    /// When the position of an item cannot be evaluated.
    pub fn advance(&self, stored: Option<Position>, items: &[Value], began: Timestamp) -> Result<Option<Position>, EvaluateError> {
        let Some(expression) = &self.value else {
            return Ok(stored.max(Some(Position::At(began))));
        };
        // A first reading without items still fixes where it began, so that the window does not wander on with the clock.
        let mut furthest = stored.or_else(|| Position::of(&self.argument_value(None, began)));
        for item in items {
            let scope = Scope::default().with("item", item.clone());
            let found = Position::of(&expression.evaluate(&scope, &mut Budget::default())?);
            // A partner whose clock runs ahead must not make us skip what it writes until ours has caught up.
            let found = match found {
                Some(Position::At(at)) => Some(Position::At(at.min(began))),
                other => other,
            };
            furthest = furthest.max(found);
        }
        Ok(furthest)
    }
}

/// Only these can be compared and stored as a position.
pub(super) fn check_cursor_type(of: &Type, span: crate::domain::diagnostic::Span, compiler: &mut Compiler<'_>) {
    if !matches!(of, Type::Instant | Type::Int) {
        compiler
            .error("expression_type", span, format!("a cursor is an instant or an int, but this argument is declared {}", of.name()))
            .hint("declare the argument `instant` and format it in the request with `as`");
    }
}
