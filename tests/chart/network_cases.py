"""What is known of NetworkPolicies without this project, before `network` judges it by the same rules."""
import sys

from network import Host, Pod, passes

NAMESPACES = {"a": {"kubernetes.io/metadata.name": "a", "team": "one"}, "b": {"kubernetes.io/metadata.name": "b"}}
WEB = Pod("web", "a", {"app": "web", "tier": "front"}, (("http", 8080, "TCP"), ("dns", 53, "UDP")), "10.0.0.1")
APP = Pod("app", "a", {"app": "app"}, (("http", 9000, "TCP"),), "10.0.0.2")
OTHER = Pod("other", "b", {"app": "web"}, (("http", 7000, "TCP"),), "10.0.1.1")
AWAY = Host("away", "203.0.113.7")
ON_WEB = {"podSelector": {"matchLabels": {"app": "web"}}}


def policy(spec, namespace="a"):
    return {"kind": "NetworkPolicy", "metadata": {"name": "one", "namespace": namespace}, "spec": spec}


# What it shows, the policies, who asks whom on which port, and whether it comes about.
CASES = [
    ("without a policy everything passes", [], APP, WEB, 1, "TCP", True),
    ("a policy of another namespace is nobody's here", [policy(ON_WEB, "b")], APP, WEB, 8080, "TCP", True),
    ("one without rules lets nobody in", [policy(ON_WEB)], APP, WEB, 8080, "TCP", False),
    ("and says nothing of the way out", [policy(ON_WEB)], WEB, APP, 9000, "TCP", True),
    ("rules for the way out are of that kind without being said", [policy(ON_WEB | {"egress": []})], WEB, APP, 9000, "TCP", False),
    ("unless the kinds are said", [policy(ON_WEB | {"egress": [], "policyTypes": ["Ingress"]})], WEB, APP, 9000, "TCP", True),
    ("an empty selector chooses every pod", [policy({"podSelector": {}})], WEB, APP, 9000, "TCP", False),
    ("an empty rule lets everybody in", [policy(ON_WEB | {"ingress": [{}]})], AWAY, WEB, 1, "TCP", True),
    ("a named port is the asked pod's own", [policy(ON_WEB | {"ingress": [{"ports": [{"port": "http"}]}]})], APP, WEB, 8080, "TCP", True),
    ("and no other", [policy(ON_WEB | {"ingress": [{"ports": [{"port": "http"}]}]})], APP, WEB, 9000, "TCP", False),
    ("on the way out it is the other pod's", [policy(ON_WEB | {"egress": [{"ports": [{"port": "http"}]}]})], WEB, APP, 9000, "TCP", True),
    ("and not one's own", [policy(ON_WEB | {"egress": [{"ports": [{"port": "http"}]}]})], WEB, APP, 8080, "TCP", False),
    ("a host has no named ports", [policy(ON_WEB | {"egress": [{"ports": [{"port": "http"}]}]})], WEB, AWAY, 8080, "TCP", False),
    ("a protocol is TCP where none is said", [policy(ON_WEB | {"ingress": [{"ports": [{"port": 53}]}]})], APP, WEB, 53, "UDP", False),
    ("a name of another protocol is none", [policy(ON_WEB | {"ingress": [{"ports": [{"port": "dns"}]}]})], APP, WEB, 53, "TCP", False),
    ("a range ends where it says", [policy(ON_WEB | {"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]})], APP, WEB, 90, "TCP", True),
    ("and not behind it", [policy(ON_WEB | {"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]})], APP, WEB, 91, "TCP", False),
    ("a protocol alone is all its ports", [policy(ON_WEB | {"ingress": [{"ports": [{"protocol": "UDP"}]}]})], APP, WEB, 5, "UDP", True),
    ("a pod selector stays in its namespace", [policy(ON_WEB | {"ingress": [{"from": [{"podSelector": {}}]}]})], OTHER, WEB, 1, "TCP", False),
    ("an empty namespace selector means all", [policy(ON_WEB | {"ingress": [{"from": [{"namespaceSelector": {}}]}]})], OTHER, WEB, 1, "TCP", True),
    ("which are no hosts", [policy(ON_WEB | {"ingress": [{"from": [{"namespaceSelector": {}}]}]})], AWAY, WEB, 1, "TCP", False),
    ("both selectors in one peer are both", [policy(ON_WEB | {"ingress": [{"from": [
        {"namespaceSelector": {"matchLabels": {"team": "one"}}, "podSelector": {"matchLabels": {"app": "web"}}}]}]})], APP, WEB, 1, "TCP", False),
    ("two peers are either", [policy(ON_WEB | {"ingress": [{"from": [
        {"namespaceSelector": {"matchLabels": {"team": "one"}}}, {"podSelector": {"matchLabels": {"app": "web"}}}]}]})], APP, WEB, 1, "TCP", True),
    ("NotIn meets who has no such label", [policy(ON_WEB | {"ingress": [{"from": [{"podSelector": {"matchExpressions": [
        {"key": "tier", "operator": "NotIn", "values": ["front"]}]}}]}]})], APP, WEB, 1, "TCP", True),
    ("Exists does not", [policy(ON_WEB | {"ingress": [{"from": [{"podSelector": {"matchExpressions": [
        {"key": "tier", "operator": "Exists"}]}}]}]})], APP, WEB, 1, "TCP", False),
    ("a block of addresses", [policy(ON_WEB | {"egress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}]})], WEB, AWAY, 443, "TCP", True),
    ("but for those taken out", [policy(ON_WEB | {"egress": [{"to": [{"ipBlock": {
        "cidr": "203.0.113.0/24", "except": ["203.0.113.7/32"]}}]}]})], WEB, AWAY, 443, "TCP", False),
    ("policies add up", [policy(ON_WEB), policy({"podSelector": {"matchLabels": {"tier": "front"}}, "ingress": [{}]})], APP, WEB, 1, "TCP", True),
    ("who asks must be let out and in", [policy(ON_WEB | {"ingress": [{}]}), policy({"podSelector": {"matchLabels": {"app": "app"}},
                                                                                     "policyTypes": ["Egress"]})], APP, WEB, 1, "TCP", False),
]


def checked():
    for shows, policies, caller, called, number, protocol, comes in CASES:
        if passes(policies, caller, called, number, protocol, NAMESPACES) is not comes:
            sys.exit(f"the evaluation of network policies is wrong: {shows}")
    print(f"network policies: {len(CASES)} cases of what is known of them are judged as they are")
