package dev.rlhf.learner.decoder;

import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.engine.Backend;

/**
 * TorchScript methods by which texts go between the numbers of rows and weights and those that sums are kept in.
 *
 * <ul>
 *   <li>{@code widened(x)}: x in the numbers of sums.
 *   <li>{@code rounded(x)}: x, which is in the numbers of sums, in those of rows.
 *   <li>{@code room(into)}: where to compute, in the numbers of sums, what {@code into} is to hold.
 *   <li>{@code settle(into, x)}: {@code into} holds x, which was computed in its room, from now on.
 *   <li>{@code factor(x)}: x, in the numbers of rows, as products take it: as it is, or widened where the processor has no products of bfloat16,
 *       which libtorch would compute one number at a time there; {@code rounded} brings either kind of product back.
 *   <li>{@code grow(sum, a, b)}: adds the product of two matrices to one that is in the numbers of sums.
 *   <li>{@code scatter(sum, places, rows)}: adds rows, which are in the numbers of sums, to those at places, several of which may be the same;
 *       equal bits each time.
 * </ul>
 *
 * <p>Where rows are as wide as sums none of them does anything beside the product: {@code widened}, {@code rounded}, {@code factor} and {@code room}
 * give what they take, so that statements work in place on it.
 */
final class NumberMethods {
    /** Rows and sums of one type, float32 or, in tests, double precision. */
    private static final String ALIKE = """
              def widened(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def rounded(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def factor(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def room(self: __torch__.Ops, into: Tensor) -> Tensor:
                return into
              def settle(self: __torch__.Ops, into: Tensor, x: Tensor) -> NoneType:
                return None
              def grow(self: __torch__.Ops, sum: Tensor, a: Tensor, b: Tensor) -> NoneType:
                s0 = torch.addmm_(sum, a, b)
                return None
            """;

    /** Rows of bfloat16, type 15, and sums of float32, type 6. */
    private static final String ROUNDED = """
              def widened(self: __torch__.Ops, x: Tensor) -> Tensor:
                return torch.to(x, 6, False, False, None)
              def rounded(self: __torch__.Ops, x: Tensor) -> Tensor:
                return torch.to(x, 15, False, False, None)
              def room(self: __torch__.Ops, into: Tensor) -> Tensor:
                return torch.empty_like(into, dtype=6)
              def settle(self: __torch__.Ops, into: Tensor, x: Tensor) -> NoneType:
                s0 = torch.copy_(into, x)
                return None
            """;

    private static final String ROUNDED_PRODUCTS = """
              def factor(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def grow(self: __torch__.Ops, sum: Tensor, a: Tensor, b: Tensor) -> NoneType:
                s0 = torch.add_(sum, torch.mm(a, b))
                return None
            """;
    private static final String WIDENED_PRODUCTS = """
              def factor(self: __torch__.Ops, x: Tensor) -> Tensor:
                return torch.to(x, 6, False, False, None)
              def grow(self: __torch__.Ops, sum: Tensor, a: Tensor, b: Tensor) -> NoneType:
                s0 = torch.addmm_(sum, torch.to(a, 6, False, False, None), torch.to(b, 6, False, False, None))
                return None
            """;

    private static final String SCATTERED = """
              def scatter(self: __torch__.Ops, sum: Tensor, places: Tensor, rows: Tensor) -> Tensor:
                return torch.index_add_(sum, 0, places, rows)
            """;

    /** A GPU adds in whatever order its threads come, but for this operator, which sorts places first. */
    private static final String SCATTERED_IN_ORDER = """
              def scatter(self: __torch__.Ops, sum: Tensor, places: Tensor, rows: Tensor) -> Tensor:
                at = annotate(List[Optional[Tensor]], [places])
                return torch.index_put_(sum, at, rows, True)
            """;

    private NumberMethods() {}

    static String of(Precision precision, Backend backend) {
        String numbers = switch (precision) {
            case FLOAT32 -> ALIKE;
            case BFLOAT16 -> ofBrainFloats(backend.multipliesBrainFloats());
        };
        return numbers
                + switch (backend) {
                    case CPU -> SCATTERED;
                    case CUDA -> SCATTERED_IN_ORDER;
                };
    }

    /** Those of bfloat16 rows, by whether products take them as they are. */
    static String ofBrainFloats(boolean products) {
        return ROUNDED + (products ? ROUNDED_PRODUCTS : WIDENED_PRODUCTS);
    }
}
