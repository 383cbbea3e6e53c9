"""GRPO's peer: TRL's GRPOTrainer, which waits between blocks of steps.

First request: {"model", "prompts", "prompts_per_step", "samples", "prompt_tokens", "tokens", "continuous", "rate", "beta", "output",
"threads"}; then {"steps": n} for each timed block. A block's values are, step by step, the mean length of the completions and the
mean entropy of their tokens.
"""

import json
import logging

import batching
import blocks
import channel
import datasets
import torch
import transformers
import trl


def position_match(completions, answer, **_):
    """The share of characters in their right place, as the product's rule of that name."""
    return [
        sum(a == b for a, b in zip(text, right)) / max(len(text), len(right))
        for text, right in zip(completions, answer, strict=True)
    ]


def main():
    settings = channel.receive()
    torch.set_num_threads(settings["threads"])
    transformers.utils.logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    model = transformers.AutoModelForCausalLM.from_pretrained(settings["model"], dtype=torch.float32)
    with open(settings["prompts"]) as file:
        rows = [json.loads(line) for line in file]
    samples = settings["samples"]
    requests = settings["prompts_per_step"] * samples
    config = trl.GRPOConfig(
        per_device_train_batch_size=requests,
        num_generations=samples,
        max_completion_length=settings["tokens"],
        beta=settings["beta"],
        epsilon_high=0.28,
        use_transformers_continuous_batching=settings["continuous"],
        transformers_continuous_batching_config=batching.settings(
            requests, settings["prompt_tokens"], settings["tokens"]
        ),
        **blocks.arguments(settings),
    )

    def values():
        metrics = trainer._metrics["train"]
        return [metrics["completions/mean_length"][-1], metrics["entropy"][-1]]

    trainer = trl.GRPOTrainer(
        model=model,
        processing_class=transformers.AutoTokenizer.from_pretrained(settings["model"]),
        reward_funcs=position_match,
        args=config,
        train_dataset=datasets.Dataset.from_list(rows),
        callbacks=[blocks.Blocks(values)],
    )
    channel.send(versions=channel.versions(torch, transformers, trl))
    trainer.train()


if __name__ == "__main__":
    main()
