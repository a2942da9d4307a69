//! A page on disk, all of it or none.

use super::{Page, render};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Renders the page into a file, atomically: it is written beside its place under another name, synced
/// and renamed, so that a reader never sees half a page and a full disk keeps the old one. Folders on
/// the way are made.
///
/// # Errors
/// What the file system says, with the path in the message.
pub fn write(page: &Page, path: &Path) -> io::Result<()> {
    let told = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let name =
        path.file_name().ok_or_else(|| io::Error::other(format!("{}: not a file name", path.display())))?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(told)?;
    let temporary = folder.join(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(render(page).as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    written.map_err(|error| {
        // The old page is still in place; only our own leavings are removed.
        let _ = fs::remove_file(&temporary);
        told(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_replaces_the_one_before_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/report.html");
        write(&Page::new("first", ""), &path).unwrap();
        write(&Page::new("second", ""), &path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("<h1>second</h1>"));
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
    }

    #[test]
    fn a_page_that_cannot_be_put_in_place_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("x"), "x").unwrap();
        assert!(write(&Page::new("t", ""), &path).unwrap_err().to_string().contains("taken"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write(&Page::new("t", ""), Path::new("/")).is_err());
    }
}
