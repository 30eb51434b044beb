"""A Service whose pods change all the time: as on a busy cluster, what sends connections to pods is busy as well, and learns
of a change up to a second late (`minSyncPeriod` of kube-proxy). On an idle one it would know before the pod does."""
import json, threading

from kubernetes import kubectl

EVERY = 0.4

class Neighbour:
    def __init__(self, space):
        self.space, self.over = space, threading.Event()
        kubectl("apply", "--namespace", space, "--filename", "-", input=json.dumps({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "neighbour"}, "spec": {"ports": [{"name": "http", "port": 80}]}}))
        self.change(0)
        self.thread = threading.Thread(target=self.go_on)
        self.thread.start()

    def change(self, number):
        # Addresses of documentation (RFC 5737): nobody is there.
        slice_ = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                  "metadata": {"name": "neighbour", "labels": {"kubernetes.io/service-name": "neighbour"}},
                  "ports": [{"name": "http", "port": 80}], "endpoints": [{"addresses": [f"192.0.2.{1 + number % 200}"]}]}
        kubectl("apply", "--namespace", self.space, "--server-side", "--filename", "-", input=json.dumps(slice_))

    def go_on(self):
        number = 1
        while not self.over.wait(EVERY):
            self.change(number)
            number += 1

    def close(self):
        self.over.set()
        self.thread.join()
