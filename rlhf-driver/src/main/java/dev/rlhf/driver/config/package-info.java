/**
 * The recipe: one YAML file that says what a run does.
 *
 * <p>Every block of the file is a record whose components are its keys in kebab-case, often one of the core's own; a block with a
 * {@code kind} is an interface. Records hold the ranges and, in their Javadoc, the meaning of every key, {@code defaults.yaml} holds
 * the defaults.
 */
@NullMarked
package dev.rlhf.driver.config;

import org.jspecify.annotations.NullMarked;
