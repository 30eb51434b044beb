//! Which backends there are, and which of them is chosen.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::client::Client;

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn each_of_several_addresses_is_a_backend() {
    let whole = vec![Vec::<IpAddr>::new()];
    assert_eq!(groups(Vec::new()), whole);
    assert_eq!(groups(ips(&["10.0.0.1"])), whole);
    assert_eq!(groups(ips(&["fd00::1", "10.0.0.1"])), whole);
    assert_eq!(
        groups(ips(&["10.0.0.1", "fd00::1", "10.0.0.2", "10.0.0.3"])),
        [
            ips(&["10.0.0.1", "fd00::1"]),
            ips(&["10.0.0.2", "fd00::1"]),
            ips(&["10.0.0.3", "fd00::1"]),
        ]
    );
    assert_eq!(groups(ips(&["fd00::1", "fd00::2"])).len(), 2);
    let many = (0..200).map(|last| IpAddr::from([10, 0, 0, last]));
    assert_eq!(groups(many.collect()).len(), MOST);
}

/// What the name stands for; nothing where it cannot be found.
static NAMED: Mutex<Vec<IpAddr>> = Mutex::new(Vec::new());

fn named(_: String) -> Finding {
    Box::pin(async {
        let found = NAMED.lock().unwrap().clone();
        match found.is_empty() {
            true => Err(io::ErrorKind::NotFound.into()),
            false => Ok(found),
        }
    })
}

#[tokio::test]
async fn names_are_looked_up_again_and_what_stays_is_kept() {
    let settings = Arc::new(Settings {
        bases: vec![Base::parse("http://pets/v1").unwrap()],
        lookup: named,
        ..Settings::default()
    });
    let told = |list: &List| -> Vec<String> {
        let addresses = list.iter().map(|one| one.address());
        addresses
            .map(|one| one.map_or("?".into(), |one| one.to_string()))
            .collect()
    };
    let backends = Backends::new(&settings);
    assert_eq!(
        told(&backends.all().await),
        ["?"],
        "the connection will tell"
    );

    *NAMED.lock().unwrap() = ips(&["10.0.0.1", "10.0.0.2", "10.0.0.2"]);
    backends.look_up().await;
    let before = backends.all().await;
    assert_eq!(told(&before), ["10.0.0.1", "10.0.0.2"]);
    *NAMED.lock().unwrap() = ips(&["10.0.0.3", "10.0.0.2"]);
    assert_eq!(told(&backends.all().await), told(&before), "for a while");
    backends.look_up().await;
    let after = backends.all().await;
    assert_eq!(told(&after), ["10.0.0.3", "10.0.0.2"]);
    assert!(Arc::ptr_eq(&before[1], &after[1]), "with its connections");
    NAMED.lock().unwrap().clear();
    backends.look_up().await;
    assert_eq!(
        told(&backends.all().await),
        told(&after),
        "better than none"
    );

    // A connection that failed makes the addresses doubtful, though not at once after they were found.
    backends.doubt();
    assert!(!backends.is_stale(FRESH));
    *backends.looked_up.lock().unwrap() = Instant::now().checked_sub(DOUBTED);
    backends.doubt();
    assert!(backends.is_stale(FRESH));
}

#[tokio::test]
async fn each_address_of_a_name_is_called_by_the_name() {
    fn local(_: String) -> Finding {
        Box::pin(async { Ok(ips(&["127.0.0.1", "127.0.0.2", "127.0.0.3"])) })
    }
    let first = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = first.local_addr().unwrap().port();
    // Nobody is at the third.
    let second = tokio::net::TcpListener::bind(("127.0.0.2", port))
        .await
        .unwrap();
    for listener in [first, second] {
        tokio::spawn(async move {
            let own = listener.local_addr().unwrap().ip().to_string();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut text = vec![0; 4096];
                let length = stream.read(&mut text).await.unwrap();
                let text = String::from_utf8_lossy(&text[..length]).into_owned();
                let host = text.contains("host: pets:");
                let body = format!("{own} {host}");
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length";
                let answer = format!("{head}: {}\r\n\r\n{body}", body.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
    }
    let client = Client::new(&format!("http://pets:{port}")).unwrap();
    let client = client.reconnecting(|settings| settings.lookup = local);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let answer = client.call("a", "POST", "/").send().await.unwrap();
        seen.insert(answer.text::<String>().await.unwrap());
    }
    let seen: Vec<String> = seen.into_iter().collect();
    assert_eq!(seen, ["127.0.0.1 true", "127.0.0.2 true"]);
}

#[test]
fn the_one_with_less_to_do_is_chosen() {
    let settings = Settings::default();
    let backend = |name: &str| {
        let base = Base::parse(name).unwrap();
        Arc::new(Backend::new(base, Vec::new(), &settings))
    };
    let list = [
        backend("http://a"),
        backend("http://b"),
        backend("http://c"),
    ];
    let now = Instant::now();
    let busy: Vec<_> = (0..5).filter_map(|_| list[1].enter(now)).collect();
    for _ in 0..100 {
        let chosen = choose(&list, &[], now).ok().unwrap();
        assert!(!Arc::ptr_eq(&chosen.backend, &list[1]), "it has more to do");
    }
    drop(busy);
    let tried = [list[0].clone(), list[2].clone()];
    let chosen = choose(&list, &tried, now).ok().unwrap();
    assert!(Arc::ptr_eq(&chosen.backend, &list[1]), "the only one left");
    drop(chosen);
    assert!(choose(&list, &list, now).is_ok(), "better than none");
    for backend in &list {
        for _ in 0..10 {
            backend.enter(now).unwrap().failed = Some(true);
        }
    }
    let wait = choose(&list, &[], now).err().unwrap();
    assert!((1.0..8.0).contains(&wait.as_secs_f64()), "{wait:?}");
}
