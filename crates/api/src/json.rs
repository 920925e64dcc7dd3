//! JSON as a body carries it: an object has each of its names once. Whoever reads the last of two, and whoever reads
//! the first – a proxy, a log – would understand one body differently.

use std::cell::RefCell;
use std::fmt;

use kernel::fault::{self, Fault, FieldError, pointer_step};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a body.
///
/// # Errors
/// 400 `malformed_json`; 422 `repeated_field` at each name that stands twice in its object.
pub fn read(bytes: &[u8]) -> Result<Value, Fault> {
    let place = Place::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let malformed = |error: serde_json::Error| {
        Fault::new(&fault::MALFORMED_JSON).with("line", error.line()).with("column", error.column())
    };
    let value = Part(&place).deserialize(&mut json).map_err(malformed)?;
    json.end().map_err(malformed)?;
    let repeated = place.repeated.into_inner();
    if repeated.is_empty() { Ok(value) } else { Err(Fault::fields(repeated)) }
}

/// Where the reader is, and what stood twice.
#[derive(Default)]
struct Place {
    pointer: RefCell<String>,
    repeated: RefCell<Vec<FieldError>>,
}

impl Place {
    /// Reads a part one step further in.
    fn within<T>(&self, step: &str, read: impl FnOnce() -> T) -> T {
        let length = self.pointer.borrow().len();
        self.pointer.borrow_mut().extend(["/", step]);
        let part = read();
        self.pointer.borrow_mut().truncate(length);
        part
    }

    fn stood_twice(&self, step: &str) {
        let pointer = format!("{}/{step}", self.pointer.borrow());
        self.repeated.borrow_mut().push(FieldError::new(pointer, fault::REPEATED_FIELD.code));
    }
}

/// A part of a body.
struct Part<'a>(&'a Place);

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = self.0.within(&list.len().to_string(), || items.next_element_seed(Part(self.0)))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let step = pointer_step(&name);
            let value = self.0.within(&step, || fields.next_value_seed(Part(self.0)))?;
            if map.insert(name, value).is_some() {
                self.0.stood_twice(&step);
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_once_is_read_as_it_is() {
        for text in [
            r#"{"a": [1, -2, 2.5, "文", true, null, {"a": {"a": {}}}], "b": {"a": 18446744073709551615}}"#,
            "[]",
            "\"a\\u0041\"",
            " 1 ",
        ] {
            let wanted: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes()).unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn each_name_that_stands_twice_is_told_at_its_place() {
        for (text, pointers) in [
            (r#"{"a": 1, "a": 1}"#, &["/a"][..]),
            (r#"{"rows": [{"b": 1}, {"b": 1, "c": {}, "b": 2}]}"#, &["/rows/1/b"][..]),
            (r#"{"x~/y": {"n": 0, "n": {"n": 1}}}"#, &["/x~0~1y/n"][..]),
            (r#"{"a": 1, "b": 2, "a": 3, "a": 4}"#, &["/a", "/a"][..]),
        ] {
            let refused = read(text.as_bytes()).unwrap_err();
            let told: Vec<&str> = refused.errors().iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(told, pointers, "{text}");
            assert!(refused.errors().iter().all(|error| error.code == "repeated_field"));
        }
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        let deep = "[".repeat(200);
        for text in ["", "{", "{\"a\": 1,}", "{} {}", "nul", "1e999", deep.as_str()] {
            assert!(read(text.as_bytes()).unwrap_err().is(&fault::MALFORMED_JSON), "{text}");
        }
        assert!(read(&[b'"', 0xff, b'"']).unwrap_err().is(&fault::MALFORMED_JSON));
    }
}
