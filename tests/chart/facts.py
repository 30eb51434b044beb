"""What the chart must say whatever a grader thinks, and that what oarlock.yaml changes is changed in it."""
import json, re

from objects import annotations, called, containers, environment, labels, of_kind, pod, template, workloads
from rendering import DIGEST, SHOP_SERVICES, project, rendered, services

PROBES = {"startupProbe": "/startupz", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
KINDS = {"ConfigMap", "Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"}
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# What may be called by labels with dots between them (RFC 1123 subdomain), up to 253 letters.
DOTTED = {"ConfigMap", "HTTPRoute"}
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
# 53 letters, which is what Helm lets a release have.
LONGEST = "a-release-whose-name-is-as-long-as-helm-lets-it-be-ok"


def only(objects, kind):
    found = of_kind(objects, kind)
    assert len(found) == 1, (kind, [called(one) for one in found])
    return found[0]


def petstore(out):
    found = rendered("petstore", out, {}).objects
    kinds = {one["kind"] for one in found}
    assert kinds == KINDS, kinds
    deployment = only(found, "Deployment")
    spec, container = pod(deployment), containers(deployment)[0]
    told = environment(found, deployment)
    seconds = lambda name: int(told[name].removesuffix("s"))
    grace = spec["terminationGracePeriodSeconds"]
    assert grace == seconds("OARLOCK_GRACE_PERIOD") >= seconds("OARLOCK_DRAIN_DELAY") + seconds("OARLOCK_DRAIN_TIMEOUT") + 5
    assert "OARLOCK_EXAMPLES" not in json.dumps(found)
    for probe, path in PROBES.items():
        assert container[probe]["httpGet"] == {"path": path, "port": "admin"}, container[probe]
    for one in workloads(found):
        security = containers(one)[0]["securityContext"]
        assert security["readOnlyRootFilesystem"] and security["runAsNonRoot"] and security["capabilities"] == {"drop": ["ALL"]}
        assert pod(one)["automountServiceAccountToken"] is False and containers(one)[0]["image"] == f"petstore@{DIGEST}"
    assert "lifecycle" not in container, "preStop is free for foreign sidecars"
    assert deployment["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert "checksum/config" in annotations(template(deployment))
    keys = [one["topologyKey"] for one in spec["topologySpreadConstraints"]]
    assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], keys
    budget, account = only(found, "PodDisruptionBudget")["spec"], only(found, "ServiceAccount")
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow" and account["automountServiceAccountToken"] is False
    job = only(found, "Job")
    assert annotations(job)["helm.sh/hook"] == "test" and containers(job)[0]["args"] == ["healthcheck"]
    print(f"the chart's own facts hold: {', '.join(sorted(kinds))}; grace period {grace} s")


CHANGED = """
deploy:
  ports: { http: 8181, admin: 9191, service: 8282 }
  drain: { delay: 31s, timeout: 43s, streams: 37s, hooks: 41s, margin: 47s }
  probes:
    startup: { period: 7s, timeout: 6s, within: 84s }
    liveness: { period: 17s, timeout: 16s, failures: 15 }
    readiness: { period: 19s, timeout: 18s, failures: 14 }
  image: { registry: registry.example.com/shop, user: 12345 }
  labels: { example.com/team: harbour }
  environment: { GREETING: "$(HOME) costs $5: 'a' #b" }
"""


def changed():
    """What oarlock.yaml changes is changed in what Kubernetes gets."""
    objects = rendered("changed", project("petstore", CHANGED), {}).objects
    deployment, service, job = (only(objects, kind) for kind in ["Deployment", "Service", "Job"])
    container, told = containers(deployment)[0], environment(objects, deployment)
    # A ConfigMap's text is taken as it stands; a variable of the container would have its `$` doubled.
    expected = {"OARLOCK_HTTP_ADDR": "0.0.0.0:8181", "OARLOCK_ADMIN_ADDR": "0.0.0.0:9191", "OARLOCK_DRAIN_DELAY": "31s",
                "OARLOCK_DRAIN_TIMEOUT": "43s", "OARLOCK_DRAIN_STREAMS": "37s", "OARLOCK_GRACE_PERIOD": "162s",
                "GREETING": "$(HOME) costs $5: 'a' #b"}
    assert expected.items() <= told.items(), told
    assert "GREETING" in only(objects, "ConfigMap")["data"]
    assert pod(deployment)["terminationGracePeriodSeconds"] == 162
    assert [one["containerPort"] for one in container["ports"]] == [8181, 9191]
    assert [one["port"] for one in service["spec"]["ports"]] == [8282, 9191]
    for probe, numbers in {"startupProbe": (7, 6, 12), "livenessProbe": (17, 16, 15), "readinessProbe": (19, 18, 14)}.items():
        one = container[probe]
        assert (one["periodSeconds"], one["timeoutSeconds"], one["failureThreshold"]) == numbers, one
    users = [held for one in [deployment, job] for held in [pod(one)["securityContext"], containers(one)[0]["securityContext"]]]
    assert all(one["runAsUser"] == one["runAsGroup"] == 12345 for one in users), users
    assert environment(objects, job)["OARLOCK_ADMIN_ADDR"].endswith(":9191")
    assert container["image"].startswith("registry.example.com/shop/petstore@sha256:")
    for one in [*objects, template(deployment)]:
        assert labels(one)["example.com/team"] == "harbour", one["metadata"]
    print("every port, timing, user and label that oarlock.yaml changes is changed in the chart")


def several(out):
    """Three services in one release; each has its own objects."""
    objects = rendered("several", out, {}).objects
    replicas = {one["metadata"]["name"]: one["spec"]["replicas"] for one in of_kind(objects, "Deployment")}
    assert replicas == {f"shop-{name}": 3 for name in SHOP_SERVICES}, replicas
    for name in SHOP_SERVICES:
        mine = {one["kind"] for one in objects if labels(one)["app.kubernetes.io/name"] in {name, f"{name}--ready"}}
        assert mine == KINDS, (name, mine)
    print(f"{len(SHOP_SERVICES)} services in one release, each with its {len(KINDS)} kinds of objects")


def meeting(out):
    """Where values say the same label more than once, what is said of fewer objects counts."""
    team = lambda value: {"example.com/team": value}
    values = {"global": {"labels": team("all")}, "petstore": {
        "labels": team("pets"), "podLabels": team("pods"), "serviceMonitor": {"enabled": True, "labels": team("monitors")}}}
    objects = rendered("labels that meet", out, values).objects
    expected = {"Service": "pets", "Deployment": "pets", "ServiceMonitor": "monitors"}
    for kind, value in expected.items():
        assert labels(only(objects, kind))["example.com/team"] == value, kind
    assert labels(template(only(objects, "Deployment")))["example.com/team"] == "pods"
    print("a label that is said more than once is there once, as the narrowest of them says it")


def everything(out):
    """What makes a service have further objects."""
    on = {"enabled": True}
    return {name: {"secrets": {"KEY": {"name": "key", "key": "key"}}, "dashboards": on, "alerts": on, "serviceMonitor": on,
                   "autoscaling": on} for name in services(out)}


def own_variables(out):
    """The variables that the chart makes are those that its schema refuses."""
    objects = rendered("own variables", out, {}).objects
    deployment, told = only(objects, "Deployment"), only(objects, "ConfigMap")["data"]
    made = {one["name"] for one in containers(deployment)[0]["env"]} | {*told}
    schema = json.loads((services(out)["petstore"] / "values.schema.json").read_text())
    for key in ["environment", "secrets"]:
        refused = set(schema["properties"][key]["propertyNames"]["not"]["enum"])
        assert refused == made, (key, refused ^ made)
    print(f"the {len(made)} variables that the chart makes are refused elsewhere")


def deadlines():
    """A start that may take long is waited for, and no less than Kubernetes does by itself."""
    for within, failures, expected in [("1m", 60, 600), ("5m", 300, 600), ("20m", 1200, 1500)]:
        out = project("petstore", f"deploy: {{ probes: {{ startup: {{ within: {within} }} }} }}\n")
        deployment = only(rendered("deadline", out, {}).objects, "Deployment")
        assert containers(deployment)[0]["startupProbe"]["failureThreshold"] == failures
        assert deployment["spec"]["progressDeadlineSeconds"] == expected, (within, deployment["spec"]["progressDeadlineSeconds"])
    print("progressDeadlineSeconds follows what a start may take")


def names(projects):
    """Whatever a release is called, names and labels are such that Kubernetes takes them, and each is there once."""
    releases = ["petstore", "orders", "r", LONGEST]
    assert len(LONGEST) == 53
    for release in releases:
        for out in projects:
            objects = rendered(f"{release} {out.name}", out, everything(out), release).objects
            for one in objects:
                parts = one["metadata"]["name"].split(".")
                assert all(NAME.fullmatch(part) for part in parts) and (len(parts) == 1 or one["kind"] in DOTTED), called(one)
                held = [*labels(one).values(), *(labels(template(one)).values() if one in workloads(objects) else [])]
                assert all(LABEL.fullmatch(value) for value in held), (called(one), held)
    print(f"names and labels are good in {len(releases)} releases of {len(projects)} projects, of up to {len(LONGEST)} letters")
