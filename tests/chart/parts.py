"""The parts of the stage, over what is rendered once for all of them."""
import functools, shutil, sys, time, traceback

import calls, contradictions, facts, live, linters, naming, network_cases, refusals, routing, rules, slips, toggling
import rules_kube_linter_links  # its rules are of the same book
from reading import document
from rendering import by_beginnings, chart, merged, projects, rendered, services, written
from rules_kube_linter import kube_linter
from rules_polaris import polaris
from toggles import ALL_OFF, ALL_ON, HTTP_ROUTE, INGRESS, host, service
from tools import WORK

BOOKS = [kube_linter, polaris]


class Stage:
    def __init__(self):
        self.given_up = set()

    @functools.cached_property
    def projects(self):
        return projects()

    @property
    def petstore(self):
        return self.projects["petstore"]

    @property
    def shop(self):
        return self.projects["shop"]

    @functools.cached_property
    def pairs(self):
        return toggling.pairs(self.petstore)

    @functools.cached_property
    def combined(self):
        return toggling.combined(self.projects)

    @functools.cached_property
    def renders(self):
        """Every release that graders see, with what each may say of it: fixtures, toggles, and all of them at once."""
        on, off = self.combined
        self.waived = {id(one): set(ALL_OFF.waives) for one in off}
        for pair in self.pairs:
            self.waived.setdefault(id(pair.with_it), set()).update(pair.toggle.waives)
        found = [rendered(name, out, {}, f"fixture{index:03}") for index, (name, out) in enumerate(self.projects.items())]
        found += self.behind_one_host() + self.without()
        found += [pair.with_it for pair in self.pairs] + on + off
        shutil.rmtree(WORK / "rendered", ignore_errors=True)
        return [written(one) for one in found if one.objects]

    def without(self):
        """What toggles are set over; what is left out on purpose there is left out with the toggle as well."""
        found = {}
        for pair in self.pairs:
            found[id(pair.without)] = pair.without
            if pair.toggle.over:
                self.waived.setdefault(id(pair.without), set()).update(pair.toggle.waives)
        return list(found.values())

    def behind_one_host(self):
        """Every project behind a Gateway, and behind an Ingress where that can tell its services apart."""
        found = []
        for index, (name, out) in enumerate(self.projects.items()):
            found.append(rendered(f"{name} behind a Gateway", out, host(httpRoute=HTTP_ROUTE), f"gateway{index:03}"))
            if by_beginnings(out):
                found.append(rendered(f"{name} behind an Ingress", out, host(ingress=INGRESS), f"ingress{index:03}"))
        return found

    def waives(self, render):
        return self.waived.get(id(render), set())

    def judged(self, found):
        self.given_up |= linters.judged(*found, self.waives)

    def settled(self):
        """What a toggle is said to give up is what graders say of it."""
        said = {(id(pair.with_it), rule) for pair in self.pairs for rule in pair.toggle.waives}
        if unsaid := [f"{pair.toggle.name}: {rule}" for pair in self.pairs for rule in pair.toggle.waives
                      if (id(pair.with_it), rule) in said - self.given_up]:
            sys.exit(f"no grader complains of what these give up: {', '.join(unsaid)}")


def part_facts(stage):
    facts.petstore(stage.petstore)
    facts.changed()
    facts.several(stage.shop)
    facts.meeting(stage.petstore)
    facts.names([stage.petstore, stage.shop])
    facts.own_variables(stage.petstore)
    facts.deadlines()


def part_grade(stage):
    linters.files(stage.projects)
    linters.lint(stage.projects, ALL_ON)
    linters.kubeconform(stage.renders)
    linters.validate(stage.renders)
    for grader in [linters.kube_score, linters.checkov]:
        stage.judged(grader(stage.renders))


def part_rules(stage):
    rules.named_once(*BOOKS)
    for book in BOOKS:
        stage.judged(rules.checked(book, stage.renders))
    values = merged(host(httpRoute=HTTP_ROUTE, ingress=INGRESS), service(autoscaling={"enabled": True}, serviceMonitor={"enabled": True}))
    slips.seen(BOOKS, rendered("slips", stage.petstore, values).objects)


def part_toggles(stage):
    toggling.checked(stage.pairs)
    for folder in [*services(stage.petstore).values(), chart(stage.petstore)]:
        toggling.complete(folder, document(folder / "values.yaml"))


def part_refusals(stage):
    refusals.documented(stage.petstore)
    contradictions.checked(stage.petstore)
    refusals.checked(stage.petstore)
    refusals.by_an_ingress(stage.projects)


def part_network(stage):
    network_cases.checked()
    renders = calls.checked(stage.shop)
    for book in BOOKS:
        linters.judged(*rules.checked(book, renders), lambda _: ())


def part_routes(stage):
    routing.checked(stage.shop)


def part_names(stage):
    naming.apart()
    naming.words()


def part_live(stage):
    live.checked(stage.petstore)
    live.notes(stage.shop)


def outcome(name, stage):
    """What is wrong in a part; the others go on, so that one run shows every mistake."""
    try:
        globals()[f"part_{name}"](stage)
    except SystemExit as stopped:
        return str(stopped.code)
    except AssertionError:
        return traceback.format_exc(limit=-1)
    return ""


def run(names):
    stage, began, failed = Stage(), time.monotonic(), []
    for name in names:
        start = time.monotonic()
        if said := outcome(name, stage):
            failed.append(name)
            print(said)
        print(f"-- {name}: {'FAILED after ' if said else ''}{time.monotonic() - start:.1f} s", flush=True)
    if not failed and {"grade", "rules"} <= set(names):
        stage.settled()
    print(f"the chart stage took {time.monotonic() - began:.1f} s")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
