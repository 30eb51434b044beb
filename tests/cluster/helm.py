"""Helm, in both of its versions."""
import json, os, re, shutil, sys

import tools
from commands import WORK, demand, run
from kubernetes import kubectl

# What is put right by itself where an upgrade fails.
ROLLS_BACK = {3: "--atomic", 4: "--rollback-on-failure"}
# Handlers that are not written answer with examples.
EXAMPLES = {"OARLOCK_EXAMPLES": "on"}
programs = {}

def install():
    for major in ROLLS_BACK:
        tool = f"helm{major}"
        found = next((path for path in [tools.path(tool), *filter(None, map(shutil.which, [tool, "helm"]))]
                      if is_major(path, major)), None)
        if not found and os.environ.get("CI") != "true":
            sys.exit(f"Helm {major} is missing: install it, or run this with CI=true to have it put below target/")
        programs[major] = found or tools.built(tool)

def is_major(path, major):
    if not os.path.exists(path):
        return False
    return re.search(rf"\bv{major}\.", run(path, "version", "--short", check=False).stdout) is not None

class Release:
    """A project in a namespace, by one of Helm's versions."""
    def __init__(self, project, major, space, **values):
        self.project, self.major, self.space, self.more = project, major, space, values
        self.name = project.name

    def helm(self, *words, **options):
        return run(programs[self.major], *words, "--namespace", self.space, inside=True, **options)

    def given(self, version, whole=None, **more):
        """A file of values: the project's, what is to be otherwise for each service, and for the whole release."""
        values = self.project.values(version)
        for service in values.values():
            for changes in [self.more, more]:
                for name, value in changes.items():
                    service[name] = {**service.get(name, {}), **value} if isinstance(value, dict) else value
        values.update(whole or {})
        path = WORK / f"{self.space}.json"
        path.write_text(json.dumps(values))
        return [str(self.project.charts[version]), "--values", path]

    def install(self, version, **more):
        self.helm("install", self.name, *self.given(version, **more), "--wait", "--timeout", "3m")

    def upgrade(self, version, *words, check=True, timeout="3m", **more):
        return self.helm("upgrade", self.name, *self.given(version, **more), "--wait", "--timeout", timeout, *words, check=check)

    def dry_run(self, version, **more):
        """The API server takes every object, strictly, and warns of nothing."""
        server = json.loads(kubectl("version", "--output", "json").stdout)["serverVersion"]["gitVersion"]
        rendered = self.helm("template", self.name, *self.given(version, **more), "--kube-version", server).stdout
        done = kubectl("apply", "--dry-run=server", "--validate=strict", "--namespace", self.space, "--filename", "-", input=rendered)
        demand("Warning" not in done.stderr, done.stderr)
        return len(done.stdout.splitlines())

    def revision(self):
        return json.loads(self.helm("history", self.name, "--output", "json").stdout)[-1]

    def fullname(self, service):
        return self.name if self.name == service else f"{self.name}-{service}"

    def fullnames(self):
        return [self.fullname(service) for service in self.project.services]

    def uninstall(self):
        self.helm("uninstall", self.name, "--wait", "--timeout", "2m")
