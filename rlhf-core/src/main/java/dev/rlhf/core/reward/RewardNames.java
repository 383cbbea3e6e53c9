package dev.rlhf.core.reward;

import dev.rlhf.core.base.KeyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of a stage's rewards. */
public final class RewardNames {
    /** Other numbers of metrics.jsonl begin with {@code reward_} too. */
    private static final Set<String> RESERVED = Set.of("mean", "std", "chosen", "rejected");

    private RewardNames() {}

    /**
     * The name each reward was given; else its kind, with the stage it is from where there are several reward models, and with a
     * number where that name is taken.
     *
     * <p>Throws USER for a name that is given twice or is none.
     */
    public static List<String> of(List<RewardRecipe> rewards) {
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < rewards.size(); i++) {
            String given = rewards.get(i).name();
            String key = "rewards[" + i + "].name";
            if (given != null) {
                KeyException.require(
                        given.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), key, "must be letters, digits, '.', '_' and '-'");
                KeyException.require(
                        !RESERVED.contains(column(given)),
                        key,
                        "must not be '" + given + "', which metrics already call the whole of the reward");
                KeyException.require(
                        taken.add(column(given)), key, "'" + given + "' is used twice; names must be unique");
            }
        }
        boolean severalModels =
                rewards.stream().filter(reward -> reward.model().isPresent()).count() > 1;
        List<String> names = new ArrayList<>();
        for (RewardRecipe reward : rewards) {
            String given = reward.name();
            names.add(given != null ? given : free(plain(reward, severalModels), taken));
        }
        return List.copyOf(names);
    }

    /** What its scores are called in metrics.jsonl after {@code reward_}: there are no two of one name. */
    private static String column(String name) {
        return name.replace('-', '_');
    }

    private static String plain(RewardRecipe reward, boolean severalModels) {
        return reward.model()
                .filter(model -> severalModels)
                .map(model -> reward.kind() + "-" + model.from())
                .orElse(reward.kind());
    }

    private static String free(String name, Set<String> taken) {
        String free = name;
        for (int number = 2; RESERVED.contains(column(free)) || !taken.add(column(free)); number++) {
            free = name + "-" + number;
        }
        return free;
    }
}
