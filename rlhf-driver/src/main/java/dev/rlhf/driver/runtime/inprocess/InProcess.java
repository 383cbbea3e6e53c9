package dev.rlhf.driver.runtime.inprocess;

import dev.rlhf.actors.ActorRole;
import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.actors.InProcessRuntime;
import dev.rlhf.core.base.Block;
import dev.rlhf.driver.config.RuntimeKind;
import java.util.List;

/** Threads of the driver's process. */
@Block(value = "runtime", kinds = "in-process")
public record InProcess() implements RuntimeKind {
    @Override
    public ActorRuntime open(List<ActorRole> actors) {
        return new InProcessRuntime();
    }

    @Override
    public boolean local() {
        return true;
    }

    @Override
    public String words() {
        return "one process";
    }
}
