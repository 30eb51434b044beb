"""Reading Kubernetes objects: pods, containers and what selects them."""

DEPLOYMENT_LIKE = {"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Pod", "Job", "CronJob"}


def of_kind(objects, *kinds):
    return [one for one in objects if one["kind"] in kinds]


def called(one):
    return f"{one['kind']} {one['metadata']['name']}"


def workloads(objects):
    return [one for one in objects if one["kind"] in DEPLOYMENT_LIKE]


def template(one):
    """The pod that an object starts."""
    if one["kind"] == "Pod":
        return one
    if one["kind"] == "CronJob":
        return one["spec"]["jobTemplate"]["spec"]["template"]
    return one["spec"]["template"]


def pod(one):
    return template(one)["spec"]


def labels(one):
    return one.get("metadata", {}).get("labels") or {}


def annotations(one):
    return one.get("metadata", {}).get("annotations") or {}


def containers(one, init=False):
    """Those that stay, and with `init` those that come first as well."""
    spec = pod(one)
    return (spec.get("initContainers") or [] if init else []) + spec["containers"]


def selects(selector, found):
    """Whether a label selector meets labels. An empty one meets everything (meta/v1 LabelSelector)."""
    if any(found.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(expression(one, found) for one in selector.get("matchExpressions") or [])


def expression(one, found):
    key, values = one["key"], one.get("values") or []
    match one["operator"]:
        case "In":
            return found.get(key) in values
        case "NotIn":
            return found.get(key) not in values
        case "Exists":
            return key in found
        case "DoesNotExist":
            return key not in found
    raise ValueError(f"no such operator: {one['operator']}")


def environment(objects, one):
    """What the first container of an object is told by variables: its own, and those of the release's ConfigMaps."""
    maps = {held["metadata"]["name"]: held.get("data") or {} for held in of_kind(objects, "ConfigMap")}
    told, container = {}, containers(one)[0]
    for source in container.get("envFrom") or []:
        told |= maps.get(source.get("configMapRef", {}).get("name"), {})
    for variable in container.get("env") or []:
        reference = variable.get("valueFrom", {}).get("configMapKeyRef")
        told[variable["name"]] = maps[reference["name"]][reference["key"]] if reference else variable.get("value")
    return told
