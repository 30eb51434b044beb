"""Values that the API server would refuse, or that contradict one another: each is told in words, by both Helms."""
import json, sys

from rendering import HELMS, OLDEST, chart, helm, installed, merged, side_by_side
from refusals import refused
from toggles import HTTP_ROUTE, INGRESS, host, service

ROUTE = {"type": "PathPrefix", "path": "/pets", "methods": ["GET"], "service": "petstore"}
ON = {"enabled": True}

# What no schema can say: values, and words of the answer.
CONTRADICTIONS = [
    (host(httpRoute=ON), "parentRefs"),
    (service(serviceMonitor=ON, podMonitor=ON), "podMonitor"),
    (host(ingress=INGRESS, routes=[ROUTE]), "Ingress"),
    (host(httpRoute=HTTP_ROUTE, routes=[ROUTE | {"methods": ["QUERY"]}]), "QUERY"),
    (merged(host(ingress=INGRESS), service(enabled=False)), "no rule of sharedHost.routes leads to a service that is enabled"),
    (host(ingress=INGRESS, routes=[]), "no rule of sharedHost.routes"),
    (service(service={"port": 9090}), "petstore.service.port and petstore.ports.admin would both be 9090"),
    (service(ports={"http": 9191, "admin": 9191}), "petstore.ports.http and petstore.ports.admin would both be 9191"),
    (service(autoscaling=ON | {"minReplicas": 4, "maxReplicas": 3}), "maxReplicas is 3 and minReplicas 4"),
    (service(env=[{"name": "OARLOCK_HTTP_ADDR", "value": "a"}]), "OARLOCK_HTTP_ADDR is made of petstore.ports.http"),
    (service(env=[{"name": "RUST_LOG", "value": "a"}]), "RUST_LOG is made of petstore.log"),
    (service(env=[{"name": "A", "value": "a"}, {"name": "A", "value": "b"}]), "A stands twice"),
    (service(secrets={"KEY": {"name": "a", "key": "b"}}, environment={"KEY_FILE": "c"}), "KEY_FILE is made of petstore.secrets.KEY"),
    # Where the schema is not asked.
    (service(environment={"OARLOCK_DRAIN_DELAY": "30s"}), "OARLOCK_DRAIN_DELAY is made of petstore.drain.delaySeconds"),
    (service(secrets={"RUST_LOG": {"name": "a", "key": "b"}}), "RUST_LOG is made of petstore.log"),
]

# What the schema says of single values.
WRONG = [
    service(environment={"OARLOCK_DRAIN_DELAY": "30s"}), service(environment={"RUST_LOG": "debug"}),
    service(secrets={"OARLOCK_GRACE_PERIOD": {"name": "a", "key": "b"}}),
    service(alerts={"labels": {"app.kubernetes.io/name": "other"}}), service(dashboards={"labels": {"folder": "a b"}}),
    host(httpRoute={"hostnames": ["*"]}), host(httpRoute={"hostnames": ["a.example.com/"]}), host(ingress={"host": "*"}),
    *[host(routes=[ROUTE | {"type": kind, "path": path}])
      for kind, path in [("PathPrefix", "pets"), ("Exact", "^/pets$"), ("Exact", "/pets?a"), ("PathPrefix", "/%zz")]],
]

# What is no contradiction.
TAKEN = [
    host(routes=[ROUTE | {"type": "RegularExpression", "path": "^/pets/[^/]+$"}]), host(httpRoute={"hostnames": ["*.example.com"]}),
    host(ingress={"host": "*.example.com"}), service(autoscaling={"minReplicas": 44}), service(service={"port": 8080}),
]

# What releases may not be called: names of Services begin with it.
RELEASES = ["shop.v1", "1234567", "7-shop"]


def answered(out, values, release="shop", *further):
    given = merged(installed(out), values)
    for version in HELMS:
        yield version, helm(version, "template", release, chart(out), "--kube-version", OLDEST, *further, values=given, check=False)


def told(out, values, words):
    for version, done in answered(out, values, "shop", "--skip-schema-validation"):
        if done.returncode == 0 or words not in done.stderr:
            return f"{json.dumps(values)}: {version} does not say {words}: exit {done.returncode} {done.stderr}"


def misnamed(out, release):
    for version, done in answered(out, {}, release):
        if done.returncode == 0 or f"the release is called {release}" not in done.stderr:
            return f"a release called {release}: {version}: exit {done.returncode} {done.stderr}"


def taken(out, values):
    for version, done in answered(out, values):
        if done.returncode != 0:
            return f"{json.dumps(values)}: {version} refuses it: {done.stderr}"


def checked(out):
    tasks = [lambda one=one: told(out, *one) for one in CONTRADICTIONS]
    tasks += [lambda one=one: (found := refused(out, one)) and f"{json.dumps(one)}: {found}" for one in WRONG]
    tasks += [lambda one=one: misnamed(out, one) for one in RELEASES] + [lambda one=one: taken(out, one) for one in TAKEN]
    if slips := [one for one in side_by_side(tasks) if one]:
        sys.exit("\n".join(slips))
    print(f"{len(CONTRADICTIONS)} contradictions in values, {len(WRONG)} wrong ones and {len(RELEASES)} names of releases are told by Helm 3 and 4")
