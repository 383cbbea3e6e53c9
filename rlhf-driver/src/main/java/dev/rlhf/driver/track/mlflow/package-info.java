/** An MLflow tracking server, told over its REST API. */
@NullMarked
package dev.rlhf.driver.track.mlflow;

import org.jspecify.annotations.NullMarked;
