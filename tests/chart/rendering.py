"""Projects, and what both Helms make of their charts."""
import concurrent.futures, dataclasses, json, os, re, shutil, sys

import yaml

from objects import called
from reading import document, documents
from tools import ROOT, WORK, path, run

OLDEST, NEWEST = "1.30.0", "1.37.0"
HELMS = ["helm3", "helm4"]
DIGEST = "sha256:" + "0" * 64
FIXTURES = sorted(file.stem for file in (ROOT / "fixtures").glob("*.yaml"))
SHOP = ROOT / "tests/golden/shop"
SHOP_SERVICES = ["catalog", "cart", "orders"]


@dataclasses.dataclass
class Render:
    """The objects of one release."""
    name: str
    release: str
    objects: list
    file: object = None


def oarlock(*arguments):
    run("cargo", "run", "--quiet", "--locked", "--", *arguments)


def dealt(name, services):
    """A project of several services, each with a tag and an operation of its own."""
    out = WORK / "projects" / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    answer = {"responses": {"204": {"description": "Done."}}}
    paths = {f"/{one}-things": {"get": {"operationId": f"ask_{one.replace('-', '_')}", "tags": [one], **answer}} for one in services}
    settings = {"spec": "openapi.json", "name": name, "services": {one: {"tags": [one]} for one in services}}
    document = {"openapi": "3.1.0", "info": {"title": name, "version": "1.0.0"}, "paths": paths}
    (out / "openapi.json").write_text(json.dumps(document))
    (out / "oarlock.yaml").write_text(json.dumps(settings))
    oarlock("generate", "--out", out)
    return out


def project(name, settings=""):
    """A project of a fixture, or of the case that has several services; with settings added to its oarlock.yaml."""
    out = WORK / "projects" / f"{name}{'-changed' if settings else ''}"
    shutil.rmtree(out, ignore_errors=True)
    if name == "shop":
        out.mkdir(parents=True)
        for file in ["oarlock.yaml", "openapi.yaml"]:
            shutil.copy(SHOP / file, out / file)
        oarlock("generate", "--out", out)
    else:
        oarlock("generate", f"fixtures/{name}.yaml", "--out", out)
    if settings:
        with open(out / "oarlock.yaml", "a") as file:
            file.write(settings)
        oarlock("generate", "--out", out)
    return out


def projects():
    return {name: project(name) for name in [*FIXTURES, "shop"]}


def chart(out):
    return out / "deploy/chart"


def services(out):
    """The services of a project: its sub-charts, but for the library."""
    found = {}
    for file in sorted((chart(out) / "charts").glob("*/Chart.yaml")):
        described = document(file)
        if described.get("type") != "library":
            found[described["name"]] = file.parent
    return found


def by_beginnings(out):
    """Whether the beginnings of paths tell the services of a project apart, which is all that an Ingress knows."""
    routes = document(chart(out) / "values.yaml")["sharedHost"]["routes"]
    return all(not one["methods"] and one["type"] in {"Exact", "PathPrefix"} for one in routes)


def merged(*values):
    """Values over others, as Helm lays them over one another."""
    result = {}
    for one in values:
        for key, value in one.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else value
    return result


def installed(out):
    """What an operator gives in any case: each image by its digest."""
    return {service: {"image": {"digest": DIGEST}} for service in services(out)}


def helm(version, *arguments, values=None, check=True):
    given = ["--values", "-"] if values is not None else []
    text = json.dumps(values) if values is not None else None
    environment = dict(os.environ, HELM_CACHE_HOME=str(WORK / version / "cache"), HELM_CONFIG_HOME=str(WORK / version / "config"),
                       HELM_DATA_HOME=str(WORK / version / "data"))
    environment.pop("KUBECONFIG", None)
    return run(path(version), *arguments, *given, check=check, input=text, env=environment)


def read(text):
    return sorted(documents(text), key=lambda one: (one["kind"], one["metadata"]["name"]))


def rendered(name, out, values, release="shop", kubernetes=OLDEST, namespace="harbour"):
    """The objects that both Helms make, which are the same."""
    arguments = ["template", release, chart(out), "--kube-version", kubernetes, "--namespace", namespace]
    values = merged(installed(out), values)
    try:
        first, second = (read(helm(version, *arguments, values=values).stdout) for version in HELMS)
    except yaml.YAMLError as error:
        sys.exit(f"{name}: what Helm makes is no YAML: {error}")
    if first != second:
        sys.exit(f"{name}: Helm 3 and Helm 4 make different objects:\n{json.dumps(first)}\n{json.dumps(second)}")
    names = [called(one) for one in first]
    if twice := sorted({one for one in names if names.count(one) > 1}):
        sys.exit(f"{name}: these objects are there more than once: {', '.join(twice)}")
    return Render(name, release, first)


def written(render):
    """The render as a file of its own, which is how graders read it."""
    folder = WORK / "rendered"
    folder.mkdir(parents=True, exist_ok=True)
    render.file = folder / f"{re.sub('[^a-z0-9]+', '-', render.name.lower()).strip('-')}.yaml"
    if render.file.exists():
        sys.exit(f"{render.name}: another render has that name")
    render.file.write_text("---\n".join(json.dumps(one, indent=1) + "\n" for one in render.objects))
    return render


def side_by_side(tasks):
    """Runs functions without arguments in threads, since each waits for a process of its own."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        return list(pool.map(lambda task: task(), tasks))
