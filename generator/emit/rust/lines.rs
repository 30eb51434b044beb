//! What each operation and each schema costs: the lines of Rust that are written for it.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Item, Lit, spanned::Spanned};

use crate::{
    files::FileSet,
    model::{Api, Content, Operation, Owner, Payload},
};

/// Lines of generated Rust, by what they are for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// By what they were made for.
    pub owned: BTreeMap<Owner, usize>,
    /// All lines of the API's crate.
    pub total: usize,
}

/// Counts the lines of a project's API crate; what belongs to nothing in particular is in the total alone.
pub fn lines(api: &Api, files: &FileSet) -> Lines {
    let owners = Owners::new(api);
    let mut lines = Lines::default();
    for (path, file) in files.iter() {
        if !path.starts_with("api/src/") || !path.ends_with(".rs") {
            continue;
        }
        let text = String::from_utf8_lossy(&file.text);
        lines.total += text.lines().count();
        // What is emitted has been parsed already.
        for item in syn::parse_file(&text)
            .into_iter()
            .flat_map(|file| file.items)
        {
            owners.item(&item, &mut lines);
        }
    }
    lines
}

/// Whose each name of the generated code is.
struct Owners {
    types: BTreeMap<String, Owner>,
    methods: BTreeMap<String, Owner>,
}

impl Owners {
    fn new(api: &Api) -> Self {
        let types = api.types.iter();
        let mut types: BTreeMap<_, _> = types
            .map(|one| (one.name.clone(), one.owner.clone()))
            .collect();
        let mut methods = BTreeMap::new();
        let groups = api.groups.iter().flat_map(|group| &group.operations);
        let sent = api.outgoing.iter().map(|one| &one.operation);
        for operation in groups.chain(sent) {
            let owner = Owner::Operation(operation.id.clone());
            methods.insert(operation.method_name.clone(), owner.clone());
            for name in type_names(operation) {
                types.insert(name, owner.clone());
            }
        }
        Owners { types, methods }
    }

    fn item(&self, item: &Item, lines: &mut Lines) {
        let own = match item {
            Item::Struct(one) => self.types.get(&one.ident.to_string()),
            Item::Enum(one) => self.types.get(&one.ident.to_string()),
            Item::Type(one) => self.types.get(&one.ident.to_string()),
            Item::Impl(one) => self.types.get(&one.self_ty.to_token_stream().to_string()),
            Item::Macro(one) => named(&one.mac.tokens).and_then(|name| self.types.get(&name)),
            _ => None,
        };
        match (own, item) {
            (Some(owner), _) => lines.add(owner, item),
            (None, Item::Impl(one)) => {
                for part in &one.items {
                    match part {
                        syn::ImplItem::Fn(one) => self.method(&one.sig, part, lines),
                        syn::ImplItem::Const(one) => self.operations(&one.expr, lines),
                        _ => {}
                    }
                }
            }
            (None, Item::Trait(one)) => {
                for part in &one.items {
                    if let syn::TraitItem::Fn(one) = part {
                        self.method(&one.sig, part, lines);
                    }
                }
            }
            (None, _) => {}
        }
    }

    fn method(&self, signature: &syn::Signature, whole: &impl Spanned, lines: &mut Lines) {
        if let Some(owner) = self.methods.get(&signature.ident.to_string()) {
            lines.add(owner, whole);
        }
    }

    /// The entries of the table, each with the `id` of its operation.
    fn operations(&self, expression: &Expr, lines: &mut Lines) {
        match expression {
            Expr::Reference(one) => self.operations(&one.expr, lines),
            Expr::Array(list) => list
                .elems
                .iter()
                .for_each(|one| self.operations(one, lines)),
            Expr::Struct(entry) => {
                let id = entry
                    .fields
                    .iter()
                    .find(|field| field.member.to_token_stream().to_string() == "id");
                if let Some(Expr::Lit(id)) = id.map(|field| &field.expr)
                    && let Lit::Str(id) = &id.lit
                {
                    lines.add(&Owner::Operation(id.value()), entry);
                }
            }
            _ => {}
        }
    }
}

/// The type that a macro is called for: the enum that it declares, or its first argument.
fn named(arguments: &TokenStream) -> Option<String> {
    let mut tokens = arguments.clone().into_iter().map(|one| one.to_string());
    let first = tokens.next()?;
    match tokens.any(|token| token == "enum") {
        true => tokens.next(),
        false => Some(first),
    }
}

impl Lines {
    fn add(&mut self, owner: &Owner, whole: &impl Spanned) {
        let span = whole.span();
        // The line that sets it apart from what stands before it is its own.
        let count = span.end().line - span.start().line + 2;
        *self.owned.entry(owner.clone()).or_default() += count;
    }
}

/// The types that are made for an operation alone.
fn type_names(operation: &Operation) -> Vec<String> {
    let mut names = vec![
        operation.request_type.clone(),
        operation.response_type.clone(),
    ];
    let body = operation.body.iter().map(|body| &body.payload);
    let answers = operation
        .answers
        .iter()
        .filter_map(|answer| answer.payload.as_ref());
    for payload in body.chain(answers) {
        names.extend(payload.type_name.clone());
        names.extend(parts(payload));
    }
    names
}

fn parts(payload: &Payload) -> impl Iterator<Item = String> {
    let contents = payload.variants.iter().map(|one| one.content());
    contents.filter_map(|content| match content {
        Content::Parts(parts) => Some(parts.type_name.clone()),
        _ => None,
    })
}
