//! The folders of this machine that connections may open: none but those that the process configuration names.

use std::path::{Path, PathBuf};

/// The folders connections may open; everything below them, symbolic links resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders(Vec<PathBuf>);

/// What to do about a path that may not be opened.
const HINT: &str = "name a folder above it in `gateway.folders` of the process configuration";

impl Folders {
    /// These folders.
    pub fn new(folders: Vec<PathBuf>) -> Folders {
        Folders(folders)
    }

    /// The real path, when it exists below one of the folders.
    ///
    /// # Errors
    /// Words when it does not.
    pub(super) fn allow(&self, path: &Path) -> Result<PathBuf, String> {
        let shown = path.display();
        if !path.is_absolute() {
            return Err(format!("`{shown}` is no absolute path"));
        }
        let real = path.canonicalize().map_err(|error| format!("`{shown}` cannot be opened: {}", error.kind()))?;
        let inside = |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder));
        match self.0.iter().any(inside) {
            true => Ok(real),
            false => Err(format!("`{shown}` is in no folder that connections may open; {HINT}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_really_lies_below_a_named_folder_is_opened() {
        let place = tempfile::tempdir().unwrap();
        let (open, closed) = (place.path().join("open"), place.path().join("closed"));
        std::fs::create_dir_all(open.join("in")).unwrap();
        std::fs::create_dir_all(&closed).unwrap();
        std::fs::write(closed.join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(&closed, open.join("link")).unwrap();
        std::fs::create_dir_all(place.path().join("opener")).unwrap();
        let folders = Folders::new(vec![open.clone()]);
        assert!(folders.allow(&open.join("in")).is_ok());
        for path in ["link/secret", "../closed/secret", "in/../../closed", "nothing", "../opener"] {
            assert!(folders.allow(&open.join(path)).is_err(), "{path}");
        }
        assert!(folders.allow(Path::new("open/in")).is_err());
        assert!(Folders::default().allow(&open).is_err());
    }
}
