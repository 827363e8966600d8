//! Secrets by reference: `env/NAME` and `file/PATH` are read when they are needed and never printed. What the hub keeps itself
//! (`store/NAME`) is `app::secrets`'.

use std::path::Path;

use secrecy::SecretString;

/// A secret larger than this is a mistake (a wrong file), not a secret.
const BYTES_MAX: u64 = 64 * 1024;

/// Why a secret cannot be read. No message holds any part of the secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The reference has another form.
    #[error("`{0}` is not a place of a secret: write `env/NAME`, `file/PATH` or `store/NAME`")]
    Place(String),
    /// The environment variable is not there or is empty.
    #[error("the environment variable `{0}` is not set")]
    Environment(String),
    /// The file cannot be read.
    #[error("the file `{path}` cannot be read")]
    File {
        /// The path as written.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is empty, not text or too large.
    #[error("the file `{0}` does not hold a secret: it is empty, not UTF-8 text, or larger than 64 KiB")]
    Content(String),
    /// It is kept in the hub's store of secrets, which is not open here.
    #[error("`{0}` is kept by the hub, which does not run here: use `env/NAME` or `file/PATH`")]
    Elsewhere(String),
    /// The hub's store of secrets has none of that name.
    #[error("the hub keeps no secret `{0}`: `waybill secrets set {0}` sets it")]
    Unset(String),
    /// The hub keeps it and cannot open it.
    #[error("the secret `{name}` that the hub keeps cannot be opened")]
    Closed {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: super::envelope::Error,
    },
}

/// Reads the secret at a place such as `env/ERP_TOKEN` or `file//run/secrets/erp`; relative paths are under `base`.
/// One trailing line break of a file is not part of the secret.
pub fn read(place: &str, base: &Path) -> Result<SecretString, Error> {
    match place.split_once('/') {
        Some(("env", name)) if !name.is_empty() => from_environment(name),
        Some(("file", path)) if !path.is_empty() => from_file(path, base),
        Some(("store", name)) if !name.is_empty() => Err(Error::Elsewhere(place.to_owned())),
        _ => Err(Error::Place(place.to_owned())),
    }
}

fn from_environment(name: &str) -> Result<SecretString, Error> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(SecretString::from(value)),
        _ => Err(Error::Environment(name.to_owned())),
    }
}

fn from_file(path: &str, base: &Path) -> Result<SecretString, Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let full = base.join(path);
    let size = std::fs::metadata(&full).map_err(failed)?.len();
    let text = if size > BYTES_MAX { Vec::new() } else { std::fs::read(&full).map_err(failed)? };
    let text = String::from_utf8(text).map_err(|_| Error::Content(path.to_owned()))?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() { Err(Error::Content(path.to_owned())) } else { Ok(SecretString::from(text)) }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read_file(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s"), bytes).unwrap();
        read("file/s", folder.path()).map(|secret| secret.expose_secret().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_gives_its_text_without_the_last_line_break() {
        for (bytes, secret) in [(&b"s3cret\n"[..], "s3cret"), (b"s3cret\r\n", "s3cret"), (b" a \n\n", " a \n")] {
            assert_eq!(read_file(bytes).as_deref(), Ok(secret));
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_without_showing_it() {
        for bytes in [&b""[..], b"\n", b"\xff\xfe canary"] {
            let message = read_file(bytes).unwrap_err();
            assert!(message.contains("does not hold a secret") && !message.contains("canary"), "{message}");
        }
        assert!(read_file(&vec![b'x'; 70_000]).is_err());
    }

    #[test]
    fn places_have_their_forms() {
        for place in ["", "env", "env/", "vault/x", "file/", "store/", "NAME"] {
            assert!(matches!(read(place, Path::new(".")), Err(Error::Place(_))), "{place}");
        }
        assert!(matches!(read("store/x", Path::new(".")), Err(Error::Elsewhere(_))));
        assert!(matches!(read("env/WAYBILL_SURELY_NOT_SET", Path::new(".")), Err(Error::Environment(_))));
        assert!(matches!(read("file/surely-not-there", Path::new(".")), Err(Error::File { .. })));
    }
}
