package dev.rlhf.actors.ray;

import dev.rlhf.actors.ActorHandle;
import dev.rlhf.actors.ActorRole;
import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.core.base.RlhfException;
import io.ray.api.PlacementGroups;
import io.ray.api.Ray;
import io.ray.api.call.ActorCreator;
import io.ray.api.options.PlacementGroupCreationOptions;
import io.ray.api.placementgroup.PlacementGroup;
import io.ray.api.placementgroup.PlacementStrategy;
import io.ray.api.runtimeenv.RuntimeEnv;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.status.StatusConsoleListener;
import org.apache.logging.log4j.status.StatusLogger;

/**
 * Actors as processes of a Ray cluster, spread over its nodes.
 *
 * <p>Ray restarts a lost actor as often as it takes, on another node if its own is gone, and never replays a call. One process has
 * at most one such runtime at a time.
 */
public final class RayRuntime implements ActorRuntime {
    private static final int FOR_EVER = -1;

    private final RayJob job;
    private final PlacementGroup places;
    private final Optional<RuntimeEnv> environment;
    private final Map<String, RayActor> actors = new LinkedHashMap<>();
    private final BitSet taken = new BitSet();
    private final Thread ending = new Thread(() -> processEnds = true, "ray-ending");
    private volatile boolean processEnds;

    private RayRuntime(RayJob job, PlacementGroup places) {
        this.job = job;
        this.places = places;
        this.environment = JobEnvironment.ofThisJob();
    }

    /**
     * Joins the cluster as a driver.
     *
     * @throws RlhfException USER when the cluster has another version than the wheel, or when this machine is none of its nodes;
     *     RESOURCE when the cluster does not answer in time
     */
    public static RayRuntime connect(RayWheel wheel, RayJob job) {
        RayCluster cluster = RayCluster.reach(wheel, job.address(), job.startDeadline());
        JobProperties.set(job, cluster);
        // Ray's log4j would tell of its own set-up between the lines of the run.
        StatusLogger.getLogger().registerListener(new StatusConsoleListener(Level.ERROR));
        CompletableFuture<PlacementGroup> joined = CompletableFuture.supplyAsync(() -> {
            Ray.init();
            UnpackedLibrary.remove();
            return places(job);
        });
        try {
            RayRuntime runtime =
                    new RayRuntime(job, joined.get(job.startDeadline().toSeconds(), TimeUnit.SECONDS));
            Runtime.getRuntime().addShutdownHook(runtime.ending);
            return runtime;
        } catch (ExecutionException | TimeoutException e) {
            throw cannotJoin(cluster, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cannotJoin(cluster, e);
        }
    }

    @Override
    public ActorHandle spawn(ActorRole role, String name, byte[] settings) {
        if (actors.containsKey(name)) {
            throw RlhfException.bug("there is an actor " + name + " already");
        }
        int index = takePlace(role, name);
        ActorPlace place = job.places().get(index);
        ActorCreator<HostActor> creator = Ray.actor(
                        HostActor::new, name, role.type().getName(), settings)
                .setName(name)
                .setPlacementGroup(places, index)
                .setResources(place.resources())
                .setMaxRestarts(FOR_EVER)
                .setMaxTaskRetries(0);
        environment.ifPresent(creator::setRuntimeEnv);
        RayActor actor = new RayActor(name, creator.remote(), job, place, () -> processEnds);
        actors.put(name, actor);
        return actor;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException ends) {
            // The process ends already: Ray's own hook shuts it down.
            return;
        }
        actors.values().forEach(RayActor::end);
        List<RlhfException> failures = new ArrayList<>();
        for (RayActor actor : actors.values()) {
            try {
                actor.awaitEnd();
            } catch (RlhfException failure) {
                failures.add(failure);
            }
        }
        actors.clear();
        if (!failures.isEmpty()) {
            // Ray is left as it is: whoever still waits for it would crash the process.
            failures.stream().skip(1).forEach(failures.get(0)::addSuppressed);
            throw failures.get(0);
        }
        Ray.shutdown();
    }

    /** The index of the first place of a role that no actor has, which is taken from now on. */
    private int takePlace(ActorRole role, String name) {
        for (int i = 0; i < job.places().size(); i++) {
            if (!taken.get(i) && job.places().get(i).role().equals(role.name())) {
                taken.set(i);
                return i;
            }
        }
        throw RlhfException.bug(
                "the Ray job has no place left for a " + role.name() + ", " + name + " is one too many");
    }

    /** One place an actor; a group of places is the only way the Java API spreads actors over nodes. */
    private static PlacementGroup places(RayJob job) {
        return PlacementGroups.createPlacementGroup(new PlacementGroupCreationOptions.Builder()
                .setBundles(job.places().stream().map(ActorPlace::resources).toList())
                .setStrategy(PlacementStrategy.SPREAD)
                .build());
    }

    private static RlhfException cannotJoin(RayCluster cluster, Exception reason) {
        return RlhfException.resource("cannot join the Ray cluster at " + cluster.address() + ": " + reason, reason);
    }
}
