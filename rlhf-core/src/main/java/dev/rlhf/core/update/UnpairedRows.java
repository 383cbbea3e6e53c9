package dev.rlhf.core.update;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The labelled rows that KTO learns from, out of pairs (chosen, rejected). */
final class UnpairedRows {
    private UnpairedRows() {}

    /**
     * The rows of all pairs, labelled, and after them as many mismatched ones.
     *
     * <p>A mismatched row is a prompt with the response to the prompt of the pair before it, the first pair's with the last one's:
     * chosen ones after chosen, rejected ones after rejected, so that both sides have the same responses (TRL's KTOTrainer turns its
     * batches in the same way). A response is cut where its row would be longer than the longest of the batch, and so fits
     * wherever they do.
     *
     * @param pairs rows in pairs, chosen first, [2N]
     * @return rows, [4N]
     * @throws RlhfException USER when there is one pair only, whose prompt has no other's response
     */
    static List<Experience> of(List<Experience> pairs) {
        if (pairs.size() == 2) {
            throw RlhfException.user("KTO compares a prompt with the response to another, of which one pair has none;"
                    + " give batch-size and what is held out at least 2 pairs");
        }
        List<Experience> rows = new ArrayList<>(2 * pairs.size());
        for (int i = 0; i < pairs.size(); i++) {
            rows.add(pairs.get(i).labelled(i % 2 == 0 ? Label.DESIRABLE : Label.UNDESIRABLE));
        }
        int longest =
                pairs.stream().mapToInt(row -> row.sequence().length()).max().orElse(0);
        for (int i = 0; i < pairs.size(); i++) {
            Experience before = pairs.get(Math.floorMod(i - 2, pairs.size()));
            rows.add(mismatched(pairs.get(i).sequence(), before, longest));
        }
        return rows;
    }

    private static Experience mismatched(TokenSequence asked, Experience answered, int longest) {
        int[] response = answered.sequence().response();
        int kept = Math.min(response.length, longest - asked.promptLength());
        TokenSequence sequence =
                TokenSequence.of(Arrays.copyOf(asked.tokens(), asked.promptLength()), Arrays.copyOf(response, kept));
        return Experience.of(sequence, Arrays.copyOf(answered.mask(), kept)).labelled(Label.MISMATCHED);
    }
}
