//! An identity provider on loopback: tells where its keys are, and which, and counts who asks.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{
            AtomicBool, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    thread::{sleep, spawn},
    time::Duration,
};

use serde_json::{Value, json};

use crate::key::Key;

pub(crate) struct Provider {
    pub(crate) issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    keys: Mutex<Vec<Value>>,
    /// Answers nothing but 503.
    down: AtomicBool,
    discoveries: AtomicUsize,
    fetches: AtomicUsize,
    issuer: Mutex<String>,
}

impl Provider {
    pub(crate) fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let issuer = format!("http://127.0.0.1:{port}/realms/gate");
        let shared = Arc::new(Shared {
            keys: Mutex::default(),
            down: AtomicBool::new(false),
            discoveries: AtomicUsize::new(0),
            fetches: AtomicUsize::new(0),
            issuer: Mutex::new(issuer.clone()),
        });
        let provider = Provider {
            issuer,
            shared: shared.clone(),
        };
        provider.publish(keys);
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                spawn(move || shared.answer(stream, port));
            }
        });
        provider
    }

    /// Takes these keys in the place of all others.
    pub(crate) fn publish(&self, keys: &[&Key]) {
        let public = keys.iter().map(|key| key.public()).collect();
        self.publish_raw(public);
    }

    pub(crate) fn publish_raw(&self, keys: Vec<Value>) {
        *self.shared.keys.lock().expect("keys") = keys;
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.shared.down.store(down, SeqCst);
    }

    /// Calls itself something else in its configuration.
    pub(crate) fn pretend(&self, issuer: &str) {
        issuer.clone_into(&mut self.shared.issuer.lock().expect("an issuer"));
    }

    /// How often its configuration and its keys were fetched.
    pub(crate) fn fetches(&self) -> (usize, usize) {
        let shared = &self.shared;
        (
            shared.discoveries.load(Relaxed),
            shared.fetches.load(Relaxed),
        )
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream, port: u16) {
        let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
        loop {
            let mut target = String::new();
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                if target.is_empty() {
                    target = line.split(' ').nth(1).unwrap_or_default().to_owned();
                }
                line.clear();
            }
            if target.is_empty() {
                return;
            }
            let (status, body) = self.document(&target, port);
            let text = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                text.len()
            );
            // As far away as a provider mostly is.
            sleep(Duration::from_millis(20));
            if stream.write_all((head + &text).as_bytes()).is_err() {
                return;
            }
        }
    }

    fn document(&self, target: &str, port: u16) -> (u16, Value) {
        let configuration = target.ends_with("/.well-known/openid-configuration");
        match configuration {
            true => self.discoveries.fetch_add(1, Relaxed),
            false => self.fetches.fetch_add(1, Relaxed),
        };
        if self.down.load(SeqCst) {
            return (503, json!({}));
        }
        match target {
            "/realms/gate/.well-known/openid-configuration" => {
                let issuer = self.issuer.lock().expect("an issuer").clone();
                let keys = format!("http://127.0.0.1:{port}/realms/gate/keys?form=jwks");
                (200, json!({ "issuer": issuer, "jwks_uri": keys }))
            }
            "/realms/gate/keys?form=jwks" => {
                (200, json!({ "keys": *self.keys.lock().expect("keys") }))
            }
            _ => (404, json!({})),
        }
    }
}
