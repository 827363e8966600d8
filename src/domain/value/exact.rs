//! Arithmetic that is exact or fails.
//!
//! `rust_decimal` rounds silently where 28 digits do not hold a sum or a product; money must not. These functions give
//! the exact result or none. Division is the one exception, since most quotients have no end: it is correct to 28
//! significant digits.

use rust_decimal::{Decimal, RoundingStrategy};

/// Digits after the point a decimal can hold.
pub const SCALE_MAX: u32 = 28;
/// The largest mantissa of a decimal: 96 bits.
const MANTISSA_MAX: i128 = (1 << 96) - 1;

/// The exact sum.
pub fn add(left: Decimal, right: Decimal) -> Option<Decimal> {
    let scale = left.scale().max(right.scale());
    match (shifted(left, scale), shifted(right, scale)) {
        (Some(a), Some(b)) => build(a.checked_add(b)?, scale),
        // The shift left 128 bits, so trailing zeros must go before the sum can be judged.
        _ => {
            let (left, right) = (left.normalize(), right.normalize());
            let scale = left.scale().max(right.scale());
            build(shifted(left, scale)?.checked_add(shifted(right, scale)?)?, scale)
        }
    }
}

/// The exact difference.
pub fn subtract(left: Decimal, right: Decimal) -> Option<Decimal> {
    add(left, -right)
}

/// The exact product.
pub fn multiply(left: Decimal, right: Decimal) -> Option<Decimal> {
    if left.is_zero() || right.is_zero() {
        return Some(Decimal::new(0, (left.scale() + right.scale()).min(SCALE_MAX)));
    }
    let plain = left.mantissa().checked_mul(right.mantissa()).and_then(|mantissa| build(mantissa, left.scale() + right.scale()));
    plain.or_else(|| {
        let (left, right) = (left.normalize(), right.normalize());
        build(left.mantissa().checked_mul(right.mantissa())?, left.scale() + right.scale())
    })
}

/// The quotient to 28 significant digits; none when dividing by zero or beyond what a decimal holds.
pub fn divide(left: Decimal, right: Decimal) -> Option<Decimal> {
    left.checked_div(right)
}

/// The remainder, with the sign of the left side; none when dividing by zero.
pub fn remainder(left: Decimal, right: Decimal) -> Option<Decimal> {
    left.checked_rem(right)
}

/// The value with exactly this many digits after the point, rounded by the strategy; none when it does not fit.
pub fn rescale(value: Decimal, scale: u32, strategy: RoundingStrategy) -> Option<Decimal> {
    if value.scale() > scale {
        return Some(value.round_dp_with_strategy(scale, strategy));
    }
    let mantissa = shifted(value, scale)?;
    (mantissa.abs() <= MANTISSA_MAX && scale <= SCALE_MAX).then(|| Decimal::from_i128_with_scale(mantissa, scale))
}

fn shifted(value: Decimal, scale: u32) -> Option<i128> {
    value.mantissa().checked_mul(10_i128.checked_pow(scale.checked_sub(value.scale())?)?)
}

/// A decimal of this mantissa and scale, giving up trailing zeros only where it would not fit with them.
fn build(mut mantissa: i128, mut scale: u32) -> Option<Decimal> {
    while (mantissa.abs() > MANTISSA_MAX || scale > SCALE_MAX) && scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    (mantissa.abs() <= MANTISSA_MAX && scale <= SCALE_MAX).then(|| Decimal::from_i128_with_scale(mantissa, scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::str::FromStr;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn sums_and_products_are_exact_or_nothing() {
        let most = "79228162514264337593543950335";
        let table: &[(Option<Decimal>, Option<&str>)] = &[
            (add(decimal("0.1"), decimal("0.2")), Some("0.3")),
            (add(decimal("5.00"), decimal("1")), Some("6.00")),
            (add(decimal(most), decimal("1")), None),
            (add(decimal(most), decimal("0.0000000000000000000000000001")), None),
            (add(decimal("7.0000000000000000000000000000"), decimal("10000000")), Some("10000007.000000000000000000000")),
            (multiply(decimal("1.10"), decimal("2.0")), Some("2.200")),
            (multiply(decimal("0.00000000000001"), decimal("0.00000000000001")), Some("0.0000000000000000000000000001")),
            (multiply(decimal("0.000000000000001"), decimal("0.00000000000001")), None),
            (multiply(decimal(most), decimal("10")), None),
            (multiply(decimal("0.00"), decimal(most)), Some("0.00")),
            (divide(decimal("1"), decimal("0")), None),
            (rescale(decimal("2.5"), 0, RoundingStrategy::MidpointNearestEven), Some("2")),
            (rescale(decimal("2.5"), 2, RoundingStrategy::MidpointNearestEven), Some("2.50")),
            (rescale(decimal(most), 1, RoundingStrategy::MidpointNearestEven), None),
        ];
        for (index, (found, wanted)) in table.iter().enumerate() {
            assert_eq!(found.map(|value| value.to_string()).as_deref(), *wanted, "row {index}");
        }
    }

    proptest! {
        #[test]
        fn what_is_added_can_be_taken_away(a in any::<i64>(), b in any::<i64>(), s in 0u32..20, t in 0u32..20) {
            let (a, b) = (Decimal::new(a, s), Decimal::new(b, t));
            if let Some(sum) = add(a, b) {
                prop_assert_eq!(subtract(sum, b), Some(a));
                prop_assert_eq!(add(b, a), Some(sum));
            }
        }
    }
}
