package dev.rlhf.driver.report;

import java.util.List;

/**
 * All that the page shows, in the words and numbers it shows; the template only lays it out.
 *
 * @param title name of the run
 * @param state "finished", or how far the run came
 * @param finished whether it came to its end
 * @param verdict what the run came to, in sentences
 * @param facts settings of the whole run
 * @param remarks what the reader must know of the files
 * @param results a row a stage
 * @param stages a section for each stage that has begun
 * @param resolved the recipe, every key written out
 * @param assets styles and scripts
 */
record Page(
        String title,
        String state,
        boolean finished,
        List<String> verdict,
        List<Fact> facts,
        List<String> remarks,
        List<ResultRow> results,
        List<StageSection> stages,
        String resolved,
        PageAssets assets) {}
