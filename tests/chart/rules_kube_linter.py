"""kube-linter 0.8.3: all built-in rules about what one pod or one object says, but for those that are an organisation's own
(required-*, scc-*, sorted-keys), and those of its main branch that a later release brings. The rules about what belongs together
are in `rules_kube_linter_links`."""
import re

from objects import DEPLOYMENT_LIKE, containers, labels, pod, selects, template
from rules import Book

kube_linter = Book("kube-linter", lambda name: name.rstrip("_").replace("_", "-"))
pods = kube_linter.each(*DEPLOYMENT_LIKE)
SENSITIVE = {"/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr"}
UNSAFE_SYSCTLS = ("kernel.msg", "kernel.sem", "kernel.shm", "fs.mqueue.", "net.")
PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")


def some(one, breaks, init=True):
    """The names of the containers that something is wrong with."""
    return ", ".join(container["name"] for container in containers(one, init) if breaks(container))


def security(container):
    return container.get("securityContext") or {}


def effective(one, container, key):
    return security(container).get(key, (pod(one).get("securityContext") or {}).get(key))


def ports(container):
    return container.get("ports") or []


@pods
def automount_service_account_token(one):
    return pod(one).get("automountServiceAccountToken") is not False and "the token is mounted"


@pods
def default_service_account(one):
    return pod(one).get("automountServiceAccountToken") is not False and pod(one).get("serviceAccountName", "default") == "default" and "default"


@pods
def deprecated_service_account_field(one):
    return "serviceAccount" in pod(one) and "serviceAccount"


@pods
def dnsconfig_options(one):
    options = (pod(one).get("dnsConfig") or {}).get("options") or []
    return {"name": "ndots", "value": "2"} not in options and f"no ndots of 2: {options}"


def mounted(one):
    return [volume["hostPath"]["path"] for volume in pod(one).get("volumes") or [] if "hostPath" in volume]


@pods
def docker_sock(one):
    return any(path.endswith("docker.sock") for path in mounted(one)) and "docker's socket"


@pods
def container_runtime_sock(one):
    return any(path.endswith(("docker.sock", "crio.sock", "containerd.sock")) for path in mounted(one)) and "a runtime's socket"


@pods
def sensitive_host_mounts(one):
    return SENSITIVE & set(mounted(one))


@pods
def writable_host_mount(one):
    paths = {volume["name"] for volume in pod(one).get("volumes") or [] if "hostPath" in volume}
    return some(one, lambda container: any(mount["name"] in paths and not mount.get("readOnly")
                                           for mount in container.get("volumeMounts") or []))


@pods
def drop_net_raw_capability(one):
    def keeps(container):
        capabilities = security(container).get("capabilities") or {}
        return "NET_RAW" in (capabilities.get("add") or []) or not {"ALL", "NET_RAW"} & set(capabilities.get("drop") or [])
    return some(one, keeps)


@pods
def duplicate_env_var(one):
    def doubled(container):
        names = [variable["name"] for variable in container.get("env") or []]
        return len(names) != len(set(names))
    return some(one, doubled)


@pods
def env_var_secret(one):
    return some(one, lambda container: any("secret" in variable["name"].lower() and variable.get("value")
                                           for variable in container.get("env") or []))


@pods
def read_secret_from_env_var(one):
    return some(one, lambda container: any("secretKeyRef" in (variable.get("valueFrom") or {})
                                           for variable in container.get("env") or []))


@pods
def host_ipc(one):
    return pod(one).get("hostIPC") and "hostIPC"


@pods
def host_network(one):
    return pod(one).get("hostNetwork") and "hostNetwork"


@pods
def host_pid(one):
    return pod(one).get("hostPID") and "hostPID"


@kube_linter.each("Job")
def job_ttl_seconds_after_finished(one):
    return one["spec"].get("ttlSecondsAfterFinished") is None and "it stays for ever"


@pods
def latest_tag(one):
    def loose(container):
        image = container["image"]
        return image.endswith(":latest") or ":" not in image or re.search(r".*/[^:]+$", image)
    return some(one, loose)


@pods
def image_not_pinned_by_digest(one):
    return some(one, lambda container: "@sha256:" not in container["image"])


def probe_port(container, kind):
    """Whether a probe asks a port that the container does not say it has."""
    probe = container.get(kind) or {}
    open_ports = {value for port in ports(container) if port.get("protocol", "TCP") == "TCP"
                  for value in [port.get("name"), port["containerPort"]]}
    asked = [probe[way]["port"] for way in ["httpGet", "tcpSocket", "grpc"] if way in probe]
    return any(port not in open_ports for port in asked)


@pods
def liveness_port(one):
    return some(one, lambda container: probe_port(container, "livenessProbe"), init=False)


@pods
def readiness_port(one):
    return some(one, lambda container: probe_port(container, "readinessProbe"), init=False)


@pods
def startup_port(one):
    return some(one, lambda container: probe_port(container, "startupProbe"), init=False)


@pods
def no_liveness_probe(one):
    return some(one, lambda container: not container.get("livenessProbe"), init=False)


@pods
def no_readiness_probe(one):
    return some(one, lambda container: not container.get("readinessProbe"), init=False)


@pods
def no_startup_probe(one):
    return some(one, lambda container: not container.get("startupProbe"), init=False)


@pods
def init_container_security_gap(one):
    gap = lambda container: security(container).get("runAsNonRoot") is not True
    return ", ".join(container["name"] for container in pod(one).get("initContainers") or [] if gap(container))


@pods
def projected_token_long_expiration(one):
    sources = [source for volume in pod(one).get("volumes") or [] for source in volume.get("projected", {}).get("sources") or []]
    return any(source.get("serviceAccountToken", {}).get("expirationSeconds", 0) > 86400 for source in sources) and "a token"


@kube_linter.each("Deployment", "StatefulSet", "ReplicaSet")
def minimum_three_replicas(one):
    return one["spec"].get("replicas", 1) < 3 and f"{one['spec'].get('replicas', 1)} replicas"


@kube_linter.each("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet")
def mismatching_selector(one):
    selector = one["spec"].get("selector") or {}
    return (not selector or not selects(selector, labels(template(one)))) and "its selector does not meet its pods"


@kube_linter.each("Deployment", "StatefulSet", "ReplicaSet")
def no_anti_affinity(one):
    if one["spec"].get("replicas", 1) < 2:
        return None
    rules = ((pod(one).get("affinity") or {}).get("podAntiAffinity")) or {}
    terms = [term["podAffinityTerm"] for term in rules.get("preferredDuringSchedulingIgnoredDuringExecution") or []]
    terms += rules.get("requiredDuringSchedulingIgnoredDuringExecution") or []
    good = [term for term in terms if term["topologyKey"] == "kubernetes.io/hostname"
            and selects(term.get("labelSelector") or {}, labels(template(one)))]
    return not good and "its pods may share a host"


@pods
def no_node_affinity(one):
    return "nodeAffinity" not in (pod(one).get("affinity") or {}) and "no affinity to nodes"


@pods
def no_read_only_root_fs(one):
    return some(one, lambda container: security(container).get("readOnlyRootFilesystem") is not True)


@kube_linter.each("Deployment")
def no_rolling_update_strategy(one):
    return (one["spec"].get("strategy") or {}).get("type") not in {"RollingUpdate", "Rolling"} and "no rolling update"


@pods
def priority_class_name(one):
    name = (pod(one).get("priorityClassName") or "").strip()
    return name not in {"", "system-cluster-critical", "system-node-critical"} and name


@pods
def privilege_escalation_container(one):
    def escalates(container):
        held = security(container)
        added = (held.get("capabilities") or {}).get("add") or []
        return held.get("allowPrivilegeEscalation") is not False or held.get("privileged") or set(added) & {"SYS_ADMIN", "CAP_SYS_ADMIN"}
    return some(one, escalates)


@pods
def privileged_container(one):
    return some(one, lambda container: security(container).get("privileged"))


@pods
def privileged_ports(one):
    return some(one, lambda container: any(port["containerPort"] <= 1024 for port in ports(container)))


@pods
def ssh_port(one):
    return some(one, lambda container: any(port["containerPort"] == 22 for port in ports(container)))


@pods
def restart_policy(one):
    return pod(one).get("restartPolicy") not in {"Always", "OnFailure"} and f"restartPolicy is {pod(one).get('restartPolicy')}"


@pods
def run_as_non_root(one):
    def root(container):
        user, group = effective(one, container, "runAsUser"), effective(one, container, "runAsGroup")
        if user and group:
            return False
        return not group or effective(one, container, "runAsNonRoot") is not True or user == 0
    return some(one, root)


@pods
def unsafe_proc_mount(one):
    return some(one, lambda container: security(container).get("procMount") == "Unmasked")


@pods
def unsafe_sysctls(one):
    held = (pod(one).get("securityContext") or {}).get("sysctls") or []
    return [sysctl["name"] for sysctl in held if sysctl["name"].startswith(UNSAFE_SYSCTLS)]


def unset(one, resource):
    """kube-linter wants a request of processors and a limit of memory; what else is wanted of both, other graders say."""
    held = lambda container, kind: ((container.get("resources") or {}).get(kind) or {}).get(resource)
    return some(one, lambda container: not held(container, "requests") or not held(container, "limits"))


@pods
def unset_cpu_requirements(one):
    return unset(one, "cpu")


@pods
def unset_memory_requirements(one):
    return unset(one, "memory")


@pods
def unset_ephemeral_storage_requirements(one):
    return unset(one, "ephemeral-storage")


@kube_linter.each(*DEPLOYMENT_LIKE, "Service")
def invalid_target_ports(one):
    if one["kind"] == "Service":
        names = [port["targetPort"] for port in one["spec"]["ports"] if isinstance(port.get("targetPort"), str)]
    else:
        names = [port["name"] for container in containers(one, init=True) for port in ports(container) if port.get("name")]
    return [name for name in names if not PORT_NAME.fullmatch(name)]


@kube_linter.each(*DEPLOYMENT_LIKE, "Service")
def use_namespace(one):
    return one["metadata"].get("namespace") in {None, "", "default"} and "in no namespace of its own"


@kube_linter.rule
def no_extensions_v1beta(objects):
    return [(one, one["apiVersion"]) for one in objects if one["apiVersion"].startswith("extensions/v1beta")]
