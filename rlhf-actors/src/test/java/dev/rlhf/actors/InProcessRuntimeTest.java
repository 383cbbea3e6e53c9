package dev.rlhf.actors;

import org.junit.jupiter.api.AfterEach;

class InProcessRuntimeTest extends ActorRuntimeContract {
    private final InProcessRuntime runtime = new InProcessRuntime();

    @AfterEach
    void close() {
        runtime.close();
    }

    @Override
    protected ActorRuntime runtime() {
        return runtime;
    }

    @Override
    protected ActorRuntime another() {
        return new InProcessRuntime();
    }
}
