"""Whether every toggle of `toggles` changes what it says, and nothing else."""
import dataclasses, json, re, sys

from rendering import by_beginnings, merged, rendered, services, side_by_side
from toggles import ABSENT, ALL_OFF, ALL_ON, BY_INGRESS, TOGGLES, of_services


@dataclasses.dataclass
class Pair:
    toggle: object
    without: object
    with_it: object


def keyed(value):
    """A list whose items have names is looked into by them."""
    if isinstance(value, list) and value and all(isinstance(one, dict) and "name" in one for one in value):
        names = [one["name"] for one in value]
        if len(set(names)) == len(names):
            return {one["name"]: keyed({key: held for key, held in one.items() if key != "name"}) for one in value}
    if isinstance(value, dict):
        return {key: keyed(one) for key, one in value.items()}
    return value


def tree(render, service="petstore"):
    """The objects by kind and what their names have beside the service's, with one name for every release."""
    text = json.dumps(render.objects).replace(render.release, "shop")
    found = {}
    for one in json.loads(text):
        rest = re.sub(f"^shop(-{service})?[-.]*", "", one["metadata"]["name"])
        found[f"{one['kind']}{'/' + rest if rest else ''}"] = keyed(one)
    return found


def changes(before, after, path=()):
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from changes(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))
    elif before != after:
        yield path


def meets(pattern, path):
    """Whether a path begins as a pattern does."""
    return len(pattern) <= len(path) and all(one in {"*", held} for one, held in zip(pattern, path))


def at(held, path):
    for key in path:
        held = held.get(key, ABSENT) if isinstance(held, dict) else ABSENT
    return held


def wrong(toggle, before, after):
    """What a toggle does not change as it says, and what it changes beside that."""
    found = list(changes(before, after))
    said = {tuple(path.split(" ")): value for path, value in toggle.changes.items()}
    for path in found:
        if not any(meets(pattern, path) for pattern in said):
            yield f"changes {' '.join(path)}: {at(before, path)!r} becomes {at(after, path)!r}"
    for pattern, value in said.items():
        changed = {path[:len(pattern)] for path in found if meets(pattern, path)}
        if not changed:
            yield f"does not change {' '.join(pattern)}"
        for path in changed:
            given = at(after, path)
            if not (value(given) if callable(value) else given in [value, keyed(value)]):
                yield f"makes {' '.join(path)} {given!r}"


def pairs(out):
    """A release with each toggle and one without; each release has a name of its own, since graders look across files."""
    bases, tasks = {}, []
    for one in TOGGLES:
        bases.setdefault(json.dumps(one.over, sort_keys=True), (len(bases), one.over))

    def base(key):
        index, over = bases[key]
        return key, rendered(f"base {index}", out, over, f"plain{index:03}")

    def toggled(index, one):
        return rendered(one.name, out, merged(one.over, one.values), f"toggle{index:03}")
    without = dict(side_by_side([lambda key=key: base(key) for key in bases]))
    tasks = [lambda index=index, one=one: toggled(index, one) for index, one in enumerate(TOGGLES)]
    return [Pair(one, without[json.dumps(one.over, sort_keys=True)], render)
            for one, render in zip(TOGGLES, side_by_side(tasks))]


def combined(projects):
    """Everything on, and everything off that can be, in every project: renders, and those with everything off."""
    on, off = [], []
    for name, out in projects.items():
        values = {**ALL_ON, ALL_OFF.name: ALL_OFF.values}
        if not by_beginnings(out):
            del values[BY_INGRESS]
        for what, one in values.items():
            given = one if name == "petstore" else of_services(one, services(out))
            render = rendered(f"{name}, {what}", out, given, f"whole{len(on) + len(off):03}")
            (off if what == ALL_OFF.name else on).append(render)
    return on, off


def checked(found):
    broken = [f"  {pair.toggle.name} {said}" for pair in found
              for said in wrong(pair.toggle, tree(pair.without), tree(pair.with_it))]
    if broken:
        sys.exit(f"toggles: {len(broken)} slips\n" + "\n".join(broken))
    count = sum(len(one.changes) for one in TOGGLES)
    print(f"{len(TOGGLES)} toggles, with and without, by Helm 3 and 4: each changes the {count} places that it says, and nothing else")


def leaves(held, path=()):
    for key, value in held.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def complete(folder, values):
    """Every value that a chart tells of has a toggle."""
    own = (folder.name,) if folder.parent.name == "charts" else ()
    touched = {path for one in TOGGLES for path in leaves(merged(one.over, one.values))}
    told = [(*own, *path) for path in leaves(values)]
    missing = [" ".join(path) for path in told if not any(path == one[:len(path)] or one == path[:len(one)] for one in touched)]
    if missing:
        sys.exit(f"toggles: no toggle is there for {', '.join(missing)}")
    print(f"toggles: each of the {len(told)} values of {folder.name}'s values.yaml has one")
