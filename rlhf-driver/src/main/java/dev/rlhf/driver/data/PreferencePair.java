package dev.rlhf.driver.data;

import dev.rlhf.core.base.TokenSequence;

/**
 * Two responses to one prompt, the better one first.
 *
 * @param chosen prompt and preferred response
 * @param rejected the same prompt and the other response
 */
public record PreferencePair(TokenSequence chosen, TokenSequence rejected) {}
