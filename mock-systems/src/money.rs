//! Exact amounts and how many decimals a currency has.

use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of the minor unit; the currencies of the seed data and the common default of two.
pub(crate) fn scale(currency: Option<&str>) -> u32 {
    match currency {
        Some("JPY" | "KRW" | "VND") => 0,
        Some("BHD" | "KWD" | "TND") => 3,
        _ => 2,
    }
}

/// `amount` with exactly the decimals of the currency.
pub(crate) fn round(amount: Decimal, currency: Option<&str>) -> Decimal {
    let scale = scale(currency);
    let mut rounded = amount.round_dp_with_strategy(scale, RoundingStrategy::MidpointNearestEven);
    rounded.rescale(scale);
    rounded
}
