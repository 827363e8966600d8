//! Whether every secret that is referred to is there, and whether nobody else on the machine can read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::Check;
use crate::domain::binding::Setting;
use crate::domain::catalog::Catalog;
use crate::domain::diagnostic::Report;
use crate::domain::text::tree::{self, Node, NodeKind};
use crate::runtime::secret;

/// Tokens have no end of their own, so one that nobody changed for a year is pointed out.
const TOKEN_AGE_MAX: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Secrets of connections, then the files of the configuration's own.
pub fn check(catalog: &Catalog, project: &Path, config: Option<&Path>, now: Timestamp) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut seen = BTreeSet::new();
    for connection in catalog.connections.values() {
        let tls = [&connection.tls.ca, &connection.tls.certificate, &connection.tls.key];
        let settings = connection.settings.iter().map(|(name, setting)| (name.to_string(), setting));
        let tls = tls.into_iter().flatten().map(|setting| ("tls".to_owned(), setting));
        for (name, setting) in settings.chain(tls) {
            let Setting::Secret(place) = setting else { continue };
            let place = place.to_string();
            // What the hub keeps is opened by a hub that runs: `waybill secrets list` says how it stands.
            if place.starts_with("store/") {
                continue;
            }
            if seen.insert(place.clone()) {
                checks.push(one(format!("secret of {}.{name}", connection.id), &place, project, None));
            }
        }
    }
    if let Some(file) = config {
        let base = file.parent().map(Path::to_path_buf).unwrap_or_default();
        for (path, place) in places_in(file) {
            // Those that are missing were refused with the configuration.
            let age = path.starts_with("server.tokens").then_some(now);
            checks.push(one(format!("secret of {path}"), &place, &base, age));
        }
    }
    checks
}

fn one(name: String, place: &str, base: &Path, now: Option<Timestamp>) -> Check {
    if let Err(error) = secret::read(place, base) {
        let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        return Check::failed(name, format!("{error}{source}"), "set the variable, or write the file, before the hub starts");
    }
    let Some(path) = place.strip_prefix("file/").map(|path| base.join(path)) else {
        return Check::good(name, format!("`{place}` is there"));
    };
    if let Some(others) = others(&path) {
        let hint = format!("run `chmod 600 {}` as its owner, the user the hub runs as", path.display());
        return Check::warning(name, format!("`{place}` can be {others} by other users of this machine"), hint);
    }
    match now.and_then(|now| age(&path, now)) {
        Some(age) if age > TOKEN_AGE_MAX => {
            let found = format!("`{place}` has not been changed for {} days, and tokens do not end by themselves", age.as_hours() / 24);
            Check::warning(name, found, "write a new one (`openssl rand -hex 32`) and restart the hub")
        }
        _ => Check::good(name, format!("`{place}` is there, for its owner alone")),
    }
}

/// What others may do with a file; its group may read, which is how orchestrators mount secrets.
#[cfg(unix)]
fn others(path: &Path) -> Option<&'static str> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    match mode {
        mode if mode & 0o022 != 0 => Some("changed"),
        mode if mode & 0o004 != 0 => Some("read"),
        _ => None,
    }
}

#[cfg(not(unix))]
fn others(_: &Path) -> Option<&'static str> {
    None
}

fn age(path: &Path, now: Timestamp) -> Option<SignedDuration> {
    let changed = Timestamp::try_from(std::fs::metadata(path).ok()?.modified().ok()?).ok()?;
    Some(now.duration_since(changed))
}

/// Every `{secret: …}` of a configuration file, with the path of its option.
fn places_in(file: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let text = std::fs::read_to_string(file).unwrap_or_default();
    if let Some(tree) = tree::parse(&text, &mut Report::new("")) {
        walk(&tree, &mut PathBuf::new(), &mut found);
    }
    found
}

fn walk(node: &Node, path: &mut PathBuf, found: &mut Vec<(String, String)>) {
    if let Some(place) = node.get("secret").and_then(Node::text) {
        let words: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        found.push((words.join("."), place.to_owned()));
    }
    match &node.kind {
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                path.push(&key.text);
                walk(value, path, found);
                path.pop();
            }
        }
        NodeKind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                walk(item, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const NOW: &str = "2026-11-28T10:00:00Z";

    #[test]
    fn a_secret_is_there_for_its_owner_alone_and_not_too_old() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            std::fs::write(&path, "s3cret-canary").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for (name, mode) in [("good", 0o600), ("group", 0o640), ("read", 0o644), ("write", 0o662)] {
            write(name, mode);
        }
        for (place, verdict, words) in [
            ("file/good", Verdict::Good, "for its owner alone"),
            ("file/group", Verdict::Good, "for its owner alone"),
            ("file/read", Verdict::Warning, "read by other users"),
            ("file/write", Verdict::Warning, "changed by other users"),
            ("file/none", Verdict::Failed, "cannot be read"),
            ("env/WAYBILL_SURELY_NOT_SET", Verdict::Failed, "is not set"),
        ] {
            let check = one("x".into(), place, folder.path(), None);
            assert!(check.verdict == verdict && check.found.contains(words), "{place}: {check:?}");
            assert!(!format!("{check:?}").contains("canary"));
        }
        let later: Timestamp = NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(20 * 365 * 24);
        let old = one("x".into(), "file/good", folder.path(), Some(later));
        assert!(old.verdict == Verdict::Warning && old.found.contains("has not been changed"), "{old:?}");
    }

    #[test]
    fn the_configuration_s_secrets_are_found_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.yaml");
        let text = "format: 1\nserver:\n  tokens:\n    - {name: a, token: {secret: file/t}}\nstore: {url: {secret: env/U}}\n";
        std::fs::write(&file, text).unwrap();
        let wanted = [("server.tokens.0.token", "file/t"), ("store.url", "env/U")];
        assert_eq!(places_in(&file), wanted.map(|(path, place)| (path.to_owned(), place.to_owned())));
    }
}
