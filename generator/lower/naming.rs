//! Which name each thing gets: the one it has in the lock, else its own, else that with a number. A name once given is
//! given to nothing else as long as the lock knows it, so that no edit of the document renames what stays.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use crate::{
    diagnostic::{Code, Diagnostic, Label},
    model::NameTable,
    source::Span,
};

/// The names of a run.
#[derive(Default)]
pub(super) struct Naming {
    locked: NameTable,
    /// By scope, the names that are reserved in the lock, and for whom.
    owners: HashMap<String, HashMap<String, String>>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    given: NameTable,
    /// By scope, each name with whose it is and where that stands.
    taken: HashMap<String, HashMap<String, (String, Option<Span>)>>,
    clashes: Vec<Diagnostic>,
}

/// Something that wants a name.
pub(super) struct Wanted<'a> {
    /// What it is called in the document.
    pub(super) key: &'a str,
    /// The name that it would have alone.
    pub(super) name: String,
    /// Where it stands, to tell of a clash.
    pub(super) span: Option<Span>,
}

impl Naming {
    pub(super) fn new(locked: NameTable) -> Self {
        let owners = locked.iter().map(|(scope, names)| {
            let owners = names.iter().map(|(key, name)| (name.clone(), key.clone()));
            (scope.clone(), owners.collect())
        });
        Naming {
            owners: owners.collect(),
            locked,
            state: RefCell::default(),
        }
    }

    /// Keeps a name from being given in a scope.
    pub(super) fn reserve(&self, scope: &str, name: &str) {
        let mut state = self.state.borrow_mut();
        let taken = state.taken.entry(scope.to_owned()).or_default();
        taken.insert(name.to_owned(), (String::new(), None));
    }

    /// Names several things at once: in whatever order they come, each gets the same name. What the lock knows comes
    /// first, then what is called in Rust as in the document and can be, and only then what may need a number.
    pub(super) fn claim_all(&self, scope: &str, wanted: Vec<Wanted>) -> Vec<String> {
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        let rank = |index: &usize| {
            let one = &wanted[*index];
            let key = written(one.key);
            let locked = self.locked(scope, &key).is_some();
            let exact = plain(&one.name) == one.key && self.is_free(scope, &key, &one.name);
            (!locked, !exact, one.key)
        };
        order.sort_by(|left, right| rank(left).cmp(&rank(right)));
        let mut names = vec![String::new(); wanted.len()];
        for index in order {
            names[index] = self.claim(scope, &wanted[index]);
        }
        names
    }

    /// Whether a name is neither given nor kept for another.
    fn is_free(&self, scope: &str, key: &str, name: &str) -> bool {
        let state = self.state.borrow();
        let taken = state
            .taken
            .get(scope)
            .is_some_and(|taken| taken.contains_key(name));
        let owner = self.owners.get(scope).and_then(|owners| owners.get(name));
        !taken && owner.is_none_or(|owner| owner == key)
    }

    /// Names one thing.
    pub(super) fn claim(&self, scope: &str, wanted: &Wanted) -> String {
        let mut state = self.state.borrow_mut();
        let key = unused_key(&state.given, scope, &written(wanted.key));
        let taken = state.taken.entry(scope.to_owned()).or_default();
        let owners = self.owners.get(scope);
        let foreign = |name: &str| {
            owners
                .and_then(|owners| owners.get(name))
                .is_some_and(|owner| *owner != key)
        };
        let locked = self
            .locked(scope, &key)
            .filter(|name| !taken.contains_key(*name));
        let name = match locked {
            Some(name) => name.to_owned(),
            None => free(&wanted.name, |name| {
                !taken.contains_key(name) && !foreign(name)
            }),
        };
        let clash = (name != wanted.name && locked.is_none())
            .then(|| taken.get(&wanted.name).cloned())
            .flatten();
        taken.insert(name.clone(), (key.clone(), wanted.span));
        if let (Some(span), Some((other, Some(first)))) = (wanted.span, clash) {
            state
                .clashes
                .push(clash_of(wanted, &name, span, &other, first));
        }
        state
            .given
            .entry(scope.to_owned())
            .or_default()
            .insert(key, name.clone());
        name
    }

    fn locked(&self, scope: &str, key: &str) -> Option<&str> {
        self.locked.get(scope)?.get(key).map(String::as_str)
    }

    /// Every name given, and every clash.
    pub(super) fn finish(self) -> (NameTable, Vec<Diagnostic>) {
        let state = self.state.into_inner();
        (state.given, state.clashes)
    }
}

/// A key as it stands in the lock, where nothing may be shown otherwise than it is.
fn written(key: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    key.chars()
        .map(|letter| match hidden(letter) {
            true => letter.escape_unicode().to_string(),
            false => letter.to_string(),
        })
        .collect()
}

/// A key that has no name yet: two things of one scope may be called the same.
fn unused_key(given: &NameTable, scope: &str, key: &str) -> String {
    let used = |key: &str| {
        given
            .get(scope)
            .is_some_and(|names| names.contains_key(key))
    };
    let numbered = (2..).map(|number| format!("{key} ({number})"));
    std::iter::once(key.to_owned())
        .chain(numbered)
        .find(|key| !used(key))
        .unwrap_or_default()
}

/// `wanted`, or with the first number from 2 under which it is free.
fn free(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    if is_free(wanted) {
        return wanted.to_owned();
    }
    let plain = plain(wanted);
    let gap = if plain.ends_with(|last: char| last.is_ascii_digit()) {
        "_"
    } else {
        ""
    };
    let numbered = (2..).map(|number| format!("{plain}{gap}{number}"));
    let mut numbered = numbered;
    numbered.find(|name| is_free(name)).unwrap_or_default()
}

fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn clash_of(wanted: &Wanted, name: &str, span: Span, other: &str, first: Span) -> Diagnostic {
    Diagnostic {
        code: Code::NameClash,
        message: format!(
            "`{}` and `{}` come to one name in Rust",
            wanted.key.escape_debug(),
            other.escape_debug()
        ),
        primary: Label {
            span,
            text: format!("becomes `{name}`"),
        },
        context: vec![Label {
            span: first,
            text: format!("is `{}`", wanted.name),
        }],
        help: "rename one of them, or leave it so: `oarlock.lock` keeps both names".into(),
    }
}

/// The names that must be written down: those that are not just what the document says.
pub(super) fn telling(names: NameTable) -> NameTable {
    let scopes = names.into_iter().map(|(scope, names)| {
        let told = names.into_iter().filter(|(key, name)| plain(name) != key);
        (scope, told.collect::<BTreeMap<_, _>>())
    });
    scopes.filter(|(_, names)| !names.is_empty()).collect()
}
