"""Asks for a rotation, waits until another anchor of it is there, and creates a Secret: as bob, over open connections, so that
milliseconds count.

race.py NAMESPACE IDENTITY ROTATE ANCHOR < SECRET (as JSON)
Prints created, exists, or the message of a rejection. KUBECONFIG must hold a client certificate that may impersonate.
"""
import base64
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

namespace, identity, value, anchor = sys.argv[1:]
secret = sys.stdin.read()
config = json.loads(subprocess.check_output(["kubectl", "config", "view", "--raw", "--minify", "--flatten", "-o", "json"]))
cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
with tempfile.TemporaryDirectory() as folder:
    files = []
    for name in ("client-certificate-data", "client-key-data"):
        files.append(os.path.join(folder, name))
        with open(os.open(files[-1], os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(base64.b64decode(user[name]))
    context.load_cert_chain(*files)
server = urllib.parse.urlparse(cluster["server"])


def connection():
    one = http.client.HTTPSConnection(server.hostname, server.port, context=context, timeout=30)
    one.request("GET", "/version")
    one.getresponse().read()
    return one


def send(one, method, path, content, body):
    one.request(method, path, body, {"Content-Type": content, "Impersonate-User": "bob"})
    answer = one.getresponse()
    return answer.status, json.loads(answer.read())


asks, plants = connection(), connection()
change = json.dumps({"metadata": {"annotations": {"credence.dev/rotate": value}}})
path = f"/apis/credence.dev/v1alpha1/namespaces/{namespace}/machineidentities/{identity}"
status, answer = send(asks, "PATCH", path, "application/merge-patch+json", change)
if status != 200:
    sys.exit(f"the rotation is rejected: {answer.get('message')}")
deadline = time.time() + 30
while send(asks, "GET", f"/api/v1/namespaces/{namespace}/secrets/{anchor}", "application/json", None)[0] != 200:
    if time.time() > deadline:
        sys.exit("the other anchor never came")
status, answer = send(plants, "POST", f"/api/v1/namespaces/{namespace}/secrets", "application/json", secret)
print({201: "created", 409: "exists"}.get(status, answer.get("message")))
