package dev.rlhf.driver.config.bind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the block of defaults.yaml that a record takes its defaults from. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Block {
    /** Key of the block in defaults.yaml. */
    String value();

    /** Values of {@code kind} that choose this record where several are possible; each has defaults of its own. */
    String[] kinds() default {};
}
