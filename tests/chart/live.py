"""What the chart asks a cluster: how many pods a Deployment has, before an autoscaler takes it over; and what notes tell."""
import contextlib, http.server, json, sys, tempfile, threading

from objects import of_kind
from reading import documents
from rendering import HELMS, OLDEST, chart, helm, installed, merged
from toggles import service

ON = {"enabled": True}
# The kinds of the release, by their group and version.
KINDS = {"v1": ["ConfigMap", "Service", "ServiceAccount"], "apps/v1": ["Deployment"], "autoscaling/v2": ["HorizontalPodAutoscaler"],
         "batch/v1": ["Job"], "networking.k8s.io/v1": ["NetworkPolicy"], "policy/v1": ["PodDisruptionBudget"], "monitoring.coreos.com/v1": ["PodMonitor", "PrometheusRule"]}


def plural(kind):
    return kind.lower().removesuffix("y") + ("ies" if kind.endswith("y") else "s")


def discovery():
    """What clients ask any API server first."""
    groups = []
    found = {"/version": {"major": "1", "minor": OLDEST.split(".")[1], "gitVersion": f"v{OLDEST}"},
             "/api": {"kind": "APIVersions", "versions": ["v1"]}, "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}}
    for version, kinds in KINDS.items():
        resources = [{"name": plural(kind), "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": ["get"]} for kind in kinds]
        found[f"/{'apis' if '/' in version else 'api'}/{version}"] = {
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}
        if "/" in version:
            one = {"groupVersion": version, "version": version.partition("/")[2]}
            groups.append({"name": version.partition("/")[0], "versions": [one], "preferredVersion": one})
    return found


KNOWN = discovery()


@contextlib.contextmanager
def cluster(deployments):
    """An API server that knows Deployments of a namespace by their names, and nothing else; the path of its kubeconfig."""
    class Answers(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.partition("?")[0]
            name = path.removeprefix("/apis/apps/v1/namespaces/harbour/deployments/")
            found = KNOWN.get(path) or (name != path and deployments.get(name))
            missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            body = json.dumps(found or missing).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "a", "users": [{"name": "a", "user": {}}],
                   "clusters": [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
                   "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a", "namespace": "harbour"}}]}, file)
        file.flush()
        try:
            yield file.name
        finally:
            server.shutdown()
            server.server_close()


def deployment(name, replicas):
    owned = {"labels": {"app.kubernetes.io/managed-by": "Helm"},
             "annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "harbour"}}
    return {name: {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "harbour", **owned},
                   "spec": {"replicas": replicas}}}


def replicas(out, version, deployments, values):
    """How many pods the release's Deployment says it has, `None` where it does not, by a cluster with these Deployments."""
    with cluster(deployments) as config:
        done = helm(version, "template", "shop", chart(out), "--kube-version", OLDEST, "--namespace", "harbour", "--dry-run=server",
                    "--disable-openapi-validation", "--kubeconfig", config, values=merged(installed(out), values))
    return of_kind(documents(done.stdout), "Deployment")[0]["spec"].get("replicas")


def checked(out):
    scaled = service(autoscaling=ON)
    cases = [("a Deployment that runs", deployment("shop-petstore", 7), scaled, 7),
             ("one that somebody put to rest", deployment("shop-petstore", 0), scaled, 0),
             ("none that runs", {}, scaled, None), ("one of another name", deployment("other-petstore", 7), scaled, None),
             ("no autoscaler", deployment("shop-petstore", 7), {}, 3)]
    for what, deployments, values, expected in cases:
        for version in HELMS:
            if (found := replicas(out, version, deployments, values)) != expected:
                sys.exit(f"replicas with {what}: {version} says {found}, and not {expected}")
    print(f"replicas: {len(cases)} Deployments keep the pods that they have when an autoscaler takes them over")


def noted(out, version, values):
    with cluster({}) as config:
        return helm(version, "install", "shop", chart(out), "--namespace", "harbour", "--dry-run=client", "--disable-openapi-validation", "--kubeconfig", config,
                    values=merged(installed(out), values)).stdout.partition("NOTES:")[2]


WARNING = "ServiceDown pages for as long as nothing else"


def notes(out):
    """Notes tell of every service, and of alerts that nothing feeds."""
    values = {"sharedHost": {"routes": []}, "cart": {"enabled": False}, "orders": {"alerts": ON}, "catalog": {"alerts": ON, "podMonitor": ON}}
    for version in HELMS:
        text = noted(out, version, values)
        for words, count in [("http://shop-orders.harbour.svc:80", 1), ("http://shop-catalog.harbour.svc:80", 1), ("shop-cart", 0),
                             ("cart:\n  is not enabled", 1), (WARNING, 1), ("under the job orders", 1), ("oarlock.service", 0)]:
            if text.count(words) != count:
                sys.exit(f"notes: {version} says {words!r} {text.count(words)} times, and not {count}:\n{text}")
    print("notes tell of every service without rules as well, and of alerts that nothing feeds")
