"""The graders that can be had from package registries, each started once over everything that was rendered."""
import json, pathlib, sys

import kubernetes_validate

import schemas
from objects import called
from rendering import HELMS, NEWEST, OLDEST, chart, helm, installed, merged, side_by_side
from tools import VENV, path, run

# What kube-score may leave out, and why; of its optional checks all but those that leave no room for bursts.
OPTIONAL = ["container-seccomp-profile", "container-ports-check"]
SKIPPED = {
    "deployment-targeted-by-hpa-does-not-have-replicas-configured": "no autoscaler has the Deployment",
    "deployment-replicas": "an autoscaler has the Deployment",
    "container-resource-requests-equal-limits": "optional",
    "container-cpu-requests-equal-limits": "optional",
    "container-memory-requests-equal-limits": "optional",
    "container-ephemeral-storage-request-equals-limit": "optional",
}


def of_files(renders):
    return {str(one.file): one for one in renders}


def lint(projects, all_on):
    """Every project as it is installed, and the petstore with everything on."""
    given = [(out, installed(out)) for out in projects.values()]
    given += [(projects["petstore"], merged(installed(projects["petstore"]), one)) for one in all_on.values()]
    tasks = [lambda version=version, out=out, values=values, kubernetes=kubernetes:
             helm(version, "lint", "--strict", "--kube-version", kubernetes, chart(out), values=values)
             for version in HELMS for out, values in given for kubernetes in [OLDEST, NEWEST]]
    side_by_side(tasks)
    print(f"helm lint --strict: {len(tasks)} times without a word, by Helm 3 and 4")


def kubeconform(renders):
    expected = sum(len(one.objects) for one in renders)
    for kubernetes in [OLDEST, NEWEST]:
        done = run(path("kubeconform"), "-strict", "-summary", "-output", "json", "-schema-location", schemas.location(kubernetes),
                   *[one.file for one in renders], check=False)
        found = json.loads(done.stdout)
        counted = found["summary"]
        if counted != {"valid": expected, "invalid": 0, "errors": 0, "skipped": 0}:
            wrong = [f"{one['filename']}: {one['kind']} {one['name']}: {one['msg']}" for one in found.get("resources") or []]
            sys.exit(f"kubeconform, Kubernetes {kubernetes}: {counted} of {expected}\n" + "\n".join(wrong[:20]))
    print(f"kubeconform -strict: {expected} objects are valid in Kubernetes {OLDEST} and {NEWEST}, 0 errors, 0 skipped")


def validate(renders):
    """kubernetes-validate knows the built-in kinds; of others it says so by a warning, and so they are not shown to it."""
    shown = {}
    for render in renders:
        for one in render.objects:
            if one["apiVersion"].partition("/")[0] not in {"gateway.networking.k8s.io", "monitoring.coreos.com"}:
                # What differs by the release's name alone is shown once.
                shown[json.dumps(one).replace(render.release, "release")] = render, one
    for kubernetes in [OLDEST, NEWEST]:
        for render, one in shown.values():
            try:
                kubernetes_validate.validate(one, kubernetes, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                sys.exit(f"kubernetes-validate: {render.name}: {called(one)}: {error}")
    print(f"kubernetes-validate: {len(shown)} objects in Kubernetes {OLDEST} and {NEWEST}, without a warning")


def kube_score(renders):
    """Every check of every object is OK, or skipped by kube-score itself for a reason that is known here."""
    minor = "v" + OLDEST.rpartition(".")[0]
    optional = [part for one in OPTIONAL for part in ["--enable-optional-test", one]]
    done = run(path("kube-score"), "score", "--kubernetes-version", minor, "--output-format", "json", *optional,
               *[one.file for one in renders], check=False)
    complaints, checks, files = [], 0, of_files(renders)
    for one in json.loads(done.stdout):
        for check in one["checks"]:
            rule = check["check"]["id"]
            checks += not check["skipped"]
            if rule not in SKIPPED if check["skipped"] else check["grade"] < 10:
                said = "; ".join(f"{comment['path']} {comment['summary']}" for comment in check.get("comments") or [])
                complaints.append((files[one["file_name"]], rule, f"{one['object_name']}: {said}"))
    return "kube-score", checks, complaints


def checkov(renders):
    done = run(VENV / "bin/checkov", "--quiet", "--compact", "--skip-download", "--framework", "kubernetes", "--output", "json",
               "--directory", renders[0].file.parent, check=False)
    answer = json.loads(done.stdout)
    results, files = answer["results"], {one.file.name: one for one in renders}
    if results.get("parsing_errors") or results.get("skipped_checks"):
        sys.exit(f"checkov: {results.get('parsing_errors')} {results.get('skipped_checks')}")
    complaints = [(files[pathlib.Path(one["file_path"]).name], one["check_id"], one["resource"]) for one in results["failed_checks"]]
    return "checkov", answer["summary"]["passed"], complaints


def files(projects):
    """What else is generated and has graders: the Dockerfile and the workflow."""
    for out in projects.values():
        run(VENV / "bin/hadolint", out / "deploy/Dockerfile")
        run(path("actionlint"), out / ".github/workflows/service.yaml")
    run(VENV / "bin/checkov", "--quiet", "--compact", "--skip-download", "--framework", "dockerfile",
        *[part for out in projects.values() for part in ["--file", out / "deploy/Dockerfile"]])
    print(f"hadolint, actionlint and checkov have nothing to say to {len(projects)} Dockerfiles and workflows")


def judged(grader, checks, complaints, waived):
    """Nothing is complained of but what an operator's own choice gives up. Tells what was, as the render and the rule."""
    unexpected = {}
    for render, rule, said in complaints:
        if rule not in waived(render):
            unexpected.setdefault(rule, []).append(f"{render.name}: {said}")
    if unexpected:
        told = [f"  {rule}, {len(said)} times: {'; '.join(sorted(set(said))[:3])}" for rule, said in sorted(unexpected.items())]
        sys.exit(f"{grader} complains:\n" + "\n".join(told))
    given_up = f" but {len(complaints)} that switched-off parts give up" if complaints else ""
    print(f"{grader}: {checks} checks, none failed{given_up}")
    return {(id(render), rule) for render, rule, _ in complaints}
