"""Writes a page that draws the panels of a Grafana dashboard with what a Prometheus has of a time.

Usage: panels.py PROMETHEUS BEGIN END DASHBOARD.json FOLDER_WITH_UPLOT > page.html; times in seconds since 1970.
It is no Grafana: queries, titles, units, bounds and the order of panels are those of the file, what they look like is not.
"""

import html
import json
import pathlib
import re
import sys
import urllib.parse
import urllib.request

COLUMNS = 3
POINTS = 240
RATE_INTERVAL = "15s"
HEAD, ROW = 96, 262


def ask(prometheus, expression, begin, end):
    step = max(1, round((end - begin) / POINTS))
    query = urllib.parse.urlencode({"query": expression, "start": begin, "end": end, "step": step})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query_range?{query}") as answer:
        return json.load(answer)["data"]["result"]


def legend(form, labels, run):
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found.group(1), "").removeprefix("http://"), form)
    return " ".join(re.sub(rf"\b{re.escape(run)}\b", "", text).split()) or run


def series(prometheus, panel, begin, end, run):
    lines = []
    for target in panel["targets"]:
        expression = target["expr"].replace("$__rate_interval", RATE_INTERVAL).replace("$run", ".*")
        for one in ask(prometheus, expression, begin, end):
            points = {int(at): float(value) for at, value in one["values"]}
            lines.append({"name": legend(target["legendFormat"], one["metric"], run), "points": points})
    times = sorted({at for line in lines for at in line["points"]})
    values = [[finite(line["points"].get(at)) for at in times] for line in lines]
    if panel["fieldConfig"]["defaults"]["custom"].get("stacking"):
        values = stacked(values)
    return {"names": [line["name"] for line in lines], "times": [at - begin for at in times], "values": values}


def finite(value):
    return None if value is None or value != value or abs(value) == float("inf") else value


def stacked(values):
    total, sums = [0.0] * len(values[0]) if values else [], []
    for line in values:
        total = [before + (value or 0) for before, value in zip(total, line)]
        sums.append(list(total))
    return sums


def bounds(panel):
    """Red areas: (from, to), null for no end."""
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    ends = [step["value"] for step in steps[1:]] + [None]
    return [(step["value"], end) for step, end in zip(steps, ends) if step["color"] == "red"]


def main():
    prometheus, begin, end, file, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], pathlib.Path(sys.argv[5])
    board = json.loads(pathlib.Path(file).read_text())
    run = ask(prometheus, "rlhf_run_step", begin, end)[0]["metric"]["run"]
    panels = []
    for panel in board["panels"]:
        if panel["type"] == "text":
            continue
        defaults = panel["fieldConfig"]["defaults"]
        panels.append(
            {
                "title": panel["title"],
                "unit": defaults.get("unit", ""),
                "stat": panel["type"] == "stat",
                "vllm": "vllm:" in panel["targets"][0]["expr"],
                "stacked": bool(defaults["custom"].get("stacking")),
                "red": bounds(panel),
                **series(prometheus, panel, begin, end, run),
            }
        )
    rows = -(-len(panels) // COLUMNS)
    here = pathlib.Path(__file__).parent
    page = (here / "panels.html").read_text()
    for name, text in {
        "HEIGHT": str(HEAD + rows * ROW),
        "TITLE": html.escape(board["title"]),
        "RUN": html.escape(run),
        "STYLE": (folder / "uPlot.min.css").read_text(),
        "LIBRARY": (folder / "uPlot.iife.min.js").read_text(),
        "PANELS": json.dumps(panels),
    }.items():
        page = page.replace(f"@{name}@", text)
    print(page)


main()
