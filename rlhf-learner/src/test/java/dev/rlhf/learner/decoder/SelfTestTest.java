package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.Processor;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the processor at hand keeps, and that faults planted into a server's texts are seen. */
class SelfTestTest {
    @AfterEach
    void oneThread() {
        NativeScope.prepareThread(1);
    }

    @Test
    void whatIsPromisedOfBitsHoldsHere() {
        for (int threads : new int[] {1, 2, 3}) {
            assertThat(SelfTest.failure(threads)).as("on " + Processor.here()).isEmpty();
        }
    }

    /** The products of queries by own keys and shared keys, of shares by own values and shared values. */
    @ParameterizedTest
    @ValueSource(strings = {"s0", "s1", "m0", "m1"})
    void aProductOfPagesThatDependsOnTheNumberOfPagesIsSeen(String product) {
        assertSeen(text -> text.replaceFirst(
                "( +)" + product + " = torch.bmm.*",
                "$0\n$1f0 = torch.mul_(" + product + ", torch.add(1., torch.mul(own, 1.0e-06)))"));
    }

    /** torch's own sum takes pages in an order that their number decides. */
    @Test
    void aSumOfPagesThatDependsOnTheNumberOfPagesIsSeen() {
        assertSeen(
                text -> text.replace(
                        "return sums\n",
                        "return torch.sum(torch.view(torch.index_select(torch.flatten(found, 0, 1), 0, pages), [torch.size(firsts, 0), -1, torch.size(found, 2)]), [1])\n"));
    }

    @Test
    void aProductThatDependsOnTheNumberOfRowsIsSeen() {
        Optional<SelfTest.Failure> failure = SelfTest.run(
                1,
                text -> text.replace(
                        "return torch.linear(x, w)",
                        "return torch.mul(torch.linear(x, w), torch.add(1., torch.mul(torch.size(x, 0), 1.0e-06)))"));
        assertThat(failure).hasValueSatisfying(found -> {
            assertThat(found.repeats()).isTrue();
            assertThat(found.sentence())
                    .startsWith("a product of 128 by 320 gives the same row other bits among 12 rows");
        });
    }

    private static void assertSeen(UnaryOperator<String> fault) {
        assertThat(SelfTest.run(1, fault)).hasValueSatisfying(found -> {
            assertThat(found.repeats()).isTrue();
            assertThat(found.sentence())
                    .startsWith("attention over pages")
                    .contains(Processor.here().toString())
                    .endsWith("the same request may be answered otherwise when others are beside it");
        });
    }
}
