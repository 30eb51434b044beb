"""What every part does: it runs commands, says what holds, waits, and asks."""
import os, pathlib, socket, subprocess, sys, time, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target/compose"
# Its own: another stage may build a service of the same name meanwhile.
TARGET = WORK / "target"
OUT = WORK / "petstore"
CI = os.environ.get("CI") == "true"

def run(*command, cwd=OUT, check=True, **options):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr)[-6000:]}")
    return done

def check(what, holds, more=""):
    if not holds:
        sys.exit(f"compose fails: {what} {more}")
    print(f"compose: {what}", flush=True)

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()

def until(what, ask, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := ask():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit(f"compose fails: {what} took longer than {seconds} s")
