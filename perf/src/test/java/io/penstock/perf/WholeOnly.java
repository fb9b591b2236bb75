package io.penstock.perf;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A test that takes many seconds, of which others of its class are the sample: {@code .ci/suites bench} runs it too. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(named = "penstock.whole", matches = "true", disabledReason = "long: '.ci/suites bench' runs it")
public @interface WholeOnly {
}
