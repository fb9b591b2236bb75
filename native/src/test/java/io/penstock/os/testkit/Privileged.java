package io.penstock.os.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that needs root, network namespaces and BPF. It is skipped, saying what is lacking, unless
 * {@code PENSTOCK_REQUIRE_PRIVILEGED=1}: then lacking it is a failure.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("privileged")
@ExtendWith(PrivilegedCondition.class)
public @interface Privileged {

    /** Programs that must be on the PATH. */
    String[] programs() default {};
}
