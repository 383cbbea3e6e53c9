"""The peer of DPO and of the reward model: TRL's DPOTrainer or RewardTrainer on tokenised pairs, in the order they are given.

First request: {"model", "pairs", "pairs_per_step", "method", "rate", "beta", "output", "threads"}, method `dpo` or `reward`; then
{"steps": n} for each timed block. A block's values are the losses of its steps.
"""

import json
import logging

import blocks
import channel
import datasets
import torch
import transformers
import trl


def main():
    settings = channel.receive()
    torch.set_num_threads(settings["threads"])
    transformers.utils.logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    with open(settings["pairs"]) as file:
        pairs = json.load(file)
    tokenizer = transformers.AutoTokenizer.from_pretrained(settings["model"])
    common = dict(
        per_device_train_batch_size=settings["pairs_per_step"],
        train_sampling_strategy="sequential",
        **blocks.arguments(settings),
    )
    if settings["method"] == "dpo":
        # The reference is asked in the step, as ours is: in one pass over the data nothing is saved by asking it before.
        trainer, kind = trl.DPOTrainer, transformers.AutoModelForCausalLM
        config = trl.DPOConfig(beta=settings["beta"], **common)
    else:
        trainer, kind = trl.RewardTrainer, transformers.AutoModelForSequenceClassification
        config = trl.RewardConfig(**common)
        pairs = [{part: pair["prompt_ids"] + pair[part] for part in ("chosen_ids", "rejected_ids")} for pair in pairs]
    losses = []

    class Recorded(trainer):
        def _prepare_dataset(self, dataset, *arguments, **named):
            # It is tokenised, and no token may be added.
            return dataset

        def training_step(self, *arguments, **named):
            loss = super().training_step(*arguments, **named)
            losses.append(loss.item())
            return loss

    recorded = Recorded(
        model=kind.from_pretrained(settings["model"], dtype=torch.float32),
        processing_class=tokenizer,
        args=config,
        train_dataset=datasets.Dataset.from_list(pairs),
        callbacks=[blocks.Blocks(lambda: losses[-1:])],
    )
    channel.send(versions=channel.versions(torch, transformers, trl))
    recorded.train()


if __name__ == "__main__":
    main()
