"""Makes a Hugging Face trainer wait between blocks of steps."""

import time

import channel
import transformers


class Blocks(transformers.TrainerCallback):
    """Starts a block when it is asked for and answers when its steps are done.

    `values` gives what the step just done came to.
    """

    def __init__(self, values):
        self.step_values = values
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
        self.values += self.step_values()
        self.left -= 1
        if not self.left:
            channel.send(seconds=time.perf_counter() - self.begin, values=self.values)


def arguments(settings):
    """What the trainers of all methods are given alike: a CPU, our optimiser, nothing written and nothing logged."""
    return dict(
        output_dir=settings["output"],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        learning_rate=settings["rate"],
        lr_scheduler_type="constant",
        adam_beta2=0.95,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        max_steps=1_000_000,
        logging_steps=1_000_000,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
