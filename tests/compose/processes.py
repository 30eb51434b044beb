"""The petstore at work among the tools, each a process of this machine."""
import json, os, re, shutil, signal, subprocess, time, urllib.parse

from commands import OUT, TARGET, WORK, check, free_port, get, run, until
from project import TOOLS, composed, dashboards, generate, queries
from traffic import traffic

def here(name, changes):
    """A generated file with addresses of this machine in the place of the containers'."""
    text = (OUT / "deploy/observability" / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} has {old}"
        text = text.replace(old, new)
    target = WORK / name
    target.write_text(text)
    return target

class Running:
    """Programs that end with the stage."""
    def __init__(self):
        self.programs = []

    def start(self, name, *command, **more):
        log = open(WORK / f"{name}.log", "w")
        self.programs.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, **more))
        return self.programs[-1]

    def stop(self):
        for program in reversed(self.programs):
            program.send_signal(signal.SIGTERM)
        for program in reversed(self.programs):
            try:
                program.wait(40)
            except subprocess.TimeoutExpired:
                program.kill()

def numbers(found):
    """The values of a query's answer that are numbers."""
    return [float(one["value"][1]) for one in found if one["value"][1] != "NaN"]

def work(compose):
    generate()
    environment = composed(compose)["services"]["petstore"]["environment"] if shutil.which(compose[0]) else {}
    env = dict(os.environ, CARGO_TARGET_DIR=str(TARGET), CARGO_INCREMENTAL="0")
    run("cargo", "build", "--quiet", "--features", "otlp", env=env)
    http_port, admin, prometheus, jaeger, spans, own, health, told = (free_port() for _ in range(8))
    grpc, collector, collector_health, collector_told = (free_port() for _ in range(4))
    everywhere = "0.0.0.0"
    configured = {
        "jaeger": here("jaeger.yaml", {f"{everywhere}:4317": f"127.0.0.1:{spans}", f"{everywhere}:13133": f"127.0.0.1:{health}",
                                       f"{everywhere}:16686": f"127.0.0.1:{jaeger}", "port: 8888": f"port: {told}"}),
        "collector": here("collector.yaml", {f"{everywhere}:4317": f"127.0.0.1:{grpc}", f"{everywhere}:4318": f"127.0.0.1:{collector}",
                                             f"{everywhere}:13133": f"127.0.0.1:{collector_health}",
                                             "jaeger:4317": f"127.0.0.1:{spans}", "port: 8888": f"port: {collector_told}"}),
        "prometheus": here("prometheus.yaml", {"petstore:9090": f"127.0.0.1:{admin}", "localhost:9099": f"127.0.0.1:{prometheus}",
                                               "collector:8888": f"127.0.0.1:{collector_told}", "jaeger:8888": f"127.0.0.1:{told}",
                                               "/etc/prometheus/rules/petstore/": f"{OUT}/deploy/chart/charts/petstore/alerts/"}),
    }
    shutil.rmtree(WORK / "data", ignore_errors=True)
    running = Running()
    try:
        for tool in ["jaeger", "collector"]:
            running.start(tool, tool, "--config", configured[tool])
        running.start("prometheus", "prometheus", f"--config.file={configured['prometheus']}", f"--storage.tsdb.path={WORK / 'data'}",
                      f"--web.listen-address=127.0.0.1:{prometheus}", "--enable-feature=exemplar-storage",
                      "--storage.tsdb.retention.time=2d", "--storage.tsdb.retention.size=512MB")
        until("Jaeger", lambda: "StatusOK" in get(f"http://127.0.0.1:{health}/status"))
        until("the collector", lambda: get(f"http://127.0.0.1:{collector_health}/"))
        until("Prometheus", lambda: get(f"http://127.0.0.1:{prometheus}/-/ready"))
        # As the compose file tells it, but for addresses.
        environment.update(OARLOCK_HTTP_ADDR=f"127.0.0.1:{http_port}", OARLOCK_ADMIN_ADDR=f"127.0.0.1:{admin}",
                           OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector}")
        petstore = running.start("petstore", TARGET / "debug/petstore", env={**os.environ, "RUST_BACKTRACE": "0", **environment})
        until("the petstore", lambda: get(f"http://127.0.0.1:{admin}/readyz"))
        statuses = traffic(http_port, 30)
        burns = urllib.parse.urlencode({"query": 'namespace_job_tag:http_server_slow_requests:burnrate1h{job="petstore"}'})
        recorded = lambda: json.loads(get(f"http://127.0.0.1:{prometheus}/api/v1/query?{burns}"))["data"]["result"]
        # Rules are looked at every half minute, and stand on one another.
        until("what rules record", lambda: recorded() or statuses.update(traffic(http_port, 5)), 90)
        print(f"compose: {sum(statuses.values())} requests, {dict(sorted(statuses.items()))}", flush=True)
        asked(prometheus, jaeger)
        petstore.send_signal(signal.SIGTERM)
        check("the petstore drains and ends with 0", petstore.wait(40) == 0)
    finally:
        running.stop()

def asked(prometheus, jaeger):
    """Every panel of Prometheus, and the traces of Jaeger."""
    def ask(path, **words):
        return json.loads(get(f"http://127.0.0.1:{prometheus}/api/v1/{path}?{urllib.parse.urlencode(words)}"))["data"]
    up = {one["metric"]["job"]: one["value"][1] for one in ask("query", query="up")["result"]}
    check(f"Prometheus has scraped {', '.join(sorted(up))}", up == {name: "1" for name in ["petstore", *TOOLS] if name != "grafana"}, up)
    [labels] = [one["metric"] for one in ask("query", query='up{job="petstore"}')["result"]]
    check("the petstore's series have its name as service", labels["service"] == "petstore")
    found = list(queries())
    empty = [(title, words) for title, words in found if not numbers(ask("query", query=words)["result"])]
    check(f"each of the {len(found)} queries of the panels has data", not empty, json.dumps(empty, indent=1))
    for variable in dashboards()[0]["templating"]["list"]:
        if variable["type"] == "query":
            series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
            values = ask(f"label/{label}/values", **{"match[]": series.replace("$job", "petstore").replace("$namespace", ".*")})
            # Nothing here has a namespace, and all is found nevertheless.
            expected = {"namespace": [], "job": ["petstore"]}.get(label, values or None)
            check(f"the dashboard's choice of {variable['name']} has {values}", values == expected)
    now = time.time()
    exemplars = ask("query_exemplars", query="http_server_request_duration_seconds_bucket", start=now - 60, end=now + 60)
    traces = {one["labels"]["trace_id"] for series in exemplars for one in series["exemplars"]}
    services = until("Jaeger's first trace", lambda: json.loads(get(f"http://127.0.0.1:{jaeger}/api/services"))["data"], 20)
    check(f"Jaeger has traces of {services}", "petstore" in services)
    trace = sorted(traces)[-1]
    spans = until("the exemplar's trace", lambda: json.loads(get(f"http://127.0.0.1:{jaeger}/api/traces/{trace}"))["data"][0]["spans"], 20)
    check(f"an exemplar leads to its trace in Jaeger, {spans[0]['operationName']}, of {len(traces)} exemplars", len(spans) >= 1)
