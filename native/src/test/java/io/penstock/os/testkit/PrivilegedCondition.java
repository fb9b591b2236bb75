package io.penstock.os.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides whether a {@link Privileged} test can run here. */
final class PrivilegedCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
        final List<String> lacking = new ArrayList<>();
        if (!isRoot()) {
            lacking.add("root");
        }
        final Privileged annotation = context.getElement()
                .map(e -> e.getAnnotation(Privileged.class))
                .orElse(null);
        final Stream<String> extra = annotation == null ? Stream.empty() : Stream.of(annotation.programs());
        Stream.concat(Stream.of("ip"), extra).filter(p -> !onPath(p)).forEach(p -> lacking.add("program " + p));
        if (lacking.isEmpty()) {
            return ConditionEvaluationResult.enabled("privileged");
        }
        final String reason = "lacking: " + String.join(", ", lacking);
        if ("1".equals(System.getenv("PENSTOCK_REQUIRE_PRIVILEGED"))) {
            throw new IllegalStateException("this test must run here, but cannot; " + reason);
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean onPath(final String program) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    }
}
