"""What the judges of vendors' mocks share: control of the mock, a receiver of callbacks, and a count of what was seen."""

import json
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEEN = []


def check(what, holds, shown=None):
    """Fails with the words for what was expected."""
    if not holds:
        raise SystemExit(f"not so: {what}: {shown!r}")
    SEEN.append(what)


def done():
    print(f"{len(SEEN)} things are as the client expects them")


def ask(url, method="GET", body=None, headers=None):
    """Plain HTTP: status and JSON (or text)."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={"content-type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


class Receiver:
    """A loopback server whose callbacks are handled by a function: (method, path, headers, body) -> (status, type, body)."""

    def __init__(self, handle):
        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                try:
                    status, kind, body = handle(self.command, self.path, self.headers, self.rfile.read(length))
                except Exception:  # what the client refuses is refused
                    status, kind, body = 500, "text/plain", b""
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callback?kept=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def until(what, ask_for, within=10.0):
    """Asks again and again until there is something."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = ask_for()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"not within {within} s: {what}")
