"""kube-linter 0.8.3: the built-in rules about what belongs together, and about what a chart of a service never makes."""
from objects import called, labels, of_kind, pod, selects, template, workloads
from objects import containers
from rules_kube_linter import kube_linter

ROLES = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")


def beside(one, others):
    return [other for other in others if other["metadata"].get("namespace") == one["metadata"].get("namespace")]


def started(one, objects, selector):
    """Whether a pod that the release starts is meant by a selector."""
    return any(selects(selector, labels(template(other))) for other in beside(one, workloads(objects)))


@kube_linter.rule
def dangling_horizontalpodautoscaler(objects):
    for one in of_kind(objects, "HorizontalPodAutoscaler"):
        target = one["spec"]["scaleTargetRef"]
        if not any(other["metadata"]["name"] == target["name"] and other["apiVersion"] == target.get("apiVersion")
                   for other in beside(one, of_kind(objects, target["kind"]))):
            yield one, f"no {target['kind']} {target['name']}"


@kube_linter.rule
def dangling_ingress(objects):
    for one in of_kind(objects, "Ingress"):
        held = {(service["metadata"]["name"], value) for service in beside(one, of_kind(objects, "Service"))
                for port in service["spec"]["ports"] for value in [port.get("name"), port["port"]]}
        for rule in one["spec"].get("rules") or []:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                asked = (backend["name"], backend["port"].get("name", backend["port"].get("number")))
                if asked not in held:
                    yield one, f"{path['path']} leads to no service: {asked}"


@kube_linter.rule
def dangling_networkpolicy(objects):
    for one in of_kind(objects, "NetworkPolicy"):
        if not started(one, objects, one["spec"]["podSelector"]):
            yield one, "it chooses no pod"


@kube_linter.rule
def dangling_networkpolicypeer_podselector(objects):
    for one in of_kind(objects, "NetworkPolicy"):
        rules = (one["spec"].get("ingress") or []) + (one["spec"].get("egress") or [])
        for peer in [peer for rule in rules for peer in (rule.get("from") or []) + (rule.get("to") or [])]:
            if "podSelector" in peer and "namespaceSelector" not in peer and not started(one, objects, peer["podSelector"]):
                yield one, f"no pod is {peer['podSelector']}"


@kube_linter.rule
def dangling_service(objects):
    for one in of_kind(objects, "Service"):
        selector = one["spec"].get("selector")
        if not selector or not started(one, objects, {"matchLabels": selector}):
            yield one, "it leads to no pod"


@kube_linter.rule
def dangling_servicemonitor(objects):
    for one in of_kind(objects, "ServiceMonitor"):
        wanted = one["spec"]["selector"].get("matchLabels")
        if not wanted or not any(selects({"matchLabels": wanted}, labels(other)) for other in beside(one, of_kind(objects, "Service"))):
            yield one, "it watches no service"


@kube_linter.rule
def env_value_from(objects):
    held = {(one["kind"], one["metadata"]["name"], key) for one in of_kind(objects, "ConfigMap", "Secret")
            for key in [*(one.get("data") or {}), *(one.get("stringData") or {})]}
    for one in workloads(objects):
        for container in containers(one, init=True):
            for variable in container.get("env") or []:
                for field, kind in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")]:
                    reference = (variable.get("valueFrom") or {}).get(field)
                    if reference and not reference.get("optional") and (kind, reference["name"], reference["key"]) not in held:
                        yield one, f"{variable['name']} is of no {kind} of the release"


@kube_linter.rule
def non_existent_service_account(objects):
    for one in workloads(objects):
        name = pod(one).get("serviceAccountName") or "default"
        accounts = {other["metadata"]["name"] for other in beside(one, of_kind(objects, "ServiceAccount"))}
        if name != "default" and name not in accounts:
            yield one, f"no account {name}"


@kube_linter.rule
def non_isolated_pod(objects):
    for one in workloads(objects):
        policies = beside(one, of_kind(objects, "NetworkPolicy"))
        if not any(selects(policy["spec"]["podSelector"], labels(template(one))) for policy in policies):
            yield one, "no policy chooses it"


def share(value):
    return int(value.removesuffix("%")) if isinstance(value, str) else value


@kube_linter.each("PodDisruptionBudget")
def pdb_max_unavailable(one):
    return share(one["spec"].get("maxUnavailable", 1)) == 0 and "no pod may go"


@kube_linter.rule
def pdb_min_available(objects):
    for one in of_kind(objects, "PodDisruptionBudget"):
        least = one["spec"].get("minAvailable")
        for other in beside(one, of_kind(objects, "Deployment")):
            if least is not None and other["spec"]["selector"] == one["spec"]["selector"]:
                count = other["spec"].get("replicas", 1)
                held = int(count * share(least) / 100) if isinstance(least, str) else least
                if count <= held:
                    yield one, f"{called(other)} has {count}"


@kube_linter.each("PodDisruptionBudget")
def pdb_unhealthy_pod_eviction_policy(one):
    return not one["spec"].get("unhealthyPodEvictionPolicy") and "a pod that serves nobody holds up a node"


@kube_linter.each("HorizontalPodAutoscaler")
def hpa_minimum_three_replicas(one):
    return one["spec"].get("minReplicas", 1) < 3 and f"{one['spec'].get('minReplicas', 1)} replicas"


@kube_linter.each("HorizontalPodAutoscaler")
def hpa_maximum_replicas(one):
    return one["spec"]["maxReplicas"] > 100 and f"{one['spec']['maxReplicas']} replicas"


@kube_linter.each("Service")
def exposed_services(one):
    return one["spec"].get("type", "ClusterIP") in {"NodePort", "LoadBalancer"} and one["spec"]["type"]


@kube_linter.each("Service")
def externalname_service_redirect(one):
    return one["spec"].get("type") == "ExternalName" and one["spec"].get("externalName")


@kube_linter.each("ConfigMap")
def configmap_with_credentials(one):
    words = ("password", "secret", "token", "api_key", "apikey", "private_key", "credential")
    return [key for key in one.get("data") or {} if any(word in key for word in words)]


def never(rule, *kinds):
    """A rule about kinds that a service's chart has no use for: it holds as long as there is none."""
    def function(objects):
        return [(one, f"a chart of a service makes no {one['kind']}") for one in of_kind(objects, *kinds)]
    function.__name__ = rule.replace("-", "_")
    kube_linter.rule(function)


for name in ["access-to-create-pods", "access-to-secrets", "cluster-admin-role-binding", "wildcard-in-rules"]:
    never(name, *ROLES)
