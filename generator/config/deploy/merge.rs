//! Layers of `deploy`: what is said nearer wins, key by key; lists of names with a value each are joined, name by name.

use std::collections::BTreeMap;

use super::{
    Amounts, Bases, Deploy, Drain, Image, Observability, Observers, Ports, Probe, Probes, Replicas,
    Resources, StartupProbe,
    observability::{ObserverImages, ObserverPorts},
};

impl Deploy {
    /// What is said here, over what is said `below`.
    #[must_use]
    pub fn over(self, below: Deploy) -> Deploy {
        Layer::over(self, below)
    }
}

trait Layer {
    fn over(self, below: Self) -> Self;
}

impl<T> Layer for Option<T> {
    fn over(self, below: Self) -> Self {
        self.or(below)
    }
}

impl<K: Ord, V> Layer for BTreeMap<K, V> {
    fn over(self, mut below: Self) -> Self {
        below.extend(self);
        below
    }
}

impl Layer for Observability {
    fn over(self, below: Self) -> Self {
        match (self, below) {
            (Observability::Off, _) => Observability::Off,
            (own, below) if own == Observability::default() => below,
            (Observability::On(own), Observability::On(below)) => {
                Observability::On(own.over(below))
            }
            (own, Observability::Off) => own,
        }
    }
}

/// A key that is not named here does not compile.
macro_rules! layers {
    ($($name:ident { $($key:ident),* })*) => {$(
        impl Layer for $name {
            fn over(self, below: Self) -> Self {
                $name { $($key: self.$key.over(below.$key)),* }
            }
        }
    )*};
}

layers! {
    Deploy { ports, drain, probes, resources, replicas, image, bases, observability, labels, environment, log }
    Ports { http, admin, service }
    Drain { delay, timeout, streams, hooks, margin }
    Probes { startup, liveness, readiness, image }
    StartupProbe { period, timeout, within }
    Probe { period, timeout, failures }
    Resources { requests, limits }
    Amounts { cpu, memory, ephemeral_storage }
    Replicas { min, max }
    Image { registry, repository, user, source, include }
    Bases { build, run, run_static }
    Observers { images, ports, runbooks }
    ObserverImages { prometheus, grafana, jaeger, collector }
    ObserverPorts { prometheus, grafana, jaeger, collector }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Deploy {
        serde_yaml::from_str(text).expect("it is one")
    }

    #[test]
    fn what_is_said_nearer_wins_key_by_key() {
        let below = "{ports: {http: 8000, admin: 9000}, replicas: {min: 3}, log: warn, labels: {a: x, b: x}}";
        let own = "{ports: {http: 8001}, replicas: {max: 9}, labels: {b: y, c: y}}";
        let both = "{ports: {http: 8001, admin: 9000}, replicas: {min: 3, max: 9}, log: warn, labels: {a: x, b: y, c: y}}";
        assert_eq!(read(own).over(read(below)), read(both));
        assert_eq!(Deploy::default().over(read(below)), read(below));
        assert_eq!(read(own).over(Deploy::default()), read(own));
    }

    #[test]
    fn observability_is_on_where_nobody_says_off() {
        let (off, on) = (
            "observability: off",
            "observability: {ports: {grafana: 4000}}",
        );
        let below = "observability: {ports: {grafana: 3000, jaeger: 5000}}";
        let both = "observability: {ports: {grafana: 4000, jaeger: 5000}}";
        for (own, below, made) in [
            (off, below, off),
            ("{}", off, off),
            (on, off, on),
            ("{}", below, below),
            (on, below, both),
        ] {
            assert_eq!(
                read(own).over(read(below)),
                read(made),
                "{own} over {below}"
            );
        }
    }
}
