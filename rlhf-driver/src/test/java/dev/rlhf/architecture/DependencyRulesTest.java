package dev.rlhf.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may look at whom, and at which library. */
class DependencyRulesTest {
    /** The packages of the core in the order of the flow; each may look only at those before it. */
    private static final List<String> FLOW = List.of(
            "base", "prompt", "rollout", "reward", "select", "advantage", "update", "sync", "run", "measure", "loop");

    /** A rule about classes that were not imported would hold, so this comes before all others. */
    @ParameterizedTest
    @CsvSource({
        "dev.rlhf.core, 60",
        "dev.rlhf.testing, 5",
        "dev.rlhf.config, 15",
        "dev.rlhf.experiment, 15",
        "dev.rlhf.learner, 35",
        "dev.rlhf.serve, 15",
        "dev.rlhf.rollout, 4",
        "dev.rlhf.actors, 20",
        "dev.rlhf.driver, 100",
    })
    void theClassesOfEveryModuleWereImported(String module, int atLeast) {
        assertThat(House.CLASSES.that(resideInAnyPackage(module + ".."))).hasSizeGreaterThan(atLeast);
    }

    @Test
    void theCoreNeedsJavaAlone() {
        classes()
                .that()
                .resideInAPackage(House.CORE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(House.CORE, "java..", "org.jspecify..")
                .because("algorithms must be provable anywhere")
                .check(House.CLASSES);
    }

    @Test
    void theCoreLooksUpstreamOnly() {
        LayeredArchitecture flow = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String stage : FLOW) {
            flow = flow.layer(stage).definedBy("dev.rlhf.core." + stage + "..");
        }
        for (int i = 0; i < FLOW.size(); i++) {
            List<String> later = FLOW.subList(i + 1, FLOW.size());
            flow = later.isEmpty()
                    ? flow.whereLayer(FLOW.get(i)).mayNotBeAccessedByAnyLayer()
                    : flow.whereLayer(FLOW.get(i)).mayOnlyBeAccessedByLayers(later.toArray(new String[0]));
        }
        flow.because("packages are the stages of the flow").check(House.CLASSES);
    }

    @Test
    void everyPackageOfTheCoreIsAStageOfTheFlow() {
        List<String> stages =
                FLOW.stream().map(stage -> "dev.rlhf.core." + stage).toList();
        classes()
                .that()
                .resideInAPackage(House.CORE)
                .should()
                .resideInAnyPackage(stages.toArray(new String[0]))
                .check(House.CLASSES);
    }

    @Test
    void modulesLookDownOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("core")
                .definedBy(House.CORE)
                .layer("config")
                .definedBy(House.CONFIG)
                .layer("experiment")
                .definedBy(House.EXPERIMENT)
                .layer("learner")
                .definedBy(House.LEARNER)
                .layer("serve")
                .definedBy(House.SERVE)
                .layer("rollout")
                .definedBy(House.ROLLOUT)
                .layer("actors")
                .definedBy(House.ACTORS)
                .layer("driver")
                .definedBy(House.DRIVER)
                .layer("testing")
                .definedBy(House.TESTING)
                .whereLayer("driver")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("testing")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("actors")
                .mayOnlyBeAccessedByLayers("driver")
                .whereLayer("rollout")
                .mayOnlyBeAccessedByLayers("actors")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("experiment", "driver")
                .whereLayer("experiment")
                .mayOnlyBeAccessedByLayers("driver")
                .whereLayer("serve")
                // The driver serves a model itself, without an actor, and builds models and tokenizers.
                .mayOnlyBeAccessedByLayers("driver")
                .whereLayer("learner")
                .mayOnlyBeAccessedByLayers("serve", "actors", "driver")
                .check(House.CLASSES);
    }

    @Test
    void modulesAndPackagesAreFreeOfCycles() {
        slices().matching("dev.rlhf.(*)..").should().beFreeOfCycles().check(House.CLASSES);
        slices().matching("dev.rlhf.(**)").should().beFreeOfCycles().check(House.CLASSES);
    }

    /** Each library has one home, so that it can be replaced there and the rest be tested without it. */
    @ParameterizedTest
    @CsvSource({
        "io.ray.., dev.rlhf.actors.ray..",
        "ai.djl.., dev.rlhf.learner..",
        "okhttp3.., dev.rlhf.(rollout|driver.submit)..",
        "io.fabric8.., dev.rlhf.driver.submit..",
        "com.sun.jna.., dev.rlhf.(learner.engine|driver.observe)..",
        "com.amazon.., dev.rlhf.driver.checkpoint..",
        "io.javalin.., dev.rlhf.serve..",
        "dev.failsafe.., dev.rlhf.(rollout|actors)..",
        "io.micrometer.., dev.rlhf.driver.observe..",
        "io.prometheus.., dev.rlhf.(driver.observe|serve)..",
        "org.yaml.., dev.rlhf.(config|driver.observe)..",
        "picocli.., dev.rlhf.driver.command..",
        "me.tongfei.., dev.rlhf.driver.observe..",
        "gg.jte.., dev.rlhf.driver.report..",
        "org.jfree.., dev.rlhf.driver.report..",
        "org.apache.batik.., dev.rlhf.driver.report..",
        "java.sql.., dev.rlhf.driver.data..",
        "org.apache.commons.csv.., dev.rlhf.driver.data..",
        "org.apache.commons.statistics.., dev.rlhf.experiment.statistics..",
    })
    void aLibraryHasOneHome(String library, String home) {
        noClasses()
                .that()
                .resideOutsideOfPackages(home, House.TESTING)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(House.CLASSES);
        assertThat(House.CLASSES.that(resideInAnyPackage(home)))
                .as("a rule about a library that nobody uses guards nothing")
                .anyMatch(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(used -> resideInAnyPackage(library).test(used.getTargetClass())));
    }

    /**
     * JSON is a form of files and of messages, never of thoughts: the core and the loop know none.
     *
     * <p>Beside the packages whose business is files and wires, these write or read one file of their own.
     */
    @Test
    void jsonStaysAtTheEdges() {
        noClasses()
                .that(not(resideInAnyPackage(
                                House.ROLLOUT,
                                House.TESTING,
                                House.SERVE,
                                House.CONFIG,
                                "dev.rlhf.experiment.result",
                                "dev.rlhf.learner.files",
                                "dev.rlhf.driver.checkpoint",
                                "dev.rlhf.driver.data",
                                "dev.rlhf.driver.experiment",
                                "dev.rlhf.driver.observe",
                                "dev.rlhf.driver.report",
                                "dev.rlhf.driver.submit")
                        .or(nameMatching(
                                "dev\\.rlhf\\.learner\\.(DjlLearner|HuggingFaceTokenizer|ModelDirectory|ModelExport)"))
                        .or(
                                nameMatching(
                                        "dev\\.rlhf\\.learner\\.model\\.(ModelConfig|ModelInitialiser|EndTokens|NeutralKeys|ConfigKeys|PaddingToken|LlamaShape|RotaryReader)(\\$.*)?|dev\\.rlhf\\.learner\\.block\\.(RotaryEmbedding|Yarn|LongRope)(\\$.*)?"))
                        .or(nameMatching("dev\\.rlhf\\.actors\\.Wire(\\$.*)?"))
                        .or(nameMatching(
                                "dev\\.rlhf\\.driver\\.(run\\.(RunState|RunInputs|SettingsFile|ProcessorRecord))"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(House.CLASSES);
    }

    @Test
    void theLoopNeedsTheCoreAlone() {
        classes()
                .that()
                .resideInAPackage("dev.rlhf.core.loop..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.rlhf.core.loop..", House.CORE, "java..", "org.jspecify..")
                .because("the loop must run with fakes")
                .check(House.CLASSES);
    }
}
