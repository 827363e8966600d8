//! The kinds of connector beside HTTP, each against the real thing: PostgreSQL, MariaDB and SQLite (`sql`), folders (`file`), RabbitMQ
//! (`amqp`).
//!
//! `scripts/test` finds or starts the servers; by hand `WAYBILL_TEST_POSTGRES`, `WAYBILL_TEST_MYSQL` and `WAYBILL_TEST_AMQP` name them, the standard
//! local ports are tried without.

mod amqp;
mod bench;
mod deaf;
mod file;
mod flow;
mod folders;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod sql;
