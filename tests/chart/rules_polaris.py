"""polaris 10.2.2, with its defaults: a function for each check, in polaris' own reading of JSON Schema."""
import re

from objects import containers, labels, of_kind, pod, template, workloads
from rules import Book

polaris = Book("polaris")
CONTROLLERS = ("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Pod", "Job", "CronJob")
STAYING = tuple(kind for kind in CONTROLLERS if kind not in {"Job", "CronJob"})
pods = polaris.each(*CONTROLLERS)
SENSITIVE = re.compile(r"^AWS_SECRET_ACCESS_KEY$|^GOOGLE_APPLICATION_CREDENTIALS$|^AZURE_.+KEY$|^OCI_CLI_KEY_CONTENT$|password|token|bearer|secret",
                       re.IGNORECASE)
PRIVATE_KEY = re.compile(r"\s*-BEGIN\s+.*PRIVATE KEY-\s*", re.IGNORECASE)
INSECURE = {"NET_ADMIN", "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
            "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"}


def some(one, breaks, init=True):
    return ", ".join(container["name"] for container in containers(one, init) if breaks(container))


def security(container):
    return container.get("securityContext") or {}


def podwide(one):
    return pod(one).get("securityContext") or {}


def upper(values):
    return {value.upper() for value in values or []}


@polaris.each("Deployment")
def deploymentMissingReplicas(one):
    return one["spec"].get("replicas", 0) < 2 and f"replicas: {one['spec'].get('replicas')}"


@pods
def priorityClassNotSet(one):
    return not pod(one).get("priorityClassName") and "no priority class"


@pods
def tagNotSpecified(one):
    return some(one, lambda container: not re.match(r"^.+:.+$", container["image"]) or container["image"].endswith(":latest"))


@pods
def pullPolicyNotAlways(one):
    return some(one, lambda container: container.get("imagePullPolicy") != "Always")


@polaris.each(*STAYING)
def readinessProbeMissing(one):
    return some(one, lambda container: not container.get("readinessProbe"), init=False)


@polaris.each(*STAYING)
def livenessProbeMissing(one):
    return some(one, lambda container: not container.get("livenessProbe"), init=False)


@pods
def metadataAndInstanceMismatched(one):
    instance = labels(one).get("app.kubernetes.io/instance")
    return instance != one["metadata"]["name"] and f"instance is {instance}"


@polaris.each("PodDisruptionBudget")
def pdbDisruptionsIsZero(one):
    spec = one["spec"]
    return (spec.get("minAvailable") == "100%" or spec.get("maxUnavailable") in [0, "0%"]) and "no pod may go"


def shared(selector, found):
    """How many of a pod's labels a selector's labels hold, which is how polaris compares them."""
    return sum(selector.get(key) == value for key, value in found.items())


@polaris.rule
def missingPodDisruptionBudget(objects):
    for one in of_kind(objects, "Deployment"):
        budgets = [held["spec"]["selector"].get("matchLabels") or {} for held in of_kind(objects, "PodDisruptionBudget")]
        if not any(shared(held, labels(template(one))) for held in budgets):
            yield one, "no budget"


@polaris.each(*STAYING)
def topologySpreadConstraint(one):
    return not pod(one).get("topologySpreadConstraints") and "spread over nothing"


@polaris.each("HorizontalPodAutoscaler")
def hpaMinAvailability(one):
    return one["spec"].get("minReplicas", 2) < 2 and f"{one['spec']['minReplicas']}"


@polaris.each("HorizontalPodAutoscaler")
def hpaMaxAvailability(one):
    return one["spec"]["maxReplicas"] <= one["spec"].get("minReplicas", 0) and f"{one['spec']}"


def least(objects, one):
    """The least that a budget keeps and the least that an autoscaler keeps, of one Deployment."""
    kept = [held["spec"]["minAvailable"] for held in of_kind(objects, "PodDisruptionBudget")
            if "minAvailable" in held["spec"] and shared(held["spec"]["selector"].get("matchLabels") or {}, labels(template(one)))]
    scaled = [held["spec"].get("minReplicas", 1) for held in of_kind(objects, "HorizontalPodAutoscaler")
              if held["spec"]["scaleTargetRef"]["name"] == one["metadata"]["name"]]
    for amount in kept:
        for count in scaled:
            yield -(-count * int(amount.rstrip("%")) // 100) if isinstance(amount, str) else amount, count


@polaris.rule
def pdbMinAvailableGreaterThanHPAMinReplicas(objects):
    return [(one, f"{kept} of {count}") for one in of_kind(objects, "Deployment") for kept, count in least(objects, one) if kept >= count]


def amount(one, kind, resource):
    return some(one, lambda container: not ((container.get("resources") or {}).get(kind) or {}).get(resource))


@pods
def cpuRequestsMissing(one):
    return amount(one, "requests", "cpu")


@pods
def cpuLimitsMissing(one):
    return amount(one, "limits", "cpu")


@pods
def memoryRequestsMissing(one):
    return amount(one, "requests", "memory")


@pods
def memoryLimitsMissing(one):
    return amount(one, "limits", "memory")


@polaris.rule
def automountServiceAccountToken(objects):
    accounts = {held["metadata"]["name"]: held.get("automountServiceAccountToken") for held in of_kind(objects, "ServiceAccount")}
    for one in workloads(objects):
        told = pod(one).get("automountServiceAccountToken")
        account = accounts.get(pod(one).get("serviceAccountName"))
        if not accounts or told is True or told is None and account is not False:
            yield one, "the token is mounted"


@pods
def hostIPCSet(one):
    return pod(one).get("hostIPC") and "hostIPC"


@pods
def hostPIDSet(one):
    return pod(one).get("hostPID") and "hostPID"


@pods
def hostNetworkSet(one):
    return pod(one).get("hostNetwork") and "hostNetwork"


@pods
def hostPathSet(one):
    return [volume["name"] for volume in pod(one).get("volumes") or [] if "hostPath" in volume]


@pods
def hostPortSet(one):
    return some(one, lambda container: any(port.get("hostPort") for port in container.get("ports") or []))


@pods
def hostProcess(one):
    deep = lambda held: (held.get("windowsOptions") or {}).get("hostProcess")
    return deep(podwide(one)) and "the pod" or some(one, lambda container: deep(security(container)))


@pods
def linuxHardening(one):
    def soft(container):
        profile = (security(container).get("seccompProfile") or podwide(one).get("seccompProfile") or {}).get("type", "Unconfined")
        dropped = (security(container).get("capabilities") or {}).get("drop")
        return profile == "Unconfined" and not dropped and not security(container).get("seLinuxOptions")
    return some(one, soft)


@polaris.rule
def missingNetworkPolicy(objects):
    """A policy counts when its labels hold exactly one of the pod's, and it has a rule each way."""
    for one in workloads(objects):
        def counts(policy):
            spec = policy["spec"]
            selector = spec["podSelector"].get("matchLabels")
            return (selector is not None and shared(selector, labels(template(one))) == 1 and spec.get("ingress") and spec.get("egress")
                    and {"Ingress", "Egress"} <= set(spec.get("policyTypes") or ["Ingress", "Egress"]))
        if not any(counts(policy) for policy in of_kind(objects, "NetworkPolicy")):
            yield one, "no policy has exactly one label of the pod's and rules both ways"


@pods
def notReadOnlyRootFilesystem(one):
    return some(one, lambda container: security(container).get("readOnlyRootFilesystem") is not True)


@pods
def privilegeEscalationAllowed(one):
    return some(one, lambda container: security(container).get("allowPrivilegeEscalation") is not False)


@pods
def procMount(one):
    return some(one, lambda container: security(container).get("procMount", "Default") != "Default")


@pods
def runAsRootAllowed(one):
    def good(held):
        return held.get("runAsUser", 0) >= 1 or held.get("runAsNonRoot") is True

    def root(container):
        held = security(container)
        not_bad = held.get("runAsUser", 1) >= 1 and held.get("runAsNonRoot", True) is True
        return not (good(podwide(one)) and not_bad) and not good(held)
    return some(one, root)


@pods
def runAsPrivileged(one):
    return some(one, lambda container: security(container).get("privileged"))


@pods
def dangerousCapabilities(one):
    return some(one, lambda container: upper((security(container).get("capabilities") or {}).get("add")) & {"ALL", "SYS_ADMIN", "NET_ADMIN"})


@pods
def insecureCapabilities(one):
    def keeps(container):
        dropped = upper((security(container).get("capabilities") or {}).get("drop"))
        return ("ALL" in dropped) == (INSECURE <= dropped)
    return some(one, keeps)


@polaris.each("Ingress")
def tlsSettingsMissing(one):
    return not isinstance(one["spec"].get("tls"), list) and "no TLS"


@pods
def sensitiveContainerEnvVar(one):
    def sensitive(variable):
        return variable.get("value") is not None and (SENSITIVE.search(variable["name"]) or PRIVATE_KEY.search(variable["value"]))
    return some(one, lambda container: any(sensitive(variable) for variable in container.get("env") or []))


@polaris.each("ConfigMap")
def sensitiveConfigmapContent(one):
    return [key for key, value in (one.get("data") or {}).items() if SENSITIVE.search(key) or PRIVATE_KEY.search(value)]


@polaris.each("HTTPRoute")
def httpRouteWildcardOrEmptyHost(one):
    names = one["spec"].get("hostnames") or []
    return (not names or any("*" in name for name in names)) and f"hostnames: {names}"


@polaris.rule
def httpRouteCrossNamespaceBackendRef(objects):
    for one in of_kind(objects, "HTTPRoute"):
        for backend in [backend for rule in one["spec"].get("rules") or [] for backend in rule.get("backendRefs") or []]:
            if backend.get("namespace", one["metadata"]["namespace"]) != one["metadata"]["namespace"]:
                yield one, f"{backend['name']} is in {backend['namespace']}"


@polaris.rule
def httpRouteBackendTLSMissing(objects):
    """A backend that speaks TLS, by its port or what it says of it, needs a policy that says how."""
    said = {(service["metadata"]["name"], port["port"]): [port.get("name", ""), port.get("appProtocol", "")]
            for service in of_kind(objects, "Service") for port in service["spec"]["ports"]}
    for one in of_kind(objects, "HTTPRoute"):
        for backend in [backend for rule in one["spec"].get("rules") or [] for backend in rule.get("backendRefs") or []]:
            names = said.get((backend["name"], backend.get("port")), [])
            if backend.get("port") in {443, 8443} or any(name.startswith("https") for name in names):
                yield one, f"{backend['name']}:{backend.get('port')} speaks TLS"


def never(rule, *kinds):
    """A check of kinds that a service's chart has no use for."""
    def function(objects):
        return [(one, f"a chart of a service makes no {one['kind']}") for one in of_kind(objects, *kinds)]
    function.__name__ = rule
    polaris.rule(function)


for name, kinds in {"clusterrolePodExecAttach": ["ClusterRole"], "rolePodExecAttach": ["Role"],
                    "clusterrolebindingPodExecAttach": ["ClusterRoleBinding"],
                    "clusterrolebindingClusterAdmin": ["ClusterRoleBinding"],
                    "rolebindingClusterRolePodExecAttach": ["RoleBinding"], "rolebindingRolePodExecAttach": ["RoleBinding"],
                    "rolebindingClusterAdminClusterRole": ["RoleBinding"], "rolebindingClusterAdminRole": ["RoleBinding"]}.items():
    never(name, *kinds)
