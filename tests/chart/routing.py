"""Where one host leads each request: to the service that has its operation, and what no operation has to one that knows the path,
whichever of its rules a Gateway prefers, but that of rules of one path it prefers the one with the method."""
import re, shutil, sys
from urllib.parse import quote, urlsplit

from objects import of_kind
from reading import document
from rendering import oarlock, rendered
from toggles import HTTP_ROUTE, host
from tools import WORK

# The Gateway API leaves it to who implements it whether a regular expression is held against a whole path (Envoy) or a part of it.
READINGS = {"whole": re.fullmatch, "part": re.search}
UNTAGGED = "operations"
METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]
# What the Gateway API takes for a path of its kinds Exact and PathPrefix, by rules of its CRD (v1) that only a cluster holds to.
PATH = re.compile(r"(?!.*(?://|/\.\.?/|%2[fF]|/\.\.?$))(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+")

# Paths that several services share, and paths that are percent-encoded in part.
SHARED = """openapi: 3.2.0
info: { title: Shared, version: "1" }
servers: [{ url: "https://x.example.com/my%20api" }, { url: /apiü }]
paths:
  /things:
    get: { tags: [a], responses: { "204": { description: It is. } } }
    post: { tags: [b], responses: { "204": { description: It is. } } }
  /things/{thing}:
    parameters: [{ name: thing, in: path, required: true, schema: { type: string } }]
    put: { tags: [a], responses: { "204": { description: It is. } } }
    get: { tags: [b], responses: { "204": { description: It is. } } }
  /heads:
    get: { tags: [a], responses: { "204": { description: It is. } } }
    head: { tags: [c], responses: { "204": { description: It is. } } }
    put: { tags: [b], responses: { "204": { description: It is. } } }
  /questions:
    get: { tags: [a], responses: { "204": { description: It is. } } }
    query: { tags: [b], responses: { "204": { description: It is. } } }
  /files/z%20y: { get: { tags: [a], responses: { "204": { description: It is. } } } }
  /files/ü_b: { get: { tags: [b], responses: { "204": { description: It is. } } } }
  /files/%C3%BC/100%: { get: { tags: [c], responses: { "204": { description: It is. } } } }
  /slash/a%2Fb: { get: { tags: [c], responses: { "204": { description: It is. } } } }
  /slash%2Fc/{file}:
    parameters: [{ name: file, in: path, required: true, schema: { type: string } }]
    get: { tags: [b], responses: { "204": { description: It is. } } }
  /z%20y/{file}:
    parameters: [{ name: file, in: path, required: true, schema: { type: string } }]
    get: { tags: [a], responses: { "204": { description: It is. } } }
    delete: { tags: [c], responses: { "204": { description: It is. } } }
"""
SERVICES = "spec: openapi.yaml\nname: shared\nservices: { one: { tags: [a] }, two: { tags: [b] }, three: { tags: [c] } }\n"


def shared():
    out = WORK / "projects/shared"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / "openapi.yaml").write_text(SHARED)
    (out / "oarlock.yaml").write_text(SERVICES)
    oarlock("generate", "--out", out)
    return out


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
    fitting = [(match, backend["name"]) for route in routes for rule in route["spec"]["rules"] for backend in rule["backendRefs"]
               for match in rule["matches"] if fits(match, method, path, reading)]
    named = [match["path"] for match, _ in fitting if "method" in match]
    return {name for match, name in fitting if "method" in match or match["path"] not in named}


def sent(path):
    """A path as callers send it: what is percent-encoded already stays so."""
    path = re.sub(r"%(?![0-9a-fA-F]{2})", "%25", path)
    return quote(re.sub(r"\{[^}]+\}", "a-7%20b", path), safe="/%-._~!$&'()*+,;=:@")


def paths(out):
    """Every path of a document as it is sent, with the services of its methods, by their first tags."""
    dealt = {tag: name for name, one in document(out / "oarlock.yaml")["services"].items() for tag in one["tags"]}
    for path, item in document(out / "openapi.yaml")["paths"].items():
        yield sent(path), {method.upper(): dealt[(item[method].get("tags") or [UNTAGGED])[0]] for method in METHODS if method in item}


def bases(out):
    urls = [one["url"] for one in document(out / "openapi.yaml").get("servers", [])]
    return ["", *{sent(urlsplit(url).path.rstrip("/")) for url in urls} - {""}]


def expected(methods):
    """The services to one of which a request is to be led, by method: `HEAD` is answered where `GET` is, and every service answers
    `OPTIONS` and methods that it has not, on a path that it has."""
    anywhere = set(methods.values())
    known = {method: {service} for method, service in methods.items()}
    head = {"HEAD": known["GET"]} if "GET" in known else {}
    return {"OPTIONS": anywhere, "HEAD": anywhere, "PATCH": anywhere, "MKCOL": anywhere, **head, **known}


def held(out):
    """How many requests to a project's host are led where they should be."""
    routes = of_kind(rendered(f"routes of {out.name}", out, host(httpRoute=HTTP_ROUTE)).objects, "HTTPRoute")
    for match in [match for route in routes for rule in route["spec"]["rules"] for match in rule["matches"]]:
        if match["path"]["type"] != "RegularExpression" and not PATH.fullmatch(match["path"]["value"]):
            sys.exit(f"HTTPRoute: the Gateway API does not take the path {match['path']['value']}")
    count = 0
    asked = [(base + path, method, services) for path, methods in paths(out) for method, services in expected(methods).items()
             for base in bases(out)]
    for path, method, services in asked:
        for name, reading in READINGS.items():
            found = leads(routes, method, path, reading)
            if len(found) != 1 or not found <= {f"shop-{service}" for service in services}:
                sys.exit(f"HTTPRoute: {method} {path} is of {sorted(services)} and led to {sorted(found)}, "
                         f"regular expressions read as a {name}")
            count += 1
    if strayed := leads(routes, "GET", "/of-nobody", re.fullmatch):
        sys.exit(f"HTTPRoute: /of-nobody is led to {strayed}")
    return count


def checked(out):
    counts = [held(out), held(shared())]
    print(f"HTTPRoute: {sum(counts)} requests are led to the one service that has their operation, and without one to a service of "
          "their path")
