package dev.rlhf.deployment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Dockerfile.
 *
 * @param stages in the order in which they stand
 */
record Dockerfile(List<Stage> stages) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");

    /**
     * An instruction.
     *
     * @param name in capitals, e.g. {@code RUN}
     * @param text the rest, on one line
     */
    record Instruction(String name, String text) {}

    /**
     * What begins with {@code FROM}.
     *
     * @param name after {@code AS}, or empty
     * @param base what it starts from, variables filled in with their defaults
     * @param instructions after {@code FROM}
     */
    record Stage(String name, String base, List<Instruction> instructions) {
        Stream<String> of(String instruction) {
            return instructions.stream()
                    .filter(one -> one.name().equals(instruction))
                    .map(Instruction::text);
        }
    }

    /** Reads one; comments and line breaks are taken out as Docker does. */
    static Dockerfile parse(String text) {
        Map<String, String> defaults = new HashMap<>();
        List<Stage> stages = new ArrayList<>();
        String joined = text.replaceAll("(?m)^\\s*#.*\\R", "").replaceAll("\\\\\\R", " ");
        for (String line :
                joined.lines().map(String::strip).filter(one -> !one.isEmpty()).toList()) {
            String[] parts = line.split("\\s+", 2);
            Instruction instruction = new Instruction(parts[0], parts.length > 1 ? parts[1].strip() : "");
            if (instruction.name().equals("FROM")) {
                List<String> words = List.of(instruction.text().split("\\s+"));
                String name = words.size() == 3 && words.get(1).equals("AS") ? words.get(2) : "";
                stages.add(new Stage(name, filled(words.get(0), defaults), new ArrayList<>()));
            } else if (stages.isEmpty()) {
                String[] argument = instruction.text().split("=", 2);
                defaults.put(argument[0], argument.length > 1 ? argument[1] : "");
            } else {
                stages.get(stages.size() - 1).instructions().add(instruction);
            }
        }
        return new Dockerfile(List.copyOf(stages));
    }

    /** The stage that others start from, with all its instructions before its own. */
    List<Instruction> everythingOf(Stage stage) {
        List<Instruction> all = new ArrayList<>(stages.stream()
                .filter(one -> one.name().equals(stage.base()))
                .findFirst()
                .map(this::everythingOf)
                .orElse(List.of()));
        all.addAll(stage.instructions());
        return all;
    }

    /** Whether an earlier stage has this name. */
    boolean isStage(String name) {
        return stages.stream().anyMatch(stage -> stage.name().equals(name));
    }

    private static String filled(String text, Map<String, String> defaults) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(defaults.getOrDefault(found.group(1), found.group())));
    }
}
