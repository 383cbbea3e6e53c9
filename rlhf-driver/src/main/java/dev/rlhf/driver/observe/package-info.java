/** What a run tells of itself: metrics, samples, a progress line, a Prometheus endpoint, a summary. */
@NullMarked
package dev.rlhf.driver.observe;

import org.jspecify.annotations.NullMarked;
