//! Between the arguments of an event and the types of a program.
//!
//! One rule both ways: `()` is no argument, a tuple is several, anything else is one.

use serde::{
    Deserializer, Serialize,
    de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor},
    ser,
};
use serde_json::Error;

use crate::socket::arguments::Array;

/// Reads `T` from a JSON array, leaving out its first `skip` elements. `first` says where the
/// first argument begins, if there is one.
///
/// Bytes, since strings that stand in for attachments need not be UTF-8.
pub(crate) fn read<T: DeserializeOwned>(
    array: &[u8],
    skip: usize,
    first: Option<usize>,
) -> Result<T, Error> {
    T::deserialize(Args { array, skip, first: first.and_then(|at| array.get(at..)) })
}

struct Args<'de> {
    array: &'de [u8],
    skip: usize,
    first: Option<&'de [u8]>,
}

impl<'de> Args<'de> {
    fn first(self) -> Result<serde_json::Deserializer<serde_json::de::SliceRead<'de>>, Error> {
        match self.first {
            Some(json) => Ok(serde_json::Deserializer::from_slice(json)),
            None => Err(serde::de::Error::custom("the argument is missing")),
        }
    }
}

macro_rules! from_first {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.first()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Args<'de> {
    type Error = Error;

    from_first! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32
        deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char
        deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_seq deserialize_map deserialize_identifier
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.first.is_none() {
            visitor.visit_none()
        } else {
            self.first()?.deserialize_option(visitor)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.first()?.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.first()?.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.first()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let skip = self.skip;
        serde_json::Deserializer::from_slice(self.array).deserialize_seq(Behind { skip, visitor })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }
}

/// Shows a visitor the elements behind the first `skip`, and takes what it leaves over.
struct Behind<V> {
    skip: usize,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Behind<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<V::Value, A::Error> {
        for _ in 0..self.skip {
            seq.next_element::<IgnoredAny>()?;
        }
        let value = self.visitor.visit_seq(&mut seq)?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(value)
    }
}

/// Adds the arguments of `payload` to an array.
pub(crate) fn write<T: Serialize + ?Sized>(payload: &T, array: &mut Array) -> Result<(), Error> {
    // The probe never succeeds: its error is the answer.
    match payload.serialize(Probe) {
        Err(Shape::One) => array.add(payload),
        Err(Shape::Several) => array.extend(payload),
        Ok(()) | Err(Shape::Nothing) => Ok(()),
    }
}

/// How many arguments a payload is.
#[derive(Debug, thiserror::Error)]
#[error("the shape of a payload")]
enum Shape {
    Nothing,
    One,
    Several,
}

impl ser::Error for Shape {
    /// A payload whose `Serialize` fails: the real serializer meets the failure again.
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self::One
    }
}

/// Stops at the first call, which tells the shape.
struct Probe;

type Never = ser::Impossible<(), Shape>;

macro_rules! one {
    ($($method:ident($($arg:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self $(, _: $arg)*) -> Result<$ok, Shape> {
            Err(Shape::One)
        }
    )*};
}

impl ser::Serializer for Probe {
    type Ok = ();
    type Error = Shape;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    one! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_i128(i128) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_u128(u128) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }

    fn serialize_unit(self) -> Result<(), Shape> {
        Err(Shape::Nothing)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Shape> {
        Err(Shape::Nothing)
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, Shape> {
        Err(Shape::Several)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, Shape> {
        Err(Shape::Several)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Shape> {
        Err(Shape::One)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), Shape> {
        Err(Shape::One)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Shape> {
        Err(Shape::One)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::arguments::Arguments;
    use serde::Deserialize;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Point {
        x: u8,
    }

    fn written<T: Serialize>(payload: &T) -> String {
        Arguments::event("e", payload).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_tuple_is_several_arguments_and_anything_else_is_one() {
        assert_eq!(written(&()), r#"["e"]"#);
        assert_eq!(written(&"a"), r#"["e","a"]"#);
        assert_eq!(written(&(1, "b")), r#"["e",1,"b"]"#);
        assert_eq!(written(&vec![1, 2]), r#"["e",[1,2]]"#);
        assert_eq!(written(&Point { x: 1 }), r#"["e",{"x":1}]"#);
        assert_eq!(written(&None::<u8>), r#"["e",null]"#);
        assert_eq!(written(&((1, 2),)), r#"["e",[1,2]]"#);
        assert_eq!(written(&[0_u8; 0]), r#"["e"]"#);
    }

    #[test]
    fn an_acknowledgement_has_no_name_in_front() {
        assert_eq!(Arguments::ack(&(1, 2)).unwrap().as_str(), "[1,2]");
        assert_eq!(Arguments::ack(&()).unwrap().as_str(), "[]");
        assert_eq!(Arguments::ack(&[0_u8; 0]).unwrap().as_str(), "[]");
    }

    #[test]
    fn a_payload_that_fails_says_so() {
        let bad = std::collections::BTreeMap::from([(vec![1], 1)]);
        assert!(Arguments::ack(&bad).is_err());
    }

    #[test]
    fn arguments_are_read_by_the_same_rule() {
        let array = r#"["e",{"x":1},"b"]"#;
        let (array, first) = (array.as_bytes(), Some(5));
        assert_eq!(read::<Point>(array, 1, first).unwrap(), Point { x: 1 });
        assert_eq!(read::<(Point, String)>(array, 1, first).unwrap(), (Point { x: 1 }, "b".into()));
        assert_eq!(read::<(Point,)>(array, 1, first).unwrap(), (Point { x: 1 },));
        read::<()>(array, 1, first).unwrap();
        assert!(read::<u8>(array, 1, first).is_err());
        assert!(read::<(Point, String, u8)>(array, 1, first).is_err());
    }

    #[test]
    fn a_missing_argument_is_none_or_an_error() {
        assert_eq!(read::<Option<u8>>(br#"["e"]"#, 1, None).unwrap(), None);
        let error = read::<u8>(br#"["e"]"#, 1, None).unwrap_err();
        assert_eq!(error.to_string(), "the argument is missing");
    }
}
