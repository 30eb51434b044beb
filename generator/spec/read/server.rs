//! Where the service can be reached: `servers`, and 2.0's `host`, `basePath` and `schemes`.

use super::reader::Reader;
use crate::{
    document::Node,
    spec::{Server, ServerVariable, Spanned},
};

impl<'a> Reader<'a, '_> {
    /// The servers of the document.
    pub(super) fn servers(&mut self) -> Vec<Server> {
        match self.is_20() {
            true => self.swagger_servers(),
            false => self.servers_of(self.root),
        }
    }

    /// The servers that stand in the document, a path or an operation.
    pub(super) fn servers_of(&mut self, parent: &'a Node) -> Vec<Server> {
        let mut servers = Vec::new();
        for node in self.sequence_of(parent, "servers") {
            let known = ["url", "description", "variables", "name"];
            if self.fields(node, &known, "a server").is_none() {
                continue;
            }
            let Some(url) = self.required_text(node, "url", "a server") else {
                continue;
            };
            servers.push(Server {
                url,
                description: self.text_of(node, "description"),
                variables: self.server_variables(node),
            });
        }
        servers
    }

    fn server_variables(&mut self, node: &'a Node) -> Vec<ServerVariable> {
        let mut variables = Vec::new();
        for entry in self.entries_of(node, "variables") {
            let variable = &*entry.node;
            let known = ["enum", "default", "description"];
            if self.fields(variable, &known, "a variable").is_none() {
                continue;
            }
            if let Some(default) = self.required_text(variable, "default", "a variable") {
                variables.push(ServerVariable {
                    name: entry.key.clone(),
                    description: self.text_of(variable, "description"),
                    values: self.words(variable, "enum"),
                    default: default.value,
                });
            }
        }
        variables
    }

    fn swagger_servers(&mut self) -> Vec<Server> {
        let host = self.text_of(self.root, "host");
        let base = self.text_of(self.root, "basePath");
        let node = self.root.get("host").or(self.root.get("basePath"));
        let Some(node) = node else {
            return Vec::new();
        };
        let base = base.unwrap_or_default();
        let base = base.trim_end_matches('/');
        let urls = match &host {
            None => vec![base.to_owned()],
            Some(host) => {
                let mut schemes = self.words(self.root, "schemes");
                if schemes.is_empty() {
                    schemes.push("https".into());
                }
                let urls = schemes
                    .iter()
                    .map(|scheme| format!("{scheme}://{host}{base}"));
                urls.collect()
            }
        };
        let servers = urls.into_iter().map(|value| Server {
            url: Spanned {
                span: node.span,
                value,
            },
            description: None,
            variables: Vec::new(),
        });
        servers.collect()
    }
}
