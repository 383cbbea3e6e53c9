package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.RlhfException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NativeWorkersTest {
    @Test
    void partsRunBesideEachOtherAndAnswerInTheirOrder() {
        CountDownLatch both = new CountDownLatch(2);
        try (NativeWorkers workers = new NativeWorkers(2)) {
            assertThat(workers.map(List.of(1, 2), 2, part -> {
                        both.countDown();
                        return part * 10 + (met(both) ? 1 : 0);
                    }))
                    .containsExactly(11, 21);
        }
    }

    @Test
    void aPartAloneRunsOnTheCallersThread() {
        try (NativeWorkers workers = new NativeWorkers(2)) {
            assertThat(workers.map(List.of(1), 2, part -> Thread.currentThread()))
                    .containsExactly(Thread.currentThread());
            assertThat(workers.map(List.of(), 2, part -> part)).isEmpty();
        }
    }

    @Test
    void aFailureIsToldOnceAllPartsHaveEnded() {
        Set<Integer> ended = ConcurrentHashMap.newKeySet();
        try (NativeWorkers workers = new NativeWorkers(2)) {
            assertThatThrownBy(() -> workers.map(List.of(1, 2, 3), 2, part -> {
                        ended.add(part);
                        if (part == 1) {
                            throw RlhfException.diverged("part 1");
                        }
                        return part;
                    }))
                    .isInstanceOf(RlhfException.class)
                    .hasMessage("part 1");
            assertThat(ended).containsExactlyInAnyOrder(1, 2, 3);
        }
    }

    private static boolean met(CountDownLatch both) {
        try {
            return both.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
