/** Tests of what rlhf is deployed with: images, chart, plain manifests. */
@NullMarked
package dev.rlhf.deployment;

import org.jspecify.annotations.NullMarked;
