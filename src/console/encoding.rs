//! Which compressed form a browser takes.

use super::files::File;
use http::{HeaderMap, header};

/// The smallest form that is taken, with its name; the plain one when none is.
pub fn pick(file: &'static File, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let forms = [("br", file.brotli), ("gzip", file.gzip)];
    let found = forms.into_iter().find_map(|(name, bytes)| Some((name, bytes?)).filter(|_| takes(headers, name)));
    found.map_or((file.plain, None), |(name, bytes)| (bytes, Some(name)))
}

/// Whether `Accept-Encoding` names it, or everything, with a quality above zero.
fn takes(headers: &HeaderMap, name: &str) -> bool {
    let listed = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let qualities: Vec<(String, bool)> = listed.flat_map(|value| value.split(',')).map(quality).collect();
    let of = |wanted: &str| qualities.iter().find(|(coding, _)| coding == wanted).map(|(_, taken)| *taken);
    of(name).or_else(|| of("*")).unwrap_or(false)
}

fn quality(item: &str) -> (String, bool) {
    let mut parts = item.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.filter_map(|part| part.strip_prefix("q=")).any(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
    (coding, !refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    static FILE: File = File { path: "assets/a.js", plain: b"plain", gzip: Some(b"gz"), brotli: Some(b"br") };
    static BARE: File = File { path: "a.png", plain: b"plain", gzip: None, brotli: None };

    #[test]
    fn the_smallest_form_that_is_taken() {
        let picked = |file, accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            pick(file, &headers).1
        };
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("GZIP;q=0.5", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0.0, *", Some("gzip")),
            ("*", Some("br")),
            ("*;q=0", None),
            ("identity", None),
            ("", None),
        ] {
            assert_eq!(picked(&FILE, accepted), expected, "{accepted}");
        }
        assert_eq!(picked(&BARE, "br, gzip"), None);
        assert_eq!(pick(&FILE, &HeaderMap::new()), (b"plain".as_slice(), None));
    }
}
