package dev.rlhf.driver.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every end that a real cluster has told of a job, and what a command makes of it. */
class JobOutcomeTest {
    private static final String RESUME = "; go on with: ./rlhf submit recipe.yaml --resume --out /runs/small";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "succeeded       | 0   | is done; its run is in /runs/small                                      | false",
                "stopped         | 143 | was stopped                                                             | true",
                "failed-2        | 2   | ended with exit code 2: there is no run to resume in /runs/none; leave --resume out | false",
                "failed-3        | 3   | ended with exit code 3: no Ray cluster answers                          | true",
                "failed-1        | 1   | ended with exit code 1                                                  | false",
                "failed-4        | 4   | ended with exit code 4                                                  | false",
                "killed          | 3   | was ended by signal 9                                                   | true",
                "not-started     | 3   | could not be started (exit code 127)                                    | true",
                "no-package      | 3   | has no driver any more: runtime_env setup failed                        | true",
                "supervisor-lost | 3   | has no driver any more: Job supervisor actor died                       | true",
            })
    void everyEndHasItsExitCodeAndASentence(String recorded, int exitCode, String words, boolean goesOn) {
        JobOutcome outcome = JobOutcome.of(RecordedJob.info(recorded));

        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(outcome.sentence())
                .contains("job " + RecordedJob.ID, words)
                .hasLineCount(1)
                .satisfies(sentence ->
                        assertThat(sentence.endsWith(RESUME)).as(sentence).isEqualTo(goesOn));
    }

    @Test
    void aRunThatWasNotBegunCannotGoOn() {
        String message = "rlhf: /runs/small could not be written: permission denied; make room or mend the disk";
        JobInfo job = new JobInfo("x", JobState.FAILED, message, OptionalInt.of(3), "/runs/small", "./rlhf submit …");

        assertThat(JobOutcome.of(job).sentence()).endsWith("permission denied; make room or mend the disk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "running"})
    void aJobThatGoesOnHasNoEnd(String recorded) {
        JobInfo job = RecordedJob.info(recorded);

        assertThat(job.state().ended()).isFalse();
        assertThatThrownBy(() -> JobOutcome.of(job)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aJobOfSomebodyElseHasAnEndAsWell() {
        JobInfo foreign = new JobInfo("x", JobState.STOPPED, "", OptionalInt.empty(), "", "");

        assertThat(JobOutcome.of(foreign)).isEqualTo(new JobOutcome(143, "job x was stopped"));
    }
}
