"""The probes, as the kubelet asks them."""
import re, subprocess, time

from commands import INSIDE, demand, say, until
from helm import EXAMPLES, Release
from kubernetes import ask, deployment, forget, kubectl, namespace, pods, read, seconds, settled
from traffic import program

SPACE = "oarlock-probes"

class Probing:
    def __init__(self, project):
        self.release = Release(project, 4, SPACE, environment=EXAMPLES)
        self.name = self.release.fullname(project.services[0])

    def run(self):
        namespace(SPACE)
        self.release.install(self.release.project.versions[0])
        self.pass_all()
        self.restarted_where_it_hangs()
        forget(SPACE)

    def counted(self, pod):
        """How often the kubelet has asked each probe of a pod, by what came of it."""
        told = kubectl("get", "--raw", f"/api/v1/nodes/{pod['spec']['nodeName']}/proxy/metrics/probes").stdout
        counts = {}
        for labels, value in re.findall(r"^prober_probe_total\{(.*?)\} (\S+)", told, flags=re.MULTILINE):
            labels = dict(re.findall(r'(\w+)="(.*?)"', labels))
            if labels["pod_uid"] == pod["metadata"]["uid"] and labels["container"] == "service":
                counts[labels["probe_type"], labels["result"]] = int(float(value))
        return counts

    def events(self, reason):
        found = read("events", "--namespace", SPACE, "--field-selector", f"reason={reason}")["items"]
        return [(one["involvedObject"]["name"], one["message"]) for one in found]

    def pass_all(self):
        """All three are asked on the admin port, pass, and were never failed by a pod that had started."""
        container = deployment(SPACE, self.name)["spec"]["template"]["spec"]["containers"][0]
        ports = {container[f"{one}Probe"]["httpGet"]["port"] for one in ["startup", "liveness", "readiness"]}
        demand(ports == {"admin"}, ports)
        kinds = ["Startup", "Liveness", "Readiness"]
        def asked():
            every = [self.counted(pod) for pod in pods(SPACE, self.name)]
            return all(one.get((kind, "successful"), 0) > 0 for one in every for kind in kinds) and every
        every = until(asked, 60, "each probe has passed")
        for pod in pods(SPACE, self.name):
            conditions = {one["type"]: one["status"] for one in pod["status"]["conditions"]}
            state = pod["status"]["containerStatuses"][0]
            demand(conditions["Ready"] == conditions["ContainersReady"] == "True" and state["started"] and state["restartCount"] == 0, state)
        failed = sum(one.get((kind, "failed"), 0) for one in every for kind in ["Liveness", "Readiness"])
        demand(failed == 0, "probes failed:", self.events("Unhealthy"))
        passed = {kind: sum(one[kind, "successful"] for one in every) for kind in kinds}
        early = sum(one.get(("Startup", "failed"), 0) for one in every)
        say(f"probes of {len(every)} pods on the admin port, by the kubelet's own count: {passed} passed, {early} of startup too early, none failed after")

    def restarted_where_it_hangs(self):
        """A handler that holds every thread: the pod is started again, and the others go on."""
        every = settled(SPACE, self.name)
        hung, others = every[0], every[1:]
        name, port = hung["metadata"]["name"], next(one["containerPort"] for one in hung["spec"]["containers"][0]["ports"] if one["name"] == "http")
        began = time.time()
        words = [*INSIDE, str(program()), "many", f"{hung['status']['podIP']}:{port}", "32", "1", "/pets?limit=99"]
        callers = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        def again():
            state = read("pod", name, "--namespace", SPACE)["status"]["containerStatuses"][0]
            return state["restartCount"] > 0 and state["ready"] and state
        state = until(again, 180, "the pod that hangs is started again")
        callers.kill()
        callers.wait()
        last = state["lastState"]["terminated"]
        told = [message for pod, message in self.events("Unhealthy") if pod == name and "Liveness" in message]
        demand(any("statuscode: 503" in one for one in told), "the liveness probe was answered 503:", told)
        demand(any(pod == name for pod, _ in self.events("Killing")), "the kubelet has ended it")
        demand(state["restartCount"] == 1 and last["reason"] != "OOMKilled", state)
        for pod in others:
            status = read("pod", pod["metadata"]["name"], "--namespace", SPACE)["status"]["containerStatuses"][0]
            demand(status["restartCount"] == 0 and status["ready"], status)
        demand(ask(SPACE, f"pods/{name}:{port}", "/pets") is not None, "it answers again")
        say(f"a handler that hangs the executor: ended {seconds(last['finishedAt']) - began:.0f} s after it was asked (exit code "
            f"{last['exitCode']}), ready again after {time.time() - began:.0f} s; the other {len(others)} pods went on")
