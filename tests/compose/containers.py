"""The compose file at work: the petstore and the tools, each in its container."""
import json, os, pathlib, shutil, socket, sys, time

from commands import OUT, ROOT, WORK, check, get, run, until
from project import composed, generate
from traffic import traffic

ENGINE = """no container engine answers (`docker info`): install one that has docker's command line, such as docker.io of
Debian, docker-ce, or podman with podman-docker, start it, and run this again"""

APART = """deploy:
  ports: { http: 18080, admin: 19090 }
  observability:
    images: { prometheus: oarlock-compose/prometheus:1, jaeger: oarlock-compose/jaeger:1, collector: oarlock-compose/collector:1 }
    ports: { prometheus: 19099, grafana: 13000, jaeger: 26686, collector: 14318 }
"""

# Where the official images have their programs, who runs them, and where they may write.
LAYOUT = {
    "collector": ({"collector": "/otelcol"}, "USER 10001\nENTRYPOINT [\"/otelcol\"]\n"),
    "jaeger": ({"jaeger": "/cmd/jaeger/jaeger-linux", "busybox": "/bin/wget"},
               "VOLUME /tmp\nUSER 10001\nENTRYPOINT [\"/cmd/jaeger/jaeger-linux\"]\n"),
    "prometheus": ({"prometheus": "/bin/prometheus", "promtool": "/bin/promtool"},
                   "COPY --chown=65534:65534 empty /prometheus\nVOLUME /prometheus\nWORKDIR /prometheus\nUSER 65534\n"
                   "ENTRYPOINT [\"/bin/prometheus\"]\n"),
}

def laid_out(tool):
    """An image of a tool as the official one is, where its programs are here and can ask it how it is."""
    programs, more = LAYOUT[tool]
    if any(shutil.which(program) is None for program in programs):
        return False
    if tool == "prometheus" and run("promtool", "check", "ready", "--help", cwd=ROOT, check=False).returncode != 0:
        return False
    folder = WORK / "images" / tool
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "empty").mkdir(parents=True)
    (folder / "empty/.keep").touch()
    lines = ["FROM scratch"]
    for program, place in programs.items():
        shutil.copy(shutil.which(program), folder / program)
        lines.append(f"COPY {program} {place}")
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n" + more)
    run("docker", "build", "--quiet", "--tag", f"oarlock-compose/{tool}:1", ".", cwd=folder, env=dict(os.environ, DOCKER_BUILDKIT="0"))
    return True

def image(service):
    """The service's image: one that is there already (OARLOCK_COMPOSE_IMAGE), or one of the generated Dockerfile."""
    given = os.environ.get("OARLOCK_COMPOSE_IMAGE")
    if given:
        run("docker", "tag", given, service["image"])
        return
    arguments = [word for name, value in service["build"]["args"].items() for word in ["--build-arg", f"{name}={value}"]]
    if (WORK / "Cargo.lock").exists():
        shutil.copy(WORK / "Cargo.lock", OUT)
    run("cargo", "metadata", "--format-version", "1", "--quiet")
    shutil.copy(OUT / "Cargo.lock", WORK)
    run("docker", "build", *arguments, "--file", "deploy/Dockerfile", "--tag", service["image"], ".",
        env=dict(os.environ, DOCKER_BUILDKIT="1"))

def state(name):
    return json.loads(run("docker", "inspect", name).stdout)[0]

def confined(name, said):
    """What the engine and the kernel say of a running container."""
    found = state(name)
    bindings = [one for each in found["NetworkSettings"]["Ports"].values() for one in each or []]
    assert bindings and all(one["HostIp"] == "127.0.0.1" for one in bindings), bindings
    host = found["HostConfig"]
    assert host["Memory"] == int(said["mem_limit"]) and host["NanoCpus"] == int(float(said["cpus"]) * 1e9), host
    pid = found["State"]["Pid"]
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    assert set(status["Uid"].split()) == {said["user"].split(":")[0]}, status["Uid"]
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0 and status["NoNewPrivs"] == "1", status
    mounts = [line.split() for line in pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    assert "ro" in next(one for one in mounts if one[4] == "/")[5].split(","), "its root is read-only"

def closed_to_others(port):
    """No other address of this machine has the port."""
    own = run("hostname", "--all-ip-addresses", check=False).stdout.split()
    for address in own:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.settimeout(3)
            assert probe.connect_ex((address, port)) != 0, f"{address} has port {port} open"
    return own

def engine(compose):
    if shutil.which("docker") is None or run("docker", "info", cwd=ROOT, check=False).returncode != 0:
        sys.exit(ENGINE)
    generate(APART)
    services = composed(compose)["services"]
    image(services["petstore"])
    there = ["petstore", *(tool for tool in LAYOUT if laid_out(tool))]
    absent = [said["image"] for name, said in services.items() if name not in there]
    file = [*compose, "--file", "deploy/compose.yaml"]
    up = [*file, "up", "--detach", "--wait", "--no-build", "--pull", "never"]
    try:
        run(*up, "petstore")
        statuses = traffic(int(services["petstore"]["ports"][0]["published"]), 3)
        check(f"the petstore alone is healthy and answers, without those that watch it: {dict(sorted(statuses.items()))}",
              statuses[200] > 20)
        began = time.monotonic()
        run(*up, *there)
        check(f"{', '.join(there)}: up and healthy by themselves after {time.monotonic() - began:.1f} s; not started, for want of an "
              f"image: {', '.join(absent)}", True)
        told = [json.loads(line) for line in run(*file, "ps", "--format", "json").stdout.splitlines()]
        names = {one["Service"]: one["Name"] for one in told}
        assert {one["Service"]: one["Health"] for one in told} == {
            name: "" if name == "collector" else "healthy" for name in there}, told
        for name in there:
            confined(names[name], services[name])
        at_work(services, there)
        began = time.monotonic()
        run(*file, "stop")
        took = time.monotonic() - began
        codes = {name: state(names[name])["State"]["ExitCode"] for name in there}
        grace = int(services["petstore"]["environment"]["OARLOCK_GRACE_PERIOD"].removesuffix("s"))
        check(f"stopped after {took:.1f} s of {grace}, exit codes {codes}", took < grace and not any(codes.values()))
    finally:
        run(*file, "down", "--volumes", "--timeout", "5", check=False)

def at_work(services, there):
    """It answers here and nowhere else, and the others see it do so."""
    port = {name: int(said["ports"][0]["published"]) for name, said in services.items()}
    statuses = traffic(port["petstore"], 12)
    check(f"the petstore answers on 127.0.0.1: {dict(sorted(statuses.items()))}", statuses[200] > 100)
    others = [address for name in there for address in closed_to_others(port[name])]
    check(f"ports are closed on this machine's other addresses ({len(set(others))}); bounds, users, capabilities and read-only roots "
          "are as written, by the engine and the kernel", True)
    if "prometheus" in there:
        found = json.loads(get(f"http://127.0.0.1:{port['prometheus']}/api/v1/query?query=up"))["data"]["result"]
        up = sorted(one["metric"]["job"] for one in found if one["value"][1] == "1")
        check(f"Prometheus scrapes {up} by their names", up == sorted(there))
    admin = services["petstore"]["ports"][1]["published"]
    if "oarlock_spans_total" not in get(f"http://127.0.0.1:{admin}/metrics"):
        assert "OARLOCK_COMPOSE_IMAGE" in os.environ, "the compose file builds with the exporter"
        print("compose: the image that was given is without the exporter: no traces are looked for")
    else:
        known = until("a trace", lambda: json.loads(get(f"http://127.0.0.1:{port['jaeger']}/api/services"))["data"], 20)
        check(f"Jaeger has traces of {known}, by the collector", known == ["petstore"])
