package dev.rlhf.driver.report;

/**
 * A chart as the page's script draws it.
 *
 * @param title what it shows
 * @param words what it means; empty when nobody has said
 * @param data JSON object: how it is drawn, how many steps a point stands for, the last step of each point, and for each line
 *     its label, the number of its colour and its values, null where a point has none
 */
record Chart(String title, String words, String data) {}
