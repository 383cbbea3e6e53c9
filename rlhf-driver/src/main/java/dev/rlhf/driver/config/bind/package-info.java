/** Strict binding of YAML to records: defaults, overrides, and messages that name the key, the line and what is allowed. */
@NullMarked
package dev.rlhf.driver.config.bind;

import org.jspecify.annotations.NullMarked;
