"""The image for another architecture, compiled without emulation; its program then answers under qemu's user mode."""
import json, os, pathlib, platform, shutil, signal, socket, subprocess, sys

from commands import OUT, ROOT, WORK, inspect, run
from working import ask, until

# What this machine is not: as images call it, as Rust and qemu call it, and its number in the head of a program.
OTHERS = {"x86_64": ("arm64", "aarch64", 183), "aarch64": ("amd64", "x86_64", 62)}
BASES = pathlib.Path(__file__).with_name("cross.Dockerfile")
BUILD = "rust:1.95-slim-bookworm"

def emulator(machine):
    name = f"qemu-{machine}-static"
    if shutil.which(name) is None:
        if os.environ.get("CI") != "true":
            sys.exit(f"missing: {name} (Debian's qemu-user-static); install it, or run this with CI=true")
        run("apt-get", "update", "-qq", cwd=ROOT)
        run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "qemu-user-static", cwd=ROOT)
    return name

def bases(architecture):
    """What oarlock.yaml says of base images: nothing where rustup adds what Rust needs of the other architecture, which it fetches
    from a place of its own. Without rustup both bases are made here, of Debian's packages."""
    if run("docker", "run", "--rm", BUILD, "sh", "-c", "command -v rustup", cwd=ROOT, check=False).returncode == 0:
        return ""
    names = {"build": "oarlock-images/cross-build:1", "run": f"oarlock-images/cross-run-{architecture}:1"}
    for target, name in names.items():
        of = ["--platform", f"linux/{architecture}"] if target == "run" else []
        run("docker", "build", *of, "--build-arg", f"OTHER={architecture}", "--target", target, "--tag", name, "--file", BASES,
            BASES.parent, cwd=ROOT, env=dict(os.environ, DOCKER_BUILDKIT="1"))
    return f"deploy:\n  bases: {json.dumps(names)}\n"

def unpacked(image):
    """The files of an image."""
    root = WORK / "cross"
    shutil.rmtree(root, ignore_errors=True)
    name = run("docker", "create", image).stdout.strip()
    try:
        run("docker", "export", "--output", WORK / "cross.tar", name)
    finally:
        run("docker", "rm", name)
    root.mkdir(parents=True)
    run("tar", "--extract", "--file", WORK / "cross.tar", "--directory", root)
    return root

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

def is_ready(port):
    try:
        return ask("127.0.0.1", "/readyz", port)[0] == 200
    except OSError:
        return False

def answers(emulator, root):
    """The program of another machine is ready, answers, says that it is well, and drains."""
    http, admin = free_port(), free_port()
    program = [emulator, "-L", str(root), str(root / "service")]
    environment = {"OARLOCK_HTTP_ADDR": f"127.0.0.1:{http}", "OARLOCK_ADMIN_ADDR": f"127.0.0.1:{admin}", "OARLOCK_EXAMPLES": "on",
                   "OARLOCK_DRAIN_DELAY": "1s"}
    with open(WORK / "cross.log", "w") as log:
        service = subprocess.Popen(program, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: is_ready(admin))
        status, body = ask("127.0.0.1", "/pets", http)
        assert status == 200 and json.loads(body) is not None, (status, body)
        assert subprocess.run([*program, "healthcheck"], env=environment).returncode == 0
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    finally:
        service.kill()

def cross():
    architecture, machine, number = OTHERS[platform.machine()]
    emulates = emulator(machine)
    own = (OUT / "oarlock.yaml").read_text()
    oarlock = ["cargo", "run", "--quiet", "--locked", "--manifest-path", ROOT / "Cargo.toml", "--"]
    (OUT / "oarlock.yaml").write_text(own + bases(architecture))
    try:
        run(*oarlock, "generate")
        reference = run(*oarlock, "build", "--engine", "docker", "--platform", f"linux/{architecture}", "--tag", "cross").stdout.strip()
    finally:
        (OUT / "oarlock.yaml").write_text(own)
        run(*oarlock, "generate")
    image = inspect(reference)
    assert image["Architecture"] == architecture, image["Architecture"]
    kept = OUT / "target/oarlock/images"
    [written] = json.loads((kept / "images.json").read_text())["images"]
    assert written["platform"] == f"linux/{architecture}", written
    listed = len(json.loads((kept / "petstore.cdx.json").read_text())["components"])
    root = unpacked(reference)
    head = (root / "service").read_bytes()[:20]
    assert head[:4] == b"\x7fELF" and int.from_bytes(head[18:20], "little") == number, head
    answers(emulates, root)
    print(f"{architecture}: compiled on {platform.machine()}, {image['Size'] / 1e6:.1f} MB, {listed} components in its bill; under "
          f"{emulates} it gets ready, answers, is healthy, drains and ends with 0")
