package dev.rlhf.core.base;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A key, with all that stands below it, that a resumed run may have otherwise than before.
 *
 * <p>It says where and how the work is done, or what is measured of it, and never changes a weight. Every other key is fixed.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Changeable {}
