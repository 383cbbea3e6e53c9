"""Tells Weights & Biases the numbers of a run, by its own client: python3 tools/trackers/to_wandb.py RUN_DIRECTORY [PROJECT].

WANDB_MODE=offline writes files for `wandb sync`; without it the client wants to be logged in. A run that was told of before is told of anew.
"""

import json
import pathlib
import sys

import wandb

directory = pathlib.Path(sys.argv[1]).resolve()
project = sys.argv[2] if len(sys.argv) > 2 else "rlhf"
with wandb.init(project=project, name=directory.name, dir=str(directory)) as run:
    for line in (directory / "metrics.jsonl").read_text().splitlines():
        numbers = json.loads(line)
        stage, step = numbers["stage"], numbers["run_step"]
        told = {f"{stage}/{key}": value for key, value in numbers.items() if isinstance(value, float | int) and key not in ("step", "run_step")}
        run.log(told, step=step)
