"""The embedded server's peer: greedy completions by transformers, in one batch.

First request: {"model", "prompts", "tokens", "continuous", "threads"}; then {"steps": n} for each timed block. A block's values are
the tokens of its last step, completion after completion.
"""

import itertools
import json
import time

import batching
import channel
import torch
import transformers


def main():
    settings = channel.receive()
    torch.set_num_threads(settings["threads"])
    transformers.utils.logging.set_verbosity_error()
    model = transformers.AutoModelForCausalLM.from_pretrained(
        settings["model"], dtype=torch.float32, attn_implementation="sdpa"
    ).eval()
    with open(settings["prompts"]) as file:
        prompts = json.load(file)
    length, tokens = len(prompts[0]), settings["tokens"]
    greedy = transformers.GenerationConfig(max_new_tokens=tokens, do_sample=False, eos_token_id=0, pad_token_id=0)
    continuous = transformers.generation.ContinuousBatchingConfig(
        **batching.settings(len(prompts), length, tokens)
    )
    batch = torch.tensor(prompts)
    seen = torch.ones_like(batch)

    def together():
        return model.generate(batch, attention_mask=seen, generation_config=greedy)[:, length:].tolist()

    def continuously():
        answers = model.generate_batch(prompts, generation_config=greedy, continuous_batching_config=continuous)
        by_number = sorted(answers.items(), key=lambda answer: int(answer[0].rsplit("_", 1)[-1]))
        return [answer.generated_tokens for _, answer in by_number]

    generate = continuously if settings["continuous"] else together
    channel.send(versions=channel.versions(torch, transformers))
    while (request := channel.receive()) is not None:
        begin = time.perf_counter()
        for _ in range(request["steps"]):
            completions = generate()
        channel.send(seconds=time.perf_counter() - begin, values=list(itertools.chain(*completions)))


if __name__ == "__main__":
    main()
