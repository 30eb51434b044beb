use std::time::{Duration, Instant};

use super::*;

fn basic(user: &str, password: &str) -> Basic {
    Basic {
        user: user.to_owned(),
        password: password.to_owned(),
    }
}

fn line(name: &str, password: &str) -> String {
    hash_password(&[name.to_owned()], password.as_bytes()).expect("a line")
}

async fn timed(passwords: &Passwords, user: &str, password: &str) -> (bool, Duration) {
    let began = Instant::now();
    let passed = passwords.verify(&basic(user, password)).await.is_ok();
    (passed, began.elapsed())
}

#[tokio::test]
async fn a_name_is_known_by_its_own_password() {
    let lines = format!("# staff\n{}\n{}", line("ann", "a:b c"), line("bob", "pass"));
    let passwords = Passwords::new(&lines).expect("passwords");
    for (user, password, passes) in [
        ("ann", "a:b c", true),
        ("bob", "pass", true),
        ("ann", "pass", false),
        ("ann", "", false),
        ("eve", "pass", false),
        ("", "", false),
    ] {
        for _ in 0..2 {
            let passed = timed(&passwords, user, password).await.0;
            assert_eq!(passed, passes, "{user} {password}");
        }
    }
}

#[tokio::test]
async fn a_pair_costs_once_and_an_unknown_name_as_much_as_a_known_one() {
    let passwords = Passwords::new(&line("ann", "right")).expect("passwords");
    let mut least = [Duration::MAX; 3];
    for _ in 0..3 {
        let (known, unknown) = (
            timed(&passwords, "ann", "wrong").await.1,
            timed(&passwords, "eve", "wrong").await.1,
        );
        least = [least[0].min(known), least[1].min(unknown), least[2]];
    }
    assert!(timed(&passwords, "ann", "right").await.0);
    for _ in 0..3 {
        let (passed, again) = timed(&passwords, "ann", "right").await;
        assert!(passed);
        least[2] = least[2].min(again);
    }
    let [known, unknown, again] = least;
    assert!(unknown > known / 2 && known > unknown / 2, "{least:?}");
    assert!(again < known / 10, "{least:?}");
}

#[tokio::test]
async fn more_than_can_wait_are_sent_away() {
    let passwords = Passwords::new(&line("ann", "right")).expect("passwords");
    let users = passwords.0.get().expect("users");
    let most = u32::try_from(users.waiting.available_permits()).expect("few");
    let _all = users.waiting.acquire_many(most).await.expect("permits");
    let refusal = passwords.verify(&basic("ann", "right")).await;
    let reason = refusal.expect_err("too many").reason();
    assert_eq!(reason, super::super::unauthorized::Reason::Unavailable);
}

#[test]
fn what_is_no_hash_of_argon2id_is_told_without_it() {
    let salt = "c2FsdHNhbHQ";
    let hash = "A".repeat(43);
    for text in [
        "ann".to_owned(),
        "ann:secret".to_owned(),
        format!(":$argon2id$v=19$m=1024,t=1,p=1${salt}${hash}"),
        format!("ann:$argon2i$v=19$m=1024,t=1,p=1${salt}${hash}"),
        format!("ann:$argon2id$v=19$m=0,t=1,p=1${salt}${hash}"),
        format!("ann:$argon2id$v=19$m=1024,t=1,p=1${salt}"),
        "ann:$2y$05$abcdefghijklmnopqrstuv".to_owned(),
    ] {
        let told = Passwords::new(&text).expect_err("a mistake");
        assert_eq!(told, "line 1 is none", "{text}");
    }
    let twice = format!("{}{}", line("ann", "a"), line("ann", "b"));
    let told = Passwords::new(&twice).expect_err("a mistake");
    assert_eq!(told, "the name of line 2 stands twice");
}
