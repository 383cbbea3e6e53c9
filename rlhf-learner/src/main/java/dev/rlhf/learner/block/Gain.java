package dev.rlhf.learner.block;

/** How the weights of a norm are meant. */
public enum Gain {
    /** Rows are multiplied with them; they start at one. */
    PLAIN {
        @Override
        String of(String weight) {
            return weight;
        }

        @Override
        Role role() {
            return Role.NORM;
        }
    },

    /** Rows are multiplied with one more than they are, as in Gemma; they start at zero. */
    PLUS_ONE {
        @Override
        String of(String weight) {
            return "torch.add(" + weight + ", 1.)";
        }

        @Override
        Role role() {
            return Role.BIAS;
        }
    };

    /** What rows are multiplied with, an expression. */
    abstract String of(String weight);

    /** The same in the numbers of sums: one more than a small number is not to be rounded. */
    final String widened(String weight) {
        return of("(self).widened(" + weight + ", )");
    }

    /** What the weights are for. */
    abstract Role role();
}
