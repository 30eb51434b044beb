"""What the schemas of values refuse: at least one wrong value for every key, by both Helms; and that they are closed."""
import json, sys

import jsonschema

from reading import document
from rendering import HELMS, OLDEST, by_beginnings, chart, helm, installed, merged, services, side_by_side

# Objects whose keys are their owner's own, and why.
OPEN = {
    "global": "Helm gives every chart the values under it, of whatever chart",
    "imagePullSecrets items": "Kubernetes' LocalObjectReference", "global imagePullSecrets items": "Kubernetes' LocalObjectReference",
    "env items": "Kubernetes' EnvVar", "envFrom items": "Kubernetes' EnvFromSource",
    "sidecars items": "Kubernetes' Container", "initContainers items": "Kubernetes' Container",
    "volumes items": "Kubernetes' Volume", "volumeMounts items": "Kubernetes' VolumeMount", "lifecycle": "Kubernetes' Lifecycle",
    "tolerations items": "Kubernetes' Toleration", "affinity nodeAffinity": "Kubernetes' NodeAffinity",
    "affinity podAffinity": "Kubernetes' PodAffinity", "affinity podAntiAffinity": "Kubernetes' PodAntiAffinity",
    "topologySpread items": "Kubernetes' TopologySpreadConstraint", "autoscaling behavior scaleUp": "Kubernetes' HPAScalingRules",
    "autoscaling behavior scaleDown": "Kubernetes' HPAScalingRules", "networkPolicy from items": "Kubernetes' NetworkPolicyPeer",
    "networkPolicy metricsFrom items": "Kubernetes' NetworkPolicyPeer", "networkPolicy egress items": "Kubernetes' NetworkPolicyEgressRule",
    "networkPolicy ingress items": "Kubernetes' NetworkPolicyIngressRule", "networkPolicy dns to items": "Kubernetes' NetworkPolicyPeer",
    "networkPolicy dns ports items": "Kubernetes' NetworkPolicyPort",
    "sharedHost httpRoute parentRefs items": "the Gateway API's ParentReference", "sharedHost ingress tls items": "Kubernetes' IngressTLS",
}


# Names that keys may be refused for: no name at all, and one that the chart itself gives.
NAMES = ["a name", "app.kubernetes.io/name"]


def charts(out):
    """The charts below the one of the release: those of services, and the library."""
    return {document(file)["name"] for file in (chart(out) / "charts").glob("*/Chart.yaml")}


def resolved(schema, root):
    while isinstance(schema, dict) and "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        schema = root["definitions"][name]
    return schema


def keys(schema, root, path=()):
    """Every key that a schema knows, with what it says of it."""
    schema = resolved(schema, root)
    yield path, schema
    for key, one in (schema.get("properties") or {}).items():
        yield from keys(one, root, (*path, key))
    for key, one in [("items", schema.get("items")), ("*", schema.get("additionalProperties"))]:
        if isinstance(one, dict):
            yield from keys(one, root, (*path, key))


def objects(schema):
    return schema.get("type") == "object" or "properties" in schema


def open_objects(schema, own=()):
    """The objects of a schema that take keys they do not know, but for those of `OPEN` and for the services' own values."""
    for path, one in keys(schema, schema):
        closed = one.get("additionalProperties") is False or isinstance(one.get("additionalProperties"), dict)
        if objects(one) and not closed and " ".join(path) not in OPEN and path[:1] != ("global",) and path not in own:
            yield " ".join(path) or "the whole"


def wrong_values(schema, root):
    """Values that a schema must refuse, each with what is wrong with it."""
    schema = resolved(schema, root)
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "enum" in schema:
        yield "of no such choice", "Sometimes"
        yield "of another type", {"a": 1}
        return
    if "anyOf" in schema:
        yield "of none of the types", [True]
        return
    examples = {"string": "a text", "integer": 3, "number": 3.5, "boolean": True, "array": ["a text"], "object": {"a": "b"}}
    for kind, value in examples.items():
        fits = kind in kinds or kind == "integer" and "number" in kinds
        if not fits and not (kind == "string" and "string" in kinds):
            yield f"a {kind}", value
    if "integer" in kinds:
        yield "a fraction", 3.5
        yield "a number as a text", "3"
    if "minimum" in schema:
        yield "too small", schema["minimum"] - 1
    if "maximum" in schema:
        yield "too large", schema["maximum"] + 1
    if "pattern" in schema:
        yield "of another form", "not / at * all"
    if schema.get("minLength"):
        yield "empty", ""
    if objects(schema) and schema.get("additionalProperties") is False:
        yield "with an unknown key", {"unknown": 1}
    if "propertyNames" in schema:
        names = jsonschema.Draft7Validator(schema["propertyNames"])
        yield "with a name that it does not take", {next((one for one in NAMES if not names.is_valid(one)), NAMES[0]): "x"}


def whole(path, value):
    """Values with one thing at a path; in a list it is the only item, in an open object it has a name."""
    for key in reversed(path):
        value = [value] if key == "items" else {"NAME" if key == "*" else key: value}
    return value


def refused(out, values):
    """Whether both Helms refuse values because of what they are, which they say; else what they say instead."""
    given = merged(installed(out), values)
    for version in HELMS:
        done = helm(version, "template", "shop", chart(out), "--kube-version", OLDEST, values=given, check=False)
        if done.returncode == 0 or not ("schema" in done.stderr or "type mismatch" in done.stderr):
            return f"{version}: exit {done.returncode} {done.stderr.strip()[:300]}"
    return None


def cases(schema, wrap):
    """For every key: what is wrong with values, those values, and whether the Helms are asked as well as the schema alone.

    The first wrong value is of another type, the last breaks what is said beyond the type: the Helms are asked about these."""
    for path, one in keys(schema, schema):
        wrong = [(what, value) for what, value in wrong_values(one, schema) if path or isinstance(value, dict)]
        for index, (what, value) in enumerate(wrong):
            held = whole(path, value)
            yield f"{' '.join(path) or 'the whole'}, {what}: {json.dumps(value)}", held, wrap(held), index in {0, len(wrong) - 1}
        for key in one.get("required") or []:
            if path[:1] != ("*",) and not {"items", "*"} & set(path):
                held = whole((*path, key), None)
                yield f"{' '.join((*path, key))} is missing", None, wrap(held), True


def checked(out):
    """One wrong value at a time: the schema alone refuses each, and the Helms those that they are asked about."""
    sub = services(out)
    name, folder = next(iter(sub.items()))
    own = json.loads((folder / "values.schema.json").read_text())
    above = json.loads((chart(out) / "values.schema.json").read_text())
    for schema, within in [(own, ()), (above, {(service,) for service in charts(out)})]:
        if found := list(open_objects(schema, within)):
            sys.exit(f"values.schema.json: these objects are not closed, and `OPEN` does not say why: {found}")
    # What a chart says of `global` is what the chart above it says, which lays its own over it.
    beside = {key: value for key, value in own["properties"].items() if key != "global"}
    taken, asked, count = [], [], 0
    for schema, wrap in [(own | {"properties": beside}, lambda values: {name: values}), (above, lambda values: values)]:
        alone = jsonschema.Draft7Validator({**schema, "required": []})
        for what, held, values, by_helm in cases(schema, wrap):
            count += 1
            if held is not None and alone.is_valid(held):
                taken.append(f"  {what}: the schema")
            elif by_helm:
                asked.append((what, values))
    answers = side_by_side([lambda values=values: refused(out, values) for _, values in asked])
    taken += [f"  {what}: {answer}" for (what, _), answer in zip(asked, answers) if answer]
    if taken:
        sys.exit(f"values.schema.json: {len(taken)} wrong values are not refused\n" + "\n".join(taken[:40]))
    known = len({path for schema in [own, above] for path, _ in keys(schema, schema) if path})
    print(f"values.schema.json: {count} wrong values of {known} keys are refused, {len(asked)} of them by Helm 3 and 4; objects are closed")


def by_an_ingress(projects):
    """Where an Ingress can't lead to the services, it says so, and of which."""
    told = 0
    for name, out in projects.items():
        values = merged(installed(out), {"sharedHost": {"ingress": {"enabled": True, "host": "a.example.com"}}})
        for version in HELMS:
            done = helm(version, "template", "shop", chart(out), "--kube-version", OLDEST, values=values, check=False)
            if by_beginnings(out) != (done.returncode == 0) or done.returncode and "an Ingress can't lead" not in done.stderr:
                sys.exit(f"{name} behind an Ingress: {version}: exit {done.returncode} {done.stderr}")
            told += done.returncode != 0
    print(f"an Ingress leads to the services of {len(projects)} projects, or says that it can't ({told // len(HELMS)})")


def documented(out):
    """Every value of values.yaml is a key of the schema, and the other way round."""
    for folder in [*services(out).values(), chart(out)]:
        schema = json.loads((folder / "values.schema.json").read_text())
        values = document(folder / "values.yaml")
        known, given = set(schema["properties"]) - {"global"}, set(values) - {"global"}
        if not given <= known:
            sys.exit(f"{folder.name}: values.yaml has keys that the schema does not know: {given - known}")
        if missing := known - given - (charts(out) - set(services(out))):
            sys.exit(f"{folder.name}: values.yaml does not tell of {missing}")
