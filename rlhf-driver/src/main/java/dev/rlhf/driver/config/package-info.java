/**
 * The recipe: one YAML file that says what a run does.
 *
 * <p>Every block of the file is a record whose components are its keys in kebab-case; a block with a {@code kind} is a sealed
 * interface. {@code defaults.yaml} holds the default and the meaning of every key, the records hold the ranges.
 */
@NullMarked
package dev.rlhf.driver.config;

import org.jspecify.annotations.NullMarked;
