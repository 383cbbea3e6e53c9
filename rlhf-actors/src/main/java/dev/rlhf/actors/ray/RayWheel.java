package dev.rlhf.actors.ray;

import dev.rlhf.core.base.RlhfException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The Ray that is installed on this machine.
 *
 * <p>Its Java jars are on the class path because the launcher put them there; no other version of them can speak to a cluster
 * that the same wheel started.
 *
 * @param python the interpreter that has it
 */
public record RayWheel(Path python) {
    /** The release the project is tested with. */
    static final String TESTED = "2.60.0";

    private static final String PYTHON = "rlhf.ray.python";

    /**
     * The wheel the launcher found; to be asked for before any class of Ray is touched.
     *
     * @throws RlhfException USER when there is none
     */
    public static RayWheel find() {
        Path python = Path.of(System.getProperty(PYTHON, ""));
        if (!Files.isExecutable(python) || !jarsAreThere()) {
            throw RlhfException.user("runtime ray needs Ray, and there is no ray command on the PATH; install it with"
                    + " pip install 'ray[default]==" + TESTED + "', or set RLHF_RAY_PYTHON to the Python that has it,"
                    + " and start rlhf by ./rlhf");
        }
        return new RayWheel(python);
    }

    private static boolean jarsAreThere() {
        return RayWheel.class.getClassLoader().getResource("io/ray/runtime/DefaultRayRuntimeFactory.class") != null;
    }
}
