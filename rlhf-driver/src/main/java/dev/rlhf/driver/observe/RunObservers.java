package dev.rlhf.driver.observe;

import java.util.List;
import java.util.Set;

/**
 * Several observers as one.
 *
 * @param observers told in this order
 */
public record RunObservers(List<RunObserver> observers) implements RunObserver {
    /** Keeps its own copy. */
    public RunObservers {
        observers = List.copyOf(observers);
    }

    @Override
    public void stageStarted(StageStarted stage) {
        observers.forEach(observer -> observer.stageStarted(stage));
    }

    @Override
    public void evaluated(StageEvaluation evaluation) {
        observers.forEach(observer -> observer.evaluated(evaluation));
    }

    @Override
    public void stepDone(StageStep step) {
        observers.forEach(observer -> observer.stepDone(step));
    }

    @Override
    public void stageFinished(StageResult result) {
        observers.forEach(observer -> observer.stageFinished(result));
    }

    @Override
    public void checkpointing() {
        observers.forEach(RunObserver::checkpointing);
    }

    @Override
    public void checkpointed(int runSteps, double seconds) {
        observers.forEach(observer -> observer.checkpointed(runSteps, seconds));
    }

    @Override
    public void notice(String message) {
        observers.forEach(observer -> observer.notice(message));
    }

    @Override
    public void rewound(int runSteps, Set<String> finished) {
        observers.forEach(observer -> observer.rewound(runSteps, finished));
    }
}
