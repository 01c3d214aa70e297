//! JSON objects from strangers (S-182).

use serde_json::{Map, Value};
use usher::identity::strict_json;

pub fn holds(bytes: &[u8]) -> bool {
    let loose = serde_json::from_slice::<Value>(bytes).ok();
    match (strict_json::object(bytes), loose) {
        // Both readers see the same document.
        (Ok(strict), Some(Value::Object(loose))) => {
            assert_eq!(strict, loose);
            true
        }
        (Ok(_), _) => panic!("what is no JSON object was taken for one"),
        // A member was repeated: written once, it is fine.
        (Err(_), Some(Value::Object(loose))) => {
            let text = Value::Object(loose).to_string();
            let once = strict_json::object(text.as_bytes()).expect("no member is repeated");
            assert!(members(&once) < colons(bytes), "nothing was repeated");
            false
        }
        (Err(_), _) => false,
    }
}

fn members(object: &Map<String, Value>) -> usize {
    object.values().map(|value| 1 + inside(value)).sum()
}

fn inside(value: &Value) -> usize {
    match value {
        Value::Object(object) => members(object),
        Value::Array(items) => items.iter().map(inside).sum(),
        _ => 0,
    }
}

/// No fewer than the members of the text.
fn colons(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b':').count()
}
