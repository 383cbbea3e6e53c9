package dev.rlhf.testing;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Draws from the toy policy that was published last; token {@link ToyTask#END} ends a completion. */
public final class ToyEngine implements RolloutEngine, WeightPublisher {
    private final ToyTable table;
    private Optional<WeightVersion> version = Optional.empty();

    /** An engine of a policy over {@code vocabulary} tokens; it serves nothing before the first publication. */
    public ToyEngine(int vocabulary) {
        this.table = ToyTable.zeros(vocabulary, vocabulary);
    }

    @Override
    public double publish(WeightSnapshot weights) {
        table.read(weights.modelDirectory());
        version = Optional.of(weights.version());
        return 0;
    }

    @Override
    public List<RolloutGroup> generate(List<Prompt> prompts, SamplingParams sampling, Seed seed) {
        WeightVersion served =
                version.orElseThrow(() -> RlhfException.bug("samples were asked for before weights were published"));
        List<RolloutGroup> groups = new ArrayList<>();
        for (int g = 0; g < prompts.size(); g++) {
            Prompt prompt = prompts.get(g);
            List<Completion> completions = new ArrayList<>();
            for (int i = 0; i < sampling.samplesPerPrompt(); i++) {
                RandomGenerator random =
                        seed.derive("prompt", g).derive("sample", i).random();
                completions.add(complete(prompt, sampling, random, served));
            }
            groups.add(new RolloutGroup(prompt, completions));
        }
        return groups;
    }

    private Completion complete(Prompt prompt, SamplingParams sampling, RandomGenerator random, WeightVersion served) {
        List<Integer> tokens = new ArrayList<>();
        List<Double> logProbs = new ArrayList<>();
        int previous = lastToken(prompt);
        while (tokens.size() < sampling.maxTokens() && (tokens.isEmpty() || previous != ToyTask.END)) {
            double temperature = sampling.temperature() == 0 ? 1 : sampling.temperature();
            ToyDistribution distribution =
                    ToyDistribution.of(table.rows()[table.state(previous, tokens.size())], temperature);
            previous = sampling.temperature() == 0 ? distribution.likeliest() : distribution.draw(random);
            tokens.add(previous);
            logProbs.add(distribution.logProbs()[previous]);
        }
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        float[] numbers = new float[ids.length];
        for (int t = 0; t < numbers.length; t++) {
            numbers[t] = logProbs.get(t).floatValue();
        }
        FinishReason reason = previous == ToyTask.END ? FinishReason.STOP : FinishReason.LENGTH;
        return new Completion(ids, numbers, reason, served, ToyTask.text(ids));
    }

    private int lastToken(Prompt prompt) {
        for (int token : prompt.tokens()) {
            if (token < 0 || token >= table.vocabulary()) {
                throw RlhfException.user(
                        "prompt " + prompt.id() + " has token " + token + ", the vocabulary is " + table.vocabulary());
            }
        }
        return prompt.tokens()[prompt.tokens().length - 1];
    }
}
