/** A real Prometheus on this machine, for tests of what is scraped, shown and alerted on. */
@NullMarked
package dev.rlhf.testing.prometheus;

import org.jspecify.annotations.NullMarked;
