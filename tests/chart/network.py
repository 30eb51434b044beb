"""What NetworkPolicies let pass, by the rules of networking.k8s.io/v1 (Kubernetes' "Network Policies", and the API's own words)."""
import dataclasses, ipaddress

from objects import selects


@dataclasses.dataclass(frozen=True)
class Pod:
    name: str
    namespace: str
    labels: dict
    ports: tuple = ()              # name, number, protocol
    address: str = "10.1.0.9"

    def __hash__(self):
        return hash((self.name, self.namespace))


@dataclasses.dataclass
class Host:
    """Something outside of the cluster."""
    name: str
    address: str


def in_block(peer, block):
    address = ipaddress.ip_address(peer.address)
    inside = lambda cidr: address in ipaddress.ip_network(cidr)
    return inside(block["cidr"]) and not any(inside(one) for one in block.get("except") or [])


def meant(peer, rule, policy, namespaces):
    """Whether one peer of a rule is this one."""
    if "ipBlock" in rule:
        return in_block(peer, rule["ipBlock"])
    if isinstance(peer, Host):
        return False
    if "namespaceSelector" in rule:
        # An empty selector means all; of namespaces as of pods.
        there = selects(rule["namespaceSelector"] or {}, namespaces[peer.namespace])
    else:
        there = peer.namespace == policy["metadata"]["namespace"]
    return there and selects(rule.get("podSelector") or {}, peer.labels)


def open_port(rule, asked, number, protocol):
    """Whether a rule's ports hold one of the pod that is asked; without any, all are meant."""
    listed = rule.get("ports") or []
    for one in listed:
        if one.get("protocol", "TCP") != protocol:
            continue
        port = one.get("port")
        if isinstance(port, str):
            port = next((held for name, held, way in getattr(asked, "ports", ()) if name == port and way == protocol), None)
            if port == number:
                return True
        elif port is None or port <= number <= one.get("endPort", port):
            return True
    return not listed


def kinds(policy):
    spec = policy["spec"]
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]


def admits(policies, direction, own, peer, number, protocol, namespaces):
    """Whether the policies of a pod let it be asked by a peer (Ingress), or ask one (Egress)."""
    if isinstance(own, Host):
        return True
    chosen = [one for one in policies if one["metadata"]["namespace"] == own.namespace and direction in kinds(one)
              and selects(one["spec"]["podSelector"] or {}, own.labels)]
    asked = own if direction == "Ingress" else peer
    for policy in chosen:
        for rule in policy["spec"].get(direction.lower()) or []:
            peers = rule.get("from" if direction == "Ingress" else "to") or []
            if (not peers or any(meant(peer, one, policy, namespaces) for one in peers)) and open_port(rule, asked, number, protocol):
                return True
    return not chosen


def passes(policies, caller, called, number, protocol, namespaces):
    """Whether a connection comes about: who asks may, and who is asked takes it."""
    if caller is called:
        return True
    return (admits(policies, "Egress", caller, called, number, protocol, namespaces)
            and admits(policies, "Ingress", called, caller, number, protocol, namespaces))
