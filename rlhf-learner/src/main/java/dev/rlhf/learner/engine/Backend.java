package dev.rlhf.learner.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.LibUtils;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Device;

/** What computes a network: where its tensors lie, and all that follows from that. */
public enum Backend {
    /** The processor: its threads share a batch, and Java sees the memory that tensors lie in. */
    CPU(64L << 20) {
        @Override
        public NDManager open() {
            return NativeScope.open();
        }

        @Override
        public int lanes(int threads) {
            return threads;
        }

        @Override
        public boolean inSight() {
            return true;
        }

        @Override
        public boolean multipliesBrainFloats() {
            return Processor.multipliesBrainFloats();
        }

        @Override
        public void require(long bytes, String what, String advice) {
            AvailableMemory.require(bytes, what, advice);
        }
    },

    /** A GPU of NVIDIA: it shares out each operator itself, and has memory of its own, which libtorch asks for as it goes. */
    CUDA(1L << 30) {
        @Override
        public NDManager open() {
            return NativeScope.open(ai.djl.Device.gpu());
        }

        @Override
        public int lanes(int threads) {
            return 1;
        }

        @Override
        public boolean inSight() {
            return false;
        }

        @Override
        public boolean multipliesBrainFloats() {
            return true;
        }

        @Override
        public void require(long bytes, String what, String advice) {
            // Libtorch's own sentence, where memory lacks, says how much there is.
        }
    };

    private final long chunkBytes;

    Backend(long chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    /**
     * That of a device.
     *
     * @throws RlhfException USER, with the libtorch that was found, where it cannot compute there
     */
    public static Backend of(Device device) {
        return switch (device) {
            case CPU -> CPU;
            case CUDA -> {
                if (!NativeScope.hasCuda()) {
                    throw RlhfException.user("device: cuda, but libtorch " + NativeScope.version() + " of "
                            + LibUtils.getLibtorchPath() + " knows no CUDA or finds no GPU here; set"
                            + " PYTORCH_LIBRARY_PATH to the folder torch/lib of a PyTorch for CUDA, PYTORCH_VERSION and"
                            + " PYTORCH_FLAVOR to its version (2.7.1, cu128), and see that nvidia-smi lists a GPU; or set"
                            + " device: cpu");
                }
                yield CUDA;
            }
        };
    }

    /** A new scope for tensors that are computed with here, child of no other; close it to free every tensor it owns. */
    public abstract NDManager open();

    /** Parts of a batch that are computed side by side, of a network with so many threads. */
    public abstract int lanes(int threads);

    /** Whether Java can look at the numbers of a tensor where they lie. */
    public abstract boolean inSight();

    /** Whether products take bfloat16 numbers as they are. */
    public abstract boolean multipliesBrainFloats();

    /**
     * Asks before so much memory is taken.
     *
     * @param what it is for, in words
     * @param advice what to do when it is not there
     * @throws RlhfException RESOURCE with both numbers
     */
    public abstract void require(long bytes, String what, String advice);

    /**
     * Most bytes of a matrix of logits that is worked on at a time. On a CPU that is 128 rows of a vocabulary of 128 k: products are within a
     * tenth of their full speed there, and two threads that want entropies take 256 MiB.
     */
    public long chunkBytes() {
        return chunkBytes;
    }
}
