package dev.rlhf.driver.observe;

import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of numbers in PromQL. */
final class PrometheusNames {
    private static final Pattern NAME = Pattern.compile("\\brlhf_[a-z0-9_]+");

    private PrometheusNames() {}

    /** Names of ours in a query. */
    static List<String> in(String query) {
        return NAME.matcher(query).results().map(MatchResult::group).toList();
    }

    /** Those of them that no run exports. */
    static List<String> unknown(String query) {
        Set<String> exported = Metrics.ALL.stream().map(Metric::name).collect(Collectors.toSet());
        return in(query).stream()
                .filter(name ->
                        !exported.contains(name) && !exported.contains(name.replaceFirst("_(bucket|sum|count)$", "")))
                .toList();
    }
}
