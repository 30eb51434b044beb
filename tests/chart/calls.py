"""The release's NetworkPolicies against the calls that were declared: every pair of pods, and every port, both ways."""
import sys

from network import Host, Pod, passes
from objects import called, labels, of_kind, template, workloads, containers
from reading import document
from rendering import SHOP, merged, rendered

GATEWAY = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateways"}},
           "podSelector": {"matchLabels": {"app": "gateway"}}}
PROMETHEUS = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
              "podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["prometheus"]}]}}
DATABASE = {"to": [{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}}], "ports": [{"port": 5432}]}
NAMESPACES = {name: {"kubernetes.io/metadata.name": name} for name in ["harbour", "elsewhere", "gateways", "monitoring", "kube-system"]}
ANYWHERE = (("http", 8080, "TCP"), ("admin", 9090, "TCP"), ("ssh", 22, "TCP"))
STRANGERS = [
    Pod("stranger", "harbour", {"app": "stranger"}, ANYWHERE),
    Pod("foreigner", "elsewhere", {"app.kubernetes.io/name": "cart", "app.kubernetes.io/instance": "shop-cart"}, ANYWHERE),
    Pod("gateway", "gateways", {"app": "gateway"}, ANYWHERE),
    Pod("beside the gateway", "gateways", {"app": "other"}, ANYWHERE),
    Pod("prometheus", "monitoring", {"app": "prometheus"}, ANYWHERE),
    Pod("dns", "kube-system", {"k8s-app": "kube-dns"}, (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP"))),
    Host("database", "192.0.2.10"),
    Host("beside the database", "192.0.2.200"),
]
HOST_PORTS = {(5432, "TCP"), (443, "TCP")}


def pods(render):
    """What the release starts, each pod by its object's name without the release's."""
    found = []
    for one in workloads(render.objects):
        ports = tuple((port.get("name"), port["containerPort"], port.get("protocol", "TCP"))
                      for container in containers(one) for port in container.get("ports") or [])
        name = one["metadata"]["name"].removeprefix(f"{render.release}-")
        found.append(Pod(name, one["metadata"]["namespace"], labels(template(one)), ports))
    return found


def numbers(everyone):
    """Every port that anything has, which anyone may try on anyone."""
    return {(number, protocol) for one in everyone if isinstance(one, Pod) for _, number, protocol in one.ports} | HOST_PORTS | {(1234, "TCP")}


def passing(render):
    """Every connection that comes about with a pod of the release at one end, as caller, called, port and protocol."""
    policies = of_kind(render.objects, "NetworkPolicy")
    own = pods(render)
    everyone = own + STRANGERS
    return {(caller.name, asked.name, number, protocol)
            for caller in everyone for asked in everyone if caller is not asked and (caller in own or asked in own)
            for number, protocol in numbers(everyone)
            if passes(policies, caller, asked, number, protocol, NAMESPACES)}


def ports_of(render, name):
    return {label: number for one in pods(render) if one.name == name for label, number, _ in one.ports}


def expected(render, calls, api, metrics, databases=()):
    """What is to come about: `calls` among services, who asks the API, who asks the admin port, and who asks the database."""
    services = [one.name for one in pods(render) if not one.name.endswith("--ready")]
    found = set()
    for name in services:
        ports = ports_of(render, name)
        found |= {(caller, name, ports["http"], "TCP") for caller in api(name) | {one for one, asked in calls if asked == name}}
        found |= {(caller, name, ports["admin"], "TCP") for caller in metrics(name) | {f"{name}--ready"}}
    for one in pods(render):
        found |= {(one.name, "dns", 53, "UDP"), (one.name, "dns", 53, "TCP")}
    found |= {(name, "database", 5432, "TCP") for name in databases}
    return found


def compared(name, render, wanted):
    own = {one.name for one in pods(render)}
    found = passing(render)
    if found != wanted:
        more = "\n".join(f"  passes, and should not: {one}" for one in sorted(found - wanted))
        less = "\n".join(f"  does not pass, and should: {one}" for one in sorted(wanted - found))
        sys.exit(f"network policies, {name}:\n{more}\n{less}")
    everyone = len(own) + len(STRANGERS)
    tried = (everyone * (everyone - 1) - len(STRANGERS) * (len(STRANGERS) - 1)) * len(numbers([*pods(render), *STRANGERS]))
    print(f"network policies, {name}: of {tried} connections {len(found)} come about, which are those declared")


def declared():
    """The calls that the settings of the case with several services declare."""
    settings = document(SHOP / "oarlock.yaml")["services"]
    return {(caller, asked) for caller, one in settings.items() for asked in one.get("calls") or []}


def checked(out):
    calls = declared()
    services = {caller for caller, _ in calls} | {asked for _, asked in calls}
    pods_outside = {one.name for one in STRANGERS if isinstance(one, Pod)}
    everyone = pods_outside | {"database", "beside the database"}
    plain = rendered("plain", out, {})
    compared("nothing said of who may ask", plain, expected(plain, calls, lambda _: everyone, lambda _: everyone))

    closed = {name: {"networkPolicy": {"from": [GATEWAY], "metricsFrom": [PROMETHEUS]}} for name in services}
    narrow = rendered("closed", out, merged(closed, {"orders": {"networkPolicy": {"egress": [DATABASE]}}}))
    compared("a gateway and a Prometheus", narrow, expected(narrow, calls, lambda _: {"gateway"}, lambda _: {"prometheus"}, ["orders"]))

    ports = {name: {"ports": {"http": 8181 + index, "admin": 9191 + index}} for index, name in enumerate(sorted(services))}
    moved = rendered("other ports", out, merged(closed, ports))
    compared("other ports", moved, expected(moved, calls, lambda _: {"gateway"}, lambda _: {"prometheus"}))

    turned = {"catalog": {"calls": ["orders"], "callers": []}, "cart": {"calls": [], "callers": []},
              "orders": {"calls": [], "callers": ["catalog"]}}
    other = rendered("other calls", out, merged(closed, turned))
    compared("other calls", other, expected(other, {("catalog", "orders")}, lambda _: {"gateway"}, lambda _: {"prometheus"}))

    fewer = rendered("without a service", out, merged(closed, {"cart": {"enabled": False}}))
    left = {(caller, asked) for caller, asked in calls if "cart" not in (caller, asked)}
    compared("without the cart", fewer, expected(fewer, left, lambda _: {"gateway"}, lambda _: {"prometheus"}))

    resolver = {"to": [{"ipBlock": {"cidr": "192.0.2.200/32"}}], "ports": [{"port": 1234, "protocol": "TCP"}]}
    asking = {name: {"networkPolicy": {"dns": resolver, "ingress": [{"from": [GATEWAY], "ports": [{"port": 1234}]}]}} for name in services}
    elsewhere = rendered("names from elsewhere", out, merged(closed, asking))
    wanted = {one for one in expected(elsewhere, calls, lambda _: {"gateway"}, lambda _: {"prometheus"}) if one[1] != "dns"}
    wanted |= {(one.name, "beside the database", 1234, "TCP") for one in pods(elsewhere)}
    wanted |= {("gateway", name, 1234, "TCP") for name in services}
    compared("names from elsewhere, and a port more", elsewhere, wanted)

    opened = rendered("no policies", out, {name: {"networkPolicy": {"enabled": False}} for name in services})
    if of_kind(opened.objects, "NetworkPolicy"):
        sys.exit(f"network policies: there are some where there are to be none: {[called(one) for one in opened.objects]}")
    return [plain, narrow, moved, other, fewer, elsewhere]
