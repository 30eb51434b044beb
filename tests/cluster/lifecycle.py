"""A release from its first installation to its end, as Helm does it."""
import time

import tools
from commands import Failed, demand, say, until
from helm import ROLLS_BACK, Release
from kubernetes import ask, forget, kubectl, namespace, objects, pods, is_ready, settled

# Where a cluster lacks the kinds of others that the chart can make, they are put there: their modules have them.
DEFINITIONS = {
    "gateway.networking.k8s.io": ("gateway", ["httproutes"]),
    "monitoring.coreos.com": ("operator", ["podmonitors", "prometheusrules", "servicemonitors"]),
}
# What the chart makes where it is asked to, of a service and of the whole release.
TOGGLES = ["autoscaling", "alerts", "dashboards", "tmp"]
HOST = {"sharedHost": {"httpRoute": {"enabled": True, "parentRefs": [{"name": "door"}], "hostnames": ["shop.example"]}}}

def everything(project):
    chart = project.charts[project.versions[0]]
    known = (chart / "charts" / project.services[0] / "values.yaml").read_text()
    # One of the two monitors, since the chart refuses both at once.
    monitor = "serviceMonitor" if len(project.services) == 1 else "podMonitor"
    return {name: {"enabled": True} for name in [*TOGGLES, monitor] if f"\n{name}:" in known}

def definitions():
    known = kubectl("api-resources", "--output", "name").stdout
    for group, (module, kinds) in DEFINITIONS.items():
        if group in known:
            continue
        kept = tools.module(module)
        for kind in kinds:
            kubectl("apply", "--server-side", "--filename", kept / f"{group}_{kind}.yaml")
    until(lambda: all(group in kubectl("api-resources", "--output", "name").stdout for group in DEFINITIONS), 30, "the kinds of others")

class Life:
    def __init__(self, project, major, whole):
        # What the handlers answer is told by a file: it is read, or they answer 501.
        secrets = {"OARLOCK_EXAMPLES": {"name": "own", "key": "examples"}}
        self.release = Release(project, major, f"oarlock-{project.name}-helm{major}", secrets=secrets)
        self.project, self.whole = project, whole
        self.space = self.release.space

    def run(self):
        began = time.monotonic()
        namespace(self.space)
        kubectl("create", "secret", "generic", "own", "--from-literal", "examples=on", "--namespace", self.space)
        first, second = self.project.versions
        before = objects(self.space)
        counts = [self.release.dry_run(first), self.release.dry_run(first, whole=HOST, **everything(self.project))]
        self.release.install(first)
        self.answers(grown=False)
        self.release.helm("test", self.release.name, "--timeout", "90s")
        done = ["install --wait", "test"]
        if self.whole:
            self.release.upgrade(second)
            self.answers(grown=True)
            self.release.helm("test", self.release.name, "--timeout", "90s")
            took = self.bad_upgrade(second)
            self.release.helm("rollback", self.release.name, "1", "--wait", "--timeout", "3m")
            self.answers(grown=False)
            done += ["upgrade, test", f"a bad upgrade that was taken back {took:.0f} s after it began", "rollback"]
        count = len(objects(self.space) - before)
        self.release.uninstall()
        try:
            until(lambda: objects(self.space) <= before, 60, "nothing is left")
        except Failed as error:
            raise Failed(f"{error}: {sorted(objects(self.space) - before)}") from None
        forget(self.space)
        say(f"{self.project.name}, Helm {self.release.major}: dry run of {counts[0]} objects, {counts[1]} with everything on; "
            f"{', '.join(done)}; uninstall: of {count} objects nothing is left; {time.monotonic() - began:.0f} s")

    def answers(self, grown):
        """Every service is ready and answers, with the operation of the next version or without."""
        for name in self.release.fullnames():
            alive = until(lambda: (found := pods(self.space, name)) and all(map(is_ready, found)) and found, 60, f"{name} is ready")
            demand(alive, name)
        service, path = self.project.path
        demand(ask(self.space, f"services/{self.release.fullname(service)}:http", path) is not None, path, "is answered")
        target = f"services/{self.release.fullname(self.project.grown)}:http"
        until(lambda: (ask(self.space, target, "/visits") is not None) == grown, 30, f"/visits is there: {grown}")

    def bad_upgrade(self, version):
        """One whose pods are never ready, and one whose image is not there: the release is back at what it was by itself."""
        before = self.release.revision()
        began = time.monotonic()
        wrong = {"environment": {"HARBOUR_CLOSED": "on"}} if self.project.name == "petstore" else {"image": {"tag": "not-there", "pullPolicy": "Never"}}
        serving = {name: {one["metadata"]["uid"] for one in pods(self.space, name)} for name in self.release.fullnames()}
        done = self.release.upgrade(version, ROLLS_BACK[self.release.major], timeout="25s", check=False, **wrong)
        took = time.monotonic() - began
        demand(done.returncode != 0, "the bad upgrade fails")
        now = self.release.revision()
        demand(now["revision"] == before["revision"] + 2 and now["status"] == "deployed" and now["description"].lower().startswith("rollback"), now)
        for name in self.release.fullnames():
            settled(self.space, name)
            kept = {one["metadata"]["uid"] for one in pods(self.space, name)}
            demand(kept == serving[name], f"{name} kept the pods that served")
        self.answers(grown=True)
        return took
