"""Requests of a petstore's callers, wrong ones among them."""
import collections, http.client, time

JSON = {"content-type": "application/json"}
STAFF = {"authorization": "Basic YTpi"}
PET = "/pets/5c7a1f0e-8f3a-4a39-9a52-2a3f0d6f4b11"

REQUESTS = [
    ("GET", "/pets", {}, None), ("GET", "/pets?limit=0", {}, None), ("GET", PET, STAFF, None), ("DELETE", PET, STAFF, None),
    ("POST", "/pets", {**JSON, **STAFF}, '{"name":"Mia","kind":"cat"}'), ("GET", f"{PET}/picture", STAFF, None),
    ("POST", f"{PET}:rename", {"content-type": "text/plain", **STAFF}, "Leo"), ("GET", "/nowhere", {}, None),
    ("POST", "/orders", {"content-type": "application/vnd.shop+json"},
     '{"lines":[{"pet":"5c7a1f0e-8f3a-4a39-9a52-2a3f0d6f4b11","price":1.5}],"payment":{"method":"invoice","address":"Harbour 1"}}'),
]

def traffic(port, seconds):
    statuses, end = collections.Counter(), time.monotonic() + seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    while time.monotonic() < end:
        for method, target, headers, body in REQUESTS:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        time.sleep(0.05)
    return statuses
