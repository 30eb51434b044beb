//! What of objects nobody may see: the values of Secrets, of variables whose names say that they are secret, and passwords
//! within other texts.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

use super::{secret_names::is_secret_name, veil};

const HIDDEN: &str = "(hidden)";
const OTHER: &str = "(hidden, another value)";

/// What is hidden in an object, by the place where it stands.
#[derive(Debug, Default)]
pub(super) struct Hidden(BTreeMap<Vec<String>, String>);

/// Takes out of an object what nobody may see. Where something else stood in its place before, that is said, and no more.
pub(super) fn conceal(object: &mut Value, before: Option<&Hidden>) -> Hidden {
    let mut walk = Walk {
        before,
        hidden: Hidden::default(),
        place: Vec::new(),
    };
    walk.value(object);
    walk.hidden
}

struct Walk<'a> {
    before: Option<&'a Hidden>,
    hidden: Hidden,
    place: Vec<String>,
}

impl Walk<'_> {
    fn value(&mut self, value: &mut Value) {
        match value {
            Value::Sequence(items) => self.items(items),
            Value::Mapping(members) => self.members(members),
            Value::String(text) => self.text(text),
            Value::Tagged(tagged) => self.value(&mut tagged.value),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Items with a name stand where others of that name stood, wherever in the list that is.
    fn items(&mut self, items: &mut [Value]) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for item in items {
            let name = item.get("name").and_then(Value::as_str);
            let name = name.unwrap_or_default().to_owned();
            let count = seen.entry(name.clone()).or_default();
            let place = format!("{count} {name}");
            *count += 1;
            self.within(place, |walk| walk.value(item));
        }
    }

    fn members(&mut self, members: &mut Mapping) {
        let kind = members.get("kind").and_then(Value::as_str);
        let (is_secret, is_map) = (kind == Some("Secret"), kind == Some("ConfigMap"));
        let name = members.get("name").and_then(Value::as_str);
        let has_secret_name = name.is_some_and(is_secret_name);
        for (key, member) in members.iter_mut() {
            let key = shown(key);
            self.within(key.clone(), |walk| match &*key {
                // Of a Secret, what is not known to be open is not.
                "apiVersion" | "kind" | "metadata" | "type" | "immutable" => walk.value(member),
                _ if is_secret => walk.all(member, &|_| true),
                "data" | "binaryData" if is_map => walk.all(member, &is_secret_name),
                "value" if has_secret_name => walk.hide(member),
                _ => walk.value(member),
            });
        }
    }

    /// Hides the members of a mapping that a rule says are secret, and whatever is no mapping.
    fn all(&mut self, value: &mut Value, rule: &dyn Fn(&str) -> bool) {
        match value {
            Value::Mapping(members) => {
                for (name, member) in members.iter_mut() {
                    let name = shown(name);
                    self.within(name.clone(), |walk| match rule(&name) {
                        true => walk.hide(member),
                        false => walk.value(member),
                    });
                }
            }
            Value::Null => {}
            value => self.hide(value),
        }
    }

    fn text(&mut self, text: &mut String) {
        let parts: Vec<_> = veil::secret_parts(text);
        for (index, part) in parts.into_iter().enumerate().rev() {
            let secret = text.get(part.clone()).unwrap_or_default().to_owned();
            self.within(index.to_string(), |walk| {
                text.replace_range(part, walk.mark(secret));
            });
        }
    }

    fn hide(&mut self, value: &mut Value) {
        let text = serde_yaml::to_string(value).unwrap_or_default();
        *value = Value::from(self.mark(text));
    }

    /// What is shown in the place of something.
    fn mark(&mut self, text: String) -> &'static str {
        let before = self.before.and_then(|before| before.0.get(&self.place));
        let is_other = before.is_some_and(|before| *before != text);
        self.hidden.0.insert(self.place.clone(), text);
        if is_other { OTHER } else { HIDDEN }
    }

    fn within(&mut self, place: String, then: impl FnOnce(&mut Self)) {
        self.place.push(place);
        then(self);
        self.place.pop();
    }
}

fn shown(key: &Value) -> String {
    let text = key.as_str().map(str::to_owned);
    text.unwrap_or_else(|| serde_yaml::to_string(key).unwrap_or_default())
}
