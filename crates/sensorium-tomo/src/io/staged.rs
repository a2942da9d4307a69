//! A file that gets its name when it is whole: reserved at its final size, written in any order, renamed.
//!
//! The space is reserved before the file is mapped, so that a full disk is an error at the start and not a
//! signal in the middle. Where the file system cannot reserve, values are written in the ordinary way.

use super::sample::encode_f32;
use crate::TomoError;
use fs4::FileExt;
use memmap2::MmapMut;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A header and `f32` values in a file under a provisional name.
pub(super) struct StagedFile {
    path: PathBuf,
    file: File,
    map: Option<MmapMut>,
    header: u64,
}

impl StagedFile {
    /// Creates the file, or empties it, and reserves its space.
    pub(super) fn create(path: &Path, header: &[u8], values: u64) -> Result<Self, TomoError> {
        Self::create_after(path, header, values, || Ok(()))
    }

    /// The same; `claimed` is called once no other run can write the file, before what it holds is given up.
    pub(super) fn create_after(
        path: &Path,
        header: &[u8],
        values: u64,
        claimed: impl FnOnce() -> Result<(), TomoError>,
    ) -> Result<Self, TomoError> {
        check_folder(path)?;
        let mut file = open(path, true)?;
        claimed()?;
        file.set_len(0).map_err(TomoError::io(path))?;
        let bytes = size(path, header, values)?;
        let reserved = match reserve(path, &file, bytes) {
            Ok(reserved) => reserved,
            Err(error) => {
                drop(file);
                // It is empty and ours; should it stay, the next run empties it again.
                let _ = std::fs::remove_file(path);
                return Err(error);
            }
        };
        file.write_all(header).map_err(TomoError::io(path))?;
        Self::with_map(path, file, header, reserved)
    }

    /// Opens a file that an earlier run has left.
    pub(super) fn reopen(path: &Path, header: &[u8], values: u64) -> Result<Self, TomoError> {
        let mut file = open(path, false)?;
        let (there, wanted) =
            (file.metadata().map_err(TomoError::io(path))?.len(), size(path, header, values)?);
        let mut start = vec![0; header.len()];
        let same = there == wanted && file.read_exact(&mut start).is_ok() && start == header;
        if !same {
            return Err(TomoError::in_file(
                path,
                format!(
                    "this is not what the run left ({there} bytes, wanted are {wanted}); remove it and start over"
                ),
            ));
        }
        let reserved = reserve(path, &file, wanted)?;
        Self::with_map(path, file, header, reserved)
    }

    #[allow(unsafe_code)]
    fn with_map(path: &Path, file: File, header: &[u8], reserved: bool) -> Result<Self, TomoError> {
        let map = if reserved {
            // SAFETY: bytes only; this process holds the file's lock and the only map of it, and its space is
            // reserved. A process that ignores the lock and shortens the file would end this one.
            Some(unsafe { MmapMut::map_mut(&file) }.map_err(TomoError::io(path))?)
        } else {
            None
        };
        Ok(Self { path: path.to_owned(), file, map, header: header.len() as u64 })
    }

    /// Writes values from the `first` on.
    pub(super) fn write(&mut self, first: u64, values: &[f32]) -> Result<(), TomoError> {
        let start = self.header + 4 * first;
        match &mut self.map {
            Some(map) => encode_f32(values, &mut map[start as usize..start as usize + 4 * values.len()]),
            None => {
                let mut bytes = vec![0; 4 * values.len()];
                encode_f32(values, &mut bytes);
                let written =
                    self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(&bytes));
                written.map_err(full_or_io(&self.path))?;
            }
        }
        Ok(())
    }

    /// Brings so many values from the `first` on to the disk.
    pub(super) fn sync(&self, first: u64, values: usize) -> Result<(), TomoError> {
        let synced = match &self.map {
            Some(map) => map.flush_range((self.header + 4 * first) as usize, 4 * values),
            None => self.file.sync_data(),
        };
        synced.map_err(full_or_io(&self.path))
    }

    /// Brings everything to the disk and gives the file its name.
    pub(super) fn finish(self, name: &Path) -> Result<(), TomoError> {
        if let Some(map) = &self.map {
            map.flush().map_err(full_or_io(&self.path))?;
        }
        self.file.sync_all().map_err(full_or_io(&self.path))?;
        let Self { path, file, map, .. } = self;
        drop((map, file));
        rename(&path, name)
    }
}

fn size(path: &Path, header: &[u8], values: u64) -> Result<u64, TomoError> {
    values
        .checked_mul(4)
        .and_then(|n| n.checked_add(header.len() as u64))
        .ok_or_else(|| no_room(path, u64::MAX, None))
}

fn open(path: &Path, create: bool) -> Result<File, TomoError> {
    let file = OpenOptions::new().read(true).write(true).create(create).truncate(false).open(path);
    let file = file.map_err(TomoError::io(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(TomoError::in_file(path, "another run is writing it; wait for it, or give another name"))
        }
        // Some network file systems have no locks.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// Reserves the space; `false` where the file system cannot.
fn reserve(path: &Path, file: &File, bytes: u64) -> Result<bool, TomoError> {
    let there = file.allocated_size().unwrap_or(0);
    // Asked first, because a reservation that fails may have filled the disk for a moment.
    let free =
        fs4::available_space(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
            .ok();
    if free.is_some_and(|free| free.saturating_add(there) < bytes) {
        return Err(no_room(path, bytes, free));
    }
    let reserved = match file.allocate(bytes) {
        Ok(()) => true,
        Err(e)
            if matches!(
                e.kind(),
                ErrorKind::StorageFull | ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded
            ) =>
        {
            return Err(no_room(path, bytes, free));
        }
        Err(_) => false,
    };
    file.set_len(bytes).map_err(full_or_io(path))?;
    Ok(reserved)
}

fn no_room(path: &Path, bytes: u64, free: Option<u64>) -> TomoError {
    let free = free.map_or(String::new(), |free| format!(", {free} are free"));
    TomoError::in_file(
        path,
        format!("there is no room for {bytes} bytes on the disk{free}; make room or write elsewhere"),
    )
}

fn full_or_io(path: &Path) -> impl FnOnce(std::io::Error) -> TomoError {
    let path = path.to_owned();
    move |e| match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            TomoError::in_file(&path, "the disk is full; make room, then go on with the same command")
        }
        _ => TomoError::io(&path)(e),
    }
}

/// That the folder which a file is to be in exists.
pub(super) fn check_folder(path: &Path) -> Result<(), TomoError> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(TomoError::in_file(folder, "there is no such folder; make it first"))
        }
        _ => Ok(()),
    }
}

/// Gives a file or folder its final name, for good.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), TomoError> {
    std::fs::rename(from, to).map_err(TomoError::io(to))?;
    sync_folder_of(to)
}

/// Brings to the disk which names there are in the folder of a file.
#[cfg(unix)]
pub(super) fn sync_folder_of(path: &Path) -> Result<(), TomoError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(TomoError::io(folder))
}

#[cfg(not(unix))]
pub(super) fn sync_folder_of(_: &Path) -> Result<(), TomoError> {
    Ok(())
}

/// Writes a file so that a full disk or the end of the process never leaves a part of it: the bytes go into
/// `NAME.new`, which then takes the place of a file of that name.
///
/// The file that a link points to is replaced, not the link. Where the name is a pipe or a device, the bytes are
/// written to it.
///
/// # Errors
/// [`TomoError::Content`] when the disk is full, [`TomoError::Io`] when the file cannot be written; a file that
/// was there before is then as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), TomoError> {
    let target = if path.is_symlink() { std::fs::canonicalize(path).ok() } else { None };
    let path = target.as_deref().unwrap_or(path);
    if path.exists() && !path.is_file() {
        return std::fs::write(path, bytes).map_err(full_or_io(path));
    }
    let mut provisional = path.as_os_str().to_owned();
    provisional.push(".new");
    let provisional = PathBuf::from(provisional);
    let written = File::create(&provisional).and_then(|mut f| {
        f.write_all(bytes)?;
        f.sync_all()
    });
    written.map_err(full_or_io(path)).and_then(|()| rename(&provisional, path)).inspect_err(|_| {
        // The first error is the one to tell; should the file stay, the next run empties it.
        let _ = std::fs::remove_file(&provisional);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_disk_holds_is_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.partial");
        let error = StagedFile::create(&path, b"head", 1 << 50).err().unwrap().to_string();
        assert!(error.contains("there is no room for 4503599627370500 bytes"), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn values_are_written_the_same_with_and_without_a_map() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, mapped: bool| {
            let path = folder.path().join(name);
            let mut staged = StagedFile::create(&path, b"head", 4).unwrap();
            if !mapped {
                staged.map = None;
            }
            staged.write(2, &[3.0, 4.0]).unwrap();
            staged.sync(2, 2).unwrap();
            staged.write(0, &[1.0, 2.0]).unwrap();
            let name = path.with_extension("done");
            staged.finish(&name).unwrap();
            assert!(!path.exists());
            std::fs::read(name).unwrap()
        };
        assert_eq!(write("a", true), write("b", false));
    }

    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        // /dev/full takes no byte: the way without a map.
        #[cfg(target_os = "linux")]
        {
            let file = OpenOptions::new().read(true).write(true).open("/dev/full").unwrap();
            let mut staged = StagedFile { path: "/dev/full".into(), file, map: None, header: 0 };
            let error = staged.write(0, &[1.0]).unwrap_err().to_string();
            assert!(error.contains("the disk is full; make room"), "{error}");
        }
    }

    #[test]
    fn what_a_file_holds_is_there_until_it_is_claimed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.partial");
        std::fs::write(&path, "as it was").unwrap();
        let refuse = || {
            assert_eq!(std::fs::read(&path).unwrap(), b"as it was");
            Err(TomoError::Request("no".into()))
        };
        assert!(StagedFile::create_after(&path, b"head", 4, refuse).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"as it was");
    }

    #[test]
    fn a_whole_file_replaces_what_a_link_points_to_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        write_whole(&path, b"first").unwrap();
        write_whole(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        #[cfg(unix)]
        {
            let link = folder.path().join("link.html");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            write_whole(&link, b"third").unwrap();
            assert!(link.is_symlink());
            assert_eq!(std::fs::read(&path).unwrap(), b"third");
            std::fs::remove_file(link).unwrap();
        }
        assert!(write_whole(folder.path(), b"a folder is no file").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        #[cfg(target_os = "linux")]
        {
            let error = write_whole(Path::new("/dev/full"), b"x").unwrap_err().to_string();
            assert!(error.contains("the disk is full; make room"), "{error}");
            assert!(!Path::new("/dev/full.new").exists());
        }
    }

    #[test]
    fn a_file_that_another_run_writes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.partial");
        let first = StagedFile::create(&path, b"head", 4).unwrap();
        let error = StagedFile::reopen(&path, b"head", 4).err().unwrap().to_string();
        assert!(error.contains("another run is writing it"), "{error}");
        drop(first);
        StagedFile::reopen(&path, b"head", 4).unwrap();
        let error = StagedFile::reopen(&path, b"head", 5).err().unwrap().to_string();
        assert!(error.contains("(20 bytes, wanted are 24)"), "{error}");
    }
}
