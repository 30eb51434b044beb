"""Every toggle of the chart's values, of the service `petstore` and of what stands above the services: values that set it, and
all that changes in the objects by it, path by path. What it is without stands in the objects without those values.

A path begins with an object, by its kind and what its name has beside the service's (`*`: every one); items of a list are found
by their `name`.
"""
import dataclasses, json

from rendering import merged

ABSENT = "absent"


def anything(value):
    return value is not ABSENT


@dataclasses.dataclass
class Toggle:
    name: str
    values: dict
    changes: dict                      # path: the value with the toggle, or a function of it
    over: dict = dataclasses.field(default_factory=dict)      # values that hold with and without it
    waives: tuple = ()                 # what graders say of an operator who chooses this


def holds(**wanted):
    return lambda value: value is not ABSENT and wanted.items() <= value.items()


POD = "Deployment spec template spec"
SERVICE = f"{POD} containers service"
READY = "Job/ready spec template spec"
CHECKSUM = {"Deployment spec template metadata annotations checksum/config": anything}
PEER = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateways"}},
        "podSelector": {"matchLabels": {"app": "gateway"}}}
SECURE = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "runAsUser": 65532,
          "runAsGroup": 65532, "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}
SMALL = {"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "8Mi"}
SIDECAR = {"name": "proxy", "image": "registry.example.com/proxy@sha256:" + "1" * 64, "imagePullPolicy": "Always",
           "securityContext": SECURE, "resources": {"requests": SMALL, "limits": SMALL},
           "startupProbe": {"exec": {"command": ["/proxy", "started"]}}, "livenessProbe": {"exec": {"command": ["/proxy", "alive"]}},
           "readinessProbe": {"exec": {"command": ["/proxy", "ready"]}}}
FIRST = {key: value for key, value in SIDECAR.items() if not key.endswith("Probe")} | {"name": "migrate"}
ANTI = [{"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {
    "matchLabels": {"app.kubernetes.io/name": "petstore"}}}}]
SCALING = {"stabilizationWindowSeconds": 44, "policies": [{"type": "Pods", "value": 3, "periodSeconds": 33}]}
SPREAD = [{"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule",
           "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "petstore"}}}]
AFFINITY = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
    {"weight": 1, "preference": {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["fast"]}]}}]},
    "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": ANTI}}
GATEWAY = [{"name": "public", "namespace": "gateways"}]
HTTP_ROUTE = {"enabled": True, "parentRefs": GATEWAY, "hostnames": ["shop.example.com"]}
INGRESS = {"enabled": True, "host": "shop.example.com", "tls": [{"hosts": ["shop.example.com"], "secretName": "shop"}]}


def service(**values):
    return {"petstore": values}


def host(**values):
    return {"sharedHost": values}


def grace(seconds):
    return {f"{POD} terminationGracePeriodSeconds": seconds, f"{SERVICE} env OARLOCK_GRACE_PERIOD value": f"{seconds}s"}


def placed(key, value):
    return {f"{POD} {key}": value, f"{READY} {key}": value}


def image(text):
    return {f"{SERVICE} image": text, f"{READY} containers ready image": text}


def everywhere(label, value):
    return {f"* metadata labels {label}": value, f"Deployment spec template metadata labels {label}": value}


DIGEST = "@sha256:" + "0" * 64
NO_BUDGET = ("deployment-has-poddisruptionbudget", "missingPodDisruptionBudget")
NO_TLS = ("tlsSettingsMissing",)
NO_POLICY = ("CKV2_K8S_6", "pod-networkpolicy", "missingNetworkPolicy", "non-isolated-pod")

RELEASE = [
    Toggle("global registry", {"global": {"image": {"registry": "registry.example.com"}}},
           image(f"registry.example.com/petstore{DIGEST}")),
    Toggle("global pull secrets", {"global": {"imagePullSecrets": [{"name": "pull"}]}}, placed("imagePullSecrets", [{"name": "pull"}])),
    Toggle("global labels", {"global": {"labels": {"team": "harbour"}}}, everywhere("team", "harbour")),
    Toggle("a service that is not enabled", service(enabled=False), {one: ABSENT for one in [
        "ConfigMap", "Deployment", "Job/ready", "NetworkPolicy", "NetworkPolicy/ready", "PodDisruptionBudget", "Service", "ServiceAccount"]}),
    Toggle("HTTPRoute", host(httpRoute=HTTP_ROUTE), {"HTTPRoute": lambda one: [*one["spec"]["parentRefs"]] == ["public"]
           and one["spec"]["hostnames"] == ["shop.example.com"]}),
    Toggle("HTTPRoute annotations", host(httpRoute={"annotations": {"a": "b"}}), {"HTTPRoute metadata annotations": {"a": "b"}},
           over=host(httpRoute=HTTP_ROUTE)),
    Toggle("HTTPRoute hostnames", host(httpRoute={"hostnames": ["a.example.com", "b.example.com"]}),
           {"HTTPRoute spec hostnames": ["a.example.com", "b.example.com"]}, over=host(httpRoute=HTTP_ROUTE)),
    Toggle("HTTPRoute of every host", host(httpRoute={"hostnames": []}), {"HTTPRoute spec hostnames": ABSENT}, over=host(httpRoute=HTTP_ROUTE),
           waives=("httpRouteWildcardOrEmptyHost",)),
    Toggle("HTTPRoute parentRefs", host(httpRoute={"parentRefs": [{"name": "private"}]}),
           {"HTTPRoute spec parentRefs": [{"name": "private"}]}, over=host(httpRoute=HTTP_ROUTE)),
    Toggle("routes", host(routes=[{"type": "PathPrefix", "path": "/v2", "methods": ["GET", "PUT"], "service": "petstore"}]),
           {"HTTPRoute spec rules": lambda found: [(one["path"]["value"], one["method"]) for one in found[0]["matches"]]
            == [("/v2", "GET"), ("/v2", "PUT")]}, over=host(httpRoute=HTTP_ROUTE)),
    Toggle("Ingress", host(ingress=INGRESS), {"Ingress": lambda one: one["spec"]["rules"][0]["host"] == "shop.example.com"}),
    Toggle("Ingress annotations", host(ingress={"annotations": {"a": "b"}}), {"Ingress metadata annotations": {"a": "b"}},
           over=host(ingress=INGRESS)),
    Toggle("Ingress class", host(ingress={"className": "inner"}), {"Ingress spec ingressClassName": "inner"}, over=host(ingress=INGRESS)),
    Toggle("Ingress tls", host(ingress={"tls": [{"hosts": ["shop.example.com"], "secretName": "other"}]}),
           {"Ingress spec tls": [{"hosts": ["shop.example.com"], "secretName": "other"}]}, over=host(ingress=INGRESS)),
    Toggle("Ingress tls of the host", host(ingress={"tls": [{}, {"secretName": "other"}]}),
           {"Ingress spec tls": [{"hosts": ["shop.example.com"]}, {"hosts": ["shop.example.com"], "secretName": "other"}]},
           over=host(ingress=INGRESS)),
    Toggle("Ingress without TLS", host(ingress={"tls": []}), {"Ingress spec tls": ABSENT}, over=host(ingress=INGRESS), waives=NO_TLS),
]

CONTAINER = [
    Toggle("image repository", service(image={"repository": "mirror/petstore"}), image(f"mirror/petstore{DIGEST}")),
    Toggle("image tag", service(image={"tag": "9.9"}), image("petstore:9.9"), over=service(image={"digest": ""}),
           waives=("CKV_K8S_43", "image-not-pinned-by-digest")),
    Toggle("image digest", service(image={"digest": "sha256:" + "2" * 64}), image("petstore@sha256:" + "2" * 64)),
    Toggle("image pull policy", service(image={"pullPolicy": "IfNotPresent"}),
           {f"{SERVICE} imagePullPolicy": "IfNotPresent", f"{READY} containers ready imagePullPolicy": "IfNotPresent"},
           waives=("container-image-pull-policy", "pullPolicyNotAlways")),
    Toggle("pull secrets", service(imagePullSecrets=[{"name": "own"}]), placed("imagePullSecrets", [{"name": "own"}])),
    Toggle("pull secrets that meet", service(imagePullSecrets=[{"name": "own"}, {"name": "pull"}]),
           placed("imagePullSecrets", [{"name": "pull"}, {"name": "own"}]), over={"global": {"imagePullSecrets": [{"name": "pull"}]}}),
    Toggle("user", service(user=12345), {f"{where} {key}": 12345 for key in ["runAsUser", "runAsGroup"] for where in [
        f"{POD} securityContext", f"{SERVICE} securityContext", f"{READY} securityContext", f"{READY} containers ready securityContext"]}
        | {f"{POD} securityContext fsGroup": 12345, f"{READY} securityContext fsGroup": 12345}),
    Toggle("port http", service(ports={"http": 8181}),
           {f"{SERVICE} env OARLOCK_HTTP_ADDR value": "0.0.0.0:8181", f"{SERVICE} ports http containerPort": 8181}),
    Toggle("port admin", service(ports={"admin": 9191}),
           {f"{SERVICE} env OARLOCK_ADMIN_ADDR value": "0.0.0.0:9191", f"{SERVICE} ports admin containerPort": 9191,
            "Service spec ports admin port": 9191,
            f"{READY} containers ready env OARLOCK_ADMIN_ADDR value": lambda value: value.endswith("-petstore:9191")}),
    *[Toggle(f"resources {kind} {name}", service(resources={kind: {name: amount}}),
             {f"{SERVICE} resources {kind} {name}": amount, f"{READY} containers ready resources {kind} {name}": amount})
      for kind in ["requests", "limits"] for name, amount in {"cpu": "333m", "memory": "333Mi", "ephemeral-storage": "333Mi"}.items()],
    *[Toggle(f"drain {key}", service(drain={key: 99}), {f"{SERVICE} env {variable} value": "99s"}
             | {path: anything for path in grace(0)})
      for key, variable in {"delaySeconds": "OARLOCK_DRAIN_DELAY", "timeoutSeconds": "OARLOCK_DRAIN_TIMEOUT"}.items()],
    Toggle("drain streamsSeconds", service(drain={"streamsSeconds": 3}), {f"{SERVICE} env OARLOCK_DRAIN_STREAMS value": "3s"}),
    *[Toggle(f"drain {key}", service(drain={key: 98, "delaySeconds": 1, "timeoutSeconds": 2, other: 97}), grace(198),
             over=service(drain={"delaySeconds": 1, "timeoutSeconds": 2, other: 97}))
      for key, other in [("hooksSeconds", "marginSeconds"), ("marginSeconds", "hooksSeconds")]],
    Toggle("probe startup", service(probes={"startup": {"periodSeconds": 21, "timeoutSeconds": 20, "failureThreshold": 19}}),
           {f"{SERVICE} startupProbe periodSeconds": 21, f"{SERVICE} startupProbe timeoutSeconds": 20,
            f"{SERVICE} startupProbe failureThreshold": 19, "Deployment spec progressDeadlineSeconds": 21 * 19 + 300}),
    *[Toggle(f"probe {probe}", service(probes={probe: {"periodSeconds": 21, "timeoutSeconds": 20, "failureThreshold": 19}}),
             {f"{SERVICE} {probe}Probe periodSeconds": 21, f"{SERVICE} {probe}Probe timeoutSeconds": 20,
              f"{SERVICE} {probe}Probe failureThreshold": 19}) for probe in ["liveness", "readiness"]],
    Toggle("log", service(log="debug"), {"ConfigMap data RUST_LOG": "debug"} | CHECKSUM),
    Toggle("labels", service(labels={"team": "pets"}), everywhere("team", "pets")),
    Toggle("environment", service(environment={"GREETING": "$(HOME) costs $5: 'a' #b"}),
           {"ConfigMap data GREETING": "$(HOME) costs $5: 'a' #b"} | CHECKSUM),
    Toggle("env", service(env=[{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]),
           {f"{SERVICE} env NODE": holds(valueFrom={"fieldRef": {"fieldPath": "spec.nodeName"}})}),
    Toggle("envFrom", service(envFrom=[{"configMapRef": {"name": "others", "optional": True}}]),
           {f"{SERVICE} envFrom": lambda found: {"configMapRef": {"name": "others", "optional": True}} in found}),
    Toggle("lifecycle", service(lifecycle={"preStop": {"sleep": {"seconds": 3}}}),
           {f"{SERVICE} lifecycle": {"preStop": {"sleep": {"seconds": 3}}}}),
    Toggle("volumeMounts", service(volumeMounts=[{"name": "own", "mountPath": "/own", "readOnly": True}]),
           {f"{SERVICE} volumeMounts own": holds(mountPath="/own", readOnly=True)},
           over=service(tmp={"enabled": True}, volumes=[{"name": "own", "configMap": {"name": "own", "optional": True}}])),
    Toggle("tmp", service(tmp={"enabled": True}), {f"{POD} volumes": lambda found: found["tmp"]["emptyDir"] == {"sizeLimit": "32Mi"},
                                                   f"{SERVICE} volumeMounts": lambda found: found["tmp"]["mountPath"] == "/tmp"}),
    Toggle("tmp size", service(tmp={"sizeLimit": "5Mi"}), {f"{POD} volumes tmp emptyDir sizeLimit": "5Mi"},
           over=service(tmp={"enabled": True})),
]

PLACE = [
    Toggle("sidecars", service(sidecars=[SIDECAR]), {f"{POD} containers proxy": holds(image=SIDECAR["image"])}),
    Toggle("initContainers", service(initContainers=[FIRST]), {f"{POD} initContainers": lambda found: [*found] == ["migrate"]}),
    Toggle("volumes", service(volumes=[{"name": "own", "configMap": {"name": "own", "optional": True}}]),
           {f"{POD} volumes own": holds(configMap={"name": "own", "optional": True})}, over=service(tmp={"enabled": True})),
    Toggle("podAnnotations", service(podAnnotations={"a": "b"}), {"Deployment spec template metadata annotations a": "b"}),
    Toggle("podLabels", service(podLabels={"mesh": "on"}), {"Deployment spec template metadata labels mesh": "on"}),
    Toggle("nodeSelector", service(nodeSelector={"disk": "fast"}), placed("nodeSelector", {"disk": "fast"})),
    Toggle("tolerations", service(tolerations=[{"key": "a", "operator": "Exists"}]),
           placed("tolerations", [{"key": "a", "operator": "Exists"}])),
    Toggle("affinity", service(affinity=AFFINITY), {f"{POD} affinity": AFFINITY,
                                                    f"{READY} affinity nodeAffinity": AFFINITY["nodeAffinity"]}),
    Toggle("topologySpread", service(topologySpread=SPREAD), {f"{POD} topologySpreadConstraints": SPREAD}),
    Toggle("priorityClassName", service(priorityClassName="high"),
           {f"{POD} priorityClassName": "high", f"{READY} priorityClassName": "high",
            "Deployment metadata annotations": lambda found: "priorityClassNotSet" not in str(found),
            "Job/ready metadata annotations": lambda found: "priorityClassNotSet" not in str(found)}),
    Toggle("a secret", service(secrets={"DB_PASSWORD": {"name": "db", "key": "password"}}), {
        f"{POD} volumes": lambda found: "'name': 'db'" in str(found) and "'key': 'password'" in str(found),
        f"{SERVICE} volumeMounts": anything,
        f"{SERVICE} env DB_PASSWORD_FILE": lambda found: "configMapKeyRef" in found["valueFrom"],
        "ConfigMap/files": lambda one: [*one["data"].values()] == ["/run/secrets/service/DB_PASSWORD"]}),
    Toggle("service account annotations", service(serviceAccount={"annotations": {"role": "reader"}}),
           {"ServiceAccount metadata annotations": {"role": "reader"}}),
    Toggle("service port", service(service={"port": 8282}), {"Service spec ports http port": 8282}),
    Toggle("service annotations", service(service={"annotations": {"cloud": "yes"}}), {"Service metadata annotations": {"cloud": "yes"}}),
    Toggle("service traffic", service(service={"trafficDistribution": "PreferClose"}), {"Service spec trafficDistribution": "PreferClose"}),
]

SCALE = [
    Toggle("replicas", service(replicas=5), {"Deployment spec replicas": 5}),
    Toggle("autoscaling", service(autoscaling={"enabled": True}), {
        "HorizontalPodAutoscaler": anything, "Deployment spec replicas": ABSENT,
        "Deployment metadata annotations": lambda found: "deploymentMissingReplicas" in str(found) and "minimum-three-replicas" in str(found)}),
    *[Toggle(f"autoscaling {key}", service(autoscaling={key: value}), {f"HorizontalPodAutoscaler spec {path}": given},
             over=service(autoscaling={"enabled": True})) for key, value, path, given in [
        ("minReplicas", 4, "minReplicas", 4), ("maxReplicas", 44, "maxReplicas", 44),
        ("targetCPUUtilizationPercentage", 44, "metrics", lambda found: found[0]["resource"]["target"]["averageUtilization"] == 44),
        ("behavior", {"scaleUp": SCALING, "scaleDown": SCALING}, "behavior", {"scaleUp": SCALING, "scaleDown": SCALING})]],
    Toggle("no disruption budget", service(disruptionBudget={"enabled": False}), {"PodDisruptionBudget": ABSENT}, waives=NO_BUDGET),
    Toggle("disruption budget", service(disruptionBudget={"maxUnavailable": "25%"}), {"PodDisruptionBudget spec maxUnavailable": "25%"}),
    Toggle("no network policy", service(networkPolicy={"enabled": False}), {"NetworkPolicy": ABSENT, "NetworkPolicy/ready": ABSENT},
           waives=NO_POLICY),
    *[Toggle(f"network policy {key}", service(networkPolicy={key: [PEER]}),
             {"NetworkPolicy spec ingress": lambda found: str(found).count("'gateway'") == 1}) for key in ["from", "metricsFrom"]],
    Toggle("network policy egress", service(networkPolicy={"egress": [{"to": [{"ipBlock": {"cidr": "10.9.0.0/16"}}]}]}),
           {"NetworkPolicy spec egress": lambda found: {"to": [{"ipBlock": {"cidr": "10.9.0.0/16"}}]} in found}),
    Toggle("network policy ingress", service(networkPolicy={"ingress": [{"from": [PEER], "ports": [{"port": 8443}]}]}),
           {"NetworkPolicy spec ingress": lambda found: {"from": [PEER], "ports": [{"port": 8443}]} in found}),
    Toggle("network policy dns", service(networkPolicy={"dns": {"to": [PEER], "ports": [{"port": 5353}]}}),
           {f"{policy} spec egress": lambda found: {"to": [PEER], "ports": [{"port": 5353}]} in found
            for policy in ["NetworkPolicy", "NetworkPolicy/ready"]}),
    Toggle("calls", service(calls=["petstore"]), {"NetworkPolicy spec egress": lambda found: "'port': 'http'" in str(found)}),
    Toggle("callers", service(callers=["petstore"]), {"NetworkPolicy spec ingress": lambda found: str(found).count("'port': 'http'") == 2}),
    Toggle("no test", service(test={"enabled": False}), {"Job/ready": ABSENT, "NetworkPolicy/ready": ABSENT}),
]


def monitor(key, kind):
    on = service(**{key: {"enabled": True}})
    endpoints = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    return [
        Toggle(kind, on, {kind: lambda one: one["spec"]["jobLabel"] == "app.kubernetes.io/name"}),
        Toggle(f"{kind} interval", service(**{key: {"interval": "7s"}}), {f"{kind} spec {endpoints}": lambda found: found[0]["interval"] == "7s"},
               over=on),
        Toggle(f"{kind} labels", service(**{key: {"labels": {"release": "prometheus"}}}), {f"{kind} metadata labels release": "prometheus"},
               over=on),
    ]


ALERTS, DASHBOARDS = service(alerts={"enabled": True}), service(dashboards={"enabled": True})
RULES_AND_BOARDS = [
    Toggle("alerts", ALERTS, {"PrometheusRule": lambda one: all(group["rules"] for group in one["spec"]["groups"].values())}),
    Toggle("alerts labels", service(alerts={"labels": {"role": "rules"}}), {"PrometheusRule metadata labels role": "rules"}, over=ALERTS),
    Toggle("dashboards", DASHBOARDS, {"ConfigMap/board": lambda one: all(json.loads(board)["panels"] for board in one["data"].values())
                                      and one["metadata"]["labels"]["grafana_dashboard"] == "1"}),
    Toggle("dashboards labels", service(dashboards={"labels": {"grafana_dashboard": "yes"}}),
           {"ConfigMap/board metadata labels grafana_dashboard": "yes"}, over=DASHBOARDS),
    Toggle("dashboards annotations", service(dashboards={"annotations": {"folder": "shop"}}),
           {"ConfigMap/board metadata annotations": {"folder": "shop"}}, over=DASHBOARDS),
]

MONITORING = [*RULES_AND_BOARDS, *monitor("serviceMonitor", "ServiceMonitor"), *monitor("podMonitor", "PodMonitor")]

TOGGLES = [*RELEASE, *CONTAINER, *PLACE, *SCALE, *MONITORING]


def together(toggles):
    values = {}
    for one in toggles:
        values = merged(values, one.over, one.values)
    return values


OFF = {"a service that is not enabled", "no disruption budget", "no network policy", "no test", "image tag", "image pull policy",
       "Ingress without TLS", "HTTPRoute of every host"}
# All that can be on at once: by the Gateway and a ServiceMonitor, and by an Ingress and a PodMonitor.
INGRESS_SIDE, GATEWAY_SIDE = ("Ingress", "PodMonitor"), ("HTTPRoute", "routes", "ServiceMonitor")


def all_on(without):
    return together(one for one in TOGGLES if one.name not in OFF and not one.name.startswith(without))


BY_GATEWAY, BY_INGRESS = "all on, by the Gateway API", "all on, by an Ingress"
ALL_ON = {BY_GATEWAY: all_on(INGRESS_SIDE), BY_INGRESS: all_on(GATEWAY_SIDE)}
ALL_OFF = Toggle("all off", together(one for one in TOGGLES if one.name in {"no disruption budget", "no network policy", "no test"}), {},
                 waives=(*NO_BUDGET, *NO_POLICY))


def of_services(values, names):
    """The petstore's values for every service of another project, whose routes stay its own."""
    text = json.dumps(values["petstore"])
    held = {key: value for key, value in values.get("sharedHost", {}).items() if key != "routes"}
    return {"global": values.get("global", {}), "sharedHost": held} | {name: json.loads(text.replace("petstore", name)) for name in names}
