//! `as: {decimal: {scale: 2, rounding: half_even}}`: a decimal with a fixed number of decimals.

use super::{FormatError, plain};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Value, currency, exact};
use rust_decimal::RoundingStrategy;
use std::sync::Arc;

static OBJECT: ObjectShape = ObjectShape {
    name: "decimal_format",
    doc: "A decimal with a fixed number of decimals.",
    fields: &[
        Field::required(
            "scale",
            Shape::Either(&[Shape::Int, Shape::Word(&["currency"])]),
            "digits after the point, or `currency`: as many as the currency of the amount has",
        ),
        Field::optional(
            "rounding",
            Shape::Word(&["half_even", "half_up", "down", "refuse"]),
            "what happens to further digits; `refuse`, as when left out, makes them an error",
        ),
        Field::optional("number", Shape::Bool, "whether a JSON number is wanted instead of text"),
    ],
};

pub(super) static VARIANT: Variant =
    Variant { key: Field::required("decimal", Shape::Object(&OBJECT), "a decimal with a fixed number of decimals"), fields: &[] };

/// A decimal of a fixed scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// None: that of the currency.
    scale: Option<u32>,
    /// None: further digits than zeros are refused, because money lost silently is the worst answer.
    rounding: Option<RoundingStrategy>,
    number: bool,
}

impl Scale {
    pub(super) fn compile(node: &Node, report: &mut Report, path: &str) -> Option<Scale> {
        let node = node.get("decimal")?;
        let written = node.get("scale")?;
        let scale = match written.int() {
            None => None,
            Some(scale) => match u32::try_from(scale).ok().filter(|scale| *scale <= 18) {
                Some(scale) => Some(scale),
                None => {
                    report.error("bad_value", written.span, "the scale is between 0 and 18").at(format!("{path}.decimal.scale"));
                    return None;
                }
            },
        };
        let rounding = match node.get("rounding").and_then(Node::text) {
            Some("half_even") => Some(RoundingStrategy::MidpointNearestEven),
            Some("half_up") => Some(RoundingStrategy::MidpointAwayFromZero),
            Some("down") => Some(RoundingStrategy::ToZero),
            _ => None,
        };
        Some(Scale { scale, rounding, number: node.get("number").and_then(Node::bool).unwrap_or(false) })
    }

    pub(super) fn is_number(self) -> bool {
        self.number
    }

    pub(super) fn needs_currency(self) -> bool {
        self.scale.is_none()
    }

    pub(super) fn convert(self, value: &Value, code: Option<&str>) -> Result<Value, FormatError> {
        let number = plain::decimal(value)?;
        let scale = match self.scale {
            Some(scale) => scale,
            None => code.and_then(currency::decimals).ok_or(FormatError::Currency)?,
        };
        if self.rounding.is_none() && number.scale() > scale && number.normalize().scale() > scale {
            return Err(FormatError::Digits(scale));
        }
        let strategy = self.rounding.unwrap_or(RoundingStrategy::MidpointNearestEven);
        let scaled = exact::rescale(number, scale, strategy).ok_or(FormatError::Range)?;
        // "-0.00" is a surprise to every reader.
        let scaled = if scaled.is_zero() { scaled.abs() } else { scaled };
        Ok(if self.number { Value::Number(Arc::from(scaled.to_string())) } else { Value::Decimal(scaled) })
    }
}
