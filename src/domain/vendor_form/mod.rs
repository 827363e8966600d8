//! Vendor forms: the template of an approval that somebody drew at a vendor, described once (`forms/<id>.yaml`).
//!
//! Owns the definition, the type that a mapping into the vendor's operation is checked against, what only a form knows of a
//! mapping's values, and the comparison with the template as the vendor tells it now. How a vendor writes and tells forms stands
//! in its connector (`connector::forms`). It reads no template itself: `cli::partner` does.

mod compare;
mod define;
mod lint;
mod shape;
mod types;

pub use compare::{Difference, Discrepancy, compare};
pub use define::{VendorField, VendorForm};
pub use lint::{lint_mapping, lint_settings, stands_for};
pub use shape::SHAPE;

#[cfg(test)]
mod tests;
