"""Whether the vLLM of this pod makes tokens: asks it for one.

Usage: probe.py SECONDS. Ends with 0 when a token came, when tokens came to others meanwhile (a long queue is no fault), or when
the server is paused, as it is while weights are exchanged; else with 1 and a sentence. /health alone is green with a dead engine.
"""

import json
import os
import re
import sys
import threading
import urllib.error
import urllib.request

SERVER = os.environ.get("VLLM_PROBED", "http://127.0.0.1:8000")
MODEL = os.environ.get("VLLM_MODEL_NAME", "policy")
QUICK_SECONDS = 3
GENERATED = re.compile(r"^vllm:generation_tokens_total(?:\{[^}]*\})? (\S+)$", re.MULTILINE)


def ask(path, body=None, seconds=QUICK_SECONDS):
    headers = {"Content-Type": "application/json"}
    if os.environ.get("VLLM_API_KEY"):
        headers["Authorization"] = "Bearer " + os.environ["VLLM_API_KEY"]
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(SERVER + path, data, headers), timeout=seconds) as answer:
        return answer.read().decode()


def generated():
    """Tokens so far, over all engines."""
    return sum(float(number) for number in GENERATED.findall(ask("/metrics")))


def paused():
    try:
        return bool(json.loads(ask("/is_paused")).get("is_paused"))
    except (OSError, ValueError):
        return False


def one_token(result, seconds):
    try:
        answer = json.loads(ask("/v1/completions", {"model": MODEL, "prompt": [0], "max_tokens": 1}, seconds))
        result.append("" if answer["usage"]["completion_tokens"] == 1 else "vLLM answered without a token")
    except urllib.error.HTTPError as refusal:
        result.append(f"vLLM refuses a token: {refusal.code} {refusal.read().decode(errors='replace')[:200]}")
    except TimeoutError:
        pass
    except (OSError, ValueError, KeyError) as failure:
        if not isinstance(getattr(failure, "reason", None), TimeoutError):
            result.append(f"vLLM does not answer: {failure}")


def complaint(seconds):
    """Why it does not make tokens, or nothing."""
    try:
        before = generated()
    except (OSError, ValueError) as failure:
        return f"vLLM does not answer: {failure}"
    result = []
    # The quick questions at the end take their part of the time.
    patience = max(1, seconds - 2 * QUICK_SECONDS)
    asking = threading.Thread(target=one_token, args=(result, patience), daemon=True)
    asking.start()
    asking.join(patience + 0.5)
    if result:
        return result[0]
    try:
        if paused() or generated() > before:
            return ""
    except (OSError, ValueError) as failure:
        return f"vLLM does not answer any more: {failure}"
    return f"vLLM made no token for {patience:.0f} s, and is not paused"


if __name__ == "__main__":
    wrong = complaint(float(sys.argv[1]))
    if wrong:
        print(wrong)
    # A thread that still waits for its token must not keep the probe.
    sys.stdout.flush()
    os._exit(1 if wrong else 0)
