//! The text: what stands where, and nothing about types.

use std::borrow::Cow;

use crate::Malformed;

/// Arrays and objects may be nested less deep than this; serde_json has the same limit.
const DEPTH: u8 = 128;

/// A place in a JSON text, for those who walk through it by hand.
///
/// ```
/// use slim_json::Reader;
///
/// let mut reader = Reader::new(r#"{"a": [1, 2], "b": "\u00e4"}"#);
/// reader.open(b'{')?;
/// assert_eq!(reader.key()?.as_deref(), Some("a"));
/// assert_eq!(reader.skip()?, "[1, 2]");
/// assert_eq!(reader.key()?.as_deref(), Some("b"));
/// assert_eq!(reader.string()?, "ä");
/// assert_eq!(reader.key()?, None);
/// reader.close(b'}')?;
/// reader.end()?;
/// # Ok::<(), slim_json::Malformed>(())
/// ```
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
    /// Nothing has been read since the last bracket was opened: no comma is due.
    is_first: bool,
}

impl<'a> Reader<'a> {
    /// At the beginning.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: DEPTH, is_first: false }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// What comes next, behind blanks.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Makes sure that nothing but blanks is left.
    ///
    /// # Errors
    ///
    /// When there is more.
    pub fn end(&mut self) -> Result<(), Malformed> {
        if self.peek().is_none() { Ok(()) } else { Err(Malformed) }
    }

    /// Goes into an array or an object: `[` or `{`.
    ///
    /// # Errors
    ///
    /// When something else comes, or it is nested too deeply.
    pub fn open(&mut self, bracket: u8) -> Result<(), Malformed> {
        self.expect(bracket)?;
        self.is_first = true;
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 { Err(Malformed) } else { Ok(()) }
    }

    /// Leaves it: `]` or `}`.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn close(&mut self, bracket: u8) -> Result<(), Malformed> {
        self.is_first = false;
        self.depth = self.depth.saturating_add(1);
        self.expect(bracket)
    }

    /// Whether another element comes before this bracket, which is `]` or `}`; takes the comma in
    /// front of it.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn another(&mut self, bracket: u8) -> Result<bool, Malformed> {
        if self.peek() == Some(bracket) {
            return Ok(false);
        }
        if !self.is_first {
            self.expect(b',')?;
        }
        self.is_first = false;
        Ok(true)
    }

    /// The name of an object's next field, if there is one; takes the colon behind it.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn key(&mut self) -> Result<Option<Cow<'a, str>>, Malformed> {
        if !self.another(b'}')? {
            return Ok(None);
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(Some(key))
    }

    /// A string.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Malformed> {
        self.expect(b'"')?;
        let mut text = Cow::Borrowed("");
        loop {
            let plain = self.plain();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            match self.next()? {
                b'"' => return Ok(text),
                b'\\' => text.to_mut().push(self.escape()?),
                _ => return Err(Malformed),
            }
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn boolean(&mut self) -> Result<bool, Malformed> {
        let is_true = self.peek() == Some(b't');
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    /// `null`.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn null(&mut self) -> Result<(), Malformed> {
        self.word("null")
    }

    /// A number, as it is written.
    ///
    /// # Errors
    ///
    /// When something else comes.
    pub fn number(&mut self) -> Result<&'a str, Malformed> {
        self.peek();
        let start = self.at;
        self.skip_if(|byte| byte == b'-');
        // No zero in front of other digits.
        if !self.skip_if(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.skip_if(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.skip_if(|byte| matches!(byte, b'e' | b'E')) {
            self.skip_if(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        self.text.get(start..self.at).ok_or(Malformed)
    }

    /// Passes over a value of any kind and depth, and gives it as it is written. Needs no memory
    /// for less than 64 brackets within each other.
    ///
    /// # Errors
    ///
    /// When it is no JSON.
    pub fn skip(&mut self) -> Result<&'a str, Malformed> {
        let start = (self.peek(), self.at).1;
        let mut open = Brackets::default();
        loop {
            match self.peek() {
                Some(bracket @ (b'{' | b'[')) => {
                    self.at += 1;
                    self.is_first = true;
                    open.push(bracket == b'{');
                }
                Some(b'"') => self.skip_string()?,
                Some(b't' | b'f') => drop(self.boolean()?),
                Some(b'n') => self.null()?,
                _ => drop(self.number()?),
            }
            // Behind a value: to the next one, out of all that end here.
            while let Some(is_object) = open.last() {
                let bracket = if is_object { b'}' } else { b']' };
                if self.another(bracket)? {
                    if is_object {
                        self.peek();
                        self.skip_string()?;
                        self.expect(b':')?;
                    }
                    break;
                }
                self.at += 1;
                self.is_first = false;
                open.pop();
            }
            if open.last().is_none() {
                return self.text.get(start..self.at).ok_or(Malformed);
            }
        }
    }

    /// The number of an object's next field in this list of names, or the list's length if it is
    /// not in there.
    pub(crate) fn field(&mut self, names: &[&str]) -> Result<Option<u64>, Malformed> {
        Ok(self.key()?.map(|key| place(&key, names)))
    }

    /// The number of an enum's variant in this list of names, and whether it has a value, which
    /// comes next.
    pub(crate) fn variant(&mut self, names: &[&str]) -> Result<(u64, bool), Malformed> {
        let has_value = self.peek() == Some(b'{');
        if has_value {
            self.open(b'{')?;
        }
        let name = self.string()?;
        if has_value {
            self.expect(b':')?;
        }
        Ok((place(&name, names), has_value))
    }

    /// A whole number that is not negative.
    pub(crate) fn whole(&mut self) -> Result<u64, Malformed> {
        self.number()?.parse().map_err(|_| Malformed)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        self.peek();
        if self.skip_if(|next| next == byte) { Ok(()) } else { Err(Malformed) }
    }

    fn word(&mut self, word: &str) -> Result<(), Malformed> {
        self.peek();
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.skip_if(|byte| byte.is_ascii_digit()) {}
        if self.at == start { Err(Malformed) } else { Ok(()) }
    }

    /// Passes over a string. Half a surrogate pair is one, too.
    fn skip_string(&mut self) -> Result<(), Malformed> {
        self.expect(b'"')?;
        loop {
            self.plain();
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => match self.next()? {
                    b'u' => drop(self.unit()?),
                    byte => drop(unescaped(byte)?),
                },
                _ => return Err(Malformed),
            }
        }
    }

    /// The inside of a string, up to what is not written as itself or must not be there.
    fn plain(&mut self) -> &'a str {
        let start = self.at;
        let rest = self.rest();
        // Long texts, eight bytes at a time.
        let words = rest.chunks_exact(8).map_while(|word| word.try_into().ok());
        self.at += 8 * words.take_while(|word| !has_special(u64::from_le_bytes(*word))).count();
        while self.skip_if(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)) {}
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, Malformed> {
        let byte = self.next()?;
        if byte != b'u' {
            return unescaped(byte).map(char::from);
        }
        let mut unit = self.unit()?;
        if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with(b"\\u") {
            let after = self.at;
            self.at += 2;
            match self.unit()? {
                low @ 0xdc00..0xe000 => unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00),
                _ => self.at = after,
            }
        }
        Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Malformed> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | char::from(self.next()?).to_digit(16).ok_or(Malformed)?;
        }
        Ok(unit)
    }

    fn next(&mut self) -> Result<u8, Malformed> {
        let byte = self.byte().ok_or(Malformed)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip_if(&mut self, is_it: impl Fn(u8) -> bool) -> bool {
        let is_it = self.byte().is_some_and(is_it);
        self.at += usize::from(is_it);
        is_it
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// Which brackets are open, the innermost in the lowest bit: set for an object. A bit in front of
/// them all says how many there are.
#[derive(Default)]
struct Brackets {
    inner: u64,
    /// Those around them, 63 each.
    outer: Vec<u64>,
}

impl Brackets {
    fn push(&mut self, is_object: bool) {
        if self.inner >> 63 == 1 {
            self.outer.push(self.inner);
            self.inner = 0;
        }
        self.inner = self.inner.max(1) << 1 | u64::from(is_object);
    }

    fn pop(&mut self) {
        self.inner >>= 1;
        if self.inner == 1 {
            self.inner = self.outer.pop().unwrap_or_default();
        }
    }

    fn last(&self) -> Option<bool> {
        (self.inner > 1).then_some(self.inner & 1 == 1)
    }
}

/// Whether one of these bytes ends the plain part of a string. May say so for the byte behind one
/// that does, and never misses one.
fn has_special(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let has_less = |word: u64, than: u8| word.wrapping_sub(ONES * u64::from(than)) & !word;
    let has = |byte: u8| has_less(word ^ (ONES * u64::from(byte)), 1);
    (has(b'"') | has(b'\\') | has_less(word, 0x20)) & (ONES << 7) != 0
}

/// The ASCII character that this byte means behind a backslash.
fn unescaped(byte: u8) -> Result<u8, Malformed> {
    Ok(match byte {
        b'"' | b'\\' | b'/' => byte,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return Err(Malformed),
    })
}

fn place(name: &str, names: &[&str]) -> u64 {
    names.iter().position(|other| *other == name).unwrap_or(names.len()) as u64
}
