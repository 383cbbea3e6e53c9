package dev.rlhf.driver.stage.given;

import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.RemoteName;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.learner.ModelDirectory;
import dev.rlhf.learner.files.ScoreStatistics;
import dev.rlhf.learner.model.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Models that are brought into a run. */
public final class GivenKind implements StageKind<GivenStage> {
    @Override
    public Class<GivenStage> recipe() {
        return GivenStage.class;
    }

    @Override
    public List<DataPart> data(GivenStage stage, DataLoader data) {
        return List.of();
    }

    @Override
    public void check(GivenStage stage, Recipe recipe, Path base) {
        Path path = stage.path();
        if (!Files.isDirectory(path)) {
            RemoteName.refuseModel(path);
            throw refusal(stage, "no such model directory: " + path);
        }
        ModelDirectory model = ModelDirectory.of(path);
        model.check();
        if (model.scores() == stage.leavesPolicy()) {
            throw refusal(
                    stage,
                    path
                            + (stage.leavesPolicy()
                                    ? " holds a reward model, whose head gives one score, and no language model; set leaves: reward-model, or choose another path"
                                    : " holds no reward model: its weights have no head that gives one score; set leaves: policy, or choose another path"));
        }
        if (!model.hasTokensOf(ModelDirectory.of(base))) {
            throw refusal(
                    stage,
                    "the tokenizer of " + path + " has other tokens than that of the run's model (" + base
                            + "), and a run has one tokenizer; choose a model that was made from the same one");
        }
        requireShape(stage, ModelConfig.read(base));
        recipe.stages().stream()
                .flatMap(later -> later.rewards().stream())
                .flatMap(reward -> reward.model().stream())
                .filter(use -> use.from().equals(stage.name()) && use.whiten())
                .forEach(use -> ScoreStatistics.read(path));
    }

    /** A policy goes to the servers that draw from base too; a reward model only needs to read what they write. */
    private static void requireShape(GivenStage stage, ModelConfig base) {
        ModelConfig given = ModelConfig.read(stage.path());
        Path file = stage.path().resolve(ModelConfig.FILE);
        if (stage.leavesPolicy() && !given.sameShape(base)) {
            throw refusal(
                    stage,
                    file + " differs from that of the run's model in more than its context, and the same servers"
                            + " draw from both; make it the run's model (model: {kind: directory, path: …}) instead");
        }
        if (given.vocabularySize() < base.vocabularySize()) {
            throw refusal(
                    stage,
                    file + " has a vocabulary of " + given.vocabularySize() + " tokens, the run's model one of "
                            + base.vocabularySize());
        }
        if (given.contextLength() < base.contextLength()) {
            throw refusal(
                    stage,
                    file + " has a context of " + given.contextLength() + " tokens, the run's model one of "
                            + base.contextLength());
        }
    }

    private static RlhfException refusal(GivenStage stage, String complaint) {
        return RlhfException.user("stages." + stage.name() + ": " + complaint);
    }

    @Override
    public Stage open(GivenStage stage, StageContext context, StageStart start) {
        return new CopiedStage(context, stage, start.loop().version());
    }

    @Override
    public StageWords words(GivenStage stage) {
        return new StageWords(
                stage.kind(),
                stage.leavesPolicy() ? StageFamily.IMITATION : StageFamily.PAIRS,
                List.of(
                        new Fact("model", String.valueOf(stage.path().getFileName())),
                        new Fact("leaves", Constant.text(stage.leaves()))));
    }
}
