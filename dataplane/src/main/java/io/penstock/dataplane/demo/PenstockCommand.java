package io.penstock.dataplane.demo;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** The command line that this process was started with, up to the command's name, to start others like it. */
public final class PenstockCommand {

    private PenstockCommand() {
    }

    /** JVM, its options, class path and main class. */
    public static List<String> ofThisProcess() {
        final List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        // The launcher's own property; its first word is the main class.
        command.add(System.getProperty("sun.java.command").split(" ", 2)[0]);
        return List.copyOf(command);
    }
}
