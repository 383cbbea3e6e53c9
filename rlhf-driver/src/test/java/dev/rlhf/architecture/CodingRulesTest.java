package dev.rlhf.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callConstructor;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import dev.rlhf.actors.ByteActor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** How code is written, in every module. */
class CodingRulesTest {
    private static final Set<String> ON_THE_WIRE =
            Set.of("void", "boolean", "int", "long", "double", "java.lang.String", "[B");

    private static final DescribedPredicate<JavaClass> BYTES_TEXT_OR_PRIMITIVE =
            DescribedPredicate.describe("bytes, text or primitive", type -> ON_THE_WIRE.contains(type.getName()));

    private static final DescribedPredicate<JavaClass> ACTORS = DescribedPredicate.describe(
            "are actors", type -> type.isAssignableTo(ByteActor.class) && !type.isInterface());

    @Test
    void actorsSpeakInBytes() {
        assertThat(House.CLASSES.that(ACTORS)).hasSizeGreaterThanOrEqualTo(3);
        DescribedPredicate<List<JavaClass>> allOnTheWire = DescribedPredicate.describe(
                "bytes, texts and primitives", types -> types.stream().allMatch(BYTES_TEXT_OR_PRIMITIVE));
        methods()
                .that()
                .areDeclaredInClassesThat(ACTORS)
                .and()
                .arePublic()
                .should()
                .haveRawReturnType(BYTES_TEXT_OR_PRIMITIVE)
                .andShould()
                .haveRawParameterTypes(allOnTheWire)
                .because("records and Optional die in Ray's serializer, float[] is slow in it")
                .check(House.CLASSES);
    }

    @Test
    void choicesAreClosed() {
        List<Class<?>> choices = House.CLASSES.stream()
                .map(JavaClass::reflect)
                .filter(Class::isSealed)
                .toList();
        assertThat(choices).hasSizeGreaterThan(10);
        assertThat(choices)
                .flatExtracting(choice -> Arrays.asList(choice.getPermittedSubclasses()))
                .allSatisfy(choice -> assertThat(choice.isRecord()
                                || choice.isSealed()
                                || java.lang.reflect.Modifier.isFinal(choice.getModifiers()))
                        .as("%s is a record, final or sealed", choice.getName())
                        .isTrue());
    }

    @Test
    void namesMeanSomething() {
        noClasses()
                .should()
                .haveNameMatching(".*\\.(\\w*(Utils?|Helper|Manager|Impl)|(Base|Abstract)[A-Z]\\w*)(\\$.*)?")
                .check(House.CLASSES);
    }

    @Test
    void failuresAreNamed() {
        NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.check(House.CLASSES);
    }

    @Test
    void onlyTheConsoleWritesToTheConsole() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(without("dev.rlhf.driver.command.Console"));
    }

    /** The logging API is System.Logger; the run's log file is the one place that says where it goes. */
    @Test
    void onlyTheRunLogKnowsTheLoggingBackend() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(without("dev.rlhf.driver.run.RunLog"));
    }

    @Test
    void nobodySleeps() {
        noClasses().should(callMethod(Thread.class, "sleep", long.class)).check(House.CLASSES);
        noClasses()
                .should(callMethod(Thread.class, "sleep", long.class, int.class))
                .check(House.CLASSES);
    }

    /** A request without a seed asks for any sample: the server alone may draw one. */
    @Test
    void everyDrawHasASeed() {
        noClasses()
                .should(callConstructor(Random.class))
                .orShould(callConstructor(Random.class, long.class))
                .orShould(callMethod(Math.class, "random"))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class)
                .because("every draw is a function of the run's seed")
                .check(without("dev.rlhf.serve.CompletionReader"));
    }

    /** Results never depend on the hour: what asks for it writes a time stamp or a folder's name. */
    @Test
    void onlyEdgesKnowTheHour() {
        noClasses()
                .should(callMethod(System.class, "currentTimeMillis"))
                .orShould(callMethod(java.time.Clock.class, "systemUTC"))
                .orShould(callMethod(java.time.Clock.class, "systemDefaultZone"))
                .orShould(callMethod(java.time.Instant.class, "now"))
                .orShould(callMethod(java.time.LocalDateTime.class, "now"))
                .orShould(callMethod(java.time.LocalDateTime.class, "now", java.time.ZoneId.class))
                .check(without(
                        "dev.rlhf.serve.GenerationServer",
                        "dev.rlhf.driver.command.Runs",
                        "dev.rlhf.driver.observe.MetricsEndpoint"));
    }

    @Test
    void everyPackageIsNullMarked() {
        Stream<JavaPackage> packages = House.CLASSES.getPackage(House.ROOT).getSubpackagesInTree().stream();
        assertThat(packages.filter(one -> !one.getClasses().isEmpty()))
                .hasSizeGreaterThan(20)
                .allSatisfy(one -> assertThat(one.isAnnotatedWith(NullMarked.class))
                        .as("%s has a @NullMarked package-info", one.getName())
                        .isTrue());
    }

    @Test
    void testsStayOutOfTheProduct() {
        classes()
                .that()
                .resideOutsideOfPackage(House.TESTING)
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.not(resideInAPackage("org.junit..")
                        .or(resideInAPackage("org.assertj.."))
                        .or(resideInAPackage("mockwebserver3.."))))
                .check(House.CLASSES);
    }

    private static JavaClasses without(String... names) {
        return House.CLASSES.that(DescribedPredicate.describe(
                "are not " + Arrays.toString(names),
                type -> Arrays.stream(names)
                        .noneMatch(name ->
                                type.getName().equals(name) || type.getName().startsWith(name + "$"))));
    }
}
