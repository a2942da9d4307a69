//! Reads the tensors of a `.pth` file without running what is in it.
//!
//! Such a file is a Python pickle, which can name any function to call. Here the few opcodes that a table of tensors
//! needs are followed, on plain values; the only functions known are those that rebuild a tensor and an ordered
//! table, and they are not called but understood. Everything else is refused. The layout is that of PyTorch before
//! 1.6: four pickles (a magic number, a version, sizes of types, the table), the keys of the storages, then each
//! storage as its number of values and the values.

use std::collections::HashMap;

/// A tensor of float32 values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    /// Little-endian bytes of the values.
    pub(super) bytes: Vec<u8>,
}

/// Begins every such file: the lowest 64 bits of its magic number.
const MAGIC: i64 = i64::from_le_bytes([0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8]);

/// A value of a pickle. Numbers that need more than 64 bits keep the lowest.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    None,
    Int(i64),
    Text(String),
    /// A list, tuple or table as its items, or its keys and values in turn.
    Items(Vec<Value>),
    Function(String),
    Storage {
        key: String,
        is_float: bool,
    },
    Tensor {
        key: String,
        is_float: bool,
        offset: usize,
        shape: Vec<usize>,
        strides: Vec<usize>,
    },
}

/// The float32 tensors of a file, in its order; tensors of whole numbers are passed over.
///
/// # Errors
/// What is wrong, where the bytes are no such file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Tensor>, String> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.pickle()? != Value::Int(MAGIC) {
        return Err("not a .pth file of PyTorch before 1.6".to_owned());
    }
    reader.pickle()?;
    reader.pickle()?;
    let Value::Items(table) = reader.pickle()? else {
        return Err("the file holds no table of tensors".to_owned());
    };
    let Value::Items(keys) = reader.pickle()? else {
        return Err("the file has no list of storages".to_owned());
    };
    let sizes: HashMap<&String, usize> = table
        .iter()
        .filter_map(|v| match v {
            Value::Tensor { key, is_float, .. } => Some((key, if *is_float { 4 } else { 8 })),
            _ => None,
        })
        .collect();
    let mut storages: HashMap<String, &[u8]> = HashMap::new();
    for key in keys {
        let Value::Text(key) = key else { return Err("a storage has no name".to_owned()) };
        let count = usize::try_from(i64::from_le_bytes(reader.array()?)).map_err(|e| e.to_string())?;
        let size = sizes.get(&key).ok_or("a storage belongs to no tensor")?;
        let length = count.checked_mul(*size).ok_or("a storage is too large")?;
        storages.insert(key, reader.take(length)?);
    }
    let mut tensors = Vec::new();
    for pair in table.chunks_exact(2) {
        if let (Value::Text(name), Value::Tensor { key, is_float: true, offset, shape, strides }) =
            (&pair[0], &pair[1])
        {
            let storage = storages.get(key).ok_or_else(|| format!("{name} has no values"))?;
            let bytes = row_major(storage, *offset, shape, strides)
                .ok_or_else(|| format!("{name} is not in row-major order or reaches beyond its values"))?;
            tensors.push(Tensor { name: name.clone(), shape: shape.clone(), bytes });
        }
    }
    Ok(tensors)
}

fn row_major(storage: &[u8], offset: usize, shape: &[usize], strides: &[usize]) -> Option<Vec<u8>> {
    let mut count = 1_usize;
    for (size, stride) in shape.iter().zip(strides).rev() {
        if *stride != count && *size != 1 {
            return None;
        }
        count = count.checked_mul(*size)?;
    }
    let end = offset.checked_add(count)?.checked_mul(4)?;
    storage.get(offset.checked_mul(4)?..end).map(<[u8]>::to_vec)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or("the file is cut")?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (array, _) = self.take(N)?.split_first_chunk().ok_or("the file is cut")?;
        Ok(*array)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.array::<1>()?[0])
    }

    fn text(&mut self, length: usize) -> Result<String, String> {
        String::from_utf8(self.take(length)?.to_vec()).map_err(|e| e.to_string())
    }

    fn line(&mut self) -> Result<String, String> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|b| *b == b'\n').ok_or("the file is cut")?;
        let line = self.text(length)?;
        self.at += 1;
        Ok(line)
    }

    /// Follows one pickle to its end.
    fn pickle(&mut self) -> Result<Value, String> {
        let mut machine = Machine::default();
        loop {
            let opcode = self.byte()?;
            let value = match opcode {
                b'.' => return machine.pop(),
                // The version of the protocol.
                0x80 => {
                    self.byte()?;
                    continue;
                }
                b'(' => {
                    machine.marks.push(machine.stack.len());
                    continue;
                }
                b'q' | b'r' => {
                    let place = self.place(opcode == b'q')?;
                    let top = machine.stack.last().ok_or("a value is missing")?.clone();
                    machine.memo.insert(place, top);
                    continue;
                }
                b'h' | b'j' => {
                    let place = self.place(opcode == b'h')?;
                    machine.memo.get(&place).ok_or("a value is missing")?.clone()
                }
                b'N' => Value::None,
                0x88 => Value::Int(1),
                0x89 => Value::Int(0),
                b'K' => Value::Int(self.byte()?.into()),
                b'M' => Value::Int(u16::from_le_bytes(self.array()?).into()),
                b'J' => Value::Int(i32::from_le_bytes(self.array()?).into()),
                0x8a => {
                    let length = self.byte()?;
                    let mut low = [0; 8];
                    for (to, from) in low.iter_mut().zip(self.take(length.into())?) {
                        *to = *from;
                    }
                    Value::Int(i64::from_le_bytes(low))
                }
                b'X' => {
                    let length = u32::from_le_bytes(self.array()?);
                    Value::Text(self.text(usize::try_from(length).map_err(|e| e.to_string())?)?)
                }
                b'c' => Value::Function(format!("{} {}", self.line()?, self.line()?)),
                b'}' | b']' | b')' => Value::Items(Vec::new()),
                b't' => Value::Items(machine.since_mark()?),
                0x85..=0x87 => {
                    let from = machine.stack.len().checked_sub(usize::from(opcode - 0x84));
                    Value::Items(machine.stack.split_off(from.ok_or("a value is missing")?))
                }
                b'u' | b'e' => {
                    let more = machine.since_mark()?;
                    machine.extend(more)?
                }
                b's' => {
                    let value = machine.pop()?;
                    let key = machine.pop()?;
                    machine.extend(vec![key, value])?
                }
                b'Q' => storage(&machine.pop()?)?,
                b'R' => {
                    let arguments = machine.pop()?;
                    rebuild(&machine.pop()?, arguments)?
                }
                // Attributes of the table, such as the versions of its layers: not needed.
                b'b' => {
                    machine.pop()?;
                    continue;
                }
                other => return Err(format!("opcode {other:#04x} is none that a table of tensors needs")),
            };
            machine.stack.push(value);
        }
    }

    fn place(&mut self, short: bool) -> Result<u32, String> {
        Ok(if short { self.byte()?.into() } else { u32::from_le_bytes(self.array()?) })
    }
}

#[derive(Default)]
struct Machine {
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
}

impl Machine {
    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| "a value is missing".to_owned())
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, String> {
        let mark = self.marks.pop().filter(|m| *m <= self.stack.len());
        Ok(self.stack.split_off(mark.ok_or("a mark is missing")?))
    }

    /// The list or table on top of the stack, taken off, with more items.
    fn extend(&mut self, more: Vec<Value>) -> Result<Value, String> {
        match self.pop()? {
            Value::Items(mut items) => {
                items.extend(more);
                Ok(Value::Items(items))
            }
            _ => Err("items are added to what is no list or table".to_owned()),
        }
    }
}

/// `("storage", type, key, device, count, view)`.
fn storage(id: &Value) -> Result<Value, String> {
    match id {
        Value::Items(items) => match items.as_slice() {
            [Value::Text(word), Value::Function(kind), Value::Text(key), _, _, Value::None]
                if word == "storage" =>
            {
                let is_float = match kind.as_str() {
                    "torch FloatStorage" => true,
                    "torch LongStorage" => false,
                    other => return Err(format!("values of type `{other}` are not read")),
                };
                Ok(Value::Storage { key: key.clone(), is_float })
            }
            _ => Err("a storage is described in an unknown way".to_owned()),
        },
        _ => Err("a storage is described in an unknown way".to_owned()),
    }
}

fn rebuild(function: &Value, arguments: Value) -> Result<Value, String> {
    let Value::Function(name) = function else { return Err("what is called is no function".to_owned()) };
    let Value::Items(arguments) = arguments else { return Err("a function has no arguments".to_owned()) };
    match (name.as_str(), arguments.as_slice()) {
        ("collections OrderedDict", []) => Ok(Value::Items(Vec::new())),
        (
            "torch._utils _rebuild_tensor_v2",
            [
                Value::Storage { key, is_float },
                Value::Int(offset),
                Value::Items(shape),
                Value::Items(strides),
                ..,
            ],
        ) => Ok(Value::Tensor {
            key: key.clone(),
            is_float: *is_float,
            offset: usize::try_from(*offset).map_err(|e| e.to_string())?,
            shape: sizes(shape)?,
            strides: sizes(strides)?,
        }),
        // Layers wrap their weights once more.
        ("torch._utils _rebuild_parameter", [tensor @ Value::Tensor { .. }, ..]) => Ok(tensor.clone()),
        _ => Err(format!("the file asks to call `{name}`, which is refused")),
    }
}

fn sizes(values: &[Value]) -> Result<Vec<usize>, String> {
    let size = |value: &Value| match value {
        Value::Int(n) => usize::try_from(*n).map_err(|e| e.to_string()),
        _ => Err("a size is no number".to_owned()),
    };
    values.iter().map(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one tensor `w` of shape 2 × 1 and one counter.
    fn file() -> Vec<u8> {
        let mut bytes = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.".to_vec();
        let text = |t: &str| [b"X", (t.len() as u32).to_le_bytes().as_slice(), t.as_bytes()].concat();
        bytes.extend(b"\x80\x02ccollections\nOrderedDict\n)R(");
        for (name, kind, key) in [("w", "FloatStorage", "k1"), ("n", "LongStorage", "k2")] {
            bytes.extend(text(name));
            bytes.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
            bytes.extend(text("storage"));
            bytes.extend(format!("ctorch\n{kind}\n").as_bytes());
            bytes.extend(text(key));
            bytes.extend(text("cpu"));
            bytes.extend(if name == "w" {
                b"K\x03NtQK\x01K\x02K\x01\x86K\x01K\x01\x86\x89" as &[u8]
            } else {
                b"K\x01NtQK\x00))\x89"
            });
            bytes.extend(b"ccollections\nOrderedDict\n)RtR");
        }
        bytes.extend(b"u.\x80\x02](");
        bytes.extend(text("k1"));
        bytes.extend(text("k2"));
        bytes.extend(b"e.");
        bytes.extend(3_i64.to_le_bytes());
        bytes.extend([0.5_f32, 1.5, 2.5].iter().flat_map(|v| v.to_le_bytes()));
        bytes.extend(1_i64.to_le_bytes());
        bytes.extend(7_i64.to_le_bytes());
        bytes
    }

    #[test]
    fn float_tensors_are_read_and_counters_passed_over() {
        let bytes = [1.5_f32, 2.5].iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(read(&file()).unwrap(), [Tensor { name: "w".to_owned(), shape: vec![2, 1], bytes }]);
    }

    #[test]
    fn a_cut_anywhere_is_refused() {
        let bytes = file();
        assert!((0..bytes.len()).all(|length| read(&bytes[..length]).is_err()));
    }

    #[test]
    fn another_function_is_refused_by_name() {
        let start = file()[..file().windows(2).position(|w| w == b"cc").unwrap()].to_vec();
        let message = read(&[start, b"cos\nsystem\n(X\x02\x00\x00\x00lstR.".to_vec()].concat()).unwrap_err();
        assert!(message.contains("os system"), "{message}");
    }

    #[test]
    fn columns_first_are_refused() {
        assert_eq!(row_major(&[0; 16], 0, &[2, 2], &[1, 2]), None);
        assert_eq!(row_major(&[0; 16], 0, &[2, 2], &[2, 1]).map(|b| b.len()), Some(16));
        assert_eq!(row_major(&[0; 16], 1, &[2, 2], &[2, 1]), None);
    }
}
