"""The projects that are deployed: one service and several, each in two versions of its document, with their images."""
import dataclasses, json, os, re, shlex, shutil

from commands import ROOT, WORK, demand, run, say

# What the next version of a document has more.
NEXT = """paths:
  /visits:
    get:
      operationId: countVisits
      tags: [{tag}]
      security: []
      responses:
        "200": {{ description: How many there were., content: {{ application/json: {{ schema: {{ type: integer }} }} }} }}
"""
# A handler that answers at once, but after half a second with `limit=50`, and with `limit=99` holds the thread that it runs on.
PETS = """match request.limit {
            99 => std::thread::sleep(std::time::Duration::from_secs(3600)),
            50 => crate::pause::pause(std::time::Duration::from_millis(500)).await,
            _ => {}
        }
        example!()"""
PAUSE = """//! Time that passes.

use std::{
    future::poll_fn,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

/// Waits, on no thread of those that answer.
pub async fn pause(length: Duration) {
    let began = Instant::now();
    poll_fn(|cx| {
        let Some(left) = length.checked_sub(began.elapsed()) else {
            return Poll::Ready(());
        };
        let waker = cx.waker().clone();
        thread::spawn(move || {
            thread::sleep(left);
            waker.wake();
        });
        Poll::Pending
    })
    .await;
}
"""
# A version that never comes to be ready, where its environment says so.
READY = """petstore_api::service(App).readiness("harbour", || async {
        match std::env::var_os("HARBOUR_CLOSED") {
            Some(_) => Err("it is closed"),
            None => Ok(()),
        }
    })"""

# Of several services it is the chart that is tried: their images may be larger and slower, and link sooner.
SOON = """[profile.image]
codegen-units = 16
lto = "off"
opt-level = 0
"""

@dataclasses.dataclass
class Project:
    name: str
    services: list
    versions: list
    # A service and a path that it answers, and the service that has the operation of the next version.
    path: tuple
    grown: str
    charts: dict = dataclasses.field(default_factory=dict)
    tags: dict = dataclasses.field(default_factory=dict)

    @property
    def out(self):
        return WORK / self.name

    def values(self, version):
        """As a user of a cluster without a registry sets them."""
        return {name: {"image": {"repository": repository(name), "tag": self.tags[version, name], "pullPolicy": "IfNotPresent"},
                       # Many pods on one small machine: limits and all else are the chart's own.
                       "resources": {"requests": {"cpu": "10m"}}} for name in self.services}

def repository(service):
    return f"oarlock-cluster/{service}"

def oarlock(*words, cwd=ROOT):
    run("cargo", "run", "--quiet", "--locked", "--manifest-path", ROOT / "Cargo.toml", "--bin", "oarlock", "--", *words, cwd=cwd)

def replace(path, old, new):
    text = path.read_text()
    demand(text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times")
    path.write_text(text.replace(old, new))

def petstore():
    project = Project("petstore", ["petstore"], ["1.0.0", "1.1.0"], ("petstore", "/pets"), "petstore")
    shutil.rmtree(project.out, ignore_errors=True)
    project.out.mkdir(parents=True)
    document = project.out / "openapi.yaml"
    shutil.copy(ROOT / "fixtures/petstore.yaml", document)
    oarlock("generate", "openapi.yaml", "--out", ".", "--name", "petstore", cwd=project.out)
    source = project.out / "services/petstore/src"
    pets = source / "pets.rs"
    text = pets.read_text()
    changed = re.sub(r"(async fn list_pets\(.*?)_request(.*?)example!\(\)", lambda found: found[1] + "request" + found[2] + PETS, text,
                     count=1, flags=re.DOTALL)
    demand(changed != text, "list_pets is not where it was")
    pets.write_text(changed)
    (source / "pause.rs").write_text(PAUSE)
    replace(source / "main.rs", "mod orders;\n", "mod orders;\nmod pause;\n")
    replace(source / "main.rs", "petstore_api::service(App)", READY)
    versions(project, document, "pets")
    return project

def shop():
    project = Project("shop", ["catalog", "cart", "orders"], ["2.1.0", "2.2.0"], ("catalog", "/products"), "cart")
    shutil.rmtree(project.out, ignore_errors=True)
    project.out.mkdir(parents=True)
    for name in ["oarlock.yaml", "openapi.yaml"]:
        shutil.copy(ROOT / "tests/golden/shop" / name, project.out)
    oarlock("generate", cwd=project.out)
    (project.out / ".cargo").mkdir()
    (project.out / ".cargo/config.toml").write_text(SOON)
    versions(project, project.out / "openapi.yaml", "carts")
    return project

def versions(project, document, tag):
    """Each version of the document: its chart, kept beside the project, and its images."""
    locked = WORK / f"{project.name}.lock"
    if locked.exists():
        shutil.copy(locked, project.out / "Cargo.lock")
    run("cargo", "metadata", "--format-version", "1", "--quiet", cwd=project.out)
    shutil.copy(project.out / "Cargo.lock", locked)
    first, second = project.versions
    for version in project.versions:
        if version == second:
            replace(document, f"version: {first}", f"version: {second}")
            replace(document, "\npaths:\n", "\n" + NEXT.format(tag=tag))
            oarlock("generate", cwd=project.out)
        chart = WORK / "charts" / f"{project.name}-{version}"
        shutil.rmtree(chart, ignore_errors=True)
        shutil.copytree(project.out / "deploy/chart", chart)
        project.charts[version] = chart
        for service in project.services:
            build(project, version, service)
    say(f"{project.name}: {len(project.tags)} images of {len(project.versions)} versions are built")

def build(project, version, service):
    name = f"{repository(service)}:{version}"
    run("docker", "build", "--file", "deploy/Dockerfile", "--build-arg", f"SERVICE={service}", "--tag", name, ".",
        cwd=project.out, env=dict(os.environ, DOCKER_BUILDKIT="1"))
    image = json.loads(run("docker", "inspect", name).stdout)[0]["Id"]
    # An image that is built anew is another one: no node takes an old one for it.
    project.tags[version, service] = f"{version}-{image.removeprefix('sha256:')[:12]}"
    run("docker", "tag", name, f"{repository(service)}:{project.tags[version, service]}")

def load(project):
    """Gives the images to the nodes; where no command does that, these see the engine's own."""
    command = os.environ.get("OARLOCK_TEST_LOAD_IMAGES")
    if command:
        run(*shlex.split(command), *(f"{repository(service)}:{tag}" for (_, service), tag in project.tags.items()))
