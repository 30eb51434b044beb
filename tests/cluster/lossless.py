"""Pods that come and go under load: no request is lost."""
import json, os

from commands import Failed, demand, say, until
from helm import EXAMPLES, Release
from kubernetes import forget, is_ready, kubectl, namespace, pods, read, settled
from traffic import UnderLoad

SPACE = "oarlock-load"
# At full length, TEST_SCALE=5, 20 rollouts and 10 deletions.
SCALE = float(os.environ.get("TEST_SCALE", "1"))
ROLLOUTS, DELETIONS = round(4 * SCALE), round(2 * SCALE)

class Lossless:
    def __init__(self, project):
        self.project = project
        self.release = Release(project, 4, SPACE, environment=EXAMPLES)
        self.name = self.release.fullname(project.services[0])

    def start(self):
        namespace(SPACE)
        self.release.install(self.project.versions[0])
        self.pods = len(settled(SPACE, self.name))

    def each(self, parts):
        self.start()
        for part in parts:
            if part == "control":
                self.control()
                continue
            least, words, work = getattr(self, part)()
            ended, told = UnderLoad(SPACE, self.name, work).ends()
            demand(ended >= least, f"{words}: {ended} pods went, and at least {least} were to go")
            say(f"{words}: {told}")
        forget(SPACE)

    def control(self):
        """What all of the others would see: where pods close their port as soon as they are told to go, requests are lost."""
        self.release.upgrade(self.project.versions[0], drain={"delaySeconds": 0})
        for number in range(1, 7):
            seen = UnderLoad(SPACE, self.name, self.delete)
            if seen.lost:
                say(f"control: without a drain delay {seen.lost} requests of {seen.answered + seen.lost} were lost in pod deletion {number}")
                return
        raise Failed("without a drain delay no request was lost: these tests would see none either")

    def rollouts(self):
        def work():
            for number in range(ROLLOUTS):
                version = self.project.versions[(number + 1) % 2]
                self.release.upgrade(version)
        return ROLLOUTS * self.pods, f"{ROLLOUTS} rolling updates of {self.pods} pods", work

    def deletions(self):
        def work():
            for _ in range(DELETIONS):
                self.delete()
        return DELETIONS, f"{DELETIONS} pod deletions", work

    def delete(self):
        gone = pods(SPACE, self.name)[0]["metadata"]["name"]
        kubectl("delete", "pod", gone, "--namespace", SPACE, "--wait=false")
        settled(SPACE, self.name)

    def scale(self):
        def work():
            for replicas in [1, self.pods]:
                kubectl("scale", "deployment", self.name, "--namespace", SPACE, f"--replicas={replicas}")
                settled(SPACE, self.name)
        return self.pods - 1, f"a scale-down from {self.pods} pods to 1, and up again", work

    def drain(self):
        return self.pods, f"a node drain of {self.pods} pods", lambda: Drain(self.name).run()

class Drain:
    """Every pod is evicted from its node, as `kubectl drain` does it, as far and as fast as the budget lets it.

    Where there is no other node, nothing can be started while this one is closed: the budget must keep all pods but one.
    Then the node is opened, and the rest is evicted one by one."""
    def __init__(self, name):
        self.name = name

    def evict(self, pod):
        """Whether the budget lets it."""
        name = pod["metadata"]["name"]
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": SPACE}}
        done = kubectl("create", "--raw", f"/api/v1/namespaces/{SPACE}/pods/{name}/eviction", "--filename", "-",
                       input=json.dumps(body), check=False)
        refused = done.returncode != 0
        demand(not refused or "disruption budget" in done.stderr, done.stderr)
        return not refused

    def run(self):
        first = pods(SPACE, self.name)
        node = first[0]["spec"]["nodeName"]
        alone = len(read("nodes")["items"]) == 1
        kubectl("cordon", node)
        try:
            let = [pod for pod in first if self.evict(pod)]
            budget = read("poddisruptionbudget", self.name, "--namespace", SPACE)["spec"]["maxUnavailable"]
            demand(len(let) == budget, f"{len(let)} of {len(first)} pods were evicted at once; the budget is {budget}")
            if alone:
                until(lambda: len([one for one in pods(SPACE, self.name) if is_ready(one)]) == len(first) - budget, 30, "one is gone")
                demand(not any(self.evict(pod) for pod in first if pod not in let), "the budget keeps what is left")
        finally:
            if alone:
                kubectl("uncordon", node)
        try:
            for pod in first:
                if pod not in let:
                    until(lambda: self.evict(pod), 120, "the budget lets the next pod go")
            settled(SPACE, self.name)
        finally:
            kubectl("uncordon", node)
