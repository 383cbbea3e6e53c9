package dev.rlhf.core.advantage;

/**
 * What an estimator may look at; rows are the completions of a batch.
 *
 * @param tokenRewards reward of each response token, the score at the last one, [B][T]; a row's sum is its total reward
 * @param values critic's value of the state before each response token, [B][T], or length 0 without a critic
 * @param mask true on tokens the policy drew, [B][T]
 * @param groups index of the prompt each row answers, [B]
 */
public record AdvantageInput(float[][] tokenRewards, float[][] values, boolean[][] mask, int[] groups) {}
