//! What this machine can do right now: a disk and a CPU probe in the same run, so that figures can be compared.

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// The machine's own pace.
#[derive(Debug, Serialize)]
pub struct Probes {
    /// SHA-256 of 1 KiB, one core.
    pub cpu_hashes_per_second: f64,
    /// 4 KiB appended and synced to disk, one after the other.
    pub disk_syncs_per_second: f64,
    /// Durable commits of one PostgreSQL session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commits_per_second: Option<f64>,
}

const PROBE_FOR: Duration = Duration::from_millis(300);

/// One core's hashing pace.
pub fn cpu() -> f64 {
    let block = [7_u8; 1024];
    let began = Instant::now();
    let mut hashes = 0_u32;
    let mut last = Vec::new();
    while began.elapsed() < PROBE_FOR {
        last = Sha256::new().chain_update(block).chain_update(&last).finalize().to_vec();
        hashes += 1;
    }
    f64::from(hashes) / began.elapsed().as_secs_f64()
}

/// The disk's syncing pace.
pub fn disk(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("probe");
    let mut file = std::fs::File::create(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
    let block = [7_u8; 4096];
    let began = Instant::now();
    let mut syncs = 0_u32;
    while began.elapsed() < PROBE_FOR {
        file.write_all(&block)?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / began.elapsed().as_secs_f64())
}

/// Linux counts CPU time in hundredths of a second for every process (USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds this process has used; 0 where the system does not tell.
pub fn process_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The command may hold spaces; fields are counted after its closing bracket. utime and stime are the 12th and 13th there.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS_PER_SECOND
}

/// CPU seconds the whole machine has used; 0 where the system does not tell.
pub fn machine_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let busy = stat.lines().next().map_or(0.0, |line| {
        let fields: Vec<f64> = line.split_whitespace().skip(1).filter_map(|text| text.parse().ok()).collect();
        let idle = fields.get(3).unwrap_or(&0.0) + fields.get(4).unwrap_or(&0.0);
        fields.iter().take(8).sum::<f64>() - idle
    });
    busy / TICKS_PER_SECOND
}
