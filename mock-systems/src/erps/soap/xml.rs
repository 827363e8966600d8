//! As much XML as a mock of a SOAP service reads and writes.

/// The inside of the first element of this local name, whatever its prefix; none when there is none.
pub(super) fn first<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let end = rest.find('>')?;
        let tag = &rest[..end];
        let qualified = tag.split([' ', '\t', '\n', '\r', '/']).next().unwrap_or_default();
        if qualified.rsplit(':').next() != Some(name) || tag.starts_with('/') {
            continue;
        }
        if tag.ends_with('/') {
            return Some("");
        }
        let inside = &rest[end + 1..];
        let close = format!("</{qualified}>");
        return inside.find(&close).map(|at| &inside[..at]);
    }
    None
}

/// The text of the first element of this name.
pub(super) fn element(text: &str, name: &str) -> Option<String> {
    first(text, name).map(unescaped)
}

/// Text for an element.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    text.trim().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

/// An element of our namespace.
pub(super) fn tag(name: &str, text: &str) -> String {
    format!("<o:{name}>{}</o:{name}>", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_local_name() {
        let text = "<s:Envelope xmlns:s='x'><s:Header/><s:Body><a:Get xmlns:a=\"y\"><a:Id>1 &amp; 2</a:Id><a:Idle>no</a:Idle></a:Get></s:Body></s:Envelope>";
        assert_eq!(element(text, "Id").as_deref(), Some("1 & 2"));
        assert_eq!(first(text, "Header"), Some(""));
        assert_eq!(first(text, "Nothing"), None);
        assert_eq!(tag("A", "<&>"), "<o:A>&lt;&amp;&gt;</o:A>");
    }
}
