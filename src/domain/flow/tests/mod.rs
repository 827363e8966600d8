//! Tests of the flow room: a small world by hand, then tables over step kinds, reactions, faults and laws.

mod again;
mod cases;
mod commands;
mod compile;
mod each;
mod faults;
mod laws;
mod migrations;
mod outside;
mod own;
mod people;
mod reactions;
mod repairs;
mod steps;
mod world;
