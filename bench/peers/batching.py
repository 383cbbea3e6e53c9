"""Transformers' continuous batching at its best on a CPU."""

PAGE = 16


def settings(requests, prompt, tokens):
    """A cache of the size of the work: the default takes most of the machine's memory and reads through it with every token."""
    pages = -(-(prompt + tokens + 1) // PAGE) + 1
    return {"page_size": PAGE, "num_blocks": requests * pages, "max_batch_tokens": max(512, 4 * prompt)}
