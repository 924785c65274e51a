//! A content hash for stamps and folder names: 64-bit FNV-1a.
//!
//! It recognises what changed by itself; it does not defend against somebody who wants a collision.

use std::fs;
use std::io;
use std::path::Path;

/// Takes in any number of parts.
#[derive(Clone, Debug)]
pub(crate) struct Hash(u64);

impl Hash {
    /// The hash of nothing.
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds one part; its length is part of it, so that "a", "bc" differs from "ab", "c".
    pub(crate) fn add(&mut self, part: &[u8]) {
        for byte in (part.len() as u64).to_le_bytes().iter().chain(part) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Adds the content of the file or folder at `path`, which may be missing; of a folder, the
    /// names and contents of what is in it but for `ignored` names and hidden files. Where `path`
    /// is does not count.
    pub(crate) fn add_files(&mut self, path: &Path, ignored: &[&str]) -> io::Result<()> {
        if path.is_dir() {
            let mut names = fs::read_dir(path)?
                .map(|entry| entry.map(|entry| entry.file_name()))
                .collect::<io::Result<Vec<_>>>()?;
            names.retain(|name| {
                let name = name.to_string_lossy();
                !name.starts_with('.') && !ignored.contains(&&*name)
            });
            names.sort();
            for name in names {
                self.add(name.as_encoded_bytes());
                self.add_files(&path.join(&name), ignored)?;
            }
            self.add(b"end of folder");
            return Ok(());
        }
        match fs::read(path) {
            Ok(content) => self.add(&content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.add(b"missing"),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The hash as 16 hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_where_one_part_ends() {
        let of = |parts: &[&str]| {
            let mut hash = Hash::new();
            parts.iter().for_each(|part| hash.add(part.as_bytes()));
            hash.hex()
        };
        assert_ne!(of(&["a", "bc"]), of(&["ab", "c"]));
        assert_eq!(of(&["a", "bc"]), of(&["a", "bc"]));
    }
}
