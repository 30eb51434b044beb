//! Every form of the headers, the malformed ones too.

use http::{HeaderMap, HeaderValue};

use super::{
    Parent, Propagators, Tracing, b3, baggage, jaeger, propagators::Read, tracecontext, tracestate,
};

const TRACE: u128 = 0x4bf92f3577b34da6a3ce929d0e0e4736;
const SPAN: u64 = 0x00f067aa0ba902b7;
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

fn parent(sampled: Option<bool>) -> Parent {
    Parent {
        trace: TRACE,
        span: SPAN.try_into().unwrap(),
        sampled,
    }
}

fn read(propagators: &str, pairs: &[(&'static str, &str)]) -> Read {
    Propagators::parse(propagators)
        .unwrap()
        .read(&headers(pairs))
}

#[test]
fn only_a_valid_traceparent_is_taken_up() {
    for (flags, sampled) in [("00", false), ("01", true), ("02", false), ("ff", true)] {
        let value = format!("{}{flags}", &PARENT[..53]);
        let read = tracecontext::parse(value.as_bytes());
        assert_eq!(read, Some(parent(Some(sampled))), "{value}");
    }
    let later = PARENT.replacen("00", "cc", 1);
    for good in [
        later.clone(),
        format!("{later}-"),
        format!("{later}-more-é"),
    ] {
        assert!(tracecontext::parse(good.as_bytes()).is_some(), "{good}");
    }
    for bad in [
        "",
        "00",
        &PARENT[..54],
        &format!("{PARENT}-more"),
        &format!("{PARENT}0"),
        &format!("{later}.more"),
        &PARENT.replacen("00", "ff", 1),
        &PARENT.replacen("00", "0G", 1),
        &PARENT.to_uppercase(),
        &PARENT.replace('-', "_"),
        &PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
        &PARENT.replace("00f067aa0ba902b7", &"0".repeat(16)),
        &PARENT.replace("4bf9", "4bfg"),
        &PARENT.replace("-01", "-0x"),
        &format!(" {PARENT}"),
    ] {
        assert_eq!(tracecontext::parse(bad.as_bytes()), None, "{bad}");
    }
    let twice = [("traceparent", PARENT), ("traceparent", PARENT)];
    assert_eq!(tracecontext::read(&headers(&twice)), None);
}

fn state(values: &[&str]) -> Option<String> {
    let pairs: Vec<_> = values.iter().map(|value| ("tracestate", *value)).collect();
    let read = tracestate::read(&headers(&pairs))?;
    Some(read.to_str().unwrap().to_owned())
}

#[test]
fn a_tracestate_is_handed_on_whole_or_not_at_all() {
    let list = |count: usize| {
        let members: Vec<_> = (0..count).map(|index| format!("k{index}=v")).collect();
        members.join(",")
    };
    for good in [
        "rojo=00f067aa0ba902b7",
        "a=1, b=2 ,\tc=3",
        "a=1,,b=2,",
        "1tenant@vendor=x",
        "a/b*c-d_e=!\"#~ x",
        &list(32),
        &format!("{}={}", "k".repeat(256), "v".repeat(256)),
        &format!("{}@{}=v", "t".repeat(241), "s".repeat(14)),
    ] {
        assert_eq!(state(&[good]).as_deref(), Some(good));
    }
    assert_eq!(
        state(&["a=1", "b=2", "c=3"]).as_deref(),
        Some("a=1,b=2,c=3")
    );
    for bad in [
        "",
        ",",
        "a",
        "=1",
        "a=",
        "A=1",
        "1a=1",
        "@v=1",
        "a@=1",
        "a@1v=1",
        "a b=1",
        "a=1=2",
        "a=é",
        "a=1,a=2",
        &list(33),
        &format!("{}=v", "k".repeat(257)),
        &format!("k={}", "v".repeat(257)),
        &format!("{}@s=v", "t".repeat(242)),
        &format!("t@{}=v", "s".repeat(15)),
    ] {
        assert_eq!(state(&[bad]), None, "{bad}");
    }
    assert_eq!(state(&["a=1", "a=2"]), None);
    // Without its parent it is worth nothing.
    let pairs = [("traceparent", "rubbish"), ("tracestate", "a=1")];
    let read = read("tracecontext", &pairs);
    assert!(read.parent.is_none() && read.state.is_none());
}

fn carried(values: &[&str]) -> Option<String> {
    let pairs: Vec<_> = values.iter().map(|value| ("baggage", *value)).collect();
    let read = baggage::read(&headers(&pairs))?;
    Some(read.to_str().unwrap().to_owned())
}

#[test]
fn baggage_keeps_its_well_formed_members_within_its_limits() {
    for good in ["a=1", "a=1;p;q=2 , b=%C3%A9", "a=", "!#$=x=y", "a=1,a=2"] {
        assert_eq!(carried(&[good]).as_deref(), Some(good));
    }
    assert_eq!(carried(&["a=1", "b=2"]).as_deref(), Some("a=1,b=2"));
    for (given, kept) in [
        ("a=1,,b=2", "a=1,b=2"),
        ("a=1,b,c=3", "a=1,c=3"),
        ("a=é,b=2", "b=2"),
        ("a b=1,c=3", "c=3"),
        ("=1,c=3", "c=3"),
        ("a=\"1\",c=3", "c=3"),
        ("a=1;=2,c=3", "c=3"),
        ("a=1\\,c=3", "c=3"),
    ] {
        assert_eq!(carried(&[given]).as_deref(), Some(kept), "{given}");
    }
    for bad in ["", ",", "a", "é"] {
        assert_eq!(carried(&[bad]), None, "{bad}");
    }
    let many = |count: usize| {
        let members: Vec<_> = (0..count).map(|index| format!("k{index}=v")).collect();
        members.join(",")
    };
    assert_eq!(carried(&[&many(64)]), Some(many(64)));
    assert_eq!(carried(&[&many(65)]), Some(many(64)));
    let long = |value: usize| format!("a={}", "v".repeat(value));
    assert_eq!(carried(&[&long(8190)]), Some(long(8190)));
    assert_eq!(carried(&[&long(8191)]), None);
    assert_eq!(
        carried(&[&long(4094), &long(4093)]).map(|kept| kept.len()),
        Some(8192)
    );
    assert_eq!(carried(&[&long(4094), &long(4094)]), Some(long(4094)));
}

#[test]
fn a_value_of_the_baggage_is_decoded() {
    let value = HeaderValue::from_static("a=1;p=2, b = x%20%C3%A9 ;q,c=%FF,a=3");
    let of = |name| baggage::value(&value, name);
    assert_eq!(of("b").as_deref(), Some("x é"));
    assert_eq!(of("c").as_deref(), Some("\u{fffd}"));
    assert_eq!(
        (of("a").as_deref(), of("p"), of("q")),
        (Some("3"), None, None)
    );
}

#[test]
fn b3_in_one_header() {
    let single = |value: &str| b3::read(&headers(&[("b3", value)]));
    let long = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
    for (behind, sampled) in [
        ("", None),
        ("-1", Some(true)),
        ("-0", Some(false)),
        ("-d", Some(true)),
        ("-1-05e3ac9a4f6e3b90", Some(true)),
    ] {
        let expected = Some(b3::Said::Span(parent(sampled)));
        assert_eq!(single(&format!("{long}{behind}")), expected, "{behind}");
        let upper = format!("{}{behind}", long.to_uppercase());
        assert_eq!(single(&upper), expected, "{upper}");
    }
    let short = single("a3ce929d0e0e4736-00f067aa0ba902b7-1");
    assert!(matches!(short, Some(b3::Said::Span(one)) if one.trace == 0xa3ce929d0e0e4736));
    assert_eq!(single("0"), Some(b3::Said::Decision(false)));
    assert_eq!(single("d"), Some(b3::Said::Decision(true)));
    for bad in [
        "",
        "2",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        &long[1..],
        &long[..48],
        &format!("{long}-2"),
        &format!("{long}-"),
        &format!("{long}-1-05e3"),
        &format!("{long}-1-05e3ac9a4f6e3b90-1"),
        &long.replace("00f067aa0ba902b7", "0000000000000000"),
        &long.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0000000000000000"),
        &long.replace("4bf9", "4bfg"),
    ] {
        assert_eq!(single(bad), None, "{bad}");
    }
}

#[test]
fn b3_in_several_headers() {
    let ids = [
        ("x-b3-traceid", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("x-b3-spanid", "00f067aa0ba902b7"),
    ];
    let with = |more: &[(&'static str, &str)]| b3::read(&headers(&[&ids[..], more].concat()));
    for (name, value, sampled) in [
        ("x-other", "", None),
        ("x-b3-sampled", "1", Some(true)),
        ("x-b3-sampled", "true", Some(true)),
        ("x-b3-sampled", "0", Some(false)),
        ("x-b3-sampled", "false", Some(false)),
        ("x-b3-flags", "1", Some(true)),
        ("x-b3-flags", "0", None),
    ] {
        let expected = Some(b3::Said::Span(parent(sampled)));
        assert_eq!(with(&[(name, value)]), expected, "{name}: {value}");
    }
    assert_eq!(with(&[("x-b3-sampled", "d")]), None);
    assert_eq!(with(&[("x-b3-sampled", "yes")]), None);
    assert_eq!(b3::read(&headers(&ids[..1])), None);
    assert_eq!(b3::read(&headers(&ids[1..])), None);
    let alone = b3::read(&headers(&[("x-b3-sampled", "0")]));
    assert_eq!(alone, Some(b3::Said::Decision(false)));
    // The one header goes before the several.
    let one = b3::read(&headers(&[&ids[..], &[("b3", "0")]].concat()));
    assert_eq!(one, Some(b3::Said::Decision(false)));
}

#[test]
fn jaegers_header() {
    let of = |value: &str| jaeger::read(&headers(&[("uber-trace-id", value)]));
    let good = "4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1";
    for same in [
        good,
        &good.replace(":00f0", ":f0"),
        &good.replace(':', "%3A"),
        &good.to_uppercase(),
        &good.replace(":0:1", ":5e3:3"),
    ] {
        assert_eq!(of(same), Some(parent(Some(true))), "{same}");
    }
    assert_eq!(of(&good.replace(":0:1", ":0:0")), Some(parent(Some(false))));
    assert_eq!(
        of("1:2:0:1").map(|one| (one.trace, one.span.get())),
        Some((1, 2))
    );
    for bad in [
        "",
        "1:2:0",
        "1:2:0:1:1",
        "0:2:0:1",
        "1:0:0:1",
        "1:2::1",
        "x:2:0:1",
        "1:2:0:100",
        "%FF:2:0:1",
        &format!("{:033}:2:0:1", 1),
        &format!("1:{:017}:0:1", 2),
    ] {
        assert_eq!(of(bad), None, "{bad}");
    }
}

#[test]
fn headers_are_read_as_far_as_they_are_chosen() {
    let b3 = ("b3", "0000000000000001-0000000000000002-0");
    let uber = ("uber-trace-id", "3:4:0:1");
    let all = [("traceparent", PARENT), b3, uber, ("baggage", "a=1")];
    for (chosen, trace, baggage) in [
        ("tracecontext,baggage", Some(TRACE), true),
        ("tracecontext, b3", Some(TRACE), false),
        ("b3,baggage", Some(1), true),
        ("b3multi", Some(1), false),
        ("jaeger", Some(3), false),
        ("none", None, false),
    ] {
        let read = read(chosen, &all);
        assert_eq!(read.parent.map(|parent| parent.trace), trace, "{chosen}");
        assert_eq!(read.baggage.is_some(), baggage, "{chosen}");
    }
    assert!(Propagators::parse("tracecontext,xray").is_none());
    assert_eq!(
        Propagators::parse("baggage,tracecontext"),
        Some(Propagators::default())
    );
}

#[test]
fn nothing_is_allocated_for_a_trace_alone() {
    let tracing = Tracing::quiet();
    let ids = tracing.begin(&headers(&[("traceparent", PARENT)]));
    assert_eq!((ids.trace, ids.parent.map(u64::from)), (TRACE, Some(SPAN)));
    assert!(ids.carried.is_none() && ids.sampled && ids.span != SPAN);
    let fresh = tracing.begin(&HeaderMap::new());
    assert!(fresh.carried.is_none() && fresh.parent.is_none());
    assert_ne!(fresh.trace, tracing.begin(&HeaderMap::new()).trace);
    let more = [
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("baggage", "b=2"),
    ];
    let ids = tracing.begin(&headers(&more));
    assert_eq!(ids.state().unwrap(), "a=1");
    assert_eq!(ids.baggage_value("b").as_deref(), Some("2"));
}

#[cfg(feature = "client")]
#[test]
fn a_trace_is_told_in_every_chosen_form() {
    use super::TraceIds;

    let ids = TraceIds {
        trace: TRACE,
        span: SPAN,
        parent: None,
        sampled: true,
        carried: None,
    };
    let carried = super::Carried {
        state: Some(HeaderValue::from_static("a=1")),
        baggage: Some(HeaderValue::from_static("b=2")),
    };
    let written = |chosen: &str, ids: &TraceIds| {
        let mut lines = Vec::new();
        let chosen = Propagators::parse(chosen).unwrap();
        chosen.write(ids, Some(&carried), |name, value| {
            lines.push(format!("{name}: {}", value.to_str().unwrap()));
        });
        lines
    };
    let w3c = [
        &format!("traceparent: {PARENT}"),
        "tracestate: a=1",
        "baggage: b=2",
    ];
    assert_eq!(written("tracecontext,baggage", &ids), w3c);
    let unkept = TraceIds {
        sampled: false,
        ..ids.clone()
    };
    assert!(written("tracecontext", &unkept)[0].ends_with("-00"));
    let b3 = "b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1";
    assert_eq!(written("b3", &ids), [b3]);
    let several = [
        "x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736",
        "x-b3-spanid: 00f067aa0ba902b7",
        "x-b3-sampled: 0",
    ];
    assert_eq!(written("b3multi", &unkept), several);
    let uber = "uber-trace-id: 4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1";
    assert_eq!(written("jaeger", &ids), [uber]);
    assert!(written("none", &ids).is_empty());
}
