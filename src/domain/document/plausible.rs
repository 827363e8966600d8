//! Plausibility of a document's amounts and quantities: doubts are told to people, they do not refuse the document.

use crate::domain::value::{Value, currency};
use rust_decimal::Decimal;

/// Something doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Which: `lines_do_not_add_up`, `totals_do_not_add_up`, `quantity_not_positive` or `supplier_without_code`.
    pub code: &'static str,
    /// The field that it is about, such as `lines[2].quantity`.
    pub field: String,
}

fn doubt(code: &'static str, field: impl Into<String>) -> Doubt {
    Doubt { code, field: field.into() }
}

/// What is doubtful. Fields that a document type does not have are not missed.
pub fn doubts(document: &Value) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let tolerance = tolerance(document);
    let amount = |name: &str| decimal(document.member(name));
    let lines = match document.member("lines") {
        Value::List(lines) => lines.as_slice(),
        _ => &[],
    };
    if let Some(total) = amount("total_net") {
        let nets: Option<Vec<Decimal>> = lines.iter().map(|line| decimal(line.member("net"))).collect();
        if let Some(nets) = nets.filter(|nets| !nets.is_empty())
            && sum(&nets).is_none_or(|sum| differ(sum, total, tolerance))
        {
            doubts.push(doubt("lines_do_not_add_up", "total_net"));
        }
    }
    if let (Some(net), Some(tax), Some(gross)) = (amount("total_net"), amount("total_tax"), amount("total_gross"))
        && net.checked_add(tax).is_none_or(|sum| differ(sum, gross, tolerance))
    {
        doubts.push(doubt("totals_do_not_add_up", "total_gross"));
    }
    for (index, line) in lines.iter().enumerate() {
        if decimal(line.member("quantity")).is_some_and(|quantity| quantity <= Decimal::ZERO) {
            doubts.push(doubt("quantity_not_positive", format!("lines[{index}].quantity")));
        }
    }
    if matches!(document.member("supplier"), Value::Map(_))
        && document.member("supplier").member("code").as_text().is_none_or(str::is_empty)
    {
        doubts.push(doubt("supplier_without_code", "supplier.code"));
    }
    doubts
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(decimal) => Some(*decimal),
        _ => None,
    }
}

fn sum(amounts: &[Decimal]) -> Option<Decimal> {
    amounts.iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(*amount))
}

fn differ(one: Decimal, other: Decimal, tolerance: Decimal) -> bool {
    one.checked_sub(other).is_none_or(|difference| difference.abs() > tolerance)
}

/// One hundredth, or one whole unit in currencies without decimals: what rounding by line explains.
fn tolerance(document: &Value) -> Decimal {
    let decimals = document.member("currency").as_text().and_then(currency::decimals).unwrap_or(2);
    Decimal::new(1, decimals.min(2))
}
