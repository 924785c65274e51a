//! Writes Socket.IO packets as text frames of Engine.IO: `4<type>[<namespace>,][<ack id>][JSON]`.

use serde::Serialize;

use crate::{
    engine::packet::MESSAGE,
    error::EncodeError,
    socket::{args, namespace::NamespaceName},
};

/// The names that only the library itself may use; neither sent nor accepted.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "connect"
            | "connect_error"
            | "disconnect"
            | "disconnecting"
            | "newListener"
            | "removeListener"
    )
}

/// An event's name and arguments, written down and ready to be sent.
///
/// ```
/// use socketio_proto::Arguments;
///
/// let greeting = Arguments::event("greet", &("Ann", 3)).unwrap();
/// assert_eq!(greeting.as_str(), r#"["greet","Ann",3]"#);
/// assert!(Arguments::event("connect", &()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments(String);

impl Arguments {
    /// An event: `()` is no argument, a tuple is several, any other type is one.
    ///
    /// # Errors
    ///
    /// When the name is reserved, or the payload has no JSON form.
    pub fn event<T: Serialize + ?Sized>(name: &str, payload: &T) -> Result<Self, EncodeError> {
        if is_reserved(name) {
            return Err(EncodeError::ReservedName(name.to_owned()));
        }
        let fail = |source| EncodeError::Payload { event: name.to_owned(), source };
        let mut json = Vec::with_capacity(64);
        json.push(b'[');
        serde_json::to_writer(&mut json, name).map_err(fail)?;
        args::write(payload, &mut json).map_err(fail)?;
        Self::close(json).map_err(fail)
    }

    /// An answer to an event that asked for one.
    ///
    /// # Errors
    ///
    /// When the payload has no JSON form.
    pub fn ack<T: Serialize + ?Sized>(payload: &T) -> Result<Self, EncodeError> {
        let fail = |source| EncodeError::Payload { event: "acknowledgement".to_owned(), source };
        let mut json = vec![b'['];
        args::write(payload, &mut json).map_err(fail)?;
        Self::close(json).map_err(fail)
    }

    fn close(mut json: Vec<u8>) -> Result<Self, serde_json::Error> {
        json.push(b']');
        String::from_utf8(json).map(Self).map_err(serde::ser::Error::custom)
    }

    /// The JSON array.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn connect(namespace: &NamespaceName, auth: Option<&str>) -> String {
    frame('0', namespace, None, auth.unwrap_or_default())
}

pub(crate) fn disconnect(namespace: &NamespaceName) -> String {
    frame('1', namespace, None, "")
}

pub(crate) fn event(namespace: &NamespaceName, ack: Option<u64>, arguments: &Arguments) -> String {
    frame('2', namespace, ack, &arguments.0)
}

pub(crate) fn ack(namespace: &NamespaceName, id: u64, arguments: &Arguments) -> String {
    frame('3', namespace, Some(id), &arguments.0)
}

fn frame(kind: char, namespace: &NamespaceName, ack: Option<u64>, payload: &str) -> String {
    // Two digits, the namespace and its comma, at most 20 digits of an id.
    let mut text = String::with_capacity(payload.len() + namespace.as_str().len() + 23);
    text.push(MESSAGE);
    text.push(kind);
    if namespace.as_str() != "/" {
        text.push_str(namespace.as_str());
        text.push(',');
    }
    if let Some(id) = ack {
        text.push_str(&id.to_string());
    }
    text.push_str(payload);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The examples of the Socket.IO protocol document that go from client to server.
    #[test]
    fn the_documents_examples_are_written() {
        let root = NamespaceName::new("/").unwrap();
        let admin = NamespaceName::new("/admin").unwrap();
        let foo = Arguments::event("foo", &()).unwrap();
        assert_eq!(connect(&root, None), "40");
        assert_eq!(connect(&root, Some(r#"{"token":"123"}"#)), r#"40{"token":"123"}"#);
        assert_eq!(connect(&admin, None), "40/admin,");
        assert_eq!(event(&root, None, &foo), r#"42["foo"]"#);
        assert_eq!(event(&admin, Some(12), &foo), r#"42/admin,12["foo"]"#);
        assert_eq!(ack(&admin, 13, &Arguments::ack(&"bar").unwrap()), r#"43/admin,13["bar"]"#);
        assert_eq!(disconnect(&admin), "41/admin,");
    }
}
