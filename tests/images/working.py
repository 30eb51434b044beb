"""An image at work, locked down and under load, and what is in force in it."""
import http.client, json, pathlib, re, sys, threading, time

from commands import LINKS, LOCKED, OUT, ROOT, USER, build, inspect, run, tag, yaml_of

def ask(address, path, port=8080, timeout=30):
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()

def until(what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"it took longer than {seconds} s")

def state(name):
    return json.loads(run("docker", "inspect", name).stdout)[0]

def answers(address):
    try:
        return ask(address, "/readyz", 9090)[0] == 200
    except OSError:
        return False

def locked_down(pid):
    """What the kernel says of the process."""
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {str(USER)}, status["Uid"]
    assert status["NSpid"].split()[-1] == "1", "it is process 1"
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0 and status["NoNewPrivs"] == "1", status
    mounts = [line.split() for line in pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    root = next(one for one in mounts if one[4] == "/")
    assert "ro" in root[5].split(","), root

class Callers:
    """Callers who go on asking, on kept connections and fresh ones, until the port is closed."""
    def __init__(self, address, count=16):
        self.answered, self.lost, self.stop = 0, [], threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask, args=(address, one % 2 == 0)) for one in range(count)]
        for one in self.threads:
            one.start()

    def ask(self, address, keeps):
        connection = None
        while not self.stop.is_set():
            if connection is None:
                connection = http.client.HTTPConnection(address, 8080, timeout=30)
                try:
                    connection.connect()
                except ConnectionRefusedError:
                    return
                except OSError as error:
                    with self.lock:
                        self.lost.append(f"connecting: {error!r}")
                    return
            try:
                connection.request("GET", "/pets")
                answer = connection.getresponse()
                answer.read()
                closes = answer.will_close
                with self.lock:
                    self.answered += 1
                if answer.status != 200:
                    raise ValueError(answer.status)
            except Exception as error:
                with self.lock:
                    self.lost.append(repr(error))
                return
            if closes or not keeps:
                connection.close()
                connection = None

    def end(self):
        for one in self.threads:
            one.join(60)
        return self.answered, self.lost

def at_work(image):
    name = run("docker", "run", "--detach", *LOCKED, "--env", "OARLOCK_EXAMPLES=on", image).stdout.strip()
    try:
        running = state(name)
        address = running["NetworkSettings"]["IPAddress"]
        began = time.monotonic()
        until(lambda: answers(address))
        locked_down(running["State"]["Pid"])
        status, body = ask(address, "/pets")
        assert status == 200 and json.loads(body) is not None, (status, body)
        assert run("docker", "exec", name, "/service", "healthcheck", check=False).returncode == 0
        until(lambda: state(name)["State"]["Health"]["Status"] == "healthy")
        healthy = time.monotonic() - began
        callers = Callers(address)
        time.sleep(2)
        stopped = time.monotonic()
        run("docker", "kill", "--signal", "TERM", name)
        time.sleep(0.5)
        assert run("docker", "exec", name, "/service", "healthcheck", check=False).returncode == 1, "it drains"
        code = run("docker", "wait", name).stdout.strip()
        took = time.monotonic() - stopped
        answered, lost = callers.end()
        assert code == "0" and not lost and answered > 100, (code, lost[:5], answered)
        logs = run("docker", "logs", name)
        assert "drained" in logs.stdout + logs.stderr
        print(f"{image}: read-only, as {USER}, no capability, no new privileges, process 1; healthy after {healthy:.0f} s; "
              f"drained in {took:.1f} s under load, {answered} answers, none lost, exit code 0")
    finally:
        run("docker", "rm", "--force", name, check=False)

def at_work_each():
    for link in LINKS:
        build("buildkit", link)
        at_work(tag("buildkit", link))

def settings(image):
    """What is in force in the image, by what it says itself."""
    shown = run("docker", "run", "--rm", *LOCKED, image, "--print-config").stdout
    lines = [re.match(r"(\w+): (.*?)\s+# (.*)", line) for line in shown.splitlines()]
    return {line[1]: (line[2].strip('"'), line[3]) for line in lines if line}

CHANGED = """
deploy:
  ports: { http: 8181, admin: 9191 }
  drain: { delay: 3s, timeout: 7s, streams: 2s }
  log: warn
  image: { user: 12345 }
"""

def agrees():
    """The image, the runtime and the chart's values say the same, as they come and as oarlock.yaml changes them."""
    own = (OUT / "oarlock.yaml").read_text()
    for deploy, origin in [("", "default"), (CHANGED, "environment")]:
        (OUT / "oarlock.yaml").write_text(own + deploy)
        run("cargo", "run", "--quiet", "--locked", "--manifest-path", ROOT / "Cargo.toml", "--", "generate", cwd=OUT)
        image = "oarlock-images-petstore:agrees"
        build("buildkit", "dynamic", name=image)
        shown = settings(image)
        values = yaml_of(OUT / "deploy/chart/charts/petstore/values.yaml")
        drain = values["drain"]
        expected = {"http_addr": f"0.0.0.0:{values['ports']['http']}", "admin_addr": f"0.0.0.0:{values['ports']['admin']}",
                    "drain_delay": f"{drain['delaySeconds']}s", "drain_timeout": f"{drain['timeoutSeconds']}s",
                    "drain_streams": f"{drain['streamsSeconds']}s", "rust_log": values["log"]}
        for name, value in expected.items():
            assert shown[name] == (value, origin), (name, shown[name], value, origin)
        assert inspect(image)["Config"]["User"] == f"{values['user']}:{values['user']}"
        least = sum(drain[one] for one in ["delaySeconds", "timeoutSeconds"]) + 5
        for seconds, code in [(least, 0), (least - 1, 1)]:
            done = run("docker", "run", "--rm", *LOCKED, "--env", f"OARLOCK_GRACE_PERIOD={seconds}s", image, "--print-config", check=False)
            assert (done.returncode == 0) == (code == 0), (seconds, done.stdout, done.stderr)
    (OUT / "oarlock.yaml").write_text(own)
    run("cargo", "run", "--quiet", "--locked", "--manifest-path", ROOT / "Cargo.toml", "--", "generate", cwd=OUT)
    print("image, runtime and chart agree, as they come and with every port, timing and the user changed in oarlock.yaml")
