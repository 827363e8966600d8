//! The machine: room on the disk and open files.

use std::path::{Path, PathBuf};

use rustix::fs::statvfs;
use rustix::process::{Resource, getrlimit};
use secrecy::ExposeSecret;

use super::Check;
use crate::config::Config;

/// Below this the database fails within hours.
const DISK_BYTES_MIN: u64 = 256 * 1024 * 1024;
/// Below this somebody should look.
const DISK_BYTES_GOOD: u64 = 2 * 1024 * 1024 * 1024;
/// Open files besides connections: libraries, logs, database files.
const FILES_SPARE: u64 = 128;

/// Looks at what the configuration will need.
pub fn check(config: &Config) -> Vec<Check> {
    let url = config.store.url.expose_secret();
    let folder = folder_of(url);
    let network = url.starts_with("sqlite:").then(|| network(&folder)).flatten();
    [disk(&folder), network, Some(files(config))].into_iter().flatten().collect()
}

/// File systems whose locks and syncs SQLite cannot rely on, by the number that Linux gives them.
const NETWORK_SYSTEMS: [(u64, &str); 8] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
];

#[cfg(target_os = "linux")]
fn network(folder: &Path) -> Option<Check> {
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    // The type's width and sign differ between machines; the numbers themselves have 32 bits.
    judge_network(u64::try_from(kind).unwrap_or(u64::MAX) & 0xffff_ffff)
}

#[cfg(not(target_os = "linux"))]
fn network(_: &Path) -> Option<Check> {
    None
}

fn judge_network(kind: u64) -> Option<Check> {
    let (_, name) = NETWORK_SYSTEMS.iter().find(|(number, _)| *number == kind)?;
    let hint = "put the file on a disk of this machine, or use PostgreSQL: locks over a network let two writers destroy the file";
    Some(Check::failed("database file", format!("the SQLite file is on a network file system ({name})"), hint))
}

/// The folder of an SQLite file, else where the process runs.
fn folder_of(url: &str) -> PathBuf {
    let path = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//").split('?').next().unwrap_or_default());
    let folder = path.and_then(|path| Path::new(path).parent()).filter(|folder| folder.is_dir());
    folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn disk(folder: &Path) -> Option<Check> {
    let found = statvfs(folder).ok()?;
    Some(judge_disk(found.f_bavail.saturating_mul(found.f_frsize)))
}

fn judge_disk(free: u64) -> Check {
    let found = format!("{} MiB are free", free / (1024 * 1024));
    let hint = "make room, shorten `retention.attempts_days`, or move the database";
    match free {
        free if free < DISK_BYTES_MIN => Check::failed("disk", found, hint),
        free if free < DISK_BYTES_GOOD => Check::warning("disk", found, hint),
        _ => Check::good("disk", found),
    }
}

fn files(config: &Config) -> Check {
    let wanted = u64::from(config.server.connections_max)
        + u64::from(config.store.connections_max)
        + u64::from(config.engine.effects_in_flight_max)
        + FILES_SPARE;
    judge_files(getrlimit(Resource::Nofile).current, wanted)
}

fn judge_files(allowed: Option<u64>, wanted: u64) -> Check {
    match allowed {
        Some(allowed) if allowed < wanted => Check::warning(
            "open files",
            format!("{allowed} are allowed, {wanted} may be needed"),
            "raise the limit (`ulimit -n`, `LimitNOFILE=`), or lower `server.connections_max`",
        ),
        Some(allowed) => Check::good("open files", format!("{allowed} are allowed")),
        None => Check::good("open files", "there is no limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn little_room_is_said_before_it_is_gone() {
        for (free, verdict) in [(0, Verdict::Failed), (DISK_BYTES_MIN, Verdict::Warning), (DISK_BYTES_GOOD, Verdict::Good)] {
            assert_eq!(judge_disk(free).verdict, verdict, "{free}");
        }
        assert_eq!(judge_files(Some(1024), 4_600).verdict, Verdict::Warning);
        assert_eq!(judge_files(Some(4_600), 4_600).verdict, Verdict::Good);
        assert_eq!(judge_files(None, 4_600).verdict, Verdict::Good);
    }

    #[test]
    fn a_database_file_on_a_network_is_refused() {
        assert!(judge_network(0x6969).unwrap().found.contains("NFS"));
        assert_eq!(judge_network(0xef53), None, "ext4");
        assert_eq!(network(tempfile::tempdir().unwrap().path()), None);
    }

    #[test]
    fn the_disk_of_the_database_is_the_one_that_counts() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("x.sqlite").display());
        assert_eq!(folder_of(&url), folder.path());
        for url in ["sqlite:waybill.sqlite", "postgres://db/x", "sqlite:no/such/folder/x.sqlite"] {
            assert_eq!(folder_of(url), Path::new("."), "{url}");
        }
    }
}
