//! TIFF stacks: a folder with one page a file, or one file of several pages; grey values only.

use super::natural_order::natural_order;
use super::source::{ProjectionSource, check_request, zeros};
use crate::TomoError;
use std::fs::File;
use std::io::BufReader;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

type Reader = Decoder<BufReader<File>>;

/// Pages `[page, row, column]`; only the strips or tiles that hold the wanted rows are decoded.
pub(super) struct TiffStack {
    sizes: [usize; 3],
    pages: Pages,
}

enum Pages {
    Files(Vec<PathBuf>),
    OneFile(PathBuf, Box<Mutex<Reader>>),
}

impl TiffStack {
    /// Opens a folder of `.tif` or `.tiff` files, in the order of the numbers in their names, or one file.
    ///
    /// # Errors
    /// [`TomoError::Content`] for an empty folder, coloured pages, pages of different sizes, a cut file.
    pub(super) fn open(path: &Path) -> Result<Self, TomoError> {
        if !path.is_dir() {
            return Self::open_file(path);
        }
        let files = tiff_files(path)?;
        match files.as_slice() {
            [] => Err(TomoError::in_file(path, "the folder holds no .tif or .tiff file")),
            [only] => Self::open_file(only),
            _ => Self::open_files(files),
        }
    }

    fn open_files(files: Vec<PathBuf>) -> Result<Self, TomoError> {
        let mut first = None;
        for file in &files {
            let mut reader = reader(file)?;
            let size = page_size(&mut reader, file, 0)?;
            if reader.more_images() {
                let text =
                    "it has several pages; give the file itself, or one page in each file of the folder";
                return Err(TomoError::in_file(file, text));
            }
            same_size(file, 0, *first.get_or_insert(size), size)?;
        }
        let [rows, columns] = first.unwrap_or_default();
        Ok(Self { sizes: [files.len(), rows, columns], pages: Pages::Files(files) })
    }

    fn open_file(path: &Path) -> Result<Self, TomoError> {
        let mut reader = reader(path)?;
        let size = page_size(&mut reader, path, 0)?;
        let mut pages = 1;
        while reader.more_images() {
            reader.next_image().map_err(|e| in_page(path, pages, &e))?;
            let next = page_size(&mut reader, path, pages)?;
            same_size(path, pages, size, next)?;
            pages += 1;
        }
        Ok(Self {
            sizes: [pages, size[0], size[1]],
            pages: Pages::OneFile(path.to_owned(), Box::new(Mutex::new(reader))),
        })
    }

    pub(super) fn read_all(&self) -> Result<Vec<f32>, TomoError> {
        let mut values = zeros(&self.sizes)?;
        self.read(0..self.sizes[0], 0..self.sizes[1], &mut values)?;
        Ok(values)
    }
}

impl ProjectionSource for TiffStack {
    fn sizes(&self) -> [usize; 3] {
        self.sizes
    }

    fn read(&self, views: Range<usize>, rows: Range<usize>, into: &mut [f32]) -> Result<(), TomoError> {
        check_request(self, &views, &rows, into.len())?;
        let columns = self.sizes[2];
        let piece = rows.len() * columns;
        if piece == 0 {
            return Ok(());
        }
        for (view, out) in views.zip(into.chunks_exact_mut(piece)) {
            match &self.pages {
                Pages::Files(files) => {
                    let path = &files[view];
                    let mut reader = reader(path)?;
                    same_size(path, 0, [self.sizes[1], columns], page_size(&mut reader, path, 0)?)?;
                    read_rows(&mut reader, &rows, columns, out).map_err(|e| in_page(path, 0, &e))?;
                }
                Pages::OneFile(path, reader) => {
                    let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                    reader.seek_to_image(view).map_err(|e| in_page(path, view, &e))?;
                    read_rows(&mut reader, &rows, columns, out).map_err(|e| in_page(path, view, &e))?;
                }
            }
        }
        Ok(())
    }
}

fn reader(path: &Path) -> Result<Reader, TomoError> {
    let file = File::open(path).map_err(TomoError::io(path))?;
    let bytes = file.metadata().map_err(TomoError::io(path))?.len();
    let mut limits = Limits::default();
    // Deflate packs at most a thousandfold: what asks for more than that is a damaged file.
    limits.decoding_buffer_size =
        usize::try_from(bytes.saturating_mul(1100)).unwrap_or(usize::MAX).clamp(1 << 20, 1 << 33);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits.ifd_value_size = usize::try_from(bytes).unwrap_or(usize::MAX);
    let decoder = Decoder::new(BufReader::new(file)).map_err(|e| in_page(path, 0, &e))?;
    Ok(decoder.with_limits(limits))
}

fn in_page(path: &Path, page: usize, error: &tiff::TiffError) -> TomoError {
    let page = if page == 0 { String::new() } else { format!("page {page}: ") };
    let message = match error {
        tiff::TiffError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            format!("{page}the file was cut short; copy or write it again")
        }
        tiff::TiffError::FormatError(e) => format!("{page}this is no whole TIFF file ({e}); write it again"),
        other => format!("{page}{other}; write it as plain grey TIFF"),
    };
    TomoError::in_file(path, message)
}

/// Rows and columns of the reader's page.
fn page_size(reader: &mut Reader, path: &Path, page: usize) -> Result<[usize; 2], TomoError> {
    let (width, height) = reader.dimensions().map_err(|e| in_page(path, page, &e))?;
    match reader.colortype().map_err(|e| in_page(path, page, &e))? {
        ColorType::Gray(8 | 16 | 32 | 64) => {}
        ColorType::Gray(bits) => {
            let text = format!("page {page}: {bits} bits a pixel; wanted are 8, 16 or 32: convert it");
            return Err(TomoError::in_file(path, text));
        }
        other => {
            let text = format!("page {page} is coloured ({other:?}); convert the pages to grey values");
            return Err(TomoError::in_file(path, text));
        }
    }
    if width == 0 || height == 0 {
        return Err(TomoError::in_file(path, format!("page {page} is empty; leave it out")));
    }
    Ok([height as usize, width as usize])
}

fn same_size(path: &Path, page: usize, first: [usize; 2], size: [usize; 2]) -> Result<(), TomoError> {
    if first == size {
        return Ok(());
    }
    Err(TomoError::in_file(
        path,
        format!(
            "page {page} has {} rows and {} columns, the first page {} and {}; a stack's pages must agree in size",
            size[0], size[1], first[0], first[1]
        ),
    ))
}

fn read_rows(
    reader: &mut Reader,
    rows: &Range<usize>,
    columns: usize,
    out: &mut [f32],
) -> tiff::TiffResult<()> {
    let (width, height) = reader.chunk_dimensions();
    let (width, height) = (width as usize, height as usize);
    if width == 0 || height == 0 {
        return Err(tiff::TiffFormatError::InconsistentSizesEncountered.into());
    }
    let across = columns.div_ceil(width);
    for band in rows.start / height..rows.end.div_ceil(height) {
        for tile in 0..across {
            let index = (band * across + tile) as u32;
            let (wide, high) = reader.chunk_data_dimensions(index);
            let (wide, high) = (wide as usize, high as usize);
            let values = as_f32(reader.read_chunk(index)?)?;
            let wanted = rows.start.max(band * height)..rows.end.min(band * height + high);
            for row in wanted {
                let from = (row - band * height) * wide;
                let to = (row - rows.start) * columns + tile * width;
                let Some(piece) = values.get(from..from + wide) else {
                    return Err(tiff::TiffFormatError::InconsistentSizesEncountered.into());
                };
                out[to..to + wide].copy_from_slice(piece);
            }
        }
    }
    Ok(())
}

fn as_f32(result: DecodingResult) -> tiff::TiffResult<Vec<f32>> {
    Ok(match result {
        DecodingResult::U8(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::I8(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::U16(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::I16(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::U32(v) => v.into_iter().map(|x| x as f32).collect(),
        DecodingResult::I32(v) => v.into_iter().map(|x| x as f32).collect(),
        DecodingResult::U64(v) => v.into_iter().map(|x| x as f32).collect(),
        DecodingResult::I64(v) => v.into_iter().map(|x| x as f32).collect(),
        DecodingResult::F16(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::F32(v) => v,
        DecodingResult::F64(v) => v.into_iter().map(|x| x as f32).collect(),
    })
}

/// The TIFF files of a folder, in the order of the numbers in their names.
pub(super) fn tiff_files(folder: &Path) -> Result<Vec<PathBuf>, TomoError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(TomoError::io(folder))? {
        let path = entry.map_err(TomoError::io(folder))?.path();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        let hidden = path.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if !hidden && matches!(extension.as_str(), "tif" | "tiff") && path.is_file() {
            files.push(path);
        }
    }
    files.sort_by(|a, b| natural_order(a, b));
    Ok(files)
}
