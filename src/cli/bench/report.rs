//! The figures of a run.

use super::probe::Probes;
use crate::store::measure::{Counters, Rows};
use crate::transport::Counts;
use mock_systems::Verdict;
use mock_systems::load::{LoadReport, Percentiles};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What a run came to.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Flows asked for.
    pub flows: u64,
    /// Flows whose status came back to the ERP.
    pub completed: u64,
    /// Over the whole run, first webhook to last completion.
    pub flows_per_second: f64,
    /// From webhook to 2xx.
    pub acknowledgement: Percentiles,
    /// From webhook to the status in the ERP.
    pub end_to_end: Percentiles,
    /// CPU of hub, mocks and load generator together, per 1,000 flows.
    pub process_cpu_seconds_per_1000: f64,
    /// CPU of the whole machine, database included, per 1,000 flows.
    pub machine_cpu_seconds_per_1000: f64,
    /// Lost, by the mocks' audit.
    pub lost: usize,
    /// Done twice, by the mocks' audit.
    pub duplicated: usize,
    /// Not finished when the run ended.
    pub unfinished: usize,
    /// The machine's own pace in this run.
    pub probes: Probes,
    /// What the database did, per flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// What went over the broker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travelled: Option<Travelled>,
}

/// Percentiles for people, in milliseconds.
fn in_words(times: &Percentiles) -> String {
    let Percentiles { p50_ms, p90_ms, p99_ms, p999_ms, max_ms, .. } = times;
    format!("p50 {p50_ms:.1} ms, p90 {p90_ms:.1}, p99 {p99_ms:.1}, p99.9 {p999_ms:.1}, max {max_ms:.1}")
}

/// What went over the broker, in the whole run.
#[derive(Debug, Serialize)]
pub struct Travelled {
    /// Messages, confirms, acknowledgements.
    pub counts: Counts,
    /// Lanes claimed, by the way they were found: `ticket`, `poll`, `commit`.
    pub lanes_claimed: Vec<(String, u64)>,
}

impl Travelled {
    /// Puts the figures together.
    pub fn new(counts: Counts, lanes_claimed: Vec<(String, u64)>) -> Self {
        Self { counts, lanes_claimed }
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let counts = &self.counts;
        writeln!(
            out,
            "broker           {} tickets for {} lanes, {} confirmed, {} taken, {} acknowledged; {} returned, {} refused, {} unknown, {} unsent",
            counts.tickets,
            counts.lanes,
            counts.tickets_confirmed,
            counts.taken,
            counts.acknowledged,
            counts.returned,
            counts.refused,
            counts.unknown,
            counts.unsent
        )?;
        let ways: Vec<String> = self.lanes_claimed.iter().map(|(way, count)| format!("{count} by {way}")).collect();
        writeln!(out, "lanes claimed    {}", ways.join(", "))?;
        if counts.events_confirmed > 0 {
            writeln!(out, "events           {} confirmed", counts.events_confirmed)?;
        }
        Ok(())
    }
}

/// What the database did, per flow.
#[derive(Debug, Serialize)]
pub struct Database {
    /// Committed transactions.
    pub transactions: f64,
    /// Statements of the engine's batches.
    pub engine_statements: f64,
    /// WAL bytes.
    pub wal_bytes: f64,
    /// Rows written.
    pub row_writes: f64,
    /// WAL bytes of all tables with their indexes; the rest is commits, the server's own tables and other databases. None where
    /// it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wal_bytes_of_tables: Option<f64>,
    /// What was written, by table.
    pub by_table: BTreeMap<String, Table>,
}

/// What was written to one table, per flow.
#[derive(Debug, Default, Serialize)]
pub struct Table {
    /// Rows inserted.
    pub inserted: f64,
    /// Rows updated.
    pub updated: f64,
    /// Part of the updates that stayed on their page and touched no index.
    pub updated_in_place: f64,
    /// Rows deleted.
    pub deleted: f64,
    /// WAL bytes, indexes included; none where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wal_bytes: Option<f64>,
}

impl Table {
    fn row_writes(&self) -> f64 {
        self.inserted + self.updated + self.deleted
    }
}

/// What the database counted during a run.
#[derive(Debug)]
pub struct Counted {
    /// Before the load.
    pub before: Counters,
    /// After it.
    pub after: Counters,
    /// WAL bytes in between by table, where they can be read.
    pub wal: Option<BTreeMap<String, i64>>,
}

impl Counted {
    fn database(self, each: f64, statements: u64) -> Database {
        let Counted { before, after, wal } = self;
        let table = |(name, rows): (&String, &Rows)| {
            let old = before.rows.get(name).copied().unwrap_or_default();
            let bytes = wal.as_ref().map(|wal| whole(wal.get(name).copied().unwrap_or_default()) * each);
            let table = Table {
                inserted: whole(rows.inserted - old.inserted) * each,
                updated: whole(rows.updated - old.updated) * each,
                updated_in_place: whole(rows.updated_in_place - old.updated_in_place) * each,
                deleted: whole(rows.deleted - old.deleted) * each,
                wal_bytes: bytes,
            };
            (name.clone(), table)
        };
        let by_table: BTreeMap<String, Table> = after.rows.iter().map(table).filter(|(_, table)| table.row_writes() > 0.0).collect();
        Database {
            transactions: whole(after.commits - before.commits) * each,
            engine_statements: count(statements) * each,
            wal_bytes: whole(after.wal_bytes - before.wal_bytes) * each,
            row_writes: by_table.values().map(Table::row_writes).sum(),
            wal_bytes_of_tables: wal.map(|wal| whole(wal.values().sum()) * each),
            by_table,
        }
    }
}

impl Report {
    /// Puts the figures together.
    #[expect(clippy::too_many_arguments, reason = "each is one measurement; a struct would only rename them")]
    pub fn new(
        flows: u64,
        load: LoadReport,
        verdict: Verdict,
        probes: Probes,
        counted: Option<Counted>,
        statements: u64,
        machine_cpu: f64,
        own_cpu: f64,
    ) -> Self {
        let each = per(load.completed);
        let database = counted.map(|counted| counted.database(each, statements));
        Self {
            flows,
            completed: load.completed,
            flows_per_second: load.completed_per_second,
            acknowledgement: load.acknowledgement,
            end_to_end: load.end_to_end,
            process_cpu_seconds_per_1000: own_cpu * each * 1_000.0,
            machine_cpu_seconds_per_1000: machine_cpu * each * 1_000.0,
            lost: verdict.lost,
            duplicated: verdict.duplicated,
            unfinished: verdict.unfinished,
            probes,
            database,
            travelled: None,
        }
    }

    /// Why the run counts for nothing; none when every flow came to its end once.
    pub fn failure(&self) -> Option<String> {
        let missing = self.flows.saturating_sub(self.completed).max(self.unfinished as u64);
        if self.lost > 0 || self.duplicated > 0 {
            return Some(format!("the audit found {} lost and {} duplicated", self.lost, self.duplicated));
        }
        if missing > 0 {
            return Some(format!("{} of {} flows came to their end: {missing} did not when the time was over", self.completed, self.flows));
        }
        None
    }

    /// Prints it for people.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "flows            {} of {} completed, {:.0} a second", self.completed, self.flows, self.flows_per_second)?;
        writeln!(out, "acknowledgement  {}", in_words(&self.acknowledgement))?;
        writeln!(out, "end to end       {}", in_words(&self.end_to_end))?;
        writeln!(
            out,
            "CPU              {:.2} s per 1,000 flows in this process (hub, mocks, load), {:.2} s on the whole machine",
            self.process_cpu_seconds_per_1000, self.machine_cpu_seconds_per_1000
        )?;
        writeln!(out, "audit            {} lost, {} duplicated, {} unfinished", self.lost, self.duplicated, self.unfinished)?;
        writeln!(
            out,
            "machine          {:.0} hashes/s, {:.0} disk syncs/s{}",
            self.probes.cpu_hashes_per_second,
            self.probes.disk_syncs_per_second,
            self.probes.commits_per_second.map(|rate| format!(", {rate:.0} commits/s of one session")).unwrap_or_default()
        )?;
        if let Some(travelled) = &self.travelled {
            travelled.print(out)?;
        }
        if let Some(database) = &self.database {
            writeln!(
                out,
                "per flow         {:.2} transactions, {:.2} engine statements, {:.1} row writes, {:.0} bytes of WAL",
                database.transactions, database.engine_statements, database.row_writes, database.wal_bytes
            )?;
            writeln!(out, "  {:<14}{:>10}{:>10}{:>10}{:>10}{:>10}", "table", "inserted", "updated", "in place", "deleted", "WAL bytes")?;
            for (name, table) in &database.by_table {
                let bytes = table.wal_bytes.map_or_else(|| "-".to_owned(), |bytes| format!("{bytes:.0}"));
                writeln!(
                    out,
                    "  {name:<14}{:>10.2}{:>10.2}{:>10.2}{:>10.2}{bytes:>10}",
                    table.inserted, table.updated, table.updated_in_place, table.deleted
                )?;
            }
            if let Some(bytes) = database.wal_bytes_of_tables {
                writeln!(out, "  {:<14}{bytes:>50.0}", "all tables")?;
            }
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^53")]
fn whole(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^53")]
fn count(number: u64) -> f64 {
    number as f64
}

fn per(completed: u64) -> f64 {
    1.0 / count(completed.max(1))
}
