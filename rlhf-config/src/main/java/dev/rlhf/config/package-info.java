/** Strict binding of YAML to records: defaults, overrides, and messages that name the key, the line and what is allowed. */
@NullMarked
package dev.rlhf.config;

import org.jspecify.annotations.NullMarked;
