package dev.rlhf.learner;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.block.AttentionKernelProof;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What holds on a device that is not the one the tests run on: a line each, and a nonzero status where one does not hold.
 *
 * <p>{@code tools/gpu/prove} starts it. The CPU of the same libtorch is the oracle, whose own is transformers ({@link FamiliesTest}).
 *
 * <p>Arguments: the device, a folder for what is written, and {@code speed} where it is only to be measured.
 */
final class DeviceProof {
    /** Of the norm of what is compared. */
    static final double CLOSE = 1e-4;

    private final Device device;
    private final Path folder;
    private int failed;

    private DeviceProof(Device device, Path folder) {
        this.device = device;
        this.folder = folder;
    }

    /** Runs all of it. */
    public static void main(String[] arguments) throws Exception {
        try {
            DeviceProof proof =
                    new DeviceProof(Device.valueOf(arguments[0].toUpperCase(Locale.ROOT)), Path.of(arguments[1]));
            Files.createDirectories(proof.folder);
            NativeScope.prepareThread(1);
            Backend.of(proof.device);
            System.out.println("libtorch " + NativeScope.version() + ", device " + arguments[0]);
            if (arguments.length > 2) {
                DeviceSpeed.measure(proof);
            } else {
                AttentionKernelProof.run(Backend.of(proof.device), proof::close);
                DeviceFamilies.run(proof);
                DeviceTraining.run(proof);
            }
            System.out.println(proof.failed == 0 ? "all of it holds" : proof.failed + " do not hold");
            System.exit(proof.failed == 0 ? 0 : 1);
        } catch (RlhfException refused) {
            System.out.println("refused: " + refused.getMessage());
            System.exit(2);
        }
    }

    Device device() {
        return device;
    }

    Path folder() {
        return folder;
    }

    /** Settings of a network of this device, or of the oracle. */
    NetworkSettings settings(Path model, Head head, Precision precision, Device where) {
        return settings(model, head, precision, where, 8192, 1);
    }

    NetworkSettings settings(
            Path model, Head head, Precision precision, Device where, int microBatchTokens, int threads) {
        return new NetworkSettings(
                model.toString(),
                head,
                microBatchTokens,
                threads,
                new Seed(1),
                false,
                false,
                false,
                precision,
                where,
                null);
    }

    /** Says whether something holds. */
    void say(boolean holds, String what) {
        failed += holds ? 0 : 1;
        System.out.println((holds ? "holds    " : "FAILS    ") + what);
    }

    /** Something goes on although a part of it failed. */
    interface Part {
        void run() throws Exception;
    }

    /** Runs a part; what it throws is a failure. */
    void part(String what, Part part) {
        try {
            part.run();
        } catch (Exception | AssertionError thrown) {
            say(false, what + ": " + thrown);
            thrown.printStackTrace(System.out);
        }
    }

    /** Says whether an error is small enough; not a number never is. */
    void close(String what, double error, double most) {
        say(error <= most, String.format(Locale.ROOT, "%s: %.2g (at most %.0e)", what, error, most));
    }

    /** By how much of the norm of what is wanted two arrays differ. */
    static double error(float[] found, float[] wanted) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow((double) found[i] - wanted[i], 2);
            norm += Math.pow(wanted[i], 2);
        }
        return found.length == wanted.length ? Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-12) : Double.NaN;
    }
}
