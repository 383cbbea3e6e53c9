package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Puts x = [query, key, value of one head, then of the next] into the order that attention takes: all queries, all keys, all values.
 *
 * @param heads heads, with a key and a value each
 * @param head width of a head
 */
public record HeadsApart(int heads, int head) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of();
    }

    @Override
    public String forward() {
        return filled("""
                y = torch.reshape(torch.transpose(torch.view(x, [-1, $heads, 3, $head]), 1, 2), [-1, $all])
                """);
    }

    @Override
    public String backward() {
        return filled("""
                dx = torch.reshape(torch.transpose(torch.view(g, [-1, 3, $heads, $head]), 1, 2), [-1, $all])
                """);
    }

    @Override
    public String step() {
        return forward();
    }

    private String filled(String text) {
        return Template.fill(text, Map.of("heads", heads, "head", head, "all", 3 * heads * head));
    }
}
