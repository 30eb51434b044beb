"""A slip for each rule of `rules_*`, made in the objects of a release, which its rule must see: a rule that sees none holds nothing."""
import copy, sys

from rules import exempt

GONE = object()
POD = "spec template spec"
FIRST = f"{POD} containers 0"
SECURITY = f"{FIRST} securityContext"
NAMED = {"name": "SOME_SECRET"}
MOUNT = [{"name": "host", "hostPath": {"path": "/etc"}}]
SOCKET = [{"name": "host", "hostPath": {"path": "/var/run/docker.sock"}}]
RUNTIME = [{"name": "host", "hostPath": {"path": "/run/containerd/containerd.sock"}}]
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "role", "namespace": "harbour"}}


def role(kind):
    return [("+", "", ROLE | {"kind": kind})]


# By rule: the edits that break it, as the kind of the object, the path in it, and what is put there.
KUBE_LINTER = {
    "automount-service-account-token": [("Deployment", f"{POD} automountServiceAccountToken", True)],
    "default-service-account": [("Deployment", f"{POD} automountServiceAccountToken", GONE), ("Deployment", f"{POD} serviceAccountName", "default")],
    "deprecated-service-account-field": [("Deployment", f"{POD} serviceAccount", "own")],
    "dnsconfig-options": [("Deployment", f"{POD} dnsConfig options 0 value", "5")],
    "docker-sock": [("Deployment", f"{POD} volumes", SOCKET)],
    "container-runtime-sock": [("Deployment", f"{POD} volumes", RUNTIME)],
    "sensitive-host-mounts": [("Deployment", f"{POD} volumes", MOUNT)],
    "writable-host-mount": [("Deployment", f"{POD} volumes", MOUNT), ("Deployment", f"{FIRST} volumeMounts", [{"name": "host", "mountPath": "/h"}])],
    "drop-net-raw-capability": [("Deployment", f"{SECURITY} capabilities drop", ["CHOWN"])],
    "duplicate-env-var": [("Deployment", f"{FIRST} env", [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])],
    "env-var-secret": [("Deployment", f"{FIRST} env", [NAMED | {"value": "x"}])],
    "read-secret-from-env-var": [("Deployment", f"{FIRST} env", [NAMED | {"valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}])],
    "host-ipc": [("Deployment", f"{POD} hostIPC", True)],
    "host-network": [("Deployment", f"{POD} hostNetwork", True)],
    "host-pid": [("Deployment", f"{POD} hostPID", True)],
    "job-ttl-seconds-after-finished": [("Job", "spec ttlSecondsAfterFinished", GONE)],
    "latest-tag": [("Deployment", f"{FIRST} image", "petstore:latest")],
    "image-not-pinned-by-digest": [("Job", f"{FIRST} image", "petstore:1")],
    "liveness-port": [("Deployment", f"{FIRST} livenessProbe httpGet port", "other")],
    "readiness-port": [("Deployment", f"{FIRST} readinessProbe httpGet port", 1)],
    "startup-port": [("Deployment", f"{FIRST} startupProbe httpGet port", "other")],
    "no-liveness-probe": [("Job", f"{FIRST} livenessProbe", GONE)],
    "no-readiness-probe": [("Job", f"{FIRST} readinessProbe", GONE)],
    "no-startup-probe": [("Job", f"{FIRST} startupProbe", GONE)],
    "init-container-security-gap": [("Deployment", f"{POD} initContainers", [{"name": "first", "image": "a@sha256:0"}])],
    "projected-token-long-expiration": [("Deployment", f"{POD} volumes", [{"name": "token", "projected": {"sources": [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 86401}}]}}])],
    "minimum-three-replicas": [("Deployment", "spec replicas", 2), ("Deployment", "metadata annotations", {})],
    "mismatching-selector": [("Deployment", "spec selector matchLabels", {"app": "other"})],
    "no-anti-affinity": [("Deployment", "spec replicas", 3), ("Deployment", f"{POD} affinity podAntiAffinity", GONE)],
    "no-node-affinity": [("Job", f"{POD} affinity", GONE)],
    "no-read-only-root-fs": [("Deployment", f"{SECURITY} readOnlyRootFilesystem", GONE)],
    "no-rolling-update-strategy": [("Deployment", "spec strategy type", "Recreate")],
    "priority-class-name": [("Deployment", f"{POD} priorityClassName", "high"), ("Deployment", "metadata annotations", {})],
    "privilege-escalation-container": [("Job", f"{SECURITY} allowPrivilegeEscalation", GONE)],
    "privileged-container": [("Deployment", f"{SECURITY} privileged", True)],
    "privileged-ports": [("Deployment", f"{FIRST} ports 0 containerPort", 80)],
    "ssh-port": [("Deployment", f"{FIRST} ports 0 containerPort", 22)],
    "restart-policy": [("Job", f"{POD} restartPolicy", "Never")],
    "run-as-non-root": [("Deployment", f"{SECURITY} runAsGroup", 0)],
    "unsafe-proc-mount": [("Deployment", f"{SECURITY} procMount", "Unmasked")],
    "unsafe-sysctls": [("Deployment", f"{POD} securityContext sysctls", [{"name": "net.core.somaxconn", "value": "9"}])],
    "unset-cpu-requirements": [("Deployment", f"{FIRST} resources requests cpu", GONE)],
    "unset-memory-requirements": [("Job", f"{FIRST} resources limits memory", GONE)],
    "unset-ephemeral-storage-requirements": [("Deployment", f"{FIRST} resources limits ephemeral-storage", GONE)],
    "invalid-target-ports": [("Service", "spec ports 0 targetPort", "a_port")],
    "use-namespace": [("Service", "metadata namespace", GONE)],
    "no-extensions-v1beta": [("Ingress", "apiVersion", "extensions/v1beta1")],
    "dangling-horizontalpodautoscaler": [("HorizontalPodAutoscaler", "spec scaleTargetRef name", "other")],
    "dangling-ingress": [("Ingress", "spec rules 0 http paths 0 backend service port", {"number": 1})],
    "dangling-networkpolicy": [("NetworkPolicy", "spec podSelector", {"matchLabels": {"app": "other"}})],
    "dangling-networkpolicypeer-podselector": [("NetworkPolicy", "spec egress", [{"to": [{"podSelector": {"matchLabels": {"app": "other"}}}]}])],
    "dangling-service": [("Service", "spec selector", {"app": "other"})],
    "dangling-servicemonitor": [("ServiceMonitor", "spec selector matchLabels", {"app": "other"})],
    "env-value-from": [("Deployment", f"{FIRST} env", [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "others", "key": "a"}}}])],
    "non-existent-service-account": [("Deployment", f"{POD} serviceAccountName", "other")],
    "non-isolated-pod": [("Job", "spec template metadata labels", {})],
    "pdb-max-unavailable": [("PodDisruptionBudget", "spec maxUnavailable", "0%")],
    "pdb-min-available": [("PodDisruptionBudget", "spec minAvailable", "100%")],
    "pdb-unhealthy-pod-eviction-policy": [("PodDisruptionBudget", "spec unhealthyPodEvictionPolicy", GONE)],
    "hpa-minimum-three-replicas": [("HorizontalPodAutoscaler", "spec minReplicas", 2)],
    "hpa-maximum-replicas": [("HorizontalPodAutoscaler", "spec maxReplicas", 101)],
    "exposed-services": [("Service", "spec type", "NodePort")],
    "externalname-service-redirect": [("Service", "spec type", "ExternalName"), ("Service", "spec externalName", "example.com")],
    "configmap-with-credentials": [("ConfigMap", "data api_key", "x")],
    "access-to-create-pods": role("Role"),
    "access-to-secrets": role("ClusterRole"),
    "cluster-admin-role-binding": role("ClusterRoleBinding"),
    "wildcard-in-rules": role("RoleBinding"),
}
POLARIS = {
    "deploymentMissingReplicas": [("Deployment", "spec replicas", 1), ("Deployment", "metadata annotations", {})],
    "priorityClassNotSet": [("Job", f"{POD} priorityClassName", ""), ("Job", "metadata annotations", {})],
    "tagNotSpecified": [("Deployment", f"{FIRST} image", "petstore")],
    "pullPolicyNotAlways": [("Job", f"{FIRST} imagePullPolicy", "IfNotPresent")],
    "readinessProbeMissing": [("Deployment", f"{FIRST} readinessProbe", GONE)],
    "livenessProbeMissing": [("Deployment", f"{FIRST} livenessProbe", GONE)],
    "metadataAndInstanceMismatched": [("Job", "metadata labels app.kubernetes.io/instance", "shop")],
    "pdbDisruptionsIsZero": [("PodDisruptionBudget", "spec maxUnavailable", 0)],
    "missingPodDisruptionBudget": [("PodDisruptionBudget", "spec selector matchLabels", {"app": "other"})],
    "topologySpreadConstraint": [("Deployment", f"{POD} topologySpreadConstraints", [])],
    "hpaMinAvailability": [("HorizontalPodAutoscaler", "spec minReplicas", 1)],
    "hpaMaxAvailability": [("HorizontalPodAutoscaler", "spec maxReplicas", 3), ("HorizontalPodAutoscaler", "spec minReplicas", 3)],
    "pdbMinAvailableGreaterThanHPAMinReplicas": [("PodDisruptionBudget", "spec minAvailable", "100%")],
    "cpuRequestsMissing": [("Deployment", f"{FIRST} resources requests cpu", GONE)],
    "cpuLimitsMissing": [("Deployment", f"{FIRST} resources limits cpu", GONE)],
    "memoryRequestsMissing": [("Deployment", f"{FIRST} resources requests memory", GONE)],
    "memoryLimitsMissing": [("Deployment", f"{FIRST} resources limits memory", GONE)],
    "automountServiceAccountToken": [("Job", f"{POD} automountServiceAccountToken", True)],
    "hostIPCSet": [("Deployment", f"{POD} hostIPC", True)],
    "hostPIDSet": [("Deployment", f"{POD} hostPID", True)],
    "hostNetworkSet": [("Deployment", f"{POD} hostNetwork", True)],
    "hostPathSet": [("Deployment", f"{POD} volumes", MOUNT)],
    "hostPortSet": [("Deployment", f"{FIRST} ports 0 hostPort", 9999)],
    "hostProcess": [("Deployment", f"{POD} securityContext windowsOptions", {"hostProcess": True})],
    "linuxHardening": [("Job", f"{POD} securityContext seccompProfile", GONE), ("Job", f"{SECURITY} seccompProfile", GONE),
                       ("Job", f"{SECURITY} capabilities", GONE)],
    "missingNetworkPolicy": [("NetworkPolicy", "spec podSelector matchLabels app.kubernetes.io/name", "petstore")],
    "notReadOnlyRootFilesystem": [("Job", f"{SECURITY} readOnlyRootFilesystem", GONE)],
    "privilegeEscalationAllowed": [("Deployment", f"{SECURITY} allowPrivilegeEscalation", GONE)],
    "procMount": [("Deployment", f"{SECURITY} procMount", "Unmasked")],
    "runAsRootAllowed": [("Deployment", f"{SECURITY} runAsUser", 0), ("Deployment", f"{SECURITY} runAsNonRoot", False)],
    "runAsPrivileged": [("Deployment", f"{SECURITY} privileged", True)],
    "dangerousCapabilities": [("Deployment", f"{SECURITY} capabilities add", ["SYS_ADMIN"])],
    "insecureCapabilities": [("Deployment", f"{SECURITY} capabilities drop", ["NET_RAW"])],
    "tlsSettingsMissing": [("Ingress", "spec tls", GONE)],
    "sensitiveContainerEnvVar": [("Deployment", f"{FIRST} env", [{"name": "DB_PASSWORD_FILE", "value": "/run/x"}])],
    "sensitiveConfigmapContent": [("ConfigMap", "data API_TOKEN", "x")],
    "httpRouteWildcardOrEmptyHost": [("HTTPRoute", "spec hostnames", ["*.example.com"])],
    "httpRouteCrossNamespaceBackendRef": [("HTTPRoute", "spec rules 0 backendRefs 0 namespace", "other")],
    "httpRouteBackendTLSMissing": [("Service", "spec ports 0 appProtocol", "https")],
    "clusterrolePodExecAttach": role("ClusterRole"),
    "rolePodExecAttach": role("Role"),
    "clusterrolebindingPodExecAttach": role("ClusterRoleBinding"),
    "clusterrolebindingClusterAdmin": role("ClusterRoleBinding"),
    "rolebindingClusterRolePodExecAttach": role("RoleBinding"),
    "rolebindingRolePodExecAttach": role("RoleBinding"),
    "rolebindingClusterAdminClusterRole": role("RoleBinding"),
    "rolebindingClusterAdminRole": role("RoleBinding"),
}


def put(held, path, value):
    """Puts a value at a path, or takes away what is there."""
    *way, last = [int(key) if key.isdigit() else key for key in path.split(" ")]
    for key in way:
        held = held[key] if isinstance(held, list) else held.setdefault(key, {})
    if value is GONE:
        del held[last]
    else:
        held[last] = value


def broken(objects, edits):
    objects = copy.deepcopy(objects)
    for kind, path, value in edits:
        if kind == "+":
            objects.append(value)
        else:
            put(next(one for one in objects if one["kind"] == kind), path, value)
    return objects


def seen(books, objects):
    """Every rule sees its slip, and did not see it before."""
    count = 0
    for book, slips in zip(books, [KUBE_LINTER, POLARIS]):
        ids = [rule.id for rule in book.rules]
        if set(ids) != set(slips):
            sys.exit(f"{book.grader}: rules without a slip, or slips without a rule: {sorted(set(ids) ^ set(slips))}")
        for rule in book.rules:
            sees = lambda held: [one for one, _ in rule.complaints(held) if not exempt(one, rule)]
            if sees(objects) or not sees(broken(objects, slips[rule.id])):
                sys.exit(f"{book.grader}: {rule.id} does not tell its slip from what is right")
            count += 1
    print(f"{count} rules of {' and '.join(book.grader for book in books)} each see the slip that is made for them")
