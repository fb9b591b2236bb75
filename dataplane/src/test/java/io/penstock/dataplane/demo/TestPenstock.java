package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.StatCommand;
import io.penstock.dataplane.control.ToolClient;
import io.penstock.dataplane.run.RunCommand;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Stands for {@code penstock} in a process of its own: what the demonstration asks of it. */
final class TestPenstock {

    private TestPenstock() {
    }

    /** Runs a command and exits with its code. */
    public static void main(final String[] args) {
        final String[] rest = List.of(args).subList(1, args.length).toArray(String[]::new);
        switch (args[0]) {
            case "run" -> System.exit(new CommandLine(new RunCommand()).setCaseInsensitiveEnumValuesAllowed(true).execute(rest));
            case "stat" -> System.exit(new CommandLine(new StatCommand()).execute(rest));
            default -> ToolClient.main(args);
        }
    }

    /** The command line that starts it, from this test's own classes. */
    static List<String> command() {
        final List<String> path = new ArrayList<>();
        if (TestPenstock.class.getClassLoader() instanceof final URLClassLoader loader) {
            for (final URL url : loader.getURLs()) {
                path.add(url.getPath());
            }
        }
        path.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        return List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:+UseSerialGC",
                "-cp", String.join(File.pathSeparator, path), TestPenstock.class.getName());
    }
}
