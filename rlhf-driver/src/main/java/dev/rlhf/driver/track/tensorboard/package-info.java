/** TensorBoard's files. */
@NullMarked
package dev.rlhf.driver.track.tensorboard;

import org.jspecify.annotations.NullMarked;
