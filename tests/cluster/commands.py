"""Commands that the stage runs, what they say, and how long a part takes."""
import os, pathlib, shlex, subprocess, sys, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "cluster"
# Before every command that must reach the cluster: kubectl, helm, and whoever asks a Service.
INSIDE = shlex.split(os.environ.get("OARLOCK_TEST_CLUSTER_EXEC", ""))
printing = threading.Lock()

class Failed(Exception):
    """A command failed, or what must hold does not."""

def run(*command, cwd=ROOT, check=True, inside=False, **options):
    words = [str(part) for part in [*(INSIDE if inside else []), *command]]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr)[-6000:]}")
    return done

def say(text):
    with printing:
        print(text, flush=True)

def demand(holds, *words):
    if not holds:
        raise Failed(" ".join(map(str, words)))

def until(what, seconds, words):
    """Waits for something; what it was."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        demand(time.monotonic() < end, f"it took longer than {seconds} s: {words}")
        time.sleep(0.2)

def at_once(*works):
    """Runs several works at the same time. The first that fails is the failure of all."""
    failures = []
    def guarded(work):
        try:
            work()
        except BaseException as error:
            failures.append(error)
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for one in failures[1:]:
        print(f"failed as well: {one}", file=sys.stderr)
    if failures:
        raise failures[0]
