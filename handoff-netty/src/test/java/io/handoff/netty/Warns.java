package io.handoff.netty;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The warnings and errors that a test makes the library and Netty log, and no others; each is told by a part of it: of its
 * logger, its message or what was thrown. A test without this logs none.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Warns {

    /** Those that are always logged. */
    String[] value() default {};

    /** Those of some of the invocations of a parameterized test. */
    String[] sometimes() default {};
}
