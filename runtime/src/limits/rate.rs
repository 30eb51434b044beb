//! How often each client may ask: the generic cell rate algorithm (ITU-T I.371), in a table that does not grow with the
//! number of clients.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The table's parts, each behind a lock of its own.
const SHARDS: usize = 16;
/// How many clients a part knows at most; a client that asks seldom is forgotten at once where there is no room.
const MOST: usize = 4096;

/// How often one client may ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    /// The time between two requests that are spread evenly.
    interval: Duration,
    /// How far ahead of that a client may be.
    tolerance: Duration,
}

impl Rate {
    /// So many requests in a period, and so many at once.
    pub(crate) fn new(count: NonZeroU32, period: Duration, burst: NonZeroU32) -> Self {
        let interval = period / count.get();
        Rate {
            interval,
            tolerance: interval * (burst.get() - 1),
        }
    }
}

/// Who has asked how often.
pub(crate) struct RateLimit {
    rate: Rate,
    began: Instant,
    shards: Vec<Mutex<HashMap<IpAddr, Duration>>>,
}

impl RateLimit {
    pub(crate) fn new(rate: Rate) -> Self {
        RateLimit {
            rate,
            began: Instant::now(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Counts a request of a client.
    ///
    /// # Errors
    /// Where it comes too early: how long to wait.
    pub(crate) fn ask(&self, client: IpAddr) -> Result<(), Duration> {
        self.ask_at(client, self.began.elapsed())
    }

    fn ask_at(&self, client: IpAddr, now: Duration) -> Result<(), Duration> {
        let client = network(client);
        let shard = &self.shards[shard(client)];
        let mut clients = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MOST && !clients.contains_key(&client) {
            // Whoever is not ahead is as good as new.
            clients.retain(|_, next| *next > now);
            // More clients than this that are all ahead are an attack from everywhere, which a limit for each cannot
            // stop; to refuse whoever is new would only help it.
            if clients.len() >= MOST {
                clients.clear();
            }
        }
        let next = clients.entry(client).or_insert(now);
        let due = (*next).max(now);
        let ahead = due - now;
        match ahead.checked_sub(self.rate.tolerance) {
            None | Some(Duration::ZERO) => {
                *next = due + self.rate.interval;
                Ok(())
            }
            Some(wait) => Err(wait),
        }
    }
}

/// What one client has of addresses: of IPv6 mostly a network of 64 bits (RFC 6177).
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
    }
}

fn shard(client: IpAddr) -> usize {
    let last = match client {
        IpAddr::V4(address) => address.octets()[3],
        IpAddr::V6(address) => address.octets()[7],
    };
    usize::from(last) % SHARDS
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    fn limit(count: u32, burst: u32) -> RateLimit {
        let number = |count| NonZeroU32::new(count).expect("above 0");
        RateLimit::new(Rate::new(
            number(count),
            Duration::from_secs(1),
            number(burst),
        ))
    }

    #[test]
    fn a_burst_and_then_evenly() {
        let limit = limit(10, 3);
        let one: IpAddr = [10, 0, 0, 1].into();
        let at = |milliseconds| limit.ask_at(one, Duration::from_millis(milliseconds));
        assert_eq!([at(0), at(0), at(0)], [Ok(()); 3]);
        assert_eq!(at(0), Err(Duration::from_millis(100)));
        assert_eq!(at(60), Err(Duration::from_millis(40)));
        assert_eq!(at(100), Ok(()));
        assert!(at(100).is_err());
        assert_eq!(limit.ask_at([10, 0, 0, 2].into(), Duration::ZERO), Ok(()));
        assert_eq!([at(5000), at(5000), at(5000)], [Ok(()); 3]);
        assert!(at(5000).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client_and_a_mapped_address_is_that_of_ipv4() {
        let limit = limit(1, 1);
        let ask = |text: &str| limit.ask_at(text.parse().expect("an address"), Duration::ZERO);
        assert!(ask("2001:db8::1").is_ok() && ask("2001:db8::2").is_err());
        assert!(ask("2001:db8:0:1::1").is_ok());
        assert!(ask("10.0.0.1").is_ok() && ask("::ffff:10.0.0.1").is_err());
    }

    #[test]
    fn the_table_is_bounded_and_forgets() {
        let limit = limit(1, 1);
        let client = |index: u64| {
            let [a, b, c, d] = [48, 32, 16, 0].map(|shift| (index >> shift) as u16);
            IpAddr::from(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        };
        for index in 0..200_000 {
            let _ = limit.ask_at(client(index), Duration::ZERO);
        }
        let known = |limit: &RateLimit| -> usize {
            let shards = limit.shards.iter();
            shards
                .map(|shard| shard.lock().expect("unpoisoned").len())
                .sum()
        };
        assert!((1000..=SHARDS * MOST).contains(&known(&limit)));
        let late = Duration::from_secs(2);
        for index in 1_000_000..1_200_000 {
            assert_eq!(limit.ask_at(client(index), late), Ok(()));
        }
        assert!(known(&limit) <= SHARDS * MOST);
    }
}
