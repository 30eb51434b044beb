"""The cluster, as kubectl tells of it."""
import datetime, json, os, subprocess, sys, threading, time

from commands import INSIDE, demand, run, until

MISSING = """no cluster answers: {why}

This stage runs on any cluster that KUBECONFIG names, and makes namespaces in it whose names begin with oarlock-. To get one:
  kind create cluster --kubeconfig kind.yaml && export KUBECONFIG=$PWD/kind.yaml OARLOCK_TEST_LOAD_IMAGES='kind load docker-image'
  node=$(docker inspect -f '{{{{.NetworkSettings.Networks.kind.IPAddress}}}}' kind-control-plane)
or
  KUBECONFIG=$PWD/minikube.yaml minikube start && export KUBECONFIG=$PWD/minikube.yaml OARLOCK_TEST_LOAD_IMAGES='minikube image load'
  node=$(minikube ip)
and then
  sudo ip route add 10.96.0.0/12 via $node; sudo ip route add 10.244.0.0/16 via $node
These routes lead to Services and pods; where one must be elsewhere for that, OARLOCK_TEST_CLUSTER_EXEC is the command that takes
one there (it stands before kubectl, helm and whoever asks a Service)."""

def needed():
    """Ends the stage where there is no cluster: one is asked for by KUBECONFIG alone, never the one that is at hand."""
    if not os.environ.get("KUBECONFIG"):
        sys.exit(MISSING.format(why="KUBECONFIG is not set"))
    try:
        done = run("kubectl", "get", "--raw", "/readyz", inside=True, check=False)
    except FileNotFoundError as error:
        sys.exit(MISSING.format(why=f"{error.filename} is not on the PATH"))
    if done.returncode != 0:
        sys.exit(MISSING.format(why=done.stderr.strip()))

def kubectl(*words, **options):
    return run("kubectl", *words, inside=True, **options)

def read(*words):
    return json.loads(kubectl("get", *words, "--output", "json").stdout)

def namespace(name):
    """A new namespace in which Pod Security `restricted` is enforced."""
    kubectl("delete", "namespace", name, "--ignore-not-found", "--wait")
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ["enforce", "audit", "warn"]}
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    kubectl("create", "--filename", "-", input=json.dumps(made))
    until(lambda: kubectl("get", "serviceaccount", "default", "--namespace", name, check=False).returncode == 0, 30,
          f"the service account of namespace {name}")

def forget(name):
    kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")

def objects(space):
    """Every object that a namespace holds, of every kind that can be listed, and those of no namespace that name it."""
    def kinds(namespaced):
        found = kubectl("api-resources", "--verbs", "list", f"--namespaced={namespaced}", "--output", "name").stdout.split()
        return ",".join(one for one in found if one.split(".")[0] not in ("events", "namespaces", "componentstatuses"))
    own = kubectl("get", kinds("true"), "--namespace", space, "--ignore-not-found", "--output", "name").stdout.split()
    others = read(kinds("false"), "--ignore-not-found")["items"]
    return {*own, *(f"{one['kind']}/{one['metadata']['name']}" for one in others if f'"{space}"' in json.dumps(one))}

def deployment(space, name):
    return read("deployment", name, "--namespace", space)

def pods(space, name):
    """The pods of a Deployment that are not on their way out."""
    labels = deployment(space, name)["spec"]["selector"]["matchLabels"]
    found = read("pods", "--namespace", space, "--selector", ",".join(f"{key}={value}" for key, value in labels.items()))
    return [one for one in found["items"] if "deletionTimestamp" not in one["metadata"]]

def is_ready(pod):
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))

def settled(space, name, seconds=120):
    """Waits until a Deployment has as many pods as it is to have, all of them ready, and none on its way out."""
    def found():
        wanted = deployment(space, name)["spec"]["replicas"]
        every = read("pods", "--namespace", space)["items"]
        alive = pods(space, name)
        leaving = [one for one in every if "deletionTimestamp" in one["metadata"]]
        return not leaving and len(alive) == wanted and all(map(is_ready, alive)) and alive
    return until(found, seconds, f"{name} in {space} has its pods")

def address(space, name):
    service = read("service", name, "--namespace", space)["spec"]
    port = next(one["port"] for one in service["ports"] if one["name"] == "http")
    return f"{service['clusterIP']}:{port}"

def ask(space, target, path):
    """Asks through the API server; the body, or None where it is no success."""
    done = kubectl("get", "--raw", f"/api/v1/namespaces/{space}/{target}/proxy{path}", check=False)
    return done.stdout if done.returncode == 0 else None

def troubles():
    """What the cluster itself says is wrong: of its nodes, and the last warnings of anything."""
    def items(*words):
        done = kubectl("get", *words, "--output", "json", check=False)
        return json.loads(done.stdout)["items"] if done.returncode == 0 else []
    for node in items("nodes"):
        for one in node["status"]["conditions"]:
            if (one["status"] == "True") != (one["type"] == "Ready"):
                yield f"node {node['metadata']['name']}: {one['type']}: {one.get('message', '')}"
    warnings = items("events", "--all-namespaces", "--field-selector", "type=Warning")
    told = [f"{one['involvedObject']['kind']} {one['involvedObject']['name']}: {one.get('message', '')}" for one in
            sorted(warnings, key=lambda one: one.get("lastTimestamp") or "")]
    yield from list(dict.fromkeys(told))[-10:]

def seconds(moment):
    return datetime.datetime.fromisoformat(moment).timestamp()

class Watch:
    """What happens to the pods of a namespace while it is open."""
    def __init__(self, space):
        command = [*INSIDE, "kubectl", "get", "pods", "--namespace", space, "--watch", "--output-watch-events", "--output", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.seen, self.leaving, self.ended, self.restarts = {}, {}, {}, 0
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()
        time.sleep(1)

    def follow(self):
        text = ""
        for line in self.process.stdout:
            text += line
            # An event on a line, or on many, as kubectl's version has it.
            if line.startswith("}") or (text == line and line.endswith("}\n")):
                self.note(json.loads(text)["object"])
                text = ""

    def note(self, pod):
        name, meta = pod["metadata"]["name"], pod["metadata"]
        self.seen[name] = pod
        if "deletionTimestamp" in meta:
            asked = seconds(meta["deletionTimestamp"]) - meta.get("deletionGracePeriodSeconds", 0)
            self.leaving.setdefault(name, (asked, pod["spec"]["terminationGracePeriodSeconds"]))
        for one in pod["status"].get("containerStatuses", []):
            self.restarts += one["restartCount"]
            if one["name"] == "service" and "terminated" in one["state"]:
                self.ended[name] = one["state"]["terminated"]

    def close(self):
        """Demands that every pod that went had its exit code 0 within its grace period; how many, and the longest of them."""
        self.process.terminate()
        self.process.wait()
        self.thread.join(10)
        demand(self.seen, "no pod was seen")
        longest = 0
        for name, (asked, grace) in self.leaving.items():
            demand(name in self.ended, f"{name} was told to go and never seen at its end")
            end = self.ended[name]
            took = seconds(end["finishedAt"]) - asked
            demand(end["exitCode"] == 0, f"{name} ended with {end}")
            demand(took <= grace, f"{name} took {took} s of {grace}")
            longest = max(longest, took)
        demand(self.restarts == 0, "a container was started again")
        return len(self.leaving), longest
