package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes a scheduler's flags: some schedulers have their own names for them. */
final class FlagReader {

    /** Of schedulers that were not named. */
    static final String DEFAULT_SCHEDULER = "wlc";

    private final Console console;

    FlagReader(final Console console) {
        this.console = console;
    }

    /** Reads names with commas between them. */
    int read(final String scheduler, final String text) {
        final String known = scheduler.isEmpty() ? DEFAULT_SCHEDULER : scheduler;
        int flags = 0;
        int names = 0;
        for (final String name : text.split(",")) {
            if (!name.isEmpty()) {
                flags |= flag(known, name);
                names++;
            }
        }
        if (names == 0) {
            throw console.wrong("invalid scheduler flag `" + text + "'");
        }
        return flags;
    }

    private int flag(final String scheduler, final String name) {
        final int flag = switch (name) {
            case "flag-1", "sh-fallback", "mh-fallback" -> ServiceSpec.SCHEDULER_1;
            case "flag-2", "sh-port", "mh-port" -> ServiceSpec.SCHEDULER_2;
            case "flag-3" -> ServiceSpec.SCHEDULER_3;
            default -> throw console.wrong("invalid scheduler flag `" + name + "'");
        };
        final boolean isOwn = !name.startsWith("flag-");
        if (isOwn && !scheduler.equals(name.substring(0, 2))) {
            throw console.wrong("incompatible scheduler flag `" + name + "'");
        }
        return flag;
    }

    /** The flags of a service, with commas between them; empty if it has none. */
    static String print(final ServiceSpec spec) {
        final boolean hasOwn = spec.scheduler().equals("sh") || spec.scheduler().equals("mh");
        final List<String> names = new ArrayList<>();
        if ((spec.flags() & ServiceSpec.SCHEDULER_1) != 0) {
            names.add(hasOwn ? spec.scheduler() + "-fallback" : "flag-1");
        }
        if ((spec.flags() & ServiceSpec.SCHEDULER_2) != 0) {
            names.add(hasOwn ? spec.scheduler() + "-port" : "flag-2");
        }
        if ((spec.flags() & ServiceSpec.SCHEDULER_3) != 0) {
            names.add("flag-3");
        }
        return String.join(",", names);
    }
}
