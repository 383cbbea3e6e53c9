package dev.rlhf.core.reward;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.rollout.RolloutGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A weighted sum of reward functions. */
public final class Rubric implements Scorer {
    private final List<Criterion> criteria;

    /**
     * One reward function and what it counts.
     *
     * @param name name under which its scores are recorded, unlike all others of the rubric
     * @param origin whose mistake its failures are
     * @param function scores
     * @param weight factor of its scores in the sum
     */
    public record Criterion(String name, RewardOrigin origin, RewardFunction function, double weight) {
        /** A rule as a criterion. */
        public static Criterion of(String name, RuleReward rule, double weight) {
            return new Criterion(name, RewardOrigin.of(rule), rule, weight);
        }

        private double[][] score(List<RolloutGroup> groups) {
            return origin.guard(name, () -> {
                double[][] scores = function.score(groups);
                for (int g = 0; g < groups.size(); g++) {
                    int completions = groups.get(g).completions().size();
                    if (scores.length != groups.size() || scores[g].length != completions) {
                        throw origin.fault(
                                name,
                                "did not give one score to each of the " + completions + " completions of prompt "
                                        + groups.get(g).prompt().id(),
                                null);
                    }
                }
                return scores;
            });
        }

        private double finite(double score, RolloutGroup group) {
            if (!Double.isFinite(score)) {
                throw origin.fault(
                        name, "gave " + score + " for prompt " + group.prompt().id(), null);
            }
            return score;
        }
    }

    /** The scores of one rule, as they are. */
    public static Rubric of(RuleReward rule) {
        return new Rubric(List.of(Criterion.of(rule.kind(), rule, 1)));
    }

    /** Sums the given criteria; throws USER when there is none, BUG when two have one name. */
    public Rubric(List<Criterion> criteria) {
        if (criteria.isEmpty()) {
            throw RlhfException.user("rewards is empty: name at least one reward");
        }
        if (criteria.stream().map(Criterion::name).distinct().count() != criteria.size()) {
            throw RlhfException.bug("two criteria of a rubric have one name: " + criteria);
        }
        this.criteria = List.copyOf(criteria);
    }

    @Override
    public List<ScoredGroup> score(List<RolloutGroup> groups) {
        List<double[]> totals = new ArrayList<>();
        List<Map<String, double[]>> components = new ArrayList<>();
        for (RolloutGroup group : groups) {
            totals.add(new double[group.completions().size()]);
            components.add(new LinkedHashMap<>());
        }
        for (Criterion criterion : criteria) {
            double[][] scores = criterion.score(groups);
            for (int g = 0; g < scores.length; g++) {
                components.get(g).put(criterion.name(), scores[g]);
                for (int i = 0; i < scores[g].length; i++) {
                    totals.get(g)[i] += criterion.weight() * criterion.finite(scores[g][i], groups.get(g));
                }
            }
        }
        List<ScoredGroup> scored = new ArrayList<>();
        for (int g = 0; g < groups.size(); g++) {
            scored.add(new ScoredGroup(groups.get(g), totals.get(g), components.get(g)));
        }
        return scored;
    }
}
