package dev.rlhf.learner.decoder;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Parameter;
import java.util.ArrayList;
import java.util.Collections;
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
 * and {@code kept}, {@code found} or {@code read} to append to, tables {@code c} and {@code d} of positions, and the rest by its own name.
 */
final class BlockMethods {
    /** Where the prepared weights begin in a step's list {@code p}, after the tables of positions. */
    static final int PREPARED = 2;

    private static final Set<String> COUNTS = Set.of("n", "s");
    private static final Set<String> LISTS = Set.of("kept", "found", "read");

    /** What is neither an attribute nor the name of an argument. */
    private static final Pattern WORD = Pattern.compile("(?<![.\\w])[A-Za-z_]\\w*(?![\\w=])");

    private final Set<String> shared = new LinkedHashSet<>();
    private final Map<String, Method> methods = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();

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
        Map<String, String> offered = positions("x", x);
        offered.put("kept", "kept");
        offer(cell, offered, cell.weights("w", 0));
        return keeps
                ? call(block, "recorded", block.forward() + appended("kept", block.kept()), "y", offered)
                : call(block, "forward", block.forward(), "y", offered);
    }

    /** The way back: an expression for {@code dx}; the derivatives of the weights are appended to {@code found}, last first. */
    String backward(Cell cell, String g, String stream) {
        Block block = cell.block();
        List<String> found = new ArrayList<>();
        block.parameters().forEach(one -> found.add("d_" + one.name()));
        Collections.reverse(found);
        Map<String, String> offered = positions("g", g);
        offered.put("stream", stream);
        offered.put("found", "found");
        offer(cell, offered, cell.weights("w", 0));
        offer(cell, offered, cell.kept());
        return call(block, "backward", block.backward() + appended("found", found), "dx", offered);
    }

    /** The way there in prompts: an expression for {@code y}; what goes into the cache is appended to {@code read}. */
    String prefill(Cell cell, String x) {
        Block block = cell.block();
        Map<String, String> offered = positions("x", x);
        List.of("unseen", "n", "s", "read").forEach(name -> offered.put(name, name));
        offer(cell, offered, cell.weights("w", 0));
        return call(block, "prefill", block.prefill() + appended("read", block.cached()), "y", offered);
    }

    /** The way there in a step: an expression for {@code y}; weights are in {@code p}, views of layer {@code layer} in {@code cache}. */
    String step(Cell cell, String x, int layer) {
        Map<String, String> offered = positions("x", x);
        List.of("wide", "mask", "places").forEach(name -> offered.put(name, name));
        for (int i = 0; i < PageTable.NAMES.size(); i++) {
            offered.put(PageTable.NAMES.get(i), "cache[" + i + "]");
        }
        int first = PageTable.NAMES.size() + layer * KeyValueCache.VIEWS.size();
        for (int i = 0; i < KeyValueCache.VIEWS.size(); i++) {
            offered.put(KeyValueCache.VIEWS.get(i), "cache[" + (first + i) + "]");
        }
        offer(cell, offered, cell.weights("p", PREPARED));
        return call(cell.block(), "step", cell.block().step(), "y", offered);
    }

    private static Map<String, String> positions(String input, String expression) {
        return new HashMap<>(Map.of(input, expression, "cos", "c", "sin", "d"));
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
        return COUNTS.contains(name) ? "int" : LISTS.contains(name) ? "List[Tensor]" : "Tensor";
    }

    private static String snake(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** All methods that were called, and those that they call. */
    String text() {
        return String.join("", shared) + text;
    }
}
