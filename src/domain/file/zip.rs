//! The names in a ZIP archive, as far as its directory tells them: enough to see what kind of archive it is.

/// The end of the directory, and how far from the end of the file it may begin: its comment is of at most 64 KiB.
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const COMMENT_MAX: usize = 65_535;
/// An entry of the directory.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;

/// The names of an archive; none when it has no directory that can be read. Archives above 4 GiB, which have another one, are
/// larger than any file here.
pub fn names(bytes: &[u8]) -> Option<Vec<String>> {
    let earliest = bytes.len().saturating_sub(END_BYTES + COMMENT_MAX);
    let end = earliest + bytes.get(earliest..)?.windows(END.len()).rposition(|window| window == END)?;
    bytes.get(end..end + END_BYTES)?;
    let count = short(bytes, end + 10)?;
    let mut at = usize::try_from(long(bytes, end + 16)?).ok()?;
    let mut names = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at + ENTRY.len())? != ENTRY {
            return None;
        }
        let (name, extra, comment) = (short(bytes, at + 28)?, short(bytes, at + 30)?, short(bytes, at + 32)?);
        let begin = at + ENTRY_BYTES;
        names.push(String::from_utf8_lossy(bytes.get(begin..begin + name)?).into_owned());
        at = begin + name + extra + comment;
    }
    Some(names)
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// An archive with these names and nothing in them, for tests.
#[cfg(test)]
pub fn archive(names: &[&str]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    let begin = u32::try_from(bytes.len()).unwrap();
    for name in names {
        let mut entry = [0_u8; ENTRY_BYTES];
        entry[..4].copy_from_slice(ENTRY);
        entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&entry);
        bytes.extend_from_slice(name.as_bytes());
    }
    let mut end = [0_u8; END_BYTES];
    end[..4].copy_from_slice(END);
    end[10..12].copy_from_slice(&u16::try_from(names.len()).unwrap().to_le_bytes());
    end[16..20].copy_from_slice(&begin.to_le_bytes());
    bytes.extend_from_slice(&end);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_directory() {
        let whole = archive(&["a.txt", "d/b.txt"]);
        assert_eq!(names(&whole).unwrap(), ["a.txt", "d/b.txt"]);
        assert_eq!(names(&archive(&[])), Some(Vec::new()));
        for length in 0..whole.len() {
            // Cut off anywhere, it is none, and nobody panics.
            assert_eq!(names(&whole[..length]), None, "{length}");
        }
        let mut lying = whole.clone();
        let end = lying.len() - END_BYTES;
        lying[end + 16..end + 20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(names(&lying), None);
    }
}
