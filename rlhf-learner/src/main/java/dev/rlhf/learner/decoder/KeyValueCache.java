package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.decoder.CachedSequence.SharedPages;
import dev.rlhf.learner.engine.AvailableMemory;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Architecture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of running sequences in pages (Kwon et al., arXiv 2309.06180). The pages that a prompt fills are read by up to
 * {@value #SHARERS} samples of it; what follows is a sample's own.
 *
 * <p>Pages stay where they are: see {@link PageTable}.
 */
final class KeyValueCache implements AutoCloseable {
    /** Positions of a page. */
    static final int PAGE = Attention.PAGE;

    /** Sequences that read a page of a prompt; a prompt of more samples is kept more than once. */
    static final int SHARERS = 4;

    /** What a step is given of each layer after {@link PageTable#NAMES}. */
    static final List<String> VIEWS = List.of("keys", "values", "shared_keys", "shared_values", "cache_rows");

    /** The first pages of a sequence's own kind: one of zeros, for what is not there, and one that rows nobody has write into. */
    private static final int RESERVED = 2;

    private static final String METHODS = """
              def place(self: __torch__.Ops, layers: List[Tensor], read: List[Tensor], rows: Tensor, places: Tensor) -> NoneType:
                for l in range($layers):
                  for i in range(2):
                    x = torch.index_select(torch.view(read[torch.add(torch.mul(l, 2), i)], [-1, $head]), 0, rows)
                    x0 = torch.index_copy_(torch.view(torch.select(layers[l], 0, i), [-1, $head]), 0, places, x)
                return None
              def pages(self: __torch__.Ops, both: Tensor, which: int, count: int) -> Tensor:
                return torch.flatten(torch.slice(torch.select(both, 0, which), 0, 0, count), 0, 1)
              def views(self: __torch__.Ops, table: List[Tensor], layers: List[Tensor], shared_layers: List[Tensor], own: int, shared: int) -> List[Tensor]:
                result = annotate(List[Tensor], [])
                for i in range(torch.len(table)):
                  t0 = torch.append(result, torch.clone(table[i]))
                for l in range($layers):
                  r0 = torch.append(result, torch.transpose((self).pages(layers[l], 0, own, ), 1, 2))
                  r1 = torch.append(result, (self).pages(layers[l], 1, own, ))
                  r2 = torch.append(result, torch.transpose((self).pages(shared_layers[l], 0, shared, ), 1, 2))
                  r3 = torch.append(result, (self).pages(shared_layers[l], 1, shared, ))
                  r4 = torch.append(result, torch.view(layers[l], [-1, $head]))
                return result
            """;

    private final ScriptModule module;
    private final Architecture architecture;
    private final int heads;
    private final PagePool own;
    private final PagePool shared;
    private final List<Copy> copies = new ArrayList<>();
    private int promisedOwn;
    private int promisedShared;
    private @Nullable Window window;

    /** A cache without room; {@code module} has its {@link #methods}. */
    KeyValueCache(ScriptModule module, Architecture architecture) {
        this.module = module;
        this.architecture = architecture;
        this.heads = architecture.keyHeads();
        this.own = new PagePool(module, architecture, RESERVED);
        this.shared = new PagePool(module, architecture, 1);
    }

    /** Positions from {@code from} to {@code to} of a prompt that go into pages. */
    private record Copy(Prefix prefix, PagePool pool, PagePool.Pages pages, int from, int to) {}

    /**
     * What a step sees.
     *
     * @param sequences whose
     * @param cache the table of pages and the views of each layer
     * @param length positions of a row, a multiple of those of a page
     */
    record Window(List<CachedSequence> sequences, ScriptModule.Held cache, int length) {}

    /** TorchScript of its methods. */
    static String methods(Architecture architecture) {
        Attention attention = architecture.attention().get(0);
        return Template.fill(METHODS, Map.of("layers", architecture.layers().size(), "head", architecture.headSize()))
                + PageTable.methods(architecture.headSize(), new PageTable.Heads(attention.queries(), attention.keys()))
                + PagePool.methods(architecture);
    }

    /** Bytes for one sequence of {@code length} tokens. */
    long bytes(int length) {
        return PagePool.bytes(architecture, pages(length));
    }

    /**
     * Whether there is room for a sequence, or memory to make it.
     *
     * @param prompt tokens of its prompt
     * @param length most tokens of prompt and response
     * @param alone whether nothing else is to be held
     */
    boolean canHold(int prompt, int length, boolean alone) {
        int full = prompt / PAGE;
        long bytes = own.bytesToHold((alone ? 0 : promisedOwn) + pages(length) - full)
                + shared.bytesToHold((alone ? 0 : promisedShared) + full);
        return bytes == 0 || AvailableMemory.fits(bytes);
    }

    /** A sequence that goes on after a prompt; {@link #fill} must follow before the prompt is closed. */
    CachedSequence open(Prefix prefix, int length) {
        int full = prefix.length() / PAGE;
        SharedPages prompt = full == 0 ? null : prompt(prefix, full);
        CachedSequence sequence = begin(prompt, pages(length) - full);
        int tail = prefix.length() - full * PAGE;
        if (tail > 0) {
            own.take(sequence.own());
            copies.add(new Copy(prefix, own, sequence.own(), full * PAGE, prefix.length()));
        }
        return sequence;
    }

    /** A sequence without a prompt, of so many pages at most. */
    CachedSequence begin(@Nullable SharedPages prompt, int promised) {
        promisedOwn += promised;
        return new CachedSequence(this, prompt, prompt == null ? 0 : prompt.join(), own.open(), promised);
    }

    private SharedPages prompt(Prefix prefix, int full) {
        SharedPages last = prefix.pages();
        if (last != null && last.isOpen()) {
            return last;
        }
        promisedShared += full;
        SharedPages pages = new SharedPages(shared.open());
        for (int i = 0; i < full; i++) {
            shared.take(pages.pages());
        }
        copies.add(new Copy(prefix, shared, pages.pages(), 0, full * PAGE));
        prefix.pages(pages);
        return pages;
    }

    /** Takes back what a sequence has. */
    void release(CachedSequence sequence) {
        own.close(sequence.own());
        promisedOwn -= sequence.promised();
        SharedPages prompt = sequence.prompt();
        if (prompt != null && prompt.leave(sequence.sharer())) {
            promisedShared -= prompt.pages().size();
            shared.close(prompt.pages());
        }
    }

    /** Makes room for what was promised, and copies prompts there. */
    void fill() {
        List<Copy> all = List.copyOf(copies);
        copies.clear();
        makeRoom(own, promisedOwn);
        makeRoom(shared, promisedShared);
        Map<Prefix.Reading, List<Copy>> byReading = new LinkedHashMap<>();
        all.forEach(copy -> byReading
                .computeIfAbsent(copy.prefix().reading(), reading -> new ArrayList<>())
                .add(copy));
        byReading.forEach((reading, some) -> {
            for (PagePool pool : List.of(own, shared)) {
                place(
                        reading.read(),
                        pool,
                        some.stream().filter(copy -> copy.pool() == pool).toList());
            }
        });
    }

    /** Twice as much as there was where it fits, so that requests that trickle in do not have it copied for each. */
    private void makeRoom(PagePool pool, int pages) {
        if (pool.bytesToHold(pages) > 0) {
            closeWindow();
            pool.reserve(AvailableMemory.fits(pool.bytesToHold(2 * pages)) ? 2 * pages : pages);
        }
    }

    private void place(NDList read, PagePool pool, List<Copy> some) {
        if (some.isEmpty()) {
            return;
        }
        long padded = read.get(0).getShape().get(2);
        LongStream.Builder rows = LongStream.builder();
        LongStream.Builder places = LongStream.builder();
        for (Copy copy : some) {
            for (int head = 0; head < heads; head++) {
                for (int at = copy.from(); at < copy.to(); at++) {
                    rows.add(((long) copy.prefix().row() * heads + head) * padded + at);
                    int page = copy.pages().get((at - copy.from()) / PAGE);
                    places.add(((long) page * heads + head) * PAGE + at % PAGE);
                }
            }
        }
        try (NDManager scope = NativeScope.open()) {
            NDArray from = scope.create(rows.build().toArray());
            NDArray to = scope.create(places.build().toArray());
            module.perform("place", pool.layers(), read, from, to);
        }
    }

    /**
     * What a step of these sequences sees; kept while nothing changes.
     *
     * @param at position of each one's new token
     * @param rows rows of the step, at least as many
     */
    Window window(List<CachedSequence> sequences, int[] at, int rows) {
        boolean ownMoved = own.compact();
        boolean moved = shared.compact() || ownMoved;
        boolean grown = false;
        for (int row = 0; row < at.length; row++) {
            CachedSequence sequence = sequences.get(row);
            if (at[row] / PAGE - sequence.shared() == sequence.own().size()) {
                own.take(sequence.own());
                grown = true;
            }
        }
        Window known = window;
        if (known != null && !moved && !grown && known.sequences().equals(sequences)) {
            return known;
        }
        closeWindow();
        boolean shares = sequences.stream().anyMatch(sequence -> sequence.shared() > 0);
        int sharedEnd = shares ? shared.end() : 0;
        PageTable table = PageTable.of(sequences, rows, architecture.attention().get(0), own.end(), sharedEnd);
        try (NDManager scope = NativeScope.open()) {
            // The table's numbers are Java's, and only as long as the scope lasts: views copies them.
            ScriptModule.Held cache =
                    module.hold("views", table.tensors(scope), own.layers(), shared.layers(), own.end(), sharedEnd);
            Window made = new Window(List.copyOf(sequences), cache, table.length());
            window = made;
            return made;
        }
    }

    private void closeWindow() {
        Window last = window;
        window = null;
        if (last != null) {
            last.cache().close();
        }
    }

    /** Where the pages, seen as a list of vectors, take what is new of each row and head: keys, then values. */
    long[] places(List<CachedSequence> sequences, int[] at, int rows) {
        int keys = rows * heads;
        long[] places = new long[2 * keys];
        for (int i = 0; i < keys; i++) {
            int row = i / heads;
            // Rows that nobody has write into a page that nobody reads.
            long page = 1;
            int offset = 0;
            if (row < at.length) {
                CachedSequence sequence = sequences.get(row);
                page = sequence.own().get(at[row] / PAGE - sequence.shared());
                offset = at[row] % PAGE;
            }
            places[i] = (page * heads + i % heads) * PAGE + offset;
            places[keys + i] = places[i] + (long) own.capacity() * heads * PAGE;
        }
        return places;
    }

    private static int pages(int length) {
        return (length + PAGE - 1) / PAGE;
    }

    @Override
    public void close() {
        closeWindow();
        own.close();
        shared.close();
    }
}
