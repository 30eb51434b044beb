"""Where one host leads each operation: to the service that has it, whichever of its rules a Gateway prefers."""
import re, sys

from objects import of_kind
from reading import document
from rendering import SHOP, rendered
from toggles import HTTP_ROUTE, host

# The Gateway API leaves it to who implements it whether a regular expression is held against a whole path (Envoy) or a part of it.
READINGS = {"whole": re.fullmatch, "part": re.search}
UNTAGGED = "operations"


def fits(match, method, path, reading):
    if match.get("method", method) != method:
        return False
    kind, value = match["path"]["type"], match["path"]["value"]
    if kind == "Exact":
        return path == value
    if kind == "PathPrefix":
        return path == value or path.startswith(value.rstrip("/") + "/")
    return bool(reading(value, path))


def leads(routes, method, path, reading):
    """The Services that a request may be led to."""
    return {backend["name"] for route in routes for rule in route["spec"]["rules"] for backend in rule["backendRefs"]
            if any(fits(match, method, path, reading) for match in rule["matches"])}


def operations():
    """Every operation of the document with several services: method, a path, and the service that has its first tag."""
    dealt = {tag: name for name, one in document(SHOP / "oarlock.yaml")["services"].items() for tag in one["tags"]}
    for path, item in document(SHOP / "openapi.yaml")["paths"].items():
        for method in ["get", "put", "post", "delete", "options", "head", "patch", "trace"]:
            if method in item:
                tags = item[method].get("tags") or [UNTAGGED]
                yield method.upper(), re.sub(r"\{[^}]+\}", "a-7%20b", path), dealt[tags[0]]


def checked(out):
    routes = of_kind(rendered("routes", out, host(httpRoute=HTTP_ROUTE)).objects, "HTTPRoute")
    count, bases = 0, {""} | {base for one in routes for base in re.findall(r"'(/v\d+)/", str(one))}
    for method, path, service in operations():
        for base in bases:
            for name, reading in READINGS.items():
                found = leads(routes, method, base + path, reading)
                if found != {f"shop-{service}"}:
                    sys.exit(f"HTTPRoute: {method} {base + path} is of {service} and led to {sorted(found)}, regular expressions read as a {name}")
                count += 1
    if strayed := leads(routes, "GET", "/of-nobody", re.fullmatch):
        sys.exit(f"HTTPRoute: /of-nobody is led to {strayed}")
    print(f"HTTPRoute: {count} requests are led to the one service that has their operation, under {len(bases)} paths of a server")
