package dev.rlhf.serve;

import dev.rlhf.core.prompt.Tokenizer;

/**
 * What clients may know of the model.
 *
 * @param name name clients ask for
 * @param contextLength most tokens of prompt and response together
 * @param tokenizer its tokenizer
 */
record ServedModel(String name, int contextLength, Tokenizer tokenizer) {}
