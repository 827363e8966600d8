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
const PAGE: &str = "index.html";
/// The page of one task on a phone, behind the cards of chats: small, with nothing of the console in it.
const PHONE: &str = "approve.html";

/// The file under a path; pages are not had as files, because they need a nonce.
pub fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path && ![PAGE, PHONE].contains(&file.path))
}

/// The text of the page under a path.
pub fn page(path: &str) -> Option<&'static str> {
    let page = if path.starts_with("/a/") { PHONE } else { PAGE };
    FILES.iter().find(|file| file.path == page).and_then(|file| std::str::from_utf8(file.plain).ok())
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
