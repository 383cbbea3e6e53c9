package dev.rlhf.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The classes of every module, without their tests. */
final class House {
    static final String ROOT = "dev.rlhf";
    static final String CORE = "dev.rlhf.core..";
    static final String CONFIG = "dev.rlhf.config..";
    static final String EXPERIMENT = "dev.rlhf.experiment..";
    static final String LEARNER = "dev.rlhf.learner..";
    static final String SERVE = "dev.rlhf.serve..";
    static final String ROLLOUT = "dev.rlhf.rollout..";
    static final String ACTORS = "dev.rlhf.actors..";
    static final String DRIVER = "dev.rlhf.driver..";
    static final String TESTING = "dev.rlhf.testing..";

    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private House() {}
}
