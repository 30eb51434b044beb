//! A generated service that tells of each value whether its schema takes it.

use std::{
    collections::BTreeSet,
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use crate::{
    client::{connect, exchange},
    project::{self, Running, free_port},
};

/// A schema under a name of its own: the text of a file.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) schema: Value,
}

/// A service at work; killed when it is dropped.
pub(crate) struct Judge {
    port: u16,
    stream: Option<TcpStream>,
    _running: Running,
    /// The cases that were left out, with what the generator said.
    pub(crate) left_out: BTreeSet<String>,
}

/// Writes the document of all cases, generates from it, builds and starts.
pub(crate) fn start(name: &str, version: &str, cases: &[Case], remotes: Option<&Path>) -> Judge {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("schemas")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    write(&folder, version, cases);
    let project = folder.join("project");
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    command
        .args([
            "generate",
            "openapi.json",
            "--allow",
            "unsupported",
            "--out",
            "project",
            "--name",
            name,
        ])
        .current_dir(&folder);
    if let Some(remotes) = remotes {
        command
            .arg("--remote")
            .arg(format!("http://localhost:1234/={}", remotes.display()));
    }
    let output = command.output().expect("oarlock runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}: {told}");
    let left_out = told
        .lines()
        .filter_map(|line| line.strip_prefix("left out: POST /"));
    let left_out = left_out
        .map(|line| line.split(',').next().unwrap_or(line).to_owned())
        .collect();
    serve(&project::build(&project, name), left_out)
}

fn write(folder: &Path, version: &str, cases: &[Case]) {
    fs::create_dir_all(folder.join("cases")).expect("a folder");
    let mut paths = Map::new();
    for case in cases {
        let file = format!("cases/{}.json", case.name);
        fs::write(folder.join(&file), case.schema.to_string()).expect("a file");
        let operation = json!({ "post": {
            "operationId": case.name,
            "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": file } } } },
            "responses": { "204": { "description": "taken" }, "400": { "description": "refused" } },
        }});
        paths.insert(format!("/{}", case.name), operation);
    }
    let document = json!({ "openapi": version, "info": { "title": "Schemas", "version": "1" }, "paths": paths });
    fs::write(folder.join("openapi.json"), document.to_string()).expect("a document");
}

fn serve(binary: &PathBuf, left_out: BTreeSet<String>) -> Judge {
    let (http, admin) = (free_port(), free_port());
    let child = Command::new(binary)
        .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
        .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
        .env("OARLOCK_EXAMPLES", "on")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the service starts");
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", http)).is_err() {
        assert!(
            Instant::now() < until,
            "{} does not start",
            binary.display()
        );
        sleep(Duration::from_millis(10));
    }
    Judge {
        port: http,
        stream: None,
        _running: Running(child),
        left_out,
    }
}

impl Judge {
    /// Whether the schema of a case takes a JSON text.
    pub(crate) fn takes(&mut self, case: &str, text: &str) -> bool {
        let mut stream = self
            .stream
            .take()
            .unwrap_or_else(|| connect(self.port).expect("the port is open"));
        let headers = [("content-type", "application/json")];
        let answer =
            exchange(&mut stream, "POST", &format!("/{case}"), &headers, text).expect("an answer");
        self.stream = Some(stream);
        match answer.status {
            204 => true,
            400 => false,
            other => panic!("{case} answers {other} to {text}: {answer:?}"),
        }
    }
}
