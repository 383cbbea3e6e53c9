package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.learner.decoder.PagePool.Pages;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Architecture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages are given from the lowest on, come back, and keep their content where they move. */
class PagePoolTest {
    private static final Architecture SHAPE = BlockModule.ARCHITECTURE;

    private ScriptModule module;
    private PagePool pool;

    @BeforeEach
    void make() {
        NativeScope.prepareThread(1);
        module = ScriptModule.compile(PagePool.methods(SHAPE));
        pool = new PagePool(module, SHAPE, 2);
    }

    @AfterEach
    void free() {
        pool.close();
        module.close();
    }

    @Test
    void theLowestFreePageIsGivenFirst() {
        Pages first = taken(2);
        Pages second = taken(1);
        assertThat(pages(first)).containsExactly(2, 3);
        assertThat(pages(second)).containsExactly(4);

        pool.close(first);
        assertThat(pool.end()).isEqualTo(5);
        assertThat(pages(taken(3))).containsExactly(2, 3, 5);

        pool.close(second);
        assertThat(pages(taken(1))).containsExactly(4);
    }

    @Test
    void roomIsCountedInBytesAndOnlyWhatIsMissing() {
        // 2 (keys, values) · 1 layer · 2 heads · 32 positions · 6 numbers of 4 bytes, beside a copy of the 2 that are
        // there.
        long page = 2 * 2 * 32 * 6 * 4;
        assertThat(pool.bytesToHold(3)).isEqualTo(3 * page + 2 * page);
        pool.reserve(10);
        assertThat(pool.bytesToHold(10)).isZero();
        assertThat(pool.bytesToHold(11)).isEqualTo(page + 12 * page);
    }

    @Test
    void theLastPagesMoveIntoHolesWithWhatTheyHold() {
        pool.reserve(100);
        Pages gone = taken(60);
        Pages kept = taken(5);
        for (int i = 0; i < 5; i++) {
            pool.layers().get(0).get(0).get(kept.get(i)).addi(i + 1);
            pool.layers().get(0).get(1).get(kept.get(i)).addi(-i);
        }
        assertThat(pool.compact()).isFalse();

        pool.close(gone);
        assertThat(pool.compact()).isTrue();

        assertThat(pool.end()).isEqualTo(7);
        assertThat(pages(kept)).containsExactlyInAnyOrder(2, 3, 4, 5, 6);
        for (int i = 0; i < 5; i++) {
            assertThat(pool.layers().get(0).get(0).get(kept.get(i)).toFloatArray())
                    .containsOnly(i + 1);
            assertThat(pool.layers().get(0).get(1).get(kept.get(i)).toFloatArray())
                    .containsOnly(-i);
        }
        assertThat(pool.compact()).isFalse();
    }

    private Pages taken(int count) {
        Pages pages = pool.open();
        IntStream.range(0, count).forEach(i -> pool.take(pages));
        return pages;
    }

    private static int[] pages(Pages pages) {
        return IntStream.range(0, pages.size()).map(pages::get).toArray();
    }
}
