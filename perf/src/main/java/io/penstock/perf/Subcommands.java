package io.penstock.perf;

import io.penstock.dataplane.cli.DoctorCommand;
import io.penstock.dataplane.cli.StatCommand;
import io.penstock.dataplane.control.Tools;
import io.penstock.dataplane.demo.DemoCommand;
import io.penstock.dataplane.judge.JudgeCommand;
import io.penstock.dataplane.replay.ReplayCommand;
import io.penstock.dataplane.run.RunCommand;
import io.penstock.perf.bench.BenchCommand;
import io.penstock.perf.bench.profile.ProfileCommand;
import java.util.List;

/** The commands of {@code penstock}: this list, and {@link #of}, are all that knows of them. */
final class Subcommands {

    /** In the order of the help. */
    static final List<String> NAMES = List.of("run", "demo", "replay", "judge", "stat", "doctor", "bench", "profile");

    private Subcommands() {
    }

    /** The class of a command, or null. A constant of a class is looked up when it is reached: no other class is loaded. */
    static Class<?> of(final String name) {
        return switch (name) {
            case "run" -> RunCommand.class;
            case "demo" -> DemoCommand.class;
            case "replay" -> ReplayCommand.class;
            case "judge" -> JudgeCommand.class;
            case "stat" -> StatCommand.class;
            case "doctor" -> DoctorCommand.class;
            case "bench" -> BenchCommand.class;
            case "profile" -> ProfileCommand.class;
            default -> null;
        };
    }

    /** Why a name is no command, and what is. */
    static String refusal(final String name) {
        return "there is no command '" + name + "'; supported are " + String.join(", ", NAMES) + ", " + String.join(", ", Tools.NAMES);
    }
}
