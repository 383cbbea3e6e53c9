package dev.rlhf.core.base;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Bounds of a numeric key, which hold for what a recipe may say. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {
    /** Smallest allowed value. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Largest allowed value. */
    double max() default Double.POSITIVE_INFINITY;

    /** Bound that the value must exceed. */
    double above() default Double.NEGATIVE_INFINITY;

    /** Bound that the value must stay under. */
    double below() default Double.POSITIVE_INFINITY;
}
