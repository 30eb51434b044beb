"""Whoever asks a Service: an open load while something happens, and many connections at once."""
import json, os, pathlib, subprocess, time

from commands import INSIDE, ROOT, demand, run
from kubernetes import Watch, address, settled
from neighbour import Neighbour

PER_SECOND = 150
# Half a second of work for some, so that there is always something to wait for.
PATHS = ["/pets?limit=1", "/pets?limit=2", "/pets?limit=50"]

def program():
    """The callers, compiled."""
    run("cargo", "build", "--quiet", "--locked", "--example", "callers")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return ROOT / target / "debug/examples/callers"

class Load:
    """Open load on a Service, over HTTP/1.1 and HTTP/2, on connections that are kept and on fresh ones."""
    def __init__(self, place):
        words = [*INSIDE, str(program()), "rate", place, str(PER_SECOND), *PATHS]
        self.begun = time.monotonic()
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self):
        length = time.monotonic() - self.begun
        said, wrong = self.process.communicate("")
        demand(self.process.returncode == 0, "the callers failed:", wrong)
        told = json.loads(said)
        answered = sum(told["answered"].values())
        begun = answered + told["refused"] + len(told["lost"])
        demand(begun > 0.9 * PER_SECOND * length, f"{begun} requests in {length:.0f} s are not what was to be sent")
        return told, answered, length

class UnderLoad:
    """What became of requests to a Deployment's Service, and of its pods, while something was done to them."""
    def __init__(self, space, name, work):
        settled(space, name)
        neighbour, self.watch, load = Neighbour(space), Watch(space), Load(address(space, name))
        try:
            time.sleep(1)
            work()
            settled(space, name)
            time.sleep(1)
        finally:
            neighbour.close()
            self.told, self.answered, self.length = load.end()
        self.lost = len(self.told["lost"]) + self.told["refused"]

    def ends(self):
        """Demands that no request was lost and no answer one of failure, and that each pod went well within its grace period."""
        ended, longest = self.watch.close()
        demand(self.lost == 0 and set(self.told["answered"]) == {"200"}, "\n".join(self.losses()))
        grace = max((grace for _, grace in self.watch.leaving.values()), default=0)
        return ended, (f"{self.answered} requests in {self.length:.0f} s, 0 lost; {ended} pods ended, exit code 0, "
                       f"the slowest {longest:.0f} s after it was told to go (of {grace})")

    def losses(self):
        yield f"answered: {self.told['answered']}; {self.told['refused']} connections refused, the first {when(self.told['refused_from'])}"
        for one in self.told["lost"][:20]:
            yield f"  lost, begun {when(one['begun'])}: {one['reason']}"
        # When which pod was told to go, and went: beside the moments of requests that were lost.
        for name, (asked, _) in sorted(self.watch.leaving.items(), key=lambda one: one[1]):
            ended = self.watch.ended.get(name, {})
            yield f"  pod {name} was told to go {when(asked)}, ended {ended.get('finishedAt')} with {ended.get('exitCode')}"

def when(moment):
    return time.strftime("%H:%M:%S", time.localtime(moment)) + f"{moment % 1:.3f}"[1:] if moment else "never"

def many(place, connections, seconds, path):
    done = run(program(), "many", place, str(connections), str(seconds), path, inside=True)
    return json.loads(done.stdout)
