package dev.rlhf.learner.decoder;

import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.model.Architecture;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** TorchScript of {@code tables(positions)}: cosines and sines [S, 1, turned/2] for each way in which a decoder's heads turn. */
final class TableMethods {
    private TableMethods() {}

    static String of(Architecture architecture) {
        List<Sight.Turns> all = architecture.turns();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            text.append(all.get(i).rotary().tables(all.get(i).head(), String.valueOf(i)));
        }
        text.append("  def tables(self: __torch__.Ops, positions: Tensor) -> List[Tensor]:\n");
        text.append("    all = annotate(List[Tensor], [])\n");
        for (int i = 0; i < all.size(); i++) {
            text.append("    c%1$d, d%1$d = (self).tables%1$d(positions, )\n".formatted(i));
            text.append("    a%1$d = torch.append(all, c%1$d)\n    b%1$d = torch.append(all, d%1$d)\n".formatted(i));
        }
        return text.append("    return all\n").toString();
    }

    /** Expressions of the tables as a step takes them: those of one kind repeated for both halves of a head. */
    static String prepared(Architecture architecture) {
        return IntStream.range(0, architecture.turns().size())
                .mapToObj(i ->
                        "torch.stack([tables[%1$d], tables[%1$d]], 2), torch.stack([torch.neg(tables[%2$d]), tables[%2$d]], 2), "
                                .formatted(2 * i, 2 * i + 1))
                .collect(Collectors.joining());
    }
}
