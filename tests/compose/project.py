"""The petstore, as it is generated, and what its compose file and its dashboards say."""
import json, shutil, sys

from commands import CI, OUT, ROOT, WORK, run

TOOLS = ["prometheus", "grafana", "jaeger", "collector"]

def generate(deploy="", name="petstore"):
    """The petstore as it is first written, or with more in oarlock.yaml. What was compiled of it stays out of the way."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    shutil.copy(ROOT / "fixtures/petstore.yaml", OUT / "openapi.yaml")
    (OUT / "oarlock.yaml").write_text(f"spec: openapi.yaml\nname: {name}\n{deploy}")
    run("cargo", "run", "--quiet", "--locked", "--manifest-path", ROOT / "Cargo.toml", "--", "generate")

def yaml(path):
    python = WORK / "venv/bin/python"
    try:
        import yaml
        return yaml.safe_load(path.read_text())
    except ImportError:
        if not python.exists():
            if not CI:
                sys.exit("Python's yaml not found: pip install pyyaml, or run this with CI=true")
            run(sys.executable, "-m", "venv", WORK / "venv", cwd=ROOT)
            run(WORK / "venv/bin/pip", "install", "--quiet", "pyyaml==6.0.3", cwd=ROOT)
    return json.loads(run(python, "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", path).stdout)

def composed(compose):
    return json.loads(run(*compose, "--file", "deploy/compose.yaml", "config", "--format", "json").stdout)

def panels(dashboard):
    for panel in dashboard["panels"]:
        yield from panel.get("panels", []) if panel["type"] == "row" else [panel]

def dashboards():
    return [json.loads(path.read_text()) for path in sorted((OUT / "deploy/chart").glob("charts/*/dashboards/*.json"))]

def queries(job="petstore", window="20s"):
    """Every query of every panel, with what Grafana puts in."""
    for dashboard in dashboards():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                words = target["expr"]
                for variable, value in [("$__rate_interval", window), ("$namespace", ".*"), ("$job", job), ("$instance", ".*")]:
                    words = words.replace(variable, value)
                assert "$" not in words, words
                yield panel["title"], words

def operations():
    document = yaml(OUT / "openapi.yaml")
    return {one["operationId"] for path in document["paths"].values() for one in path.values() if "operationId" in one}
