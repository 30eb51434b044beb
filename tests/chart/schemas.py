"""Strict JSON Schemas for kubeconform: the built-in kinds from the package kubernetes-validate, the others from the
definitions of their projects' Go modules."""
import importlib.util, json, pathlib, shutil

from reading import documents
from tools import PIP, MODULES, WORK, module


def bundle(kubernetes):
    package = pathlib.Path(importlib.util.find_spec("kubernetes_validate").origin).parent
    folder = package / "kubernetes-json-schema" / f"v{kubernetes}-local-strict"
    return json.loads((folder / "_definitions.json").read_text())["$defs"]


def inlined(schema, definitions, within=()):
    """kubeconform follows no references into another file: each stands in its place. One that holds itself takes anything."""
    if isinstance(schema, list):
        return [inlined(one, definitions, within) for one in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        return {} if name in within else inlined(definitions[name], definitions, (*within, name))
    return {key: inlined(value, definitions, within) for key, value in schema.items()}


def strict(schema):
    """A custom resource's schema that refuses fields it does not list, as the API server does when it is asked to."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: strict(value) for key, value in schema.items()}
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict) and not open_ended:
        schema["additionalProperties"] = False
    return schema


def built_in(kubernetes):
    definitions = bundle(kubernetes)
    for definition in definitions.values():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            if "metadata" in definition.get("properties", {}) and not kind["kind"].endswith("List"):
                yield kind["kind"], kind["group"], kind["version"], inlined(definition, definitions)


def custom():
    for name in MODULES:
        for file in sorted(module(name).glob("*.yaml")):
            for one in documents(file.read_text()):
                if one.get("kind") != "CustomResourceDefinition":
                    continue
                spec = one["spec"]
                for version in spec["versions"]:
                    schema = strict(version["schema"]["openAPIV3Schema"])
                    schema["properties"]["metadata"] = {"type": "object"}
                    yield spec["names"]["kind"], spec["group"], version["name"], schema


def folder(kubernetes):
    """The folder of the schemas of one version of Kubernetes, made where it is not there."""
    versions = [one.rpartition("@")[2] for one, _ in MODULES.values()] + [one for one in PIP if "validate" in one]
    made = WORK / "schemas" / "-".join([kubernetes, *versions])
    if made.exists():
        return made
    growing = made.with_name(made.name + ".part")
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir(parents=True)
    for kind, group, version, schema in [*built_in(kubernetes), *custom()]:
        first = group.partition(".")[0]
        name = "-".join(part for part in [kind.lower(), first, version] if part)
        (growing / f"{name}.json").write_text(json.dumps(schema))
    growing.rename(made)
    return made


def location(kubernetes):
    return f"{folder(kubernetes)}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
