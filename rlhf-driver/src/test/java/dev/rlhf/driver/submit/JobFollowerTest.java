package dev.rlhf.driver.submit;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A job is followed to its end, whatever lies on the way there. */
class JobFollowerTest {
    private static final String JOB = "GET /api/jobs/" + RecordedJob.ID;
    private static final String LOGS = JOB + "/logs";
    private static final Answer GONE = new Answer(404, "Job does not exist");
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FakeJobServer server = FakeJobServer.start();
    private final List<String> printed = new ArrayList<>();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatItPrintsComesOnceAndInOrder() {
        server.answer(
                JOB,
                RecordedJob.answer("pending"),
                RecordedJob.answer("running"),
                RecordedJob.answer("running"),
                RecordedJob.answer("succeeded"));
        server.answer(
                LOGS,
                RecordedJob.log(""),
                RecordedJob.log("one\n"),
                RecordedJob.log("one\ntw"),
                RecordedJob.log("one\ntwo\nthree\n"));

        JobOutcome outcome = follower(PATIENCE).follow();

        assertThat(printed).containsExactly("one\n", "tw", "o\nthree\n");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void aHeadThatIsStartedAnewIsWaitedFor() {
        server.answer(
                JOB,
                RecordedJob.answer("running"),
                Answer.broken(),
                new Answer(500, "Traceback\nNo available agent"),
                new Answer(503, ""),
                RecordedJob.answer("failed-3"));
        server.answer(LOGS, RecordedJob.log("one\n"), Answer.broken(), RecordedJob.log("one\ntwo\n"));

        JobOutcome outcome = follower(PATIENCE).follow();

        assertThat(printed).containsExactly("one\n", "two\n");
        assertThat(outcome.exitCode()).isEqualTo(3);
    }

    @Test
    void aClusterThatIsSilentForTooLongIsGivenUp() {
        server.answer(JOB, RecordedJob.answer("running"), Answer.broken());
        server.answer(LOGS, RecordedJob.log("one\n"));

        String address = server.address() + "/";
        assertThatThrownBy(() -> follower(Duration.ofMillis(200)).follow())
                .isInstanceOfSatisfying(
                        RlhfException.class, lost -> assertThat(lost.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessage("no Ray job server answers at " + address
                        + " (connection closed before the end of an answer), for 0.2 s now; job " + RecordedJob.ID
                        + " may go on all the same: look again with: ./rlhf logs " + RecordedJob.ID
                        + " --follow --address " + address
                        + "; where its head is lost, so is the job, and its run goes on with: "
                        + RecordedJob.info("running").resume());
        assertThat(printed).containsExactly("one\n");
    }

    @Test
    void aClusterThatNeverToldOfTheJobIsGivenUpWithWhatTheCommandIsLike() {
        server.answer(JOB, Answer.broken());

        assertFails(
                () -> follower(Duration.ofMillis(200)).follow(),
                ErrorKind.RESOURCE,
                "goes on with: ./rlhf submit RECIPE.yaml --resume --out DIR --address " + server.address());
    }

    @Test
    void theEndOfAJobIsToldAlsoWhereItsLogIsLostWithItsNode() {
        server.answer(JOB, RecordedJob.answer("running"), RecordedJob.answer("supervisor-lost"));
        server.answer(LOGS, RecordedJob.log("one\n"), new Answer(500, "Traceback\nNo available agent"));

        JobOutcome outcome = follower(Duration.ofMillis(800)).follow();

        assertThat(outcome).isEqualTo(JobOutcome.of(RecordedJob.info("supervisor-lost")));
        assertThat(printed).containsExactly("one\n");
    }

    @Test
    void aJobThatTheClusterForgotIsSubmittedAgain() {
        server.answer(JOB, RecordedJob.answer("running"), GONE);
        server.answer(LOGS, RecordedJob.log(""));

        assertFails(
                () -> follower(PATIENCE).follow(),
                ErrorKind.RESOURCE,
                "job " + RecordedJob.ID + " is not known any more at " + server.address(),
                "; go on with: " + RecordedJob.info("running").resume());
    }

    @Test
    void aJobThatNeverWasIsTheUsersMistake() {
        server.answer(JOB, GONE);

        assertFails(
                () -> follower(PATIENCE).follow(),
                ErrorKind.USER,
                "there is no job " + RecordedJob.ID + " at " + server.address(),
                "--resume: ./rlhf submit RECIPE.yaml --resume --out DIR --address " + server.address());
        assertFails(() -> follower(PATIENCE).once(), ErrorKind.USER, "there is no job");
    }

    private JobFollower follower(Duration patience) {
        JobServer jobs = new JobServer(server.address(), Optional.empty(), Duration.ofSeconds(5));
        JobCommands commands = new JobCommands("./rlhf", RecordedJob.ID, jobs.options());
        return new JobFollower(jobs, commands, printed::add, PAUSE, patience);
    }
}
