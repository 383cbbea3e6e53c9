package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages other than the tutorial show in shell blocks is typed as it stands, but for what {@link UntypedCommand} names. */
class ShellBlocksIT {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    @Test
    void theCommandsOfTheReadmeDoWhatItSays() throws Exception {
        ShellSandbox sandbox = new ShellSandbox(folder);
        List<String> printed = sandbox.type(typed("README.md"), LONGEST);
        assertThat(printed).hasSize(2);
        assertThat(printed.get(0)).contains("[4/4] grpo", "held-out accuracy");
        assertThat(printed.get(1)).contains("examples: tokens are parted by |", "stages.ppo.kl");
        for (String model : List.of("my-model", "early")) {
            assertThat(sandbox.project().resolve(model).resolve("model.safetensors"))
                    .isNotEmptyFile();
        }
    }

    @Test
    void aRewardOfOnesOwnIsPackedAsThePageSays() throws Exception {
        ShellSandbox sandbox = new ShellSandbox(folder);
        Files.writeString(sandbox.project().resolve("VowelShare.java"), DocumentedCode.of("rewards.md", "java"));
        sandbox.type(typed("docs/rewards.md"), LONGEST);
        assertThat(sandbox.project().resolve("vowel-share.jar")).isNotEmptyFile();
    }

    private static List<ShellBlock> typed(String page) throws IOException {
        List<UntypedCommand> untyped = UntypedCommand.all();
        return ShellBlock.of(RlhfProcess.HOME.resolve(page)).stream()
                .map(block -> block.without(command -> untyped.stream().anyMatch(one -> one.means(page, command))))
                .filter(block -> !block.commands().isBlank())
                .toList();
    }
}
