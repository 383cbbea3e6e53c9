"""Writes which token transformers reads a reward model's score at when rows end in the padding token.

Run:  "$(tools/golden/environment.sh)" tools/golden/scored_token.py
The model is that of the case "reward" with another pad_token_id. scored_token.json lists cases: pad (null for none), tokens, score.
"""

import json
import pathlib

import torch
from transformers import LlamaForSequenceClassification

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "rlhf-learner/src/test/resources/golden"
ROWS = [[7, 9, 11, 4], [7, 9, 11, 5], [7, 5, 11, 5, 5], [5, 5], [5], [7, 5, 11]]

if __name__ == "__main__":
    model = LlamaForSequenceClassification.from_pretrained(GOLDEN / "reward", dtype=torch.float32).eval()
    cases = []
    for pad in (None, 5):
        model.config.pad_token_id = pad
        for tokens in ROWS:
            with torch.no_grad():
                score = model(input_ids=torch.tensor([tokens])).logits.item()
            cases.append({"pad": pad, "tokens": tokens, "score": score})
    (GOLDEN / "scored_token.json").write_text(json.dumps(cases, indent=1) + "\n")
