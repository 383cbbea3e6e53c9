package dev.rlhf.core.base;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a record a block of a recipe, and names the block of defaults.yaml that it takes its defaults from. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Block {
    /** Key of the block in defaults.yaml. */
    String value();

    /** Values of {@code kind} that choose this record where several are possible; each has defaults of its own. */
    String[] kinds() default {};
}
