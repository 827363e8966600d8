//! The generator, the mutations and the loop.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No reader takes longer for one input, in a build without optimisation on a busy machine.
const SLOW: Duration = Duration::from_secs(5);
/// Longest input.
const BYTES_MAX: usize = 128 * 1024;
/// Seeds kept at most.
const SEEDS_MAX: usize = 2_000;

/// Pieces that mean something to one reader or another.
const PIECES: [&str; 56] = [
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "é",
    "𝟙",
    "\r\n",
    "\t",
    "  ",
    "{",
    "}",
    "[",
    "]",
    "{{",
    "}}",
    "(",
    ")",
    "\"",
    "'",
    "`",
    "\\u0000",
    "\\ud800",
    ":",
    ": ",
    "- ",
    ",",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "|",
    ">-",
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "#",
    "<!DOCTYPE a [<!ENTITY b \"bbbb\">]>",
    "&b;",
    "&#0;",
    "&#x10ffff;",
    "<![CDATA[",
    "]]>",
    "<?xml",
    "<a>",
    "</a>",
    "$..*",
    "[*]",
    "[-1]",
    "0",
    "-1",
    "1e999",
    "99999999999999999999999999999999",
    "0.1",
    "null",
    "true",
    " && ",
];

/// Numbers that follow from a seed.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn word(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `end`; 0 where there is nothing below it.
    pub fn below(&mut self, end: usize) -> usize {
        (self.word() >> 11) as usize % end.max(1)
    }
}

/// A few changes to bytes, with pieces of another seed.
pub fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=rng.below(4) {
        let at = rng.below(bytes.len() + 1);
        let most = 1 << rng.below(10);
        let end = (at + rng.below(most)).min(bytes.len());
        match rng.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            #[expect(clippy::cast_possible_truncation, reason = "any byte will do")]
            1 if at < bytes.len() => bytes[at] = rng.word() as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => bytes.truncate(at),
            5 if !other.is_empty() => {
                let from = rng.below(other.len());
                let until = (from + 1 + rng.below(200)).min(other.len());
                bytes.splice(at..end, other[from..until].iter().copied());
            }
            6 => {
                let piece = PIECES[rng.below(PIECES.len())].as_bytes().repeat(1 << rng.below(13));
                bytes.splice(at..at, piece);
            }
            7 => {
                let to = rng.below(bytes.len() + 1);
                let moved: Vec<u8> = bytes.drain(at..end).collect();
                let to = to.min(bytes.len());
                bytes.splice(to..to, moved);
            }
            _ => drop(bytes.splice(at..at, PIECES[rng.below(PIECES.len())].bytes())),
        }
    }
    bytes.truncate(BYTES_MAX);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Feeds mutations of the seeds to a reader until its time is up. The reader says in a word what came of an input.
pub fn storm(target: &str, seeds: Vec<Vec<u8>>, read: impl Fn(&[u8]) -> String) {
    assert!(!seeds.is_empty(), "{target} has seeds");
    let time = Duration::from_secs(number("WAYBILL_MUTATION_SECONDS").unwrap_or(2));
    let seed = number("WAYBILL_MUTATION_SEED").unwrap_or(0x5eed);
    let mut rng = Rng::new(target.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())));
    let mut seen = BTreeSet::new();
    for bytes in found(target).into_iter().chain(seeds.iter().cloned()) {
        seen.insert(tried(target, &bytes, &read));
    }
    let mut kept = seeds;
    let (began, mut count) = (Instant::now(), 0_u64);
    while began.elapsed() < time {
        let mut bytes = kept[rng.below(kept.len())].clone();
        let other = kept[rng.below(kept.len())].clone();
        mutate(&mut rng, &mut bytes, &other);
        if seen.insert(tried(target, &bytes, &read)) && kept.len() < SEEDS_MAX {
            kept.push(bytes);
        }
        count += 1;
    }
    println!("{target}: {count} inputs, {} outcomes, {} seeds", seen.len(), kept.len());
}

fn tried(target: &str, bytes: &[u8], read: &impl Fn(&[u8]) -> String) -> String {
    let began = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| read(bytes)));
    let took = began.elapsed();
    if outcome.is_ok() && took < SLOW {
        return outcome.unwrap_or_default();
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{target}-{}-{}", bytes.len(), took.as_nanos()));
    std::fs::write(&path, bytes).expect("writable");
    println!("{target} took {took:?} over what is now in {}", path.display());
    match outcome {
        Err(panic) => resume_unwind(panic),
        Ok(_) => panic!("{target} is slow: {took:?}"),
    }
}

/// What once broke a reader.
fn found(target: &str) -> Vec<Vec<u8>> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations/found").join(target), "")
}

/// Files of a folder and those below it, by the end of their names.
pub fn files(folder: &Path, ending: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    let read = |path: PathBuf| match path.is_dir() {
        true => files(&path, ending),
        false if path.to_string_lossy().ends_with(ending) => vec![std::fs::read(&path).expect("readable")],
        false => Vec::new(),
    };
    paths.into_iter().flat_map(read).collect()
}
