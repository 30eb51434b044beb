"""Names of objects: no two of a kind have the same, whatever services are called; and each stays a text."""
import sys

import yaml

from objects import called, labels, of_kind, selects, template, workloads
from rendering import HELMS, OLDEST, chart, dealt, helm, installed, merged, rendered, services
from toggles import HTTP_ROUTE, host

# Names that end as those of other services' objects do, or did.
ALIKE = ["orders", "orders-board", "orders-files", "orders-ready", "orders-2"]
# What readers of YAML 1.1 take for something else.
WORDS = ["no", "yes", "on", "off", "null", "true"]
ON = {"enabled": True}


def apart():
    out = dealt("many", ALIKE)
    secrets = {"KEY": {"name": "key", "key": "key"}}
    values = {name: {"secrets": secrets, "dashboards": ON, "alerts": ON, "serviceMonitor": ON, "autoscaling": ON} for name in ALIKE}
    rules = [{"type": "Exact", "path": f"/{name}/{index}", "methods": [], "service": name} for name in ALIKE for index in range(70)]
    # That no object is there twice is seen there.
    objects = rendered("many", out, merged(values, host(httpRoute=HTTP_ROUTE, routes=rules)), "many").objects
    found = {called(one) for one in objects}
    for name in [f"many-{name}" for name in ALIKE]:
        wanted = {f"ConfigMap {name}{end}" for end in ["", ".board", ".files"]} | {f"HTTPRoute {name}{end}" for end in ["", ".2"]}
        wanted |= {f"{kind} {name}--ready" for kind in ["Job", "NetworkPolicy"]}
        if missing := wanted - found:
            sys.exit(f"these are not there: {', '.join(sorted(missing))}")
    for one in of_kind(objects, "Service", "PodDisruptionBudget"):
        selector = one["spec"]["selector"]
        selector = selector if one["kind"] == "PodDisruptionBudget" else {"matchLabels": selector}
        chosen = [called(other) for other in workloads(objects) if selects(selector, labels(template(other)))]
        if chosen != [f"Deployment {one['metadata']['name']}"]:
            sys.exit(f"{called(one)} selects {chosen}")
    print(f"{len(ALIKE)} services with names that end alike: {len(objects)} objects, none of a kind and name twice")


def texts(held, path=()):
    """Whatever must be a text and is none: names, namespaces, keys, labels, annotations, images, variables."""
    if isinstance(held, list):
        for index, one in enumerate(held):
            yield from texts(one, (*path, index))
    if isinstance(held, dict):
        for key, one in held.items():
            if not isinstance(key, str):
                yield path, key
            named = key in {"name", "namespace", "image", "serviceAccountName", "job_name", "service", "SERVICE", "source", "target",
                             "repository"}
            within = path and path[-1] in {"labels", "annotations", "matchLabels", "data", "environment", "args", "selector"}
            if (named or within) and not isinstance(one, (str, dict, list)):
                yield (*path, key), one
            yield from texts(one, (*path, key))


def words():
    """Services, releases and namespaces whose names are something else to readers of YAML 1.1."""
    out = dealt("words", WORDS)
    values = {name: {"dashboards": ON, "alerts": ON, "serviceMonitor": ON, "secrets": {"NO": {"name": "no", "key": "no"}},
                     "environment": {"ON": "yes", "Y": "1_0"}} for name in WORDS}
    values = merged(values, host(httpRoute=HTTP_ROUTE))
    read = {f"release {release}": rendered(f"words {release}", out, values, release, namespace="12345").objects
            for release in ["on", "no", "shop"]}
    for file in ["deploy/compose.yaml", "deploy/observability/prometheus.yaml", "deploy/chart/Chart.yaml", "deploy/chart/values.yaml"]:
        read[file] = yaml.safe_load((out / file).read_text())
    for folder in services(out).values():
        read[folder.name] = [yaml.safe_load((folder / file).read_text()) for file in ["Chart.yaml", "values.yaml"]]
    if set(read["deploy/compose.yaml"]["services"]) & set(WORDS) != set(WORDS):
        sys.exit(f"deploy/compose.yaml: these are its services: {list(read['deploy/compose.yaml']['services'])}")
    if slips := [f"{where}: {'.'.join(map(str, path))}: {value!r}" for where, one in read.items() for path, value in texts(one)]:
        sys.exit("no texts:\n" + "\n".join(slips[:40]))
    for version in HELMS:
        helm(version, "lint", "--strict", chart(out), "--kube-version", OLDEST, values=installed(out))
    print(f"services called {', '.join(WORDS)}, in the namespace 12345, stay texts")
