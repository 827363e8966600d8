//! The embedded files, as `build.rs` listed them.

/// One file of the built console.
#[derive(Debug)]
pub struct File {
    /// Where it stands, without a leading slash.
    pub path: &'static str,
    /// As it is.
    pub plain: &'static [u8],
    /// Packed with gzip.
    pub gzip: Option<&'static [u8]>,
    /// Packed with Brotli.
    pub brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

/// The page that every path of the console is.
pub const PAGE: &str = "index.html";

/// The file under a path; the page itself is not had as a file, because it needs a nonce.
pub fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path && file.path != PAGE)
}

/// The page's text.
pub fn page() -> Option<&'static str> {
    FILES.iter().find(|file| file.path == PAGE).and_then(|file| std::str::from_utf8(file.plain).ok())
}

/// By the ending; what is none of these is bytes.
pub fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
