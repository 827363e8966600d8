//! What stands in a cell: `-`, `<= 5000`, `(5000..50000]`, `"A", "B"`, `not(…)`, or a list of these.

use super::space::{Cut, Range, Set};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::text::units;
use crate::domain::value::Value;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What kind of values an input has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Exact decimals: between any two there is another.
    Decimal,
    /// Whole numbers.
    Int,
    /// Dates.
    Date,
    /// Text.
    Text,
    /// `true` or `false`.
    Bool,
}

impl Scale {
    /// The word of the type.
    pub fn word(self) -> &'static str {
        match self {
            Scale::Decimal => "decimal",
            Scale::Int => "int",
            Scale::Date => "date",
            Scale::Text => "string",
            Scale::Bool => "bool",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Scale> {
        [Scale::Decimal, Scale::Int, Scale::Date, Scale::Text, Scale::Bool].into_iter().find(|scale| scale.word() == word)
    }

    fn is_ordered(self) -> bool {
        matches!(self, Scale::Decimal | Scale::Int | Scale::Date)
    }

    /// What the cells of an input tell of its type: the first cell that says something.
    pub fn guess<'n>(cells: impl Iterator<Item = &'n Node>) -> Scale {
        let texts = cells.flat_map(alternatives);
        for (text, quoted) in texts {
            let inner = text.strip_prefix("not(").unwrap_or(&text).trim_start_matches(['<', '>', '=', '[', '(', ' ']);
            let word = inner.split(['.', ',', ']', ')', ' ']).next().unwrap_or_default();
            if text == "-" {
                continue;
            }
            if inner.starts_with('"') {
                return Scale::Text;
            }
            if word.len() == 10 && word.parse::<Date>().is_ok() {
                return Scale::Date;
            }
            if word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-') {
                return Scale::Decimal;
            }
            return if !quoted && matches!(&*text, "true" | "false") { Scale::Bool } else { Scale::Text };
        }
        Scale::Text
    }

    /// The place of a value on its line.
    pub fn point(self, value: &Value) -> Option<Decimal> {
        match (self, value) {
            (Scale::Decimal, Value::Decimal(number)) => Some(*number),
            (Scale::Decimal | Scale::Int, Value::Int(number)) => Some(Decimal::from(*number)),
            (Scale::Date, Value::Date(date)) => day_number(*date),
            _ => None,
        }
    }

    fn read_point(self, text: &str) -> Option<Decimal> {
        match self {
            Scale::Decimal => units::decimal(text),
            Scale::Int => text.parse::<i64>().ok().map(Decimal::from),
            Scale::Date => text.parse::<Date>().ok().filter(|_| text.len() == 10).and_then(day_number),
            Scale::Text | Scale::Bool => None,
        }
    }

    fn write_point(self, point: Decimal) -> String {
        match self {
            Scale::Date => date_of(point).map_or_else(|| point.to_string(), |date| date.to_string()),
            _ => point.normalize().to_string(),
        }
    }

    /// The set in words, said of an input.
    pub fn words(self, name: &str, set: &Set) -> String {
        match set {
            Set::Any => format!("any `{name}`"),
            Set::Words { words, except } => {
                let list: Vec<String> =
                    words.iter().map(|word| if self == Scale::Bool { word.to_string() } else { format!("\"{word}\"") }).collect();
                let list = list.join(" or ");
                if *except { format!("`{name}` anything but {list}") } else { format!("`{name}` {list}") }
            }
            Set::Ranges(ranges) => {
                let ranges: Vec<String> = ranges.iter().map(|range| self.range_words(range)).collect();
                format!("`{name}` {}", ranges.join(" or "))
            }
        }
    }

    fn range_words(self, range: &Range) -> String {
        let discrete = self != Scale::Decimal;
        let low = range.low;
        let high = range.high.map(|(value, after)| if discrete { (value - Decimal::ONE, true) } else { (value, after) });
        match (low, high) {
            (None, None) => "of any value".to_owned(),
            (Some((value, after)), None) => format!("{} {}", if after { ">" } else { ">=" }, self.write_point(value)),
            (None, Some((value, after))) => format!("{} {}", if after { "<=" } else { "<" }, self.write_point(value)),
            (Some((low, false)), Some((high, true))) if low == high => format!("= {}", self.write_point(low)),
            (Some((low, open)), Some((high, closed))) => format!(
                "{}{}..{}{}",
                if open { '(' } else { '[' },
                self.write_point(low),
                self.write_point(high),
                if closed { ']' } else { ')' }
            ),
        }
    }
}

fn day_number(date: Date) -> Option<Decimal> {
    let midnight = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    Some(Decimal::from(midnight.div_euclid(86_400)))
}

fn date_of(day: Decimal) -> Option<Date> {
    let seconds = i64::try_from(day).ok()?.checked_mul(86_400)?;
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

/// The texts of a cell: its own, or those of its list; and whether each was quoted in YAML.
fn alternatives(cell: &Node) -> Vec<(String, bool)> {
    let of = |node: &Node| match &node.kind {
        NodeKind::Scalar { text, quoted } => Some((text.trim().to_owned(), *quoted)),
        _ => None,
    };
    match &cell.kind {
        NodeKind::List(items) => items.iter().filter_map(of).collect(),
        _ => of(cell).into_iter().collect(),
    }
}

/// Reads a cell; the error says what is wrong with it.
pub fn read(cell: &Node, scale: Scale) -> Result<Set, String> {
    let texts = match &cell.kind {
        NodeKind::List(items) if items.iter().any(|item| item.text().is_none()) => return Err("a list of values is wanted".to_owned()),
        NodeKind::Map(_) => return Err("a condition is wanted here, but this is a mapping".to_owned()),
        NodeKind::Scalar { .. } if cell.text().is_none() => return Err("nothing stands here".to_owned()),
        _ => alternatives(cell),
    };
    if texts.is_empty() {
        return Err("an empty list takes no value at all".to_owned());
    }
    let listed = matches!(cell.kind, NodeKind::List(_));
    let sets: Vec<Set> = texts.iter().map(|(text, _)| one(text, scale, listed)).collect::<Result<_, _>>()?;
    let set = union(sets);
    if set.is_empty() { Err("no value can be in this".to_owned()) } else { Ok(set) }
}

fn union(sets: Vec<Set>) -> Set {
    let not = |set: &Set| set.complement();
    let mut sets = sets.into_iter();
    let first = sets.next().unwrap_or(Set::Any);
    // By De Morgan; `Any` swallows everything.
    sets.fold(first, |all, set| if all == Set::Any || set == Set::Any { Set::Any } else { not(&all).meet(&not(&set)).complement() })
}

fn one(text: &str, scale: Scale, listed: bool) -> Result<Set, String> {
    if text == "-" {
        return Ok(Set::Any);
    }
    if let Some(inner) = text.strip_prefix("not(").and_then(|rest| rest.strip_suffix(')')) {
        return Ok(one(inner.trim(), scale, listed)?.complement());
    }
    if scale.is_ordered() {
        let ranges = text.split(',').map(|part| range(part.trim(), scale)).collect::<Result<Vec<_>, _>>()?;
        return Ok(Set::ranges(ranges));
    }
    let words = words(text, listed)?;
    if scale == Scale::Bool && words.iter().any(|word| !matches!(&**word, "true" | "false")) {
        return Err("`true` or `false` is wanted".to_owned());
    }
    Ok(Set::Words { words, except: false })
}

/// `"A", "B"`, or one word that stands alone.
fn words(text: &str, listed: bool) -> Result<BTreeSet<Arc<str>>, String> {
    if !text.starts_with('"') {
        if text.starts_with(['<', '>', '[', '(']) {
            return Err(format!("`{text}` compares, but the values are texts; put a text into quotes, or give the input a `type`"));
        }
        if text.contains(',') && !listed {
            return Err(format!("`{text}` may be one text or several; write `'\"A\", \"B\"'` or a list"));
        }
        return Ok(BTreeSet::from([Arc::from(text)]));
    }
    let mut words = BTreeSet::new();
    let mut rest = text;
    loop {
        let inner = rest.strip_prefix('"').ok_or_else(|| "texts stand in quotes, with commas between them".to_owned())?;
        let (word, after) = inner.split_once('"').ok_or_else(|| "a quote is not closed".to_owned())?;
        words.insert(Arc::from(word));
        let after = after.trim_start();
        if after.is_empty() {
            return Ok(words);
        }
        rest = after.strip_prefix(',').map(str::trim_start).ok_or_else(|| "texts stand in quotes, with commas between them".to_owned())?;
    }
}

fn range(text: &str, scale: Scale) -> Result<Range, String> {
    let point = |text: &str| {
        let text = text.trim();
        scale.read_point(text).ok_or_else(|| format!("`{text}` is not of the type {}", scale.word()))
    };
    let before = |value: Decimal| -> Cut { (value, false) };
    let after = |value: Decimal| -> Cut { if scale == Scale::Decimal { (value, true) } else { (value + Decimal::ONE, false) } };
    for (sign, low, high) in [("<=", false, true), (">=", true, false), ("<", false, false), (">", true, true)] {
        if let Some(rest) = text.strip_prefix(sign) {
            let value = point(rest)?;
            let cut = if high { after(value) } else { before(value) };
            return Ok(if low { Range { low: Some(cut), high: None } } else { Range { low: None, high: Some(cut) } });
        }
    }
    let Some((open, inner)) = ["[", "("].into_iter().find_map(|bracket| Some((bracket == "(", text.strip_prefix(bracket)?))) else {
        let value = point(text.strip_prefix('=').unwrap_or(text))?;
        return Ok(Range { low: Some(before(value)), high: Some(after(value)) });
    };
    let hint = || "an interval is written as `[1..5]`, `(1..5]`, `[1..5)` or `(1..5)`".to_owned();
    let (inner, closed) =
        ["]", ")"].into_iter().find_map(|bracket| Some((inner.strip_suffix(bracket)?, bracket == "]"))).ok_or_else(hint)?;
    let (low, high) = inner.split_once("..").ok_or_else(hint)?;
    let (low, high) = (point(low)?, point(high)?);
    if low > high {
        return Err(format!("the interval `{text}` ends before it begins"));
    }
    Ok(Range { low: Some(if open { after(low) } else { before(low) }), high: Some(if closed { after(high) } else { before(high) }) })
}
