package dev.rlhf.learner.optimise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.WeightLayout.Leaf;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * AdamW with global-norm clipping, on libtorch's fused kernel (Loshchilov &amp; Hutter, arXiv 1711.05101).
 *
 * <p>{@code m ← β₁m + (1−β₁)g}, {@code v ← β₂v + (1−β₂)g²}, {@code w ← w − η(m̂/(√v̂ + ε) + λw)} with the decay λ on
 * weights whose {@link dev.rlhf.learner.block.Role} has it. Gradients above the norm c are scaled by {@code c/(‖g‖ + 1e-6)} inside the kernel.
 *
 * <p>Gradients and moments are float32. Of bfloat16 weights there is a float32 master, which the step is taken on; the weight is the
 * master rounded (Micikevicius et al., arXiv 1710.03740).
 */
public final class AdamW implements AutoCloseable {
    /** Name of the first moments in a state directory. */
    public static final String FIRST_MOMENTS = "optimiser.first.safetensors";

    /** Name of the second moments in a state directory. */
    public static final String SECOND_MOMENTS = "optimiser.second.safetensors";

    /** Name of the masters in a state directory, where there are some. */
    public static final String MASTERS = "optimiser.master.safetensors";

    private static final Seed NO_SEED = new Seed(0);
    private static final double NORM_EPSILON = 1e-6;
    private static final String SOURCE = """
              def norm(self: __torch__.Ops, gradients: List[Tensor]) -> Tensor:
                return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2)), 2)
              def step(self: __torch__.Ops, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], scale: List[Tensor], rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> NoneType:
                none = annotate(List[Tensor], [])
                if torch.gt(torch.len(scale), 0):
                  torch._fused_adamw_(w, g, m, v, none, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=scale[0])
                else:
                  torch._fused_adamw_(w, g, m, v, none, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
                return None
              def copy(self: __torch__.Ops, targets: List[Tensor], sources: List[Tensor]) -> NoneType:
                torch._foreach_copy_(targets, sources)
                return None
            """;

    private final OptimiserSettings settings;
    private final int totalSteps;
    private final Parameters weights;
    /** What a step is taken on: float32 masters, or the weights themselves. */
    private final Parameters masters;

    private final Parameters first;
    private final Parameters second;
    private final ScriptModule module;
    private long steps;

    private AdamW(OptimiserSettings settings, int totalSteps, Parameters weights) {
        this.settings = settings;
        this.totalSteps = totalSteps;
        this.weights = weights;
        boolean rounded = weights.precision() == Precision.BFLOAT16;
        // Asked at once: memory that is set aside as zeros is only taken when it is written to.
        weights.backend()
                .require(
                        (rounded ? 4 : 3) * weights.layout().size() * Float.BYTES,
                        "learning (" + (rounded ? "a master, " : "") + "two moments and a gradient for each weight)",
                        "choose a smaller model, or a machine with more");
        this.module = ScriptModule.compile(SOURCE);
        this.masters = rounded ? Parameters.zerosBeside(weights) : weights;
        this.first = Parameters.zerosBeside(weights);
        this.second = Parameters.zerosBeside(weights);
        if (rounded) {
            module.perform("copy", masters.flat(), weights.flat());
        }
    }

    /** An optimiser of {@code weights} that has taken none of {@code totalSteps} steps. */
    public static AdamW of(OptimiserSettings settings, int totalSteps, Parameters weights) {
        return new AdamW(settings, totalSteps, weights);
    }

    /**
     * Takes the masters of bfloat16 weights from where the weights were read, which may say more of them than they hold.
     *
     * @throws RlhfException USER naming the file when it does not fit
     */
    public void startFrom(Checkpoint checkpoint, Seed headSeed) {
        if (masters != weights) {
            masters.load(checkpoint, headSeed);
            round();
        }
    }

    private void round() {
        if (masters != weights) {
            module.perform("copy", weights.flat(), masters.flat());
        }
    }

    /** The L2 norm over all gradients. */
    public double norm(NDList gradients) {
        try (NDManager scope = weights.backend().open()) {
            return module.call(scope, "norm", gradients).getFloat();
        }
    }

    /**
     * Takes one step.
     *
     * @param gradients one a leaf, float32; used up
     * @param norm their norm, finite
     * @return the learning rate used
     */
    public double step(NDList gradients, double norm) {
        if (!Double.isFinite(norm)) {
            throw RlhfException.bug("a step on a gradient of norm " + norm);
        }
        steps++;
        double rate = settings.rate(steps, totalSteps);
        try (NDManager scope = weights.backend().open()) {
            NDList scale = new NDList();
            if (norm > settings.maxGradientNorm()) {
                scale.add(scope.create((float) ((norm + NORM_EPSILON) / settings.maxGradientNorm())));
            }
            NDArray count = scope.create((float) steps);
            if (settings.weightDecay() == 0) {
                apply(gradients, leaf -> true, scale, count, rate, 0);
            } else {
                apply(gradients, leaf -> leaf.role().decays(), scale, count, rate, settings.weightDecay());
                apply(gradients, leaf -> !leaf.role().decays(), scale, count, rate, 0);
            }
            round();
        }
        return rate;
    }

    /** Updates some of the leaves. */
    private void apply(
            NDList gradients, Predicate<Leaf> chosen, NDList scale, NDArray count, double rate, double decay) {
        List<Leaf> leaves = weights.layout().leaves();
        NDList w = new NDList();
        NDList g = new NDList();
        NDList m = new NDList();
        NDList v = new NDList();
        NDList counts = new NDList();
        for (int i = 0; i < gradients.size(); i++) {
            if (chosen.test(leaves.get(i))) {
                w.add(masters.leaves().get(i));
                g.add(gradients.get(i));
                m.add(first.leaves().get(i));
                v.add(second.leaves().get(i));
                counts.add(count);
            }
        }
        double beta1 = settings.beta1();
        double beta2 = settings.beta2();
        module.perform("step", w, g, m, v, counts, scale, rate, beta1, beta2, decay, settings.epsilon());
    }

    /** Steps taken. */
    public long steps() {
        return steps;
    }

    /** Writes both moments, and masters where there are some, into {@code directory}. */
    public void save(Path directory) {
        first.write(directory.resolve(FIRST_MOMENTS), NumberFormat.F32);
        second.write(directory.resolve(SECOND_MOMENTS), NumberFormat.F32);
        if (masters != weights) {
            masters.write(directory.resolve(MASTERS), NumberFormat.F32);
        }
    }

    /** Continues after {@code taken} steps with what {@link #save} wrote; USER when a file is missing or damaged. */
    public void load(Path directory, long taken) {
        first.load(Checkpoint.ofFile(directory.resolve(FIRST_MOMENTS)), NO_SEED);
        second.load(Checkpoint.ofFile(directory.resolve(SECOND_MOMENTS)), NO_SEED);
        if (masters != weights) {
            masters.load(Checkpoint.ofFile(directory.resolve(MASTERS)), NO_SEED);
            round();
        }
        steps = taken;
    }

    @Override
    public void close() {
        module.close();
        first.close();
        second.close();
        if (masters != weights) {
            masters.close();
        }
    }
}
