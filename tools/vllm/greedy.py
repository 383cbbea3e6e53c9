"""Says which tokens transformers and vLLM write, greedily, after some prompts, and with which log-probs.

Run:  "$(tools/vllm/environment.sh)/bin/python" tools/vllm/greedy.py PROMPTS.json COUNT DIRECTORY...
PROMPTS.json is a list of lists of token ids. A line of JSON is printed for each directory and engine, marked so that it is found among
what the engines print themselves:
  GREEDY {"model": DIRECTORY, "by": "transformers", "tokens": [[...], ...], "log_probs": [[...], ...]}
or, where the engine refuses the model, {"model": ..., "by": ..., "refused": its last words}.
"""

import gc
import json
import os
import sys

os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
os.environ["VLLM_CPU_KVCACHE_SPACE"] = "1"
os.environ["VLLM_NO_USAGE_STATS"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import torch


def by_transformers(directory, prompts, count):
    from transformers import AutoModelForCausalLM

    # Its faster kernels leave out the caps of Gemma 2.
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager").eval()
    model.generation_config.eos_token_id = None
    written, log_probs = [], []
    for prompt in prompts:
        tokens = torch.tensor([prompt])
        said = model.generate(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            do_sample=False,
            max_new_tokens=count,
            pad_token_id=0,
            output_logits=True,
            return_dict_in_generate=True,
        )
        written.append(said.sequences[0, len(prompt) :].tolist())
        log_probs.append([float(logits[0].log_softmax(-1).max()) for logits in said.logits])
    return {"tokens": written, "log_probs": log_probs}


def by_vllm(directory, prompts, count):
    from vllm import LLM, SamplingParams

    engine = LLM(
        model=directory,
        dtype="float32",
        enforce_eager=True,
        skip_tokenizer_init=True,
        max_model_len=max(map(len, prompts)) + count,
        enable_prefix_caching=False,
        num_gpu_blocks_override=64,  # a cache that is large enough, for engines whose memory is not given back at once
        seed=0,
    )
    wanted = SamplingParams(temperature=0, max_tokens=count, ignore_eos=True, detokenize=False, logprobs=1)
    said = engine.generate([{"prompt_token_ids": prompt} for prompt in prompts], wanted, use_tqdm=False)
    written = [list(one.outputs[0].token_ids) for one in said]
    log_probs = [
        [step[token].logprob for token, step in zip(tokens, one.outputs[0].logprobs)]
        for tokens, one in zip(written, said)
    ]
    return {"tokens": written, "log_probs": log_probs}


def last_words(failure):
    while failure.__cause__ is not None:
        failure = failure.__cause__
    return f"{type(failure).__name__}: {failure}"


def main():
    with open(sys.argv[1]) as file:
        prompts = json.load(file)
    # vLLM puts parts of its own into transformers, so it comes last.
    for name, engine in ("transformers", by_transformers), ("vllm", by_vllm):
        for directory in sys.argv[3:]:
            try:
                found = engine(directory, prompts, int(sys.argv[2]))
            except Exception as refused:  # whatever an engine finds wrong with a model
                found = {"refused": last_words(refused)}
            print("\nGREEDY " + json.dumps({"model": directory, "by": name, **found}), flush=True)
            gc.collect()


if __name__ == "__main__":
    main()
