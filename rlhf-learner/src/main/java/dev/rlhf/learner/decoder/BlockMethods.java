package dev.rlhf.learner.decoder;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.engine.Backend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Methods made of blocks' statements, and calls of them; blocks with the same statements share a method.
 *
 * <p>A method takes, of what its pass offers, whatever its statements name. Calls stand in a text that has the lists {@code w}, of leaves,
 * {@code d}, of their derivatives, and {@code kept} or {@code read} to append to, the list {@code t} of cosines and sines, one pair for each
 * table, what windows hide as {@code mask8}, and the rest by its own name.
 */
final class BlockMethods {
    private static final Set<String> COUNTS = Set.of("n", "s");
    private static final Set<String> LISTS = Set.of("kept", "read");
    private static final Set<String> NUMBERS = Set.of("spans", "shared", "runs");

    /** What is neither an attribute nor the name of an argument. */
    private static final Pattern WORD = Pattern.compile("(?<![.\\w])[A-Za-z_]\\w*(?![\\w=])");

    private final Precision precision;
    private final Backend backend;
    private final boolean asServed;
    private final Set<String> shared = new LinkedHashSet<>();
    private final Map<String, Method> methods = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();

    /**
     * Methods for rows of these numbers.
     *
     * @param asServed whether the way there has the bits of a server's ways, which are float32 and computed on the CPU
     */
    BlockMethods(Precision precision, Backend backend, boolean asServed) {
        this.precision = precision;
        this.backend = backend;
        this.asServed = asServed && precision == Precision.FLOAT32 && backend == Backend.CPU;
    }

    /** A method and the names of what it takes. */
    private record Method(String name, List<String> takes) {}

    /**
     * The way there: an expression for {@code y}.
     *
     * @param x an expression
     * @param keeps whether what the block keeps is appended to {@code kept}
     */
    String forward(Cell cell, String x, boolean keeps) {
        Block block = cell.block();
        Map<String, String> offered = offered(cell, "x", x);
        offered.put("kept", "kept");
        offer(cell, offered, cell.weights("w", 0));
        String text = asServed ? block.asServed() : block.forward();
        return keeps
                ? call(block, "recorded", text + appended("kept", block.kept()), "y", offered)
                : call(block, "forward", text, "y", offered);
    }

    /** The way back: an expression for {@code dx}; the derivatives of the weights are added to the elements of {@code d}. */
    String backward(Cell cell, String g, String stream) {
        Map<String, String> offered = offered(cell, "g", g);
        offered.put("stream", stream);
        offer(cell, offered, cell.weights("w", 0));
        offer(cell, offered, cell.kept());
        cell.weights("d", 0).forEach((name, expression) -> offered.put("d_" + name, expression));
        return call(cell.block(), "backward", cell.block().backward(), "dx", offered);
    }

    /** The way there in prompts: an expression for {@code y}; what goes into the cache is appended to {@code read}. */
    String prefill(Cell cell, String x) {
        Block block = cell.block();
        Map<String, String> offered = offered(cell, "x", x);
        List.of("n", "s", "read").forEach(name -> offered.put(name, name));
        offer(cell, offered, cell.weights("w", 0));
        return call(block, "prefill", block.prefill() + appended("read", block.cached()), "y", offered);
    }

    /**
     * The way there in a step: an expression for {@code y}.
     *
     * @param first where weights begin in the list {@code p}
     * @param layer layer whose views in {@code cache} it sees
     */
    String step(Cell cell, String x, int first, int layer) {
        Map<String, String> offered = offered(cell, "x", x);
        List.of("wide", "places").forEach(name -> offered.put(name, name));
        offered.put("mask", "mask" + cell.block().sight().window());
        for (int i = 0; i < PageTable.NAMES.size(); i++) {
            offered.put(PageTable.NAMES.get(i), "cache[" + i + "]");
        }
        int view = PageTable.NAMES.size() + layer * KeyValueCache.VIEWS.size();
        for (int i = 0; i < KeyValueCache.VIEWS.size(); i++) {
            offered.put(KeyValueCache.VIEWS.get(i), "cache[" + (view + i) + "]");
        }
        offer(cell, offered, cell.weights("p", first));
        return call(cell.block(), "step", cell.block().step(), "y", offered);
    }

    private static Map<String, String> offered(Cell cell, String input, String expression) {
        Map<String, String> offered = new HashMap<>(Map.of(input, expression, "positions", "positions"));
        offered.putAll(Map.of("spans", "spans", "shared", "shared", "runs", "runs", "seen", "seen"));
        boolean turns = cell.turns() >= 0;
        offered.put("cos", turns ? "t[" + 2 * cell.turns() + "]" : "cos");
        offered.put("sin", turns ? "t[" + (2 * cell.turns() + 1) + "]" : "sin");
        return offered;
    }

    private static void offer(Cell cell, Map<String, String> offered, Map<String, String> own) {
        own.forEach((name, expression) -> {
            if (offered.put(name, expression) != null) {
                throw RlhfException.bug(
                        cell.block() + " has a name of its own, " + name + ", which means something else already");
            }
        });
    }

    /** Expressions of a block's weights in the form in which a step takes them. */
    static List<String> prepared(Cell cell) {
        List<String> weights = List.copyOf(cell.weights("w", 0).values());
        List<String> prepared = new ArrayList<>();
        for (Parameter parameter : cell.block().parameters()) {
            prepared.add(parameter.ready().replaceAll("\\bw\\b", weights.get(prepared.size())));
        }
        return prepared;
    }

    private static String appended(String list, List<String> names) {
        return names.stream()
                .map(name -> list + "0 = torch.append(" + list + ", " + name + ")\n")
                .collect(Collectors.joining());
    }

    private String call(Block block, String way, String statements, String result, Map<String, String> offered) {
        String base = snake(block.getClass().getSimpleName()) + "_" + way;
        Method method = methods.get(base + statements);
        if (method == null) {
            shared.add(block.methods());
            method = define(base, statements, result, offered.keySet());
            methods.put(base + statements, method);
        }
        String arguments =
                method.takes().stream().map(one -> offered.get(one) + ", ").collect(Collectors.joining());
        return "(self)." + method.name() + "(" + arguments + ")";
    }

    private Method define(String base, String statements, String result, Set<String> offered) {
        Set<String> words =
                WORD.matcher(statements).results().map(MatchResult::group).collect(Collectors.toSet());
        List<String> takes = offered.stream().filter(words::contains).sorted().toList();
        long namesakes = methods.values().stream()
                .filter(one -> one.name().matches(base + "\\d*"))
                .count();
        String name = namesakes == 0 ? base : base + namesakes;
        boolean gives = statements.lines().anyMatch(line -> line.startsWith(result + " = "));
        text.append("  def ").append(name).append("(self: __torch__.Ops");
        takes.forEach(one -> text.append(", ").append(one).append(": ").append(type(one)));
        text.append(") -> ").append(gives ? "Tensor" : "NoneType").append(":\n").append(statements.indent(4));
        text.append("    return ").append(gives ? result : "None").append('\n');
        return new Method(name, takes);
    }

    private static String type(String name) {
        if (NUMBERS.contains(name)) {
            return "List[int]";
        }
        return COUNTS.contains(name) ? "int" : LISTS.contains(name) ? "List[Tensor]" : "Tensor";
    }

    private static String snake(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** All methods that were called, and those that they call. */
    String text() {
        return NumberMethods.of(precision, backend) + String.join("", shared) + text;
    }
}
