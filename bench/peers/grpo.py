"""GRPO's peer: TRL's GRPOTrainer, which waits between blocks of steps.

First request: {"model", "prompts", "threads", "samples", "tokens", "rate", "beta", "output"}; then {"steps": n} for each timed block. A
block's values are, step by step, the mean length of the completions and the mean entropy of their tokens.
"""

import json
import logging
import platform
import time

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


class Blocks(transformers.TrainerCallback):
    """Starts a block when it is asked for and answers when its steps are done."""

    def __init__(self):
        self.trainer = None
        self.left = 0
        self.values = []
        self.begin = 0.0

    def on_step_begin(self, args, state, control, **_):
        if self.left:
            return
        request = channel.receive()
        if request is None:
            raise SystemExit(0)
        self.left = request["steps"]
        self.values = []
        self.begin = time.perf_counter()

    def on_step_end(self, args, state, control, **_):
        metrics = self.trainer._metrics["train"]
        self.values += [metrics["completions/mean_length"][-1], metrics["entropy"][-1]]
        self.left -= 1
        if not self.left:
            channel.send(seconds=time.perf_counter() - self.begin, values=self.values)


def main():
    settings = channel.receive()
    torch.set_num_threads(settings["threads"])
    transformers.utils.logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    model = transformers.AutoModelForCausalLM.from_pretrained(settings["model"], dtype=torch.float32)
    with open(settings["prompts"]) as file:
        rows = [json.loads(line) for line in file]
    samples = settings["samples"]
    config = trl.GRPOConfig(
        output_dir=settings["output"],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        per_device_train_batch_size=settings["prompts_per_step"] * samples,
        num_generations=samples,
        max_completion_length=settings["tokens"],
        learning_rate=settings["rate"],
        lr_scheduler_type="constant",
        adam_beta2=0.95,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        beta=settings["beta"],
        epsilon_high=0.28,
        max_steps=1_000_000,
        logging_steps=1_000_000,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    blocks = Blocks()
    blocks.trainer = trl.GRPOTrainer(
        model=model,
        processing_class=transformers.AutoTokenizer.from_pretrained(settings["model"]),
        reward_funcs=position_match,
        args=config,
        train_dataset=datasets.Dataset.from_list(rows),
        callbacks=[blocks],
    )
    channel.send(
        parameters=sum(p.numel() for p in model.parameters()),
        versions={
            "Python": platform.python_version(),
            "torch": torch.__version__.split("+")[0],
            "transformers": transformers.__version__,
            "TRL": trl.__version__,
        },
    )
    blocks.trainer.train()


if __name__ == "__main__":
    main()
