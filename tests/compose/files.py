"""The files by themselves: Compose, promtool and Grafana's schema read them."""
import json, pathlib, re

from commands import OUT, WORK, check, run
from project import TOOLS, composed, dashboards, generate, operations, queries, yaml

def locked_down(name, container):
    """What holds for every container."""
    assert all(port["host_ip"] == "127.0.0.1" for port in container["ports"]), f"{name}: a port is open to others: {container['ports']}"
    assert container["read_only"] and container["cap_drop"] == ["ALL"], name
    assert container["security_opt"] == ["no-new-privileges:true"], name
    assert re.fullmatch(r"[1-9]\d*:\d+", container["user"]), f"{name}: a numeric user that is not root"
    assert float(container["cpus"]) > 0 and int(container["mem_limit"]) >= 1 << 26, name
    assert container["stop_grace_period"] and container["logging"]["options"]["max-size"] == "10m", name
    assert re.fullmatch(r".+:.*\d.*", container["image"]), f"{name}: {container['image']} is not a version"
    # No host_ip, network, device or namespace of the machine's beside.
    odd = {"privileged", "network_mode", "pid", "ipc", "devices", "cap_add", "userns_mode", "uts"} & set(container)
    assert not odd, (name, odd)
    for volume in container.get("volumes", []):
        if volume["type"] == "bind":
            assert volume["read_only"] and pathlib.Path(volume["source"]).exists(), (name, volume)
            assert pathlib.Path(volume["source"]).is_relative_to(OUT / "deploy"), (name, volume)
    for tmpfs in container.get("tmpfs", []):
        assert "size=" in tmpfs, f"{name}: {tmpfs} is bounded"

def as_the_chart(name, container):
    """The limits that the chart sets too."""
    limits = yaml(OUT / f"deploy/chart/charts/{name}/values.yaml")["resources"]["limits"]
    cpu = limits["cpu"]
    cpu = float(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu)
    units = {"Mi": 1 << 20, "Gi": 1 << 30}
    memory = int(limits["memory"][:-2]) * units[limits["memory"][-2:]]
    assert float(container["cpus"]) == cpu and int(container["mem_limit"]) == memory, (container, limits)

CHANGED = """deploy:
  ports: { http: 8181, admin: 9191 }
  resources: { limits: { cpu: 1500m, memory: 512Mi } }
  observability:
    images:
      prometheus: example.com/prometheus:v3@sha256:""" + "1" * 64 + """
    ports: { prometheus: 7001, grafana: 7002, jaeger: 7003, collector: 7004 }
"""

def compose_files(compose):
    for deploy, name, own in [(CHANGED, "petstore", TOOLS), ("deploy: { observability: off }\n", "petstore", []),
                              ("", "grafana", ["observing-grafana" if one == "grafana" else one for one in TOOLS]),
                              ("", "petstore", TOOLS)]:
        generate(deploy, name)
        services = composed(compose)["services"]
        assert set(services) == {name, *own}, set(services)
        for container, said in services.items():
            locked_down(container, said)
            # The collector's image has no program that could ask.
            assert ("healthcheck" in said) == (container != "collector"), container
        as_the_chart(name, services[name])
        assert not services[name].get("depends_on"), "no service waits for what watches it"
        ports = [int(port["published"]) for said in services.values() for port in said["ports"]]
        assert len(set(ports)) == len(ports), ports
        run("promtool", "check", "config", "deploy/observability/prometheus.yaml") if own else None
    print(f"compose: Compose takes the file as it comes, with everything changed, without observability, and beside a service "
          f"named grafana; {len(services)} containers: ports on 127.0.0.1, read-only, no capability, no new privileges, "
          "numeric users, bounds on processors, memory and logs; the service's as the chart's", flush=True)
    check("promtool check config takes prometheus.yaml", True)

def dashboard_files():
    found = list(queries())
    rules = [{"record": f"panel:{number}", "expr": words} for number, (_, words) in enumerate(found)]
    (WORK / "rules.yaml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    said = run("promtool", "check", "rules", WORK / "rules.yaml").stdout
    check(f"promtool parses the {len(found)} queries of the panels", f"{len(found)} rules found" in said, said)
    rows = [panel["title"].split(" · ")[0] for one in dashboards() for panel in one["panels"] if panel["type"] == "row"]
    check(f"a row for each of {len(operations())} operations, and for the process", operations() | {"Process"} <= set(rows), rows)
    run("dashboards", *sorted((OUT / "deploy/chart").glob("charts/*/dashboards/*.json")))
    check("the dashboards fit Grafana's own schema, strictly", True)

# Grafana itself cannot be had of a package registry. What it reads beside dashboards has the keys that it documents
# (administration/provisioning, datasources/prometheus/configure, setup-grafana/configure-grafana) and no others.
DOCUMENTED = {
    "datasources": {"apiVersion", "datasources"},
    "datasource": {"name", "uid", "type", "access", "url", "isDefault", "editable", "jsonData"},
    "jsonData": {"httpMethod", "timeInterval", "exemplarTraceIdDestinations"},
    "destination": {"name", "url", "urlDisplayLabel"},
    "dashboards": {"apiVersion", "providers"},
    "provider": {"name", "type", "disableDeletion", "allowUiUpdates", "options"},
}

def grafana_files(compose):
    folder = OUT / "deploy/observability/grafana"
    sources, provided = yaml(folder / "datasources.yaml"), yaml(folder / "dashboards.yaml")
    [source], [provider] = sources["datasources"], provided["providers"]
    for what, found in [("datasources", sources), ("datasource", source), ("jsonData", source["jsonData"]), ("dashboards", provided),
                        ("destination", source["jsonData"]["exemplarTraceIdDestinations"][0]), ("provider", provider)]:
        assert set(found) <= DOCUMENTED[what], (what, set(found) - DOCUMENTED[what])
    services = composed(compose)["services"]
    grafana, prometheus = services["grafana"], services["prometheus"]
    assert source["url"] == f"http://prometheus:{prometheus['ports'][0]['target']}", source
    mounted = {volume["target"] for volume in grafana["volumes"]}
    assert f"{provider['options']['path']}/petstore" in mounted, mounted
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (OUT / "deploy/chart/charts/petstore/dashboards" / pathlib.Path(home).name).exists(), home
    told = grafana["environment"]
    assert told["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer" and told["GF_AUTH_BASIC_ENABLED"] == "false", told
    assert told["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == told["GF_AUTH_DISABLE_LOGIN_FORM"] == "true", told
    check("Grafana's provisioning has documented keys alone, and leads to Prometheus and the dashboards (not run: no image)", True)

def files(compose):
    compose_files(compose)
    dashboard_files()
    grafana_files(compose)

def validate(compose):
    generate()
    for tool in ["collector", "jaeger"]:
        own = OUT / f"deploy/observability/{tool}.yaml"
        run(tool, "validate", "--config", own)
        wrong = WORK / f"wrong-{tool}.yaml"
        wrong.write_text(own.read_text().replace("protocols:", "protocol:"))
        refused = run(tool, "validate", "--config", wrong, check=False)
        check(f"{tool} validates {tool}.yaml, and would refuse a slip in it", refused.returncode != 0)
