"""Rules of graders that no package registry has, held by functions: each is called by the grader's own name for it, takes the
objects of a release and yields what it complains of, as an object and some words."""
import dataclasses, sys
from collections.abc import Callable

from objects import annotations, called, of_kind


@dataclasses.dataclass
class Rule:
    grader: str
    id: str
    complaints: Callable


class Book:
    """The rules of one grader."""

    def __init__(self, grader, ids=lambda name: name):
        self.grader, self.ids, self.rules = grader, ids, []

    def rule(self, function):
        self.rules.append(Rule(self.grader, self.ids(function.__name__), function))
        return function

    def each(self, *kinds):
        """A rule about each object of some kinds: the function gives words for one that breaks it."""
        def decorator(function):
            def complaints(objects):
                for one in of_kind(objects, *kinds):
                    if said := function(one):
                        yield one, said
            self.rules.append(Rule(self.grader, self.ids(function.__name__), complaints))
            return function
        return decorator


# An object says for itself that a rule is not for it, by one annotation for each grader. These alone are known, and each only
# where two graders contradict each other: what it says must hold of the object then.
POLARIS, KUBE_LINTER = "polaris.fairwinds.com/{}-exempt", "ignore-check.kube-linter.io/{}"


def scaled(one, objects):
    """kube-score wants no replicas beside an autoscaler, polaris and kube-linter want them everywhere."""
    targets = [held["spec"]["scaleTargetRef"]["name"] for held in of_kind(objects, "HorizontalPodAutoscaler")]
    return one["kind"] == "Deployment" and one["metadata"]["name"] in targets


def without_class(one, _):
    """polaris wants any priority class, and kube-linter none but the system's own, which is not a service's to take."""
    return not one["spec"]["template"]["spec"].get("priorityClassName")


def with_class(one, objects):
    return not without_class(one, objects)


EXEMPTIONS = {
    POLARIS.format("deploymentMissingReplicas"): scaled,
    KUBE_LINTER.format("minimum-three-replicas"): scaled,
    POLARIS.format("priorityClassNotSet"): without_class,
    KUBE_LINTER.format("priority-class-name"): with_class,
}
MARKS = ("polaris.fairwinds.com/", "ignore-check.kube-linter.io/", "kube-linter.io/", "kube-score/", "checkov.io/")


def exempt(one, rule):
    form = POLARIS if rule.grader == "polaris" else KUBE_LINTER
    return annotations(one).get(form.format(rule.id)) not in (None, "", "false")


def unknown_exemptions(objects):
    for one in objects:
        for where in [one, one.get("spec", {}).get("template") if one["kind"] in {"Deployment", "Job"} else None]:
            for key in annotations(where or {}):
                if key.startswith(MARKS) and not (key in EXEMPTIONS and where is one and EXEMPTIONS[key](one, objects)):
                    yield one, f"exempts itself by {key}"


def complaints(rules, render):
    for rule in rules:
        for one, said in rule.complaints(render.objects):
            if not exempt(one, rule):
                yield render, rule.id, f"{called(one)}: {said}"
    for one, said in unknown_exemptions(render.objects):
        yield render, "exemption", f"{called(one)}: {said}"


def checked(book, renders):
    found = [said for render in renders for said in complaints(book.rules, render)]
    return book.grader, len(book.rules) * len(renders), found


def named_once(*books):
    ids = [rule.id for book in books for rule in book.rules]
    if len(set(ids)) != len(ids):
        sys.exit(f"a rule is there twice: {sorted(one for one in ids if ids.count(one) > 1)}")
