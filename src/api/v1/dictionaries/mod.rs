//! Dictionaries as pages need them beside their texts.

pub mod unmapped;
