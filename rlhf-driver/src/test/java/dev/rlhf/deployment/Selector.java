package dev.rlhf.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/** Kubernetes' label selectors, as far as the chart uses them: {@code matchLabels}, and {@code matchExpressions} with {@code In}. */
final class Selector {
    private Selector() {}

    /** Whether a selector takes labels; an empty one takes all. */
    static boolean matches(JsonNode selector, JsonNode labels) {
        return selector.path("matchLabels").properties().stream()
                        .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()))
                && StreamSupport.stream(selector.path("matchExpressions").spliterator(), false)
                        .allMatch(expression -> isIn(expression, labels));
    }

    private static boolean isIn(JsonNode expression, JsonNode labels) {
        if (!expression.path("operator").asText().equals("In")) {
            throw new AssertionError("this test knows the operator In only, not " + expression);
        }
        JsonNode label = labels.path(expression.path("key").asText());
        return StreamSupport.stream(expression.path("values").spliterator(), false)
                .anyMatch(label::equals);
    }
}
