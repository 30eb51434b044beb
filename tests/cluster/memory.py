"""The memory limit, at the load that the README names."""
import re, resource, threading, time

from commands import demand, say
from helm import EXAMPLES, Release
from kubernetes import address, ask, forget, namespace, read, settled
from traffic import many

SPACE = "oarlock-memory"
CONNECTIONS, SECONDS = 10000, 20
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}

def files(wanted):
    """So many files may be open here and in what is started."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unbounded = resource.RLIM_INFINITY
    demand(hard == unbounded or hard >= wanted, f"{wanted} files are wanted, but {hard} may be open here (`ulimit -Hn`)")
    if soft != unbounded and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

class Memory:
    def __init__(self, project):
        self.release = Release(project, 4, SPACE, environment=EXAMPLES)
        self.name = self.release.fullname(project.services[0])
        self.most = 0

    def run(self):
        """One pod with the chart's own limit takes all of it."""
        files(CONNECTIONS + 1000)
        namespace(SPACE)
        self.release.install(self.release.project.versions[0], replicas=1)
        pod, = settled(SPACE, self.name)
        limit = pod["spec"]["containers"][0]["resources"]["limits"]["memory"]
        over = threading.Event()
        looking = threading.Thread(target=self.look, args=(pod["metadata"]["name"], over))
        looking.start()
        try:
            told = many(address(SPACE, self.name), CONNECTIONS, SECONDS, "/pets?limit=1")
        finally:
            over.set()
            looking.join()
        status = read("pod", pod["metadata"]["name"], "--namespace", SPACE)["status"]
        demand(status["phase"] == "Running", status["phase"], status.get("reason"), status.get("message"))
        state, = status["containerStatuses"]
        answered = sum(told["answered"].values())
        demand(state["restartCount"] == 0 and "terminated" not in state["lastState"], state)
        demand(told["failed"] == 0 and set(told["answered"]) == {"200"}, told["answered"], told["failed"], "failed:", told["reasons"][:5])
        bound = int(limit[:-2]) * UNITS[limit[-2:]]
        demand(0 < self.most < bound, f"{self.most} of {bound}")
        say(f"memory: {CONNECTIONS} connections, {answered / SECONDS:.0f} requests/s for {SECONDS} s, the slowest {told['slowest']:.1f} s, none failed; "
            f"{self.most / (1 << 20):.0f} MiB at most of {limit}, 0 restarts")
        forget(SPACE)

    def look(self, pod, over):
        """What the service says of its own memory while it is asked."""
        while not over.is_set():
            told = ask(SPACE, f"pods/{pod}:9090", "/metrics") or ""
            found = re.search(r"^process_resident_memory_bytes (\S+)", told, flags=re.MULTILINE)
            self.most = max(self.most, float(found[1]) if found else 0)
            time.sleep(1)
