//! The mocks over real HTTP: one binary, because linking is what takes long.

mod audit;
mod business;
mod common;
mod load;
mod switches;
mod throughput;
