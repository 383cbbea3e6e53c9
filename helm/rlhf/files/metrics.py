"""Shows /metrics of the vLLM of this pod, and no other route of it, on a port of its own.

vLLM answers everything on one port, the routes that replace weights among them; a network policy knows ports, not paths.
"""

import http.server
import os
import signal
import sys
import urllib.request

SERVER = os.environ.get("VLLM_PROBED", "http://127.0.0.1:8000")
PORT = int(os.environ.get("METRICS_PORT", "8001"))


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.split("?")[0] != "/metrics":
            self.answer(404, "text/plain", b"not found; there is /metrics\n")
            return
        try:
            with urllib.request.urlopen(SERVER + "/metrics", timeout=8) as answer:
                self.answer(200, answer.headers.get("Content-Type", "text/plain"), answer.read())
        except OSError as failure:
            self.answer(503, "text/plain", f"vLLM does not answer: {failure}\n".encode())

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """A scrape is no news."""


if __name__ == "__main__":
    # The first process of a container ends on a signal only if it says so.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    http.server.ThreadingHTTPServer(("", PORT), Metrics).serve_forever()
