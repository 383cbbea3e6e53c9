package dev.rlhf.driver.report;

import java.util.List;

/**
 * The part of the page that is about one stage.
 *
 * @param anchor its id on the page
 * @param name the stage
 * @param kind its kind in the recipe
 * @param purpose what stages of this kind do
 * @param settings its most telling settings
 * @param charts the charts that are explained
 * @param others charts of all other numbers
 * @param remarks what has no chart, and why
 * @param heldOut answers to held-out prompts, before and after; empty where the stage is not evaluated so
 * @param samples answers from the start to the end; empty where the stage writes none
 * @param extremes the best and the worst answers of the last steps
 */
record StageSection(
        String anchor,
        String name,
        String kind,
        String purpose,
        List<Fact> settings,
        List<Chart> charts,
        List<Chart> others,
        List<String> remarks,
        List<HeldOutAnswer> heldOut,
        List<SampleGroup> samples,
        List<SampleGroup> extremes) {}
