"""Cases for `promtool test rules`: services that burn their budgets at known rates, each in a namespace of its own, and which
alerts are to fire for them. What does not stand in a table must be silent."""
import json

BURNS = ["1h", "6h", "1d", "3d"]
FAILURES = [f"AvailabilityBudgetBurn{window}" for window in BURNS]
SLOWNESS = [f"LatencyBudgetBurn{window}" for window in BURNS]
ILLNESS = ["ServiceDown", "InstanceDown", "RequestsTurnedAway", "ConnectionsNearLimit", "HandlersPanic", "InstanceRestarts"]
DURATIONS = "http_server_request_duration_seconds"

def values(segments):
    """A counter in promtool's words: it grows by a step in each interval of a segment."""
    words, value = ["0"], 0
    for intervals, step in segments:
        words.append(f"{value + step:.6f}+{step:.6f}x{intervals - 1}")
        value += intervals * step
    return " ".join(words)

def series(name, namespace, counted, **labels):
    labels = {"namespace": namespace, "job": "petstore", "instance": "10.0.0.1:1", **labels}
    return {"series": name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}", "values": counted}

def asked(namespace, segments, operation="listPets"):
    """What is counted of an operation: (intervals, requests in each, the share that fails, the share of the rest that is slow)."""
    of = {"operation_id": operation, "http_request_method": "GET", "http_route": "/pets"}
    good, bad = {"http_response_status_code": "200"}, {"http_response_status_code": "500"}
    answered = [(count, all * (1 - failing)) for count, all, failing, _ in segments]
    fast = [(count, all * (1 - failing) * (1 - slow)) for count, all, failing, slow in segments]
    return [series(f"{DURATIONS}_count", namespace, values(answered), **of, **good),
            series(f"{DURATIONS}_count", namespace, values([(count, all * failing) for count, all, failing, _ in segments]), **of, **bad),
            series(f"{DURATIONS}_bucket", namespace, values(fast), **of, **good, le="0.5"),
            series(f"{DURATIONS}_bucket", namespace, values(answered), **of, **good, le="+Inf")]

def firing(when, alert, namespaces, tag="pets"):
    """Just these namespaces have the alert, and of this tag alone."""
    labels = f'tag="{tag}"' if tag else ""
    return {"expr": f'count by (namespace{", tag" if tag else ""}) (ALERTS{{alertname="{alert}",alertstate="firing"}})', "eval_time": when,
            "exp_samples": [{"labels": "{" + ", ".join(filter(None, [f'namespace="{one}"', labels])) + "}", "value": 1}
                            for one in namespaces]}

def of_burns(when, expected, alerts):
    """A table: which of the four alerts, the shortest window first, each service has."""
    return [firing(when, alert, [name for name, marks in expected.items() if marks[place] == "x"]) for place, alert in enumerate(alerts)]

# Three days at one pace; the budget is 0.1 % of requests, and 1 % of answers. Which of 1h, 6h, 1d and 3d fire:
PACES = {"half": (0.5, "...."), "twice": (2, "...x"), "fourfold": (4, "..xx"), "eightfold": (8, ".xxx"), "twentyfold": (20, "xxxx")}

def long_windows():
    minutes = 73 * 60
    given, failing, slow = [], {}, {}
    for name, (pace, marks) in PACES.items():
        given += asked(name, [(minutes, 600, pace * 0.001, 0)]) + asked(name, [(minutes, 60, 0, 0)], "placeOrder")
        given += asked(f"slow-{name}", [(minutes, 600, 0, pace * 0.01)])
        failing[name], slow[f"slow-{name}"] = marks, marks
    # An hour of 100 times the pace, twelve hours ago: it counts in both long windows, and is over in the short ones.
    given += asked("past", [(60 * 60, 600, 0, 0), (60, 600, 0.1, 0), (12 * 60, 600, 0, 0)])
    # Files take as long as their callers like.
    given += asked("files", [(minutes, 600, 0, 0.5)], "getPicture")
    during = {**failing, "past": "xx.."}
    return {"interval": "1m", "input_series": given, "promql_expr_test":
            of_burns("60h30m", during, FAILURES) + of_burns("72h30m", failing, FAILURES) + of_burns("72h30m", slow, SLOWNESS)}

def short_windows():
    healthy = (180, 300, 0, 0)  # 90 minutes, 10 requests a second
    given = (asked("spike", [healthy, (6, 300, 0.1, 0), (60, 300, 0, 0)]) + asked("storm", [healthy, (66, 300, 0.1, 0)])
             + asked("slow", [healthy, (66, 300, 0, 0.5)]) + asked("over", [healthy, (24, 300, 0.1, 0), (42, 300, 0, 0)])
             # A request in ten minutes, and one in two: all fail, and of the first there are too few.
             + asked("few", [(180, 0.05, 0, 0), (66, 0.05, 1, 0)]) + asked("enough", [(180, 0.5, 0, 0), (66, 0.5, 1, 0)]))
    one, lone = "AvailabilityBudgetBurn1h", "LatencyBudgetBurn1h"
    return {"interval": "30s", "input_series": given, "promql_expr_test": [
        firing("1h30m", one, []), firing("1h33m", one, []), firing("1h42m", one, ["storm", "over"]),
        firing("1h52m", one, ["storm", "enough"]), firing("1h30m", lone, []), firing("1h52m", lone, ["slow"]),
        firing("1h52m", "AvailabilityBudgetBurn6h", ["storm", "over", "enough"])]}

def illness():
    two = {"instance": "10.0.0.2:1"}
    given = [series("up", "down", "0x60"), series("up", "down", "0x60", **two), series("up", "half", "0x60"), series("up", "half", "1x60", **two),
             series("up", "well", "1x60")]
    for namespace, share in [("full", 0.02), ("busy", 0.005)]:
        for status, part in [("503", share), ("200", 1 - share)]:
            given.append(series(f"{DURATIONS}_count", namespace, f"0+{600 * part}x60", http_response_status_code=status))
    # All of three requests are turned away: too few to tell of.
    given.append(series(f"{DURATIONS}_count", "quiet", "0 0 0 1 2 3+0x55", http_response_status_code="503"))
    for namespace, open in [("full", 950), ("busy", 800)]:
        given += [series("oarlock_connections", namespace, f"{open}x60"), series("oarlock_connections_limit", namespace, "1000x60")]
    given += [series("oarlock_panics_total", "ill", "0x20 1x40"), series("oarlock_panics_total", "well", "7x60"),
              series("process_start_time_seconds", "ill", "100x10 200x5 300x5 400x40"),
              series("process_start_time_seconds", "well", "100x10 200x50")]
    bare = lambda when, alert, *namespaces: firing(when, alert, namespaces, tag=None)
    return {"interval": "1m", "input_series": given, "promql_expr_test": [
        bare("1m", "ServiceDown"), bare("3m", "ServiceDown", "down"), bare("9m", "InstanceDown"),
        {**bare("11m", "InstanceDown", "half"), "exp_samples": [{"labels": '{namespace="down"}', "value": 2},
                                                                {"labels": '{namespace="half"}', "value": 1}]},
        bare("3m", "RequestsTurnedAway"), bare("12m", "RequestsTurnedAway", "full"), bare("12m", "ConnectionsNearLimit", "full"),
        bare("15m", "HandlersPanic"), bare("25m", "HandlersPanic", "ill"), bare("50m", "HandlersPanic"),
        bare("12m", "InstanceRestarts"), bare("25m", "InstanceRestarts", "ill")]}

def words():
    """What people read, to the letter."""
    given = asked("shop", [(60, 600, 1, 0)]) + [series("up", "shop", "0x60")]
    page = "deploy/runbooks/petstore.md#"
    return {"interval": "1m", "input_series": given, "alert_rule_test": [
        {"eval_time": "30m", "alertname": "AvailabilityBudgetBurn1h", "exp_alerts": [{
            "exp_labels": {"severity": "page", "namespace": "shop", "job": "petstore", "tag": "pets"},
            "exp_annotations": {
                "summary": "petstore: too many requests to pets fail",
                "description": "Requests of the tag pets in the namespace shop were answered with 5xx 1k times as often as the objective "
                               "of petstore allows over the last 1h, and still are over the last 5m.",
                "runbook_url": f"{page}availabilitybudgetburn1h"}}]},
        {"eval_time": "30m", "alertname": "ServiceDown", "exp_alerts": [{
            "exp_labels": {"severity": "page", "namespace": "shop", "job": "petstore"},
            "exp_annotations": {
                "summary": "petstore is not there",
                "description": "No instance of petstore in the namespace shop has answered Prometheus for 2 minutes, or there is none.",
                "runbook_url": f"{page}servicedown"}}]}]}

def nobody():
    """No instance is known at all."""
    [alert] = [{**firing("3m", "ServiceDown", [], tag=None), "exp_samples": [{"labels": "{}", "value": 1}]}]
    return {"interval": "1m", "input_series": [series("up", "shop", "1x9", job="other")], "promql_expr_test": [alert]}

def files(rules):
    """The tests, by name. Three days are looked at every five minutes, since all windows are made of the first."""
    often, seldom = [short_windows(), illness(), words(), nobody()], [long_windows()]
    return {name: json.dumps({"rule_files": [str(rules)], "evaluation_interval": interval, "tests": tests})
            for name, interval, tests in [("often", "30s", often), ("seldom", "5m", seldom)]}

def table():
    """By alert: the namespaces for which some case has it fire, and those that ever appear."""
    fired, known = {}, set()
    for case in [short_windows(), illness(), long_windows()]:
        known |= {one["series"].split('namespace="')[1].split('"')[0] for one in case["input_series"]}
        for test in case["promql_expr_test"]:
            alert = test["expr"].split('alertname="')[1].split('"')[0]
            fired.setdefault(alert, set()).update(one["labels"].split('namespace="')[1].split('"')[0] for one in test["exp_samples"])
    return fired, known
