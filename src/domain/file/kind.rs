//! What a file is, by its first bytes: what it is called only tells apart what looks alike, and refuses what a system would run.

use super::zip;

/// Kinds of files that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// Plain text.
    Text,
    /// CSV.
    Csv,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Office documents: of Microsoft and WPS, old and new, and OpenDocument.
    Office,
    /// ZIP archives.
    Zip,
    /// OFD, the format of Chinese electronic invoices.
    Ofd,
}

impl FileKind {
    /// All of them.
    pub const ALL: [FileKind; 12] = [
        FileKind::Pdf,
        FileKind::Png,
        FileKind::Jpeg,
        FileKind::Gif,
        FileKind::Webp,
        FileKind::Text,
        FileKind::Csv,
        FileKind::Json,
        FileKind::Xml,
        FileKind::Office,
        FileKind::Zip,
        FileKind::Ofd,
    ];
    /// Their words, in the same order.
    pub const WORDS: [&'static str; 12] = ["pdf", "png", "jpeg", "gif", "webp", "text", "csv", "json", "xml", "office", "zip", "ofd"];

    /// The word in the configuration and in messages.
    pub fn word(self) -> &'static str {
        FileKind::WORDS[self as usize]
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// Its kind.
    pub kind: FileKind,
    /// Its content type.
    pub content_type: &'static str,
}

/// Why a file is of no kind that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A system would run it.
    #[error("the file is a program, or is called like one")]
    Program,
    /// A browser would run it.
    #[error("the file is a page that can hold programs, or is called like one")]
    Page,
    /// An office would run it.
    #[error("the file holds macros")]
    Macros,
    /// Nobody knows what it is.
    #[error("what the file is cannot be told from what is in it")]
    Unknown,
}

/// Endings that some system runs when such a file is opened.
const PROGRAMS: &[&str] = &[
    "apk", "app", "bat", "bin", "chm", "cmd", "com", "cpl", "deb", "desktop", "dll", "dmg", "elf", "exe", "gadget", "hta", "inf", "ipa",
    "iso", "jar", "js", "jse", "lnk", "mjs", "msc", "msi", "msp", "pif", "pkg", "ps1", "psm1", "py", "reg", "rpm", "scf", "scr", "sh",
    "sys", "url", "vb", "vbe", "vbs", "wasm", "ws", "wsf", "wsh",
];
/// Endings that browsers run.
const PAGES: &[&str] = &["htm", "html", "mht", "mhtml", "shtml", "svg", "svgz", "swf", "xht", "xhtml", "xsl", "xslt"];
/// Endings of documents that say of themselves that they hold macros.
const MACROS: &[&str] = &["docm", "dotm", "pptm", "potm", "ppsm", "xlsm", "xltm", "xlam", "ppam"];

/// How programs begin: Windows, Linux, macOS in four orders and of several machines, scripts, WebAssembly, Android.
const PROGRAM_BEGINNINGS: &[&[u8]] = &[
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
    b"\0asm",
    b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
];

/// Beginnings that say all.
const PLAIN: &[(&[u8], FileKind, &str)] = &[
    (b"%PDF-", FileKind::Pdf, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", FileKind::Png, "image/png"),
    (b"\xff\xd8\xff", FileKind::Jpeg, "image/jpeg"),
    (b"GIF87a", FileKind::Gif, "image/gif"),
    (b"GIF89a", FileKind::Gif, "image/gif"),
];

/// How far into a text a page is looked for: behind comments and declarations.
const MARKUP_BYTES: usize = 4_096;
const MARKUP: &[&str] = &["<!doctype html", "<html", "<head", "<body", "<script", "<svg", "<iframe", "<xsl:stylesheet", "<?xml-stylesheet"];

/// What a file is, from what is in it and how it is called.
///
/// # Errors
/// When nobody should open it, or nobody knows what it is.
pub fn sniff(bytes: &[u8], name: &str) -> Result<Sniffed, Unfit> {
    let ending = ending(name);
    let called = |endings: &[&str]| endings.contains(&ending.as_str());
    for (endings, unfit) in [(PROGRAMS, Unfit::Program), (PAGES, Unfit::Page), (MACROS, Unfit::Macros)] {
        if called(endings) {
            return Err(unfit);
        }
    }
    if PROGRAM_BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning)) {
        return Err(Unfit::Program);
    }
    if let Some((_, kind, content_type)) = PLAIN.iter().find(|(beginning, _, _)| bytes.starts_with(beginning)) {
        return Ok(Sniffed { kind: *kind, content_type });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()) {
        return Ok(Sniffed { kind: FileKind::Webp, content_type: "image/webp" });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive(&zip::names(bytes).ok_or(Unfit::Unknown)?, &ending);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return old_office(bytes, &ending);
    }
    text(bytes, &ending)
}

fn ending(name: &str) -> String {
    // Windows drops blanks and points at the end of a name.
    let name = name.trim_end_matches([' ', '.']);
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// Archives, and the documents that are archives.
fn archive(names: &[String], called: &str) -> Result<Sniffed, Unfit> {
    let has = |name: &str| names.iter().any(|one| one == name);
    let below = |folder: &str| names.iter().any(|one| one.starts_with(folder));
    let document = has("[Content_Types].xml");
    // Parts of documents are called `.bin`, which no system runs there.
    let runs = || names.iter().any(|one| PROGRAMS.contains(&ending(one).as_str()));
    if !document && (has("META-INF/MANIFEST.MF") || has("AndroidManifest.xml") || runs()) {
        return Err(Unfit::Program);
    }
    if document {
        if names.iter().any(|one| one.to_ascii_lowercase().ends_with("vbaproject.bin")) {
            return Err(Unfit::Macros);
        }
        let known = [
            ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ];
        if let Some((_, content_type)) = known.iter().find(|(folder, _)| below(folder)) {
            return Ok(Sniffed { kind: FileKind::Office, content_type });
        }
    }
    if has("OFD.xml") {
        return Ok(Sniffed { kind: FileKind::Ofd, content_type: "application/ofd" });
    }
    if has("mimetype") && has("content.xml") {
        if below("Basic/") || below("Scripts/") {
            return Err(Unfit::Macros);
        }
        let content_type = match called {
            "ods" => "application/vnd.oasis.opendocument.spreadsheet",
            "odp" => "application/vnd.oasis.opendocument.presentation",
            _ => "application/vnd.oasis.opendocument.text",
        };
        return Ok(Sniffed { kind: FileKind::Office, content_type });
    }
    Ok(Sniffed { kind: FileKind::Zip, content_type: "application/zip" })
}

/// The container of old documents is that of installers too: what it is called tells them apart.
fn old_office(bytes: &[u8], called: &str) -> Result<Sniffed, Unfit> {
    let content_type = match called {
        "doc" | "dot" | "wps" => "application/msword",
        "xls" | "xlt" | "et" => "application/vnd.ms-excel",
        "ppt" | "pot" | "pps" | "dps" => "application/vnd.ms-powerpoint",
        _ => return Err(Unfit::Unknown),
    };
    // The directory names its streams in UTF-16.
    let macros: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(macros.len()).any(|window| window == macros) {
        return Err(Unfit::Macros);
    }
    Ok(Sniffed { kind: FileKind::Office, content_type })
}

fn text(bytes: &[u8], called: &str) -> Result<Sniffed, Unfit> {
    let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    // Texts of older systems are in GB 18030, whose bytes are no UTF-8: what no text has are control characters.
    if !wide && bytes.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) {
        return Err(Unfit::Unknown);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let head = &bytes[..bytes.len().min(MARKUP_BYTES)];
    let head: String = head.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
    let marked = wide || first == Some(&b'<');
    if marked && MARKUP.iter().any(|mark| head.contains(mark)) {
        return Err(Unfit::Page);
    }
    let (kind, content_type) = match called {
        "csv" => (FileKind::Csv, "text/csv"),
        "xml" if first == Some(&b'<') => (FileKind::Xml, "application/xml"),
        _ if head.trim_start().starts_with("<?xml") => (FileKind::Xml, "application/xml"),
        "json" if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() => (FileKind::Json, "application/json"),
        _ => (FileKind::Text, "text/plain"),
    };
    Ok(Sniffed { kind, content_type })
}

#[cfg(test)]
mod tests;
