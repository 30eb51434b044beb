"""The tools themselves: those that are not there are installed, or built of their published modules."""
import os, shutil, sys, time

from commands import CI, ROOT, WORK, run

OWN = ROOT / "tests/compose"
APT = {"promtool": "prometheus", "prometheus": "prometheus", "busybox": "busybox-static"}
GO = {"docker-compose": ("compose", "github.com/docker/compose/v2/cmd"), "collector": ("collector", "."),
      "jaeger": ("jaeger", "github.com/jaegertracing/jaeger/cmd/jaeger"), "dashboards": ("dashboards", ".")}
NEEDED = {"files": ["docker-compose", "promtool", "dashboards"], "tools": ["collector", "jaeger"],
          "work": ["collector", "jaeger", "prometheus"], "engine": ["docker-compose", "collector", "jaeger", "busybox"]}

def tools(parts):
    WORK.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = f"{WORK}/bin:{os.environ['PATH']}"
    has_compose = shutil.which("docker") and run("docker", "compose", "version", cwd=ROOT, check=False).returncode == 0
    wanted = {name for part in parts for name in NEEDED[part] if shutil.which(name) is None}
    wanted -= {"docker-compose"} if has_compose else set()
    if wanted and not CI:
        sys.exit(f"missing: {', '.join(sorted(wanted))}; install them (docker compose, and Prometheus; the others are built "
                 "of tests/compose by Go), or run this with CI=true to have them put below target/")
    packages = sorted({APT[name] for name in wanted if name in APT})
    if packages:
        run("apt-get", "update", "-qq", cwd=ROOT)
        run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages, cwd=ROOT)
    for name in sorted(wanted & set(GO)):
        folder, package = GO[name]
        began = time.monotonic()
        run("go", "build", "-trimpath", "-buildvcs=false", "-o", WORK / "bin" / name, package, cwd=OWN / folder,
            env=dict(os.environ, CGO_ENABLED="0", GOFLAGS="-mod=readonly"))
        print(f"compose: {name} is built, {time.monotonic() - began:.0f} s", flush=True)
    return ["docker", "compose"] if has_compose else ["docker-compose"]
