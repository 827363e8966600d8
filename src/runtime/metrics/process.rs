//! What the operating system says of this process: processor, memory, open files. Linux's `/proc`; elsewhere nothing.

use super::list::{PROCESS_CPU, PROCESS_FILES, PROCESS_FILES_MAX, PROCESS_MEMORY, PROCESS_START};
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

/// Reads and sets them; called every few seconds.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; bytes and counts stay far below 2^53")]
pub fn observe() {
    if let Some(stat) = std::fs::read_to_string("/proc/self/stat").ok().and_then(|text| Stat::read(&text)) {
        let ticks = clock_ticks_per_second().max(1);
        // Whole seconds: the counter's kind holds nothing finer, and rates are taken over minutes.
        PROCESS_CPU.absolute(stat.ticks / ticks, []);
        PROCESS_MEMORY.set(stat.resident_pages.saturating_mul(page_size() as u64) as f64, []);
        if let Some(boot) = boot_seconds() {
            PROCESS_START.set((boot + stat.started_ticks / ticks) as f64, []);
        }
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        // The listing itself holds one open.
        PROCESS_FILES.set(files.count().saturating_sub(1) as f64, []);
    }
    if let Some(max) = getrlimit(Resource::Nofile).current {
        PROCESS_FILES_MAX.set(max as f64, []);
    }
}

#[derive(Debug, PartialEq)]
struct Stat {
    /// User and system time.
    ticks: u64,
    started_ticks: u64,
    resident_pages: u64,
}

impl Stat {
    /// Fields 14, 15, 22 and 24 of `/proc/self/stat`; the second is a name in brackets that may hold anything.
    fn read(text: &str) -> Option<Stat> {
        let fields: Vec<&str> = text.get(text.rfind(')')? + 1..)?.split_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Stat { ticks: number(14)? + number(15)?, started_ticks: number(22)?, resident_pages: number(24)? })
    }
}

fn boot_seconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    text.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_shift_the_fields() {
        let text = "4242 (way ) bill) S 1 4242 4242 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 777000 123456789 2048 18446744073709551615";
        assert_eq!(Stat::read(text), Some(Stat { ticks: 300, started_ticks: 777_000, resident_pages: 2048 }));
        assert_eq!(Stat::read("4242 (x) S 1"), None);
    }
}
