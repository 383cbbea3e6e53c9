package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.decoder.SelfTest.Failure;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Attention of one step over pages, by the text of {@link PageTable}, of the same heads beside others: each must get the same bits.
 *
 * @param module for heads of one width
 * @param head width of a head
 * @param group queries of each
 * @param keys keys of each content, page after page
 * @param values the same of values
 */
record PageTrial(ScriptModule module, int head, int group, List<float[]> keys, List<float[]> values) {
    /** Shared pages and own ones of each content: some have so many that the order in which they are added up shows. */
    private static final int[][] CONTENTS = {{0, 1}, {1, 1}, {2, 1}, {5, 2}, {9, 3}};

    /** Contents of rows and heads that stand beside one another; the first is tried twice. */
    private static final int[][] CROWDS = {
        {3, 2, 1, 0},
        {0, 0, 1, 1, 0, 2, 2, 2, 2, 2, 1, 0},
        {0, 3, 3, 2, 4, 3, 3, 3, 0, 1, 2, 2, 1, 1, 1, 1, 1, 0, 2, 0}
    };

    private static final int[] HEADS = {16, 32, 64, 128};

    /** For each of {@link #HEADS}. */
    private static final int[][] GROUPS = {{3}, {4}, {1, 7}, {2}};

    /** Positions of a last page that are not yet there. */
    private static final int FREE = 27;

    private static final String PASS = """
              def attend(self: __torch__.Ops, heads: Tensor, pages: List[Tensor], table: List[Tensor], mask: Tensor) -> Tensor:
                found = (self).scores(heads, torch.transpose(pages[0], 1, 2), torch.transpose(pages[2], 1, 2), table[0], table[1], )
                scores = torch.view(found, [torch.size(mask, 0), -1, torch.size(mask, 2)])
                shares = torch.softmax(torch.add(mask, scores, alpha=0.17), -1)
                return (self).mixed(shares, pages[1], pages[3], table[2], table[1], table[3], )
            """;

    /**
     * The first product that does not keep the promise.
     *
     * @param fault what becomes of a text before it is compiled
     */
    static Optional<Failure> broken(UnaryOperator<String> fault) {
        for (int i = 0; i < HEADS.length; i++) {
            List<float[]> keys = drawn(HEADS[i], 0);
            List<float[]> values = drawn(HEADS[i], CONTENTS.length);
            for (int group : GROUPS[i]) {
                ScriptModule module = ScriptModule.compile(
                        fault.apply(PageTable.methods(HEADS[i], new PageTable.Heads(group, 1)) + PASS));
                try {
                    Optional<Failure> broken = new PageTrial(module, HEADS[i], group, keys, values).broken();
                    if (broken.isPresent()) {
                        return broken;
                    }
                } finally {
                    module.close();
                }
            }
        }
        return Optional.empty();
    }

    private static List<float[]> drawn(int head, int seed) {
        return IntStream.range(0, CONTENTS.length)
                .mapToObj(content -> SelfTest.drawn(count(content) * KeyValueCache.PAGE * head, seed + content))
                .toList();
    }

    private static int count(int content) {
        return CONTENTS[content][0] + CONTENTS[content][1];
    }

    private Optional<Failure> broken() {
        String what = "attention over pages, of heads of " + head + " with " + group + " queries each,";
        float[][] known = new float[CONTENTS.length][];
        for (int[] crowd : CROWDS) {
            float[] all = attended(crowd);
            if (crowd == CROWDS[0] && !Arrays.equals(all, attended(crowd))) {
                return Optional.of(new Failure(false, what + " differs from one time to the next"));
            }
            int width = group * head;
            for (int row = 0; row < crowd.length; row++) {
                float[] one = Arrays.copyOfRange(all, row * width, (row + 1) * width);
                float[] before = known[crowd[row]];
                if (before != null && !Arrays.equals(before, one)) {
                    return Optional.of(new Failure(
                            true, what + " gives the same row other bits among " + crowd.length + " than elsewhere"));
                }
                known[crowd[row]] = one;
            }
        }
        return Optional.empty();
    }

    private float[] attended(int[] crowd) {
        try (NDManager scope = NativeScope.open()) {
            Layout layout = new Layout(crowd, group);
            NDList pages = new NDList(
                    placed(scope, layout.own, keys),
                    placed(scope, layout.own, values),
                    placed(scope, layout.shared, keys),
                    placed(scope, layout.shared, values));
            NDList table = layout.table.tensors(scope);
            return module.call(scope, "attend", heads(scope, crowd), pages, table, layout.mask(scope, crowd))
                    .toFloatArray();
        }
    }

    private NDArray placed(NDManager scope, int[][] places, List<float[]> numbers) {
        int page = KeyValueCache.PAGE * head;
        float[] all = new float[places.length * page];
        for (int i = 0; i < places.length; i++) {
            // The page of zeros is nobody's.
            if (places[i].length > 0) {
                System.arraycopy(numbers.get(places[i][0]), places[i][1] * page, all, i * page, page);
            }
        }
        return scope.create(all, new Shape(places.length, KeyValueCache.PAGE, head));
    }

    /** Queries of each row; its key and its value, which are in pages already, are zeros here. */
    private NDArray heads(NDManager scope, int[] crowd) {
        int width = (group + 2) * head;
        float[] heads = new float[crowd.length * width];
        for (int row = 0; row < crowd.length; row++) {
            float[] own = SelfTest.drawn(group * head, 2 * CONTENTS.length + crowd[row]);
            System.arraycopy(own, 0, heads, row * width, own.length);
        }
        return scope.create(heads, new Shape((long) crowd.length * (group + 2), head));
    }

    /** Where the pages of a crowd lie: content and number of each page; the first own one is of zeros, and has neither. */
    private static final class Layout {
        private final int[][] own;
        private final int[][] shared;
        private final PageTable table;
        private final int most;

        Layout(int[] crowd, int group) {
            most = Arrays.stream(crowd).map(PageTrial::count).max().orElseThrow();
            own = new int
                    [1
                            + Arrays.stream(crowd)
                                    .map(content -> CONTENTS[content][1])
                                    .sum()][0];
            int[] readers = new int[CONTENTS.length];
            int[] firsts = new int[CONTENTS.length];
            int[] begun = new int[crowd.length];
            int count = 0;
            for (int row = 0; row < crowd.length; row++) {
                int content = crowd[row];
                if (readers[content]++ % KeyValueCache.SHARERS == 0) {
                    firsts[content] = count;
                    count += CONTENTS[content][0];
                }
                begun[row] = firsts[content];
            }
            shared = new int[count][0];
            int readings = own.length + count * KeyValueCache.SHARERS;
            table = PageTable.empty(readings, crowd.length, new PageTable.Heads(group, 1), most);
            enter(crowd, begun);
        }

        private void enter(int[] crowd, int[] begun) {
            int[] readers = new int[CONTENTS.length];
            // From the last on, so that a content's pages lie at other places in other crowds.
            int next = own.length;
            for (int row = 0; row < crowd.length; row++) {
                int content = crowd[row];
                int sharer = readers[content]++ % KeyValueCache.SHARERS;
                int ofPrompt = CONTENTS[content][0];
                for (int i = 0; i < ofPrompt; i++) {
                    int page = begun[row] + i;
                    shared[page] = new int[] {content, i};
                    table.enter(own.length + page * KeyValueCache.SHARERS + sharer, row, 0, i);
                }
                for (int i = ofPrompt; i < count(content); i++) {
                    next--;
                    own[next] = new int[] {content, i};
                    table.enter(next, row, 0, i);
                }
            }
        }

        /** What is added to scores, so that only what is there counts. */
        NDArray mask(NDManager scope, int[] crowd) {
            int length = most * KeyValueCache.PAGE;
            float[] mask = new float[crowd.length * length];
            for (int row = 0; row < crowd.length; row++) {
                int seen = count(crowd[row]) * KeyValueCache.PAGE - FREE;
                Arrays.fill(mask, row * length + seen, (row + 1) * length, -1e30f);
            }
            return scope.create(mask, new Shape(crowd.length, 1, length));
        }
    }
}
